"""Asks carriers, with no transaction open: labels that are due, their files, and where parcels are.

A label is claimed in one transaction, the carrier is asked, and the answer is settled in another. Whoever dies between leaves a
label that counts as sent: the next attempt asks the carrier whether it has made one before it asks for one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from dinghuo.journey.shipping.carriers.port import (
    Booked,
    CannotBeAsked,
    CarrierPort,
    Connection,
    Consignment,
    Declined,
    Doubtful,
    NotReached,
)
from dinghuo.journey.shipping.carriers.protocols import PROTOCOLS, port_of
from dinghuo.journey.shipping.label_rules import MUST_BE_DECIDED
from dinghuo.journey.shipping.models import CarrierConnection, LabelState
from dinghuo.journey.shipping.operations.bookings import (
    Answer,
    Claimed,
    claim_labels,
    connection_of,
    consignment_of,
    count_failure,
    keep_label,
    settings_of,
    settle_label,
)
from dinghuo.journey.shipping.operations.events import record_events
from dinghuo.journey.shipping.operations.labels import drop_labels_of_cancelled
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

CLAIMED_AT_ONCE: Final = 1
SECONDS_AT_MOST: Final = 40.0
POLLED_EVERY: Final = timedelta(minutes=15)
PUSHED_POLLED_EVERY: Final = timedelta(hours=6)
POLLED_AT_ONCE: Final = 40
PULLED: Final = sorted(name for name, protocol in PROTOCOLS.items() if protocol.is_polled)
FOLLOWED: Final = sorted(name for name, protocol in PROTOCOLS.items() if protocol.is_pushed)

Now = Callable[[], Act]

log = structlog.get_logger("dinghuo.carriers")


@dataclass(frozen=True, slots=True)
class Polled:
    """A number whose goods have not arrived."""

    tracking_number: str


def work_labels(now: Now, callback_url: str = "", seconds: float = SECONDS_AT_MOST) -> int:
    """Ask carriers about labels that are due, one after the other, for so many seconds; returns how many were settled."""
    ends, settled = time.monotonic() + seconds, 0
    drop_labels_of_cancelled(act=now())
    while time.monotonic() < ends:
        claimed = claim_labels(act=now(), count=CLAIMED_AT_ONCE)
        if not claimed:
            break
        for row in claimed:
            answer = ask(row)
            settled += settle_label(act=now(), claimed=row, answer=answer)
            log.info("carrier_asked", label=row.label_id, to=str(answer.to), problem=answer.problem)
            if answer.booked is not None and answer.to == LabelState.BOOKED:
                after_booking(now, row, answer.booked, callback_url)
    return settled


def ask(row: Claimed) -> Answer:
    """Ask the carrier of a claimed label, and say what its answer means for the label. Never raises what a carrier can cause."""
    port, wanted = port_of(connection_of(row)), consignment_of(row)
    try:
        return cancelled(port, wanted, row) if row.state == LabelState.CANCELLING else booked(port, wanted, row)
    except NotReached as fault:
        stays = LabelState.CANCELLING if row.state == LabelState.CANCELLING else row.state
        return Answer(to=stays, problem="not_reached", words=str(fault), is_failure=True)
    except Doubtful as fault:
        stays = LabelState.CANCELLING if row.state == LabelState.CANCELLING else LabelState.SENT
        return Answer(to=stays, problem="doubtful", words=str(fault), is_failure=True)


def booked(port: CarrierPort, wanted: Consignment, row: Claimed) -> Answer:
    """Book a label: one that was sent before is looked for first, and only booked when the carrier surely has none."""
    if row.state == LabelState.SENT:
        try:
            found = port.find(wanted)
        except CannotBeAsked:
            return Answer(to=LabelState.SENT, problem=MUST_BE_DECIDED, words="")
        except Declined as refusal:
            return Answer(to=LabelState.SENT, problem="doubtful", words=refusal.words)
        if found is not None:
            return Answer(to=LabelState.BOOKED, booked=found)
    if row.shipment_state != "notice":
        return Answer(to=LabelState.WAITING, problem="shipment_cancelled")
    try:
        return Answer(to=LabelState.BOOKED, booked=port.book(wanted))
    except Declined as refusal:
        return Answer(to=LabelState.REFUSED, problem="carrier_refuses", words=refusal.words or refusal.code)


def cancelled(port: CarrierPort, wanted: Consignment, row: Claimed) -> Answer:
    """Tell a carrier that a label is wanted no more; what it refuses stays booked."""
    try:
        port.cancel(wanted, row.tracking_number)
    except Declined as refusal:
        return Answer(to=LabelState.BOOKED, problem="carrier_refuses", words=refusal.words or refusal.code)
    return Answer(to=LabelState.CANCELLED)


def after_booking(now: Now, row: Claimed, made: Booked, callback_url: str) -> None:
    """Fetch the label's file and subscribe to its number. Neither is worth failing for: both can be had later."""
    if not made.label:
        try:
            keep_label(act=now(), label_id=row.label_id, booked=port_of(connection_of(row)).label(made.tracking_number))
        except (Declined, NotReached, Doubtful, CannotBeAsked) as fault:
            log.warning("label_not_fetched", label=row.label_id, reason=type(fault).__name__)
    for reached in followers(now(), row.carrier_id, callback_url):
        try:
            port_of(reached).follow(made.tracking_number)
        except (Declined, NotReached, Doubtful) as fault:
            log.warning("number_not_followed", label=row.label_id, protocol=reached.protocol, reason=type(fault).__name__)


@transaction.atomic
def followers(act: Act, carrier_id: int, callback_url: str) -> list[Connection]:
    """The connections that push what happens to a carrier's parcels."""
    found = CarrierConnection.objects.filter(
        company_id=act.company_id, carrier_id=carrier_id, is_active=True, protocol__in=FOLLOWED
    )
    return settings_of(list(found.order_by("id")), callback_url)


def poll_carriers(now: Now) -> int:
    """Ask carriers where parcels are that have not arrived: every 15 minutes, those that push every 6 hours; returns the events."""
    taken = 0
    for key, reached, numbers in due_for_poll(now()):
        try:
            seen = port_of(reached).track(numbers, now().at)
        except (Declined, NotReached, Doubtful) as fault:
            log.warning("carrier_not_polled", protocol=reached.protocol, reason=type(fault).__name__)
            failed(now(), key)
            continue
        taken += len(record_events(act=now(), seen=seen))
    return taken


@transaction.atomic
def failed(act: Act, connection_id: int) -> None:
    """Count a poll that failed."""
    count_failure(act, connection_id, is_failure=True)


@transaction.atomic
def due_for_poll(act: Act) -> list[tuple[int, Connection, list[str]]]:
    """The connections to ask now, each with its numbers; they count as asked from here on."""
    due = Q(polled_at=None) | Q(polled_at__lte=act.at - PUSHED_POLLED_EVERY)
    due |= Q(polled_at__lte=act.at - POLLED_EVERY) & ~Q(protocol__in=FOLLOWED)
    found = CarrierConnection.objects.select_for_update(no_key=True, skip_locked=True).filter(
        due, Q(open_until=None) | Q(open_until__lte=act.at), company_id=act.company_id, is_active=True, protocol__in=PULLED
    )
    rows = list(found.order_by("id"))
    CarrierConnection.objects.filter(company_id=act.company_id, id__in=[row.pk for row in rows]).update(polled_at=act.at)
    asked = [(row.pk, reached, numbers_of(act, row.carrier_id)) for row, reached in zip(rows, settings_of(rows, ""), strict=True)]
    return [(key, reached, numbers) for key, reached, numbers in asked if numbers]


def numbers_of(act: Act, carrier_id: int) -> list[str]:
    """The numbers of a carrier whose goods have not arrived."""
    asked = {"company_id": act.company_id, "carrier_id": carrier_id, "count": POLLED_AT_ONCE}
    return [row.tracking_number for row in sql.rows("shipping/numbers_to_poll", Polled, **asked)]
