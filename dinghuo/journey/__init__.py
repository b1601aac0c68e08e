"""The order's way through the house, stage by stage. The list below is the only place that states the order."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the journey: the folder that holds it and what people call it."""

    name: str
    title: StrOrPromise
    page: str


STAGES = (
    Stage("ordering", _("Orders"), "orders"),
    Stage("review", _("Review"), "review"),
    Stage("allocation", _("Allocation"), "allocation"),
    Stage("shipping", _("Shipping"), "shipping"),
    Stage("finance", _("Finance"), "finance"),
    Stage("tracking", _("Tracking"), "tracking"),
    Stage("analytics", _("Analytics"), "analytics"),
)
