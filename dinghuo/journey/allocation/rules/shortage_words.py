"""What a customer is told of a short line: a sentence of figures, why, and what it can choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

BECAUSE: Final[Mapping[str, StrOrPromise]] = {
    "no_stock": _("it is out of stock"),
    "others_first": _("orders before yours took what was there"),
    "shared": _("what was there is shared among all who ordered it"),
}
OTHERWISE: Final = _("less came in than was ordered")


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer is told: names in its language, quantities in stock units; `substitute` is empty where there is none."""

    number: str
    product: str
    ordered: Decimal
    missing: Decimal
    day: date | None
    because: str
    substitute: str


def question(told: Told, language: str) -> str:
    """The message to a customer in its language: "27 of 40 now, 13 on 3 Dec, because ...; wait, substitute or cancel the rest"."""
    with override(language):
        figures = {
            "number": told.number,
            "product": told.product,
            "now": plain(told.ordered - told.missing),
            "ordered": plain(told.ordered),
            "missing": plain(told.missing),
            "day": date_format(told.day, "DATE_FORMAT") if told.day else "",
            "because": str(BECAUSE.get(told.because, OTHERWISE)),
            "substitute": told.substitute,
        }
        if told.day:
            said = gettext(
                "Order %(number)s, %(product)s: %(now)s of %(ordered)s now, %(missing)s on %(day)s, because %(because)s."
            )
        else:
            said = gettext(
                "Order %(number)s, %(product)s: %(now)s of %(ordered)s now, no day yet for %(missing)s, because %(because)s."
            )
        if told.substitute:
            choice = gettext("Please choose: wait, take %(substitute)s instead, or cancel the rest.")
        else:
            choice = gettext("Please choose: wait, or cancel the rest.")
        return f"{said % figures} {choice % figures}"


def plain(quantity: Decimal) -> str:
    """A quantity without the zeros behind its point."""
    return format(quantity.normalize(), "f")
