"""What happens on a day of a replay, step by step; each step is one transaction of the real operations."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dinghuo.exchange.online_retail import generation
from dinghuo.exchange.online_retail.classify import CHARGE_RULES, ChargeKind
from dinghuo.exchange.replay.masters import Masters, act_on, tax_rate
from dinghuo.exchange.replay.year import Document, Line, Year
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, receive_expected, receive_stock
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_charge_documents,
    draft_credit_notes,
    draft_invoices,
    post_entries,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import ChargeDocumentDraft, ChargeLineDraft, EntryDraft, PaymentDraft
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LINES_MAX, ChargeDraft, LineDraft, OrderDraft
from dinghuo.journey.review.operations import release_orders, review_held_orders, review_orders
from dinghuo.journey.shipping.operations import deliver_shipments, dispatch_shipments, make_shipping_notices, take_back_goods
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft
from dinghuo.journey.tracking.operations import make_promises, notify_customers
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.money import rounded
from dinghuo.kernel.tenancy import Act

CENTS = 2


@dataclass(frozen=True, slots=True)
class Today:
    """A day of the year, and what its steps refer to."""

    year: Year
    masters: Masters
    seed: int
    company_id: int
    day: date

    @property
    def documents(self) -> Sequence[Document]:
        """The documents of the day, by their first moment."""
        return self.year.days.get(self.day, ())

    def act(self, minute: int) -> Act:
        """The replay acting at a minute of the day."""
        return act_on(self.company_id, self.day, minute)


@dataclass(frozen=True, slots=True)
class Held:
    """An order on hold, and since which day."""

    order_id: int
    external_ref: str
    held_on: date


@dataclass(frozen=True, slots=True)
class Due:
    """An open receivable that has fallen due."""

    invoice_id: int
    customer_id: int
    customer_code: str
    is_walk_in: bool
    number: str
    due_on: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Free:
    """Stock of a product that is not promised to anybody."""

    product_id: int
    free: Decimal


def all_done(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes, every one of which must be done: the replay asks for nothing that can be refused."""
    refused = [outcome for outcome in outcomes if not outcome.done]
    assert not refused, refused[:3]
    return list(outcomes)


def receive(today: Today) -> None:
    """Take in the supply that arrives, and give returns of stock that were late their entry."""
    receive_expected(act=today.act(0))


def adjust(today: Today) -> None:
    """Write off what the file writes off; what is not there to be written off is found first, and marked as generated."""
    lines = [(document, line) for document in today.documents for line in document.adjusted]
    if not lines:
        return
    act = today.act(1)
    find_missing(today, act, [line for _, line in lines])
    products, warehouse = today.masters.products, today.masters.warehouse_id
    adjustments = [
        Adjustment(warehouse, products[line.product], Decimal(line.quantity), source_row=line.row_number) for _, line in lines
    ]
    all_done(adjust_stock(act=act, adjustments=adjustments, reason="written off in the file", external_ref=f"adjust {today.day}"))


def find_missing(today: Today, act: Act, lines: Sequence[Line]) -> None:
    """Receive what write-offs need beyond the stock that is free."""
    wanted: defaultdict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[today.masters.products[line.product]] -= line.quantity
    found = sql.rows("exchange/free_stock", Free, company_id=today.company_id, product_ids=list(wanted))
    free = {row.product_id: row.free for row in found}
    receipts = [
        Receipt(today.masters.warehouse_id, product, pieces - free.get(product, Decimal(0)), unit_cost=Decimal(0))
        for product, pieces in sorted(wanted.items())
        if pieces > free.get(product, Decimal(0))
    ]
    if receipts:
        reason = "found before a write-off (generated)"
        all_done(receive_stock(act=act, receipts=receipts, reason=reason, external_ref=f"found {today.day}", is_generated=True))


def enter(today: Today) -> None:
    """Enter and submit the day's orders."""
    drafts = [draft for document in today.documents for draft in order_drafts(today, document)]
    if not drafts:
        return
    entered = all_done(enter_orders(act=today.act(2), drafts=drafts))
    ids = [outcome.document_id for outcome in entered if outcome.document_id is not None]
    all_done(submit_orders(act=today.act(3), order_ids=ids))


def order_drafts(today: Today, document: Document) -> list[OrderDraft]:
    """A document's sold lines and billed charges as an order; more lines than an order holds make several."""
    if document.is_credit or not (document.sold or document.charges):
        return []
    parts = [document.sold[start : start + LINES_MAX // 2] for start in range(0, len(document.sold), LINES_MAX // 2)] or [[]]
    several = len(parts) > 1 or is_shared(today, document)
    return [
        OrderDraft(
            customer_id=today.masters.customers[document.account],
            warehouse_id=today.masters.warehouse_id,
            lines=[
                LineDraft(today.masters.products[line.product], Decimal(line.quantity), line.unit_price, line.row_number)
                for line in part
            ],
            charges=[
                ChargeDraft(line.kind, Decimal(line.quantity), line.unit_price, line.description or line.product, line.row_number)
                for line in (document.charges if number == 1 else [])
            ],
            external_ref=f"{document.number}/{document.account}/{number}" if several else document.number,
            source="replay",
            customer_po=document.number,
        )
        for number, part in enumerate(parts, 1)
    ]


def is_shared(today: Today, document: Document) -> bool:
    """Whether another account has lines on the same document number."""
    return any(other.number == document.number and other.account != document.account for other in today.documents)


def review(today: Today) -> None:
    """Review the day's orders, the held ones again, and let a reviewer override holds that have lasted (generated)."""
    review_orders(act=today.act(4))
    review_held_orders(act=today.act(5))
    held = sql.rows("exchange/held_orders", Held, company_id=today.company_id)
    ids = [
        row.order_id
        for row in held
        if (today.day - row.held_on).days >= generation.override_after_days(today.seed, row.external_ref)
    ]
    if ids:
        all_done(
            release_orders(act=today.act(6), order_ids=ids, reason_code="other", reason="overridden by the reviewer (generated)")
        )


def allocate(today: Today) -> None:
    """Give stock to released orders, make shipping notices and promises."""
    allocate_orders(act=today.act(7))


def notice(today: Today) -> None:
    """Make shipping notices and promise the day."""
    all_done(make_shipping_notices(act=today.act(8)))
    make_promises(act=today.act(9))


def ship(today: Today) -> None:
    """Let goods leave, and let those that were on the road arrive."""
    deliver_shipments(act=today.act(10))
    dispatch_shipments(act=today.act(11))


def invoice(today: Today) -> None:
    """Invoice what has left, and post it."""
    draft_invoices(act=today.act(12))
    post_invoices(act=today.act(13))


def take_back(today: Today) -> None:
    """Take back what the file's credit documents return, and credit it with their charges."""
    documents = [document for document in today.documents if document.returned or (document.is_credit and document.charges)]
    returning = [document for document in documents if document.returned]
    returns = {}
    if returning:
        taken = all_done(take_back_goods(act=today.act(14), returns=[return_draft(today, document) for document in returning]))
        returns = {document.number: outcome.document_id for document, outcome in zip(returning, taken, strict=True)}
    charged = [charge_document(today, document, returns.get(document.number)) for document in documents if document.charges]
    if charged:
        all_done(draft_charge_documents(act=today.act(15), drafts=charged))
    draft_credit_notes(act=today.act(16))
    post_invoices(act=today.act(17))


def return_draft(today: Today, document: Document) -> ReturnDraft:
    """A credit document's returned lines."""
    return ReturnDraft(
        customer_id=today.masters.customers[document.account],
        warehouse_id=today.masters.warehouse_id,
        lines=[
            ReturnLineDraft(
                product_id=today.masters.products[line.product],
                quantity=Decimal(-line.quantity),
                unit_price=line.unit_price,
                tax_rate=tax_rate(today.year.accounts[document.account].country),
                match_latest_sale=True,
                source_row=line.row_number,
            )
            for line in document.returned
        ],
        reason="credited in the file",
        external_ref=document.number if not is_shared(today, document) else f"{document.number}/{document.account}",
    )


def charge_document(today: Today, document: Document, return_id: int | None) -> ChargeDocumentDraft:
    """A credit document's charges: on the credit note of its return, or on one of their own."""
    rate = tax_rate(today.year.accounts[document.account].country)
    return ChargeDocumentDraft(
        customer_id=today.masters.customers[document.account],
        external_ref=f"{document.number}/{document.account}",
        issued_on=today.day,
        lines=[
            ChargeLineDraft(
                kind=line.kind,
                description=line.description or line.product,
                quantity=Decimal(line.quantity),
                unit_price=line.unit_price,
                tax_rate=rate,
                source_row=line.row_number,
            )
            for line in document.charges
        ],
        return_id=return_id,
    )


def book(today: Today) -> None:
    """Book what the file charges to the company itself: bank charges, fees, corrections, bad debts; and the day's stock."""
    entries = [entry for document in today.documents for line in document.entries if (entry := entry_draft(line))]
    if entries:
        all_done(post_entries(act=today.act(18), entries=entries))
    post_stock_documents(act=today.act(19))


def entry_draft(line: Line) -> EntryDraft | None:
    """A journal charge as an entry: a negative value debits its expense; None for one of value 0."""
    rule = CHARGE_RULES[ChargeKind(line.kind)]
    value = rounded(line.quantity * line.unit_price, minor_units=CENTS)
    if not value:
        return None
    return EntryDraft(
        kind=line.kind,
        description=line.description or line.product,
        lines=((rule.expense, -value), (rule.against, value)),
        document="charge",
        source_row=line.row_number,
    )


def settle(today: Today) -> None:
    """Set credits against what is owed, take the payments of the day (generated), and close what is done."""
    apply_payments(act=today.act(20))
    due = sql.rows("exchange/receivables_due", Due, company_id=today.company_id, today=today.day)
    payments = [payment_draft(today, row) for row in due if pays_today(today, row)]
    if payments:
        all_done(take_payments(act=today.act(21), payments=payments))
    complete_orders(act=today.act(22))
    notify_customers(act=today.act(23))


def pays_today(today: Today, row: Due) -> bool:
    """Whether the customer's generated lateness has passed."""
    late = generation.payment_late_days(today.seed, row.number, walk_in=row.is_walk_in)
    return (today.day - row.due_on).days >= late


def payment_draft(today: Today, row: Due) -> PaymentDraft:
    """A payment of what is open on one invoice."""
    method = generation.payment_method(today.seed, row.customer_code, walk_in=row.is_walk_in)
    return PaymentDraft(
        customer_id=row.customer_id,
        amount=row.open_amount,
        method=method,
        reference=row.number,
        external_ref=f"pays {row.number}",
        invoice_ids=(row.invoice_id,),
        is_generated=True,
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the day, under the name that its seconds are reported by."""

    stage: str
    run: Callable[[Today], None]


STEPS = (
    Step("allocation", receive),
    Step("allocation", adjust),
    Step("ordering", enter),
    Step("review", review),
    Step("allocation", allocate),
    Step("shipping", notice),
    Step("shipping", ship),
    Step("finance", invoice),
    Step("finance", take_back),
    Step("finance", book),
    Step("finance", settle),
)
