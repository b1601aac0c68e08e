"""The demo company's money: invoices posted, customers paying in time, late, in parts or not at all."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import F

from dinghuo.demo.chance import roll, stream
from dinghuo.demo.story import Story
from dinghuo.journey.finance.models import Receivable
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_credit_notes,
    draft_invoices,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.reference.models import Role

CENT: Final = Decimal("0.01")
# The share of customers, and how many days after the due day they pay: from and to.
PUNCTUAL: Final = (0.62, (-4, 2))
LATE: Final = (0.90, (3, 24))
SLOW: Final = (18, 60)
NEVER_SHARE: Final = 0.012
IN_PARTS_SHARE: Final = 0.07
SECOND_PART_DAYS: Final = 18
METHODS: Final = ("bank_transfer", "bank_transfer", "bank_transfer", "bank_transfer", "card", "cheque")


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open of an invoice, in yuan."""

    invoice_id: int
    number: str
    customer_id: int
    due_on: date
    amount: Decimal
    applied: Decimal


def bill(story: Story, day: date) -> None:
    """Bill what has left, post it with the day's stock, settle what is paid already, and close what is through."""
    act = story.act(day, "17:30")
    draft_invoices(act=act)
    draft_credit_notes(act=act)
    post_invoices(act=act)
    post_stock_documents(act=act)
    apply_payments(act=act)
    complete_orders(act=act)


def collect(story: Story, day: date) -> None:
    """Take the payments that customers make today, one a customer for all that it pays."""
    if not story.is_working_day(day):
        return
    paid: dict[int, list[tuple[Owed, Decimal]]] = defaultdict(list)
    for owed in open_invoices(story, day):
        amount = paid_today(story, owed, day)
        if amount:
            paid[owed.customer_id].append((owed, amount))
    drafts = [payment(story, day, customer_id, parts) for customer_id, parts in sorted(paid.items())]
    if drafts:
        take_payments(act=story.act(day, "09:00", Role.FINANCE), payments=drafts)


def open_invoices(story: Story, day: date) -> Iterator[Owed]:
    """Invoices with something open that a customer may think of paying."""
    soon = day + timedelta(days=5)
    found = Receivable.objects.filter(company_id=story.company_id, amount__gt=0, due_on__lte=soon)
    columns = ("invoice_id", "invoice__number", "customer_id", "due_on", "amount", "applied")
    for row in found.exclude(applied=F("amount")).order_by("id").values_list(*columns):
        yield Owed(*row)


def paid_today(story: Story, owed: Owed, day: date) -> Decimal:
    """What the customer pays of an invoice today: nothing, half of it, or what is left."""
    chance = stream(story.seed, "paying", owed.number)
    if chance.random() < NEVER_SHARE:
        return Decimal(0)
    habit = roll(story.seed, "habit", owed.customer_id)
    low, high = PUNCTUAL[1] if habit < PUNCTUAL[0] else LATE[1] if habit < LATE[0] else SLOW
    pays_on = owed.due_on + timedelta(days=chance.randint(low, high))
    in_parts = chance.random() < IN_PARTS_SHARE
    left = owed.amount - owed.applied
    if not in_parts:
        return left if day >= pays_on else Decimal(0)
    if owed.applied == 0:
        return (left / 2).quantize(CENT) if day >= pays_on else Decimal(0)
    return left if day >= pays_on + timedelta(days=SECOND_PART_DAYS) else Decimal(0)


def payment(story: Story, day: date, customer_id: int, parts: list[tuple[Owed, Decimal]]) -> PaymentDraft:
    """One payment for the invoices that it names."""
    numbers = " ".join(owed.number for owed, _ in parts)
    chance = stream(story.seed, "payment", day, numbers)
    return PaymentDraft(
        customer_id=customer_id,
        amount=sum((amount for _, amount in parts), Decimal(0)),
        method=chance.choice(METHODS),
        received_on=day,
        reference=numbers[:140],
        external_ref=f"demo-{day:%Y%m%d}-{customer_id}",
        invoice_ids=[owed.invoice_id for owed, _ in parts],
        is_generated=True,
    )
