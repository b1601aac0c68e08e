"""Labels: wanted, booked exactly once, cancelled. No transaction is open while a carrier is asked; see `booking`."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.carriers.protocols import PROTOCOLS
from dinghuo.journey.shipping.label_rules import MUST_BE_DECIDED, lacks
from dinghuo.journey.shipping.models import CarrierConnection, LabelState, Shipment, ShipmentState, ShippingLabel
from dinghuo.journey.shipping.operations.shipments import lock_shipments
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Malformed, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier

BOOKABLE = sorted(name for name, protocol in PROTOCOLS.items() if protocol.can_book)
REF_MAX = 26


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shipment that a label is asked for."""

    id: int
    number: str
    state: str
    order_id: int
    carrier_id: int
    protocol: str | None
    weight_kg: Decimal
    address: str
    city: str
    country: str
    label_state: str | None


@dataclass(frozen=True, slots=True)
class LockedLabel:
    """A label that this transaction has locked, and its shipment."""

    id: int
    state: str
    attempts: int
    problem: str
    shipment_id: int
    shipment_state: str
    order_id: int
    number: str
    carrier_id: int
    tracking_number: str


@dataclass(frozen=True, slots=True)
class ToDrop:
    """A label of a cancelled shipment."""

    id: int
    state: str
    shipment_id: int
    order_id: int
    number: str


@transaction.atomic
def order_labels(*, act: Act, shipment_ids: Sequence[int], carrier_id: int | None = None) -> list[Outcome]:
    """Ask for labels of shipments, from each one's carrier or another; the worker books them. The document is the label.

    Refuses `shipment_cancelled`, `already_dispatched`, `has_label`, `carrier_not_connected`, `weight_missing`, `address_missing`
    and `postcode_missing`. Rule: docs/rules/carriers.md.
    """
    wanted = sorted(set(shipment_ids))
    lock_shipments(act, wanted)
    found = sql.rows(
        "shipping/label_candidates",
        Candidate,
        company_id=act.company_id,
        shipment_ids=wanted,
        carrier_id=carrier_id,
        bookable=BOOKABLE,
    )

    faults = {row.id: fault for row in found if (fault := fault_in(row)) is not None}
    refused = [Outcome(id=row.id, code=faults[row.id], facts=facts_of(row)) for row in found if row.id in faults]

    ready = [row for row in found if row.id not in faults]
    made = ShippingLabel.objects.bulk_create(
        ShippingLabel(
            company_id=act.company_id,
            shipment_id=row.id,
            carrier_id=row.carrier_id,
            request_ref=f"{row.number[:REF_MAX]}-{secrets.token_hex(4)}",
            next_attempt_at=act.at,
            asked_at=act.at,
        )
        for row in ready
    )

    journal.record(act, "LabelOrdered", "shipment", [Happened(row.id, row.order_id, {"number": row.number}) for row in ready])
    done = [Outcome(id=row.id, document_id=label.pk) for row, label in zip(ready, made, strict=True)]
    return done + refused + missing(wanted, (row.id for row in found))


@transaction.atomic
def retry_labels(*, act: Act, label_ids: Sequence[int]) -> list[Outcome]:
    """Try labels again now, also those a carrier refused; its circuit is closed. Refuses `not_in_queue` and `must_be_decided`."""
    labels = lock_labels(act, label_ids)
    waiting = {LabelState.WAITING, LabelState.SENT, LabelState.REFUSED, LabelState.CANCELLING}

    refused = [refusal(row, errors.NOT_IN_QUEUE) for row in labels if row.state not in waiting]
    refused += [refusal(row, errors.MUST_BE_DECIDED) for row in labels if is_undecided(row)]

    again = [row for row in labels if row.state in waiting and not is_undecided(row)]
    ids = [row.id for row in again]
    turned_down = [row.id for row in again if row.state == LabelState.REFUSED]
    states.move(ShippingLabel, company_id=act.company_id, ids=turned_down, to=LabelState.WAITING, only_from=[LabelState.REFUSED])
    ShippingLabel.objects.filter(company_id=act.company_id, id__in=ids).update(next_attempt_at=act.at)
    carriers = {row.carrier_id for row in again}
    CarrierConnection.objects.filter(company_id=act.company_id, carrier_id__in=carriers).update(failures=0, open_until=None)

    journal.record(act, "LabelRetried", "shipment", happened(again))
    return [Outcome(id=key) for key in ids] + refused + missing(label_ids, (row.id for row in labels))


@transaction.atomic
def give_up_labels(*, act: Act, label_ids: Sequence[int]) -> list[Outcome]:
    """Want labels no more that no carrier has made. Refuses `in_doubt` while a carrier may have made one, and `not_in_queue`."""
    labels = lock_labels(act, label_ids)
    droppable = {LabelState.WAITING, LabelState.REFUSED}

    refused = [
        refusal(row, errors.IN_DOUBT if row.state == LabelState.SENT else errors.NOT_IN_QUEUE)
        for row in labels
        if row.state not in droppable
    ]

    given_up = [row for row in labels if row.state in droppable]
    ids = [row.id for row in given_up]
    states.move(ShippingLabel, company_id=act.company_id, ids=ids, to=LabelState.GIVEN_UP)

    journal.record(act, "LabelGivenUp", "shipment", happened(given_up))
    return [Outcome(id=key) for key in ids] + refused + missing(label_ids, (row.id for row in labels))


@transaction.atomic
def cancel_labels(*, act: Act, label_ids: Sequence[int]) -> list[Outcome]:
    """Take labels back from their carriers; the worker tells them. Refuses `not_booked` and `already_dispatched`."""
    labels = lock_labels(act, label_ids)
    left = {ShipmentState.DISPATCHED, ShipmentState.DELIVERED}

    refused = [refusal(row, errors.NOT_BOOKED) for row in labels if row.state != LabelState.BOOKED]
    refused += [
        refusal(row, errors.ALREADY_DISPATCHED) for row in labels if row.state == LabelState.BOOKED and row.shipment_state in left
    ]

    going = [row for row in labels if row.state == LabelState.BOOKED and row.shipment_state not in left]
    ids = [row.id for row in going]
    start_cancelling(act, ids)

    journal.record(act, "LabelCancelling", "shipment", happened(going))
    return [Outcome(id=key) for key in ids] + refused + missing(label_ids, (row.id for row in labels))


@transaction.atomic
def decide_label(*, act: Act, label_id: int, tracking_number: str) -> list[Outcome]:
    """Say what became of a booking that its carrier cannot be asked about: the number it made, or none, and it is booked anew.

    Refuses `not_in_doubt`.
    """
    lock_shipments_of(act, [label_id])
    labels = lock_labels(act, [label_id])

    refused = [refusal(row, errors.NOT_IN_DOUBT) for row in labels if not is_undecided(row)]

    decided = [row for row in labels if is_undecided(row)]
    ids = [row.id for row in decided]
    to = LabelState.BOOKED if tracking_number else LabelState.WAITING
    more = {"booked_at": act.at} if tracking_number else {"next_attempt_at": act.at}
    also = {"tracking_number": tracking_number, "problem": "", "problem_text": "", "claimed_until": None, **more}
    states.move(ShippingLabel, company_id=act.company_id, ids=ids, to=to, only_from=[LabelState.SENT], also=also)
    if tracking_number:
        shipments = [row.shipment_id for row in decided]
        Shipment.objects.filter(company_id=act.company_id, id__in=shipments).update(tracking_number=tracking_number)

    facts = {"tracking_number": tracking_number}
    journal.record(act, "LabelDecided", "shipment", happened(decided, facts))
    return [Outcome(id=key) for key in ids] + refused + missing([label_id], (row.id for row in labels))


@transaction.atomic
def change_carrier(*, act: Act, label_id: int, carrier_id: int) -> list[Outcome]:
    """Give up a label that no carrier has made and ask another carrier for one.

    Refuses what `give_up_labels` and `order_labels` refuse; raises Malformed `unknown_carrier`.
    """
    if not Carrier.objects.filter(company_id=act.company_id, id=carrier_id, is_active=True).exists():
        raise Malformed("There is no such carrier.", code=errors.UNKNOWN_CARRIER, column="carrier")
    lock_shipments_of(act, [label_id])
    savepoint = transaction.savepoint()
    outcomes = give_up_labels(act=act, label_ids=[label_id])
    if outcomes[0].done:
        shipment_id = ShippingLabel.objects.get(company_id=act.company_id, id=label_id).shipment_id
        asked = {"at": act.at, "shipment_id": shipment_id, "carrier_id": carrier_id}
        sql.execute("shipping/change_carrier", company_id=act.company_id, **asked)
        ordered = order_labels(act=act, shipment_ids=[shipment_id])
        outcomes = [Outcome(id=label_id, code=row.code, document_id=row.document_id, facts=row.facts) for row in ordered]
    finish = transaction.savepoint_commit if outcomes[0].done else transaction.savepoint_rollback
    finish(savepoint)
    return outcomes


@transaction.atomic
def drop_labels_of_cancelled(*, act: Act) -> list[Outcome]:
    """Take back what was wanted for shipments that are cancelled: labels not made are given up, made ones are cancelled."""
    labels = sql.rows("shipping/labels_to_drop", ToDrop, company_id=act.company_id)
    given_up = [row.id for row in labels if row.state != LabelState.BOOKED]
    cancelling = [row.id for row in labels if row.state == LabelState.BOOKED]

    states.move(ShippingLabel, company_id=act.company_id, ids=given_up, to=LabelState.GIVEN_UP)
    start_cancelling(act, cancelling)

    facts = {row.id: Happened(row.shipment_id, row.order_id, {"number": row.number}) for row in labels}
    journal.record(act, "LabelGivenUp", "shipment", [facts[key] for key in given_up])
    journal.record(act, "LabelCancelling", "shipment", [facts[key] for key in cancelling])
    return [Outcome(id=row.id) for row in labels]


def start_cancelling(act: Act, label_ids: Collection[int]) -> None:
    """Move made labels to be cancelled, to be told to their carriers at once."""
    also = {"next_attempt_at": act.at, "attempts": 0, "claimed_until": None}
    states.move(ShippingLabel, company_id=act.company_id, ids=label_ids, to=LabelState.CANCELLING, also=also)


def lock_labels(act: Act, label_ids: Sequence[int]) -> list[LockedLabel]:
    """Lock labels in order of id."""
    return sql.rows("shipping/lock_labels", LockedLabel, company_id=act.company_id, label_ids=sorted(set(label_ids)))


def lock_shipments_of(act: Act, label_ids: Sequence[int]) -> None:
    """Lock the shipments of labels, which come before them; a label never changes its shipment."""
    labels = ShippingLabel.objects.filter(company_id=act.company_id, id__in=label_ids)
    lock_shipments(act, sorted(set(labels.values_list("shipment_id", flat=True))))


def fault_in(row: Candidate) -> str | None:
    """Why no label can be asked for, as a reason code; None when one can."""
    if row.state == ShipmentState.CANCELLED:
        return errors.SHIPMENT_CANCELLED
    if row.state != ShipmentState.NOTICE:
        return errors.ALREADY_DISPATCHED
    if row.label_state is not None:
        return errors.HAS_LABEL
    if row.protocol is None:
        return errors.CARRIER_NOT_CONNECTED
    return lacks(row.weight_kg, row.address, row.city, needs_postcode=PROTOCOLS[row.protocol].needs_postcode)


def facts_of(row: Candidate) -> dict[str, str]:
    """What a refusal says of a shipment."""
    return {"number": row.number, "state": row.label_state or row.state}


def is_undecided(row: LockedLabel) -> bool:
    """Whether a person has to say what became of a label."""
    return row.state == LabelState.SENT and row.problem == MUST_BE_DECIDED


def refusal(row: LockedLabel, code: str) -> Outcome:
    """Why a label is left as it is."""
    return Outcome(id=row.id, code=code, facts={"number": row.number, "state": row.state})


def happened(rows: Sequence[LockedLabel], more: dict[str, str] | None = None) -> list[Happened]:
    """The events of labels, on their orders' ways."""
    return [Happened(row.shipment_id, row.order_id, {"number": row.number, **(more or {})}) for row in rows]
