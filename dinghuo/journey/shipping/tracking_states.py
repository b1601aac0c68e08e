"""The one vocabulary of where goods are, whatever a carrier calls it, and what all events say. Rule: docs/rules/carriers.md."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

NUMBER_MAX: Final = 80
CODE_MAX: Final = 60
TEXT_MAX: Final = 300
AHEAD_MAX: Final = timedelta(days=1)

# Kept with an event whose code is in no table of ours; it moves nothing and is shown as it came.
UNKNOWN: Final = ""


class TrackingState(TextChoices):
    """The eight states that goods with a carrier can be in, each at least as far as the one before it, but for the exception."""

    ANNOUNCED = "announced", _("Announced to the carrier")
    PICKED_UP = "picked_up", _("With the carrier")
    IN_TRANSIT = "in_transit", _("On the way")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    READY_FOR_PICKUP = "ready_for_pickup", _("Ready to be fetched")
    EXCEPTION = "exception", _("Held up")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Returned to the sender")


# How far each state is. An exception is no distance: it is shown while it is the carrier's latest word.
DISTANCE: Final = {
    TrackingState.ANNOUNCED: 1,
    TrackingState.PICKED_UP: 2,
    TrackingState.IN_TRANSIT: 3,
    TrackingState.OUT_FOR_DELIVERY: 4,
    TrackingState.READY_FOR_PICKUP: 5,
    TrackingState.DELIVERED: 6,
    TrackingState.RETURNED: 7,
}
# The carrier has the goods, so that they have left us.
GONE: Final = frozenset(DISTANCE) - {TrackingState.ANNOUNCED}
FINAL: Final = frozenset({TrackingState.DELIVERED, TrackingState.RETURNED})


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """What a carrier says of a tracking number: `external_ref` makes a repeat harmless, `raw` is what it said, word for word.

    `status` is one of the eight or empty for a code that we do not know; `estimated_on` is a new day of arrival, if it names one.
    """

    carrier_id: int
    tracking_number: str
    status: str
    occurred_at: datetime
    external_ref: str
    code: str = ""
    text: str = ""
    estimated_on: date | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A status, when it was, and whether the carrier said it; our own dispatch and delivery are sightings too."""

    status: str
    occurred_at: datetime
    is_carriers: bool = True


def where_goods_are(sightings: list[Sighting]) -> str:
    """The state that sightings taken together tell, in whatever order they came; empty when none is known.

    It is the farthest state of all, so that no late or stray event moves goods back. An exception is shown while it is the
    carrier's latest word and the goods have not arrived.
    """
    known = [row for row in sightings if row.status]
    farthest = max(
        (row.status for row in known if row.status in DISTANCE), key=lambda state: DISTANCE[TrackingState(state)], default=""
    )
    latest = max((row for row in known if row.is_carriers), key=lambda row: (row.occurred_at, row.status), default=None)
    if latest is not None and latest.status == TrackingState.EXCEPTION and farthest not in FINAL:
        return TrackingState.EXCEPTION.value
    return str(farthest)


def fault_in_event(seen: SeenEvent, now: datetime) -> str | None:
    """What is wrong with an event as it was told, as a sentence; None when it can be kept."""
    if not 0 < len(seen.tracking_number) <= NUMBER_MAX:
        return "A tracking number has between 1 and 80 characters."
    if seen.status and seen.status not in TrackingState.values:
        return "There is no such tracking state."
    if not 0 < len(seen.external_ref) <= NUMBER_MAX:
        return "An event's reference has between 1 and 80 characters."
    if seen.occurred_at > now + AHEAD_MAX:
        return "An event cannot lie more than a day ahead."
    return None
