"""The two short transactions around a call to a carrier: a label is claimed before it and settled after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from dinghuo.journey.shipping.carriers.port import Booked, Connection, Consignment, Party, Secrets
from dinghuo.journey.shipping.label_rules import CLAIMED_FOR, again_at, open_until, postcode_in
from dinghuo.journey.shipping.models import CarrierConnection, LabelState, Shipment, ShippingLabel
from dinghuo.journey.shipping.operations.labels import BOOKABLE, LockedLabel, lock_labels
from dinghuo.journey.shipping.operations.shipments import lock_shipments
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Claimed:
    """A label to ask a carrier about, as it was before it was claimed, with all that the call needs."""

    label_id: int
    shipment_id: int
    order_id: int
    state: str
    attempts: int
    request_ref: str
    problem: str
    tracking_number: str
    shipment_number: str
    shipment_state: str
    weight_kg: Decimal
    connection_id: int
    carrier_id: int
    protocol: str
    base_url: str
    settings: Any
    secrets: Any
    sender_name: str
    sender_address: str
    sender_city: str
    sender_postcode: str
    sender_country: str
    sender_phone: str
    name: str
    address: str
    city: str
    country: str
    phone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: the state that the label goes to, why, and whether the carrier itself is to blame.

    `is_failure` counts towards the carrier's circuit; a refusal of one label does not.
    """

    to: str
    problem: str = ""
    words: str = ""
    booked: Booked | None = None
    is_failure: bool = False


@transaction.atomic
def claim_labels(*, act: Act, count: int) -> list[Claimed]:
    """Take labels that are due, for three minutes: those to be booked count as sent from here on, whatever happens to us.

    Returns each as it was: one that was sent before may have been made, so its carrier is asked first.
    """
    claimed = sql.rows("shipping/claimable_labels", Claimed, company_id=act.company_id, at=act.at, bookable=BOOKABLE, count=count)
    ids = [row.label_id for row in claimed]
    waiting = [row.label_id for row in claimed if row.state == LabelState.WAITING]
    states.move(ShippingLabel, company_id=act.company_id, ids=waiting, to=LabelState.SENT, only_from=[LabelState.WAITING])
    ShippingLabel.objects.filter(company_id=act.company_id, id__in=ids).update(
        attempts=F("attempts") + 1, claimed_until=act.at + CLAIMED_FOR
    )
    return [replace(row, attempts=row.attempts + 1) for row in claimed]


@transaction.atomic
def settle_label(*, act: Act, claimed: Claimed, answer: Answer) -> bool:
    """Write what came of a call; False when the label was claimed again meanwhile, and that attempt settles it."""
    lock_shipments(act, [claimed.shipment_id])
    (label,) = lock_labels(act, [claimed.label_id])
    if label.attempts != claimed.attempts or label.state not in {LabelState.SENT, LabelState.CANCELLING}:
        return False

    changes = {
        "problem": answer.problem[:40],
        "problem_text": answer.words.replace("\0", "")[:300],
        "claimed_until": None,
        "next_attempt_at": again_at(act.at, label.attempts),
    }
    if answer.booked is not None and answer.to == LabelState.BOOKED and label.state == LabelState.SENT:
        number = answer.booked.tracking_number
        changes |= {"tracking_number": number, "booked_at": act.at}
        Shipment.objects.filter(company_id=act.company_id, id=label.shipment_id).update(tracking_number=number)
    if answer.to == LabelState.CANCELLED:
        Shipment.objects.filter(company_id=act.company_id, id=label.shipment_id).update(tracking_number="")
    if answer.to == label.state:
        ShippingLabel.objects.filter(company_id=act.company_id, id=label.id).update(**changes)
    else:
        states.move(ShippingLabel, company_id=act.company_id, ids=[label.id], to=answer.to, also=changes)
    keep_file(act, label.id, answer.booked)
    count_failure(act, claimed.connection_id, is_failure=answer.is_failure)

    tell(act, label, answer)
    return True


@transaction.atomic
def keep_label(*, act: Act, label_id: int, booked: Booked) -> None:
    """Keep the file of a label that was fetched after it was made."""
    keep_file(act, label_id, booked)


def keep_file(act: Act, label_id: int, booked: Booked | None) -> None:
    """Write a label's file beside it, if there is one."""
    if booked is not None and booked.label:
        ShippingLabel.objects.filter(company_id=act.company_id, id=label_id).update(
            label=booked.label, label_format=booked.label_format
        )


def count_failure(act: Act, connection_id: int, *, is_failure: bool) -> None:
    """Count a failure of a carrier, and open its circuit when there are too many in a row; an answer closes it."""
    connection = CarrierConnection.objects.select_for_update(no_key=True).get(company_id=act.company_id, id=connection_id)
    failures = min(connection.failures + 1, 1_000) if is_failure else 0
    CarrierConnection.objects.filter(company_id=act.company_id, id=connection_id).update(
        failures=failures, open_until=open_until(act.at, failures)
    )


def tell(act: Act, label: LockedLabel, answer: Answer) -> None:
    """Record what became of a label, when it came to something."""
    kinds = {LabelState.BOOKED: "LabelBooked", LabelState.REFUSED: "LabelRefused", LabelState.CANCELLED: "LabelCancelled"}
    kind = kinds.get(LabelState(answer.to))
    if kind is None or answer.to == label.state:
        return
    number = answer.booked.tracking_number if answer.booked else label.tracking_number
    facts = {"number": label.number, "tracking_number": number, "reason": answer.words}
    journal.record(act, kind, "shipment", [Happened(label.shipment_id, label.order_id, facts)])


def connection_of(row: Claimed) -> Connection:
    """How the carrier of a label is reached."""
    return Connection(row.carrier_id, row.protocol, row.base_url, row.settings, Secrets(row.secrets))


def consignment_of(row: Claimed) -> Consignment:
    """A label as the carrier is asked for it."""
    sender = Party(
        name=row.sender_name,
        address=row.sender_address,
        city=row.sender_city,
        postcode=row.sender_postcode or postcode_in(row.sender_address, row.sender_city),
        country=row.sender_country,
        phone=row.sender_phone,
    )
    receiver = Party(row.name, row.address, row.city, postcode_in(row.address, row.city), row.country, row.phone)
    return Consignment(row.request_ref, row.shipment_number, sender, receiver, row.weight_kg)


def settings_of(rows: Sequence[CarrierConnection], callback_url: str) -> list[Connection]:
    """Stored connections as ports take them; pushes come to the address given, with each one's own last part."""
    return [
        Connection(
            row.carrier_id,
            row.protocol,
            row.base_url,
            row.settings,
            Secrets(row.secrets),
            f"{callback_url}/{row.push_key}/" if callback_url else "",
        )
        for row in rows
    ]
