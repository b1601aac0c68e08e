"""Orders over the API: the list. What shows and moves one order across the stages is in `journey.api`."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.ordering.models import OrderState
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import ID_MAX, Code, Day, Id, Money, Page, Paging, Reference, page_of

router = Router(tags=["orders"])

State = Literal["draft", "submitted", "held", "released", "completed", "rejected", "cancelled"]
assert set(get_args(State)) == set(OrderState.values), "the API names every state"

FILTERS = ("customer", "customer_id", "state", "external_ref", "customer_po", "ordered_from", "ordered_until")


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order as a list shows it; amounts are in its currency."""

    id: int
    number: str
    state: State
    version: int
    customer_id: int
    customer: str
    customer_po: str
    external_ref: str | None
    warehouse: str
    currency: str
    ordered_on: date
    requested_on: date | None
    amount_net: Money
    amount_tax: Money
    amount_gross: Money
    invoiced_gross: Money


class OrdersWanted(Paging):
    """Which orders to list."""

    customer: Code | None = Field(None, description="The customer's code")
    customer_id: Id | None = None
    state: State | None = None
    external_ref: Reference | None = None
    customer_po: Reference | None = None
    ordered_from: Day | None = None
    ordered_until: Day | None = None


@route(router, "GET /orders", needs=("orders.read", "portal.read"))
def list_orders(request: ApiRequest, wanted: Query[OrdersWanted]) -> Page[OrderSummary]:
    """List orders, the newest first; a customer's token sees that customer's orders alone."""
    filters = wanted.model_dump(include=set(FILTERS))
    asked = {"before": wanted.before, "count": wanted.count, "only_id": None, "only_customer": request.only_customer, **filters}
    return page_of(sql.rows("ordering/orders_before", OrderSummary, company_id=request.act.company_id, **asked), wanted)


def order_summary(request: ApiRequest, order_id: int) -> OrderSummary:
    """One order that the caller may see; raises Missing."""
    asked = {"before": ID_MAX, "count": 1, "only_id": order_id, "only_customer": request.only_customer}
    asked |= dict.fromkeys(FILTERS)
    found = sql.rows("ordering/orders_before", OrderSummary, company_id=request.act.company_id, **asked)
    if not found:
        raise Missing("There is no such order.", id=order_id)
    return found[0]
