"""Ageing over the API: what customers owed on any day, and the documents behind each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import BaseModel, Field

from dinghuo.journey.finance import ageing
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Customer
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Code, Day, Money, Page, Paging

router = Router(tags=["finance"])

Column = Literal["current", "1-30", "31-60", "61-90", "over-90", "credit_notes", "unapplied"]
# A cursor is the day on which the last row was due, counted from the year 1, and the eleven digits of its document.
PLACE_DIGITS = 11


@dataclass(frozen=True, slots=True)
class AgedCustomer:
    """What a customer owed by how long it was overdue; `balance` is its part of the receivables account that day."""

    customer_id: int
    customer: str
    name: str
    ages: Mapping[str, Money]
    balance: Money


@dataclass(frozen=True, slots=True)
class Ageing:
    """The ageing of a day, in company currency: `ages` has each column's sum."""

    on: date
    customers: list[AgedCustomer]
    ages: Mapping[str, Money]
    balance: Money


@dataclass(frozen=True, slots=True)
class AgedItem:
    """A document or payment with what was open of it that day; credit notes and payments are negative."""

    kind: Literal["invoice", "credit_note", "payment"]
    document_id: int
    number: str
    customer_id: int
    customer: str
    issued_on: date
    due_on: date
    currency: str
    amount: Money
    open_amount: Money


class AgeingWanted(BaseModel):
    """Which day and whose."""

    on: Day | None = Field(None, description="Today without one")
    customer: Code | None = Field(None, description="The customer's code")


class AgedItemsWanted(Paging):
    """Which figure's documents; all documents without a column."""

    on: Day | None = Field(None, description="Today without one")
    customer: Code | None = Field(None, description="The customer's code")
    column: Annotated[Column | None, Field(description="A column of the ageing")] = None


@route(router, "GET /receivables/ageing", needs="invoices.read")
def get_ageing(request: ApiRequest, wanted: Query[AgeingWanted]) -> Ageing:
    """Get what each customer owed at the end of a day, by how long it was overdue then; equal to the ledger of that day."""
    on = wanted.on or request.act.on
    customer_ids = of_code(request, wanted.customer)
    rows = ageing.aged_receivables(company_id=request.act.company_id, on=on, customer_ids=customer_ids)
    sums = ageing.summed(rows)
    customers = [AgedCustomer(row.customer_id, row.code, row.name, dict(row.cells), row.balance) for row in rows]
    return Ageing(on=on, customers=customers, balance=sums.pop("balance"), ages=sums)


@route(router, "GET /receivables/ageing/items", needs="invoices.read")
def list_aged_items(request: ApiRequest, wanted: Query[AgedItemsWanted]) -> Page[AgedItem]:
    """List the documents behind a figure of the ageing, the longest due first."""
    items = ageing.ItemsWanted(
        on=wanted.on or request.act.on,
        column=wanted.column or "",
        customer_ids=of_code(request, wanted.customer),
        after=place_of(wanted.cursor),
    )
    rows = ageing.open_items(company_id=request.act.company_id, wanted=items, count=wanted.count)
    shown = rows[: wanted.limit]
    following = f"{shown[-1].due_on.toordinal()}{shown[-1].document_id:0{PLACE_DIGITS}}" if len(rows) > wanted.limit else None
    return Page(items=[as_item(row) for row in shown], next=following)


def of_code(request: ApiRequest, code: str | None) -> list[int] | None:
    """The customer of a code: none when there is none, all without a code."""
    if code is None:
        return None
    return list(Customer.objects.filter(company_id=request.act.company_id, code=code).values_list("id", flat=True))


def place_of(cursor: str | None) -> tuple[date, int]:
    """Where the page before ended; the start without a cursor."""
    day = min(int((cursor or "")[:-PLACE_DIGITS] or 0), date.max.toordinal())
    return (date.fromordinal(day), int((cursor or "")[-PLACE_DIGITS:])) if day else (date.min, 0)


def as_item(row: ageing.OpenItem) -> AgedItem:
    """A row as the API tells it."""
    return AgedItem(
        kind="payment" if row.kind == "payment" else "credit_note" if row.kind == "credit_note" else "invoice",
        document_id=row.document_id,
        number=row.number,
        customer_id=row.customer_id,
        customer=row.customer_code,
        issued_on=row.issued_on,
        due_on=row.due_on,
        currency=row.currency,
        amount=row.amount,
        open_amount=row.open_amount,
    )
