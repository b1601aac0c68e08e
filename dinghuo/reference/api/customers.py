"""Customers over the API."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from ninja import Query, Router
from pydantic import Field

from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.operations import add_customer, block_customers
from dinghuo.reference.routes import route
from dinghuo.reference.wire import (
    Asked,
    Code,
    Country,
    Day,
    Flag,
    Id,
    Label,
    Limit,
    Name,
    Note,
    Page,
    Paging,
    Rate,
    Reason,
    Share,
    Text,
    Title,
    page_of,
)

router = Router(tags=["customers"])

# Stands for "not given" where null means something; pydantic never reads it.
LEFT_OUT: Any = None

Class = Annotated[str, Text(most=4, least=1)]
Language = Annotated[str, Text(most=10, pattern="^(zh-hans|en)$")]
Terms = Annotated[int, Field(strict=True, ge=0, le=365)]
Place = Annotated[str, Text(most=100)]
Postcode = Annotated[str, Text(most=12)]
Status = Annotated[str, Text(most=20, pattern="^[a-z_]*$")]
Dunning = Annotated[int, Field(strict=True, ge=0, le=99)]
Weekdays = Annotated[str, Text(most=7, pattern="^[1-7]*$")]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who orders and pays.

    Without a credit limit (company currency) credit is not checked; without a tax rate, each product's own holds. Customers of one
    `parent` share its `group_credit_limit`; `receiving_days` are ISO weekdays as digits, empty for every day.
    """

    id: int
    code: str
    name: str
    name_zh: str
    customer_class: str
    country: str
    address: str
    city: str
    region: str
    postcode: str
    contact: str
    phone: str
    email: str
    language: str
    tax_id: str
    tax_rate: Rate | None
    payment_terms_days: int
    cash_discount_rate: Share
    cash_discount_days: int
    credit_limit: Limit | None
    credit_limit_expires_on: date | None
    order_maximum: Limit | None
    parent: str | None
    group_credit_limit: Limit | None
    account_status: str
    dunning_level: int
    receiving_days: str
    po_must_be_unique: bool | None
    price_list: str | None
    is_blocked: bool


class CustomerAsked(Asked):
    """A new customer."""

    code: Code = Field(examples=["C-100"])
    name: Name = Field(examples=["Lotus Trading"])
    name_zh: Title = ""
    customer_class: Class = "B"
    country: Country = Field(examples=["CN"])
    address: Note = ""
    city: Place = ""
    region: Place = ""
    postcode: Postcode = ""
    contact: Annotated[str, Text(most=100)] = ""
    phone: Label = ""
    email: Annotated[str, Text(most=254)] = ""
    language: Language = "zh-hans"
    tax_id: Label = ""
    tax_rate: Rate | None = None
    payment_terms_days: Terms = 30
    cash_discount_rate: Share = Field("0", validate_default=True)
    cash_discount_days: Terms = 0
    credit_limit: Limit | None = None
    credit_limit_expires_on: Day | None = None
    order_maximum: Limit | None = None
    parent: Code | None = None
    group_credit_limit: Limit | None = None
    account_status: Status = ""
    dunning_level: Dunning = 0
    receiving_days: Weekdays = ""
    po_must_be_unique: Flag | None = None
    price_list: Code | None = None


class CustomerChange(Asked):
    """What is to change of a customer; what is left out stays, null takes a limit, a rate, a parent or a price list away."""

    code: Code = LEFT_OUT
    name: Name = LEFT_OUT
    name_zh: Title = LEFT_OUT
    customer_class: Class = LEFT_OUT
    country: Country = LEFT_OUT
    address: Note = LEFT_OUT
    city: Place = LEFT_OUT
    region: Place = LEFT_OUT
    postcode: Postcode = LEFT_OUT
    contact: Annotated[str, Text(most=100)] = LEFT_OUT
    phone: Label = LEFT_OUT
    email: Annotated[str, Text(most=254)] = LEFT_OUT
    language: Language = LEFT_OUT
    tax_id: Label = LEFT_OUT
    tax_rate: Rate | None = None
    payment_terms_days: Terms = LEFT_OUT
    cash_discount_rate: Share = LEFT_OUT
    cash_discount_days: Terms = LEFT_OUT
    credit_limit: Limit | None = None
    credit_limit_expires_on: Day | None = None
    order_maximum: Limit | None = None
    parent: Code | None = None
    group_credit_limit: Limit | None = None
    account_status: Status = LEFT_OUT
    dunning_level: Dunning = LEFT_OUT
    receiving_days: Weekdays = LEFT_OUT
    po_must_be_unique: Flag | None = None
    price_list: Code | None = None


class Block(Asked):
    """Whether it is blocked from now on, and why."""

    blocked: Flag = True
    reason: Reason


class CustomersWanted(Paging):
    """Which customers to list."""

    code: Code | None = None


@route(router, "GET /customers", needs="customers.read")
def list_customers(request: ApiRequest, wanted: Query[CustomersWanted]) -> Page[Customer]:
    """List customers, the oldest first."""
    asked = {"after": wanted.after, "count": wanted.count, "only_id": None, "code": wanted.code}
    return page_of(sql.rows("reference/customers_after", Customer, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /customers", needs="customers.write", status=201)
def create_customer(request: ApiRequest, asked: CustomerAsked) -> Customer:
    """Add a customer. Refused with `code_taken`."""
    return customer(request, add_customer(act=request.act, fields=asked.model_dump()).id)


@route(router, "GET /customers/{customer_id}", needs="customers.read")
def get_customer(request: ApiRequest, customer_id: Id) -> Customer:
    """Get a customer."""
    return customer(request, customer_id)


@route(router, "POST /customers/{customer_id}/block", needs="customers.write")
def block_customer(request: ApiRequest, customer_id: Id, asked: Block) -> Customer:
    """Hold a customer's next orders at review, or let them pass again."""
    act = request.act
    the_only(block_customers(act=act, customer_ids=[customer_id], blocked=asked.blocked, reason=asked.reason))
    return customer(request, customer_id)


def customer(request: ApiRequest, customer_id: int) -> Customer:
    """One customer of the company; raises Missing."""
    asked = {"after": 0, "count": 1, "only_id": customer_id, "code": None}
    found = sql.rows("reference/customers_after", Customer, company_id=request.act.company_id, **asked)
    if not found:
        raise Missing("There is no such customer.", id=customer_id)
    return found[0]
