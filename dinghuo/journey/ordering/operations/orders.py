"""Locking, submitting and cancelling whole orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.ordering import errors
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """An order that this transaction has locked; amounts are in its currency."""

    id: int
    number: str
    state: str
    version: int
    customer_id: int
    warehouse_id: int
    ordered_on: date
    amount_gross: Decimal


@dataclass(frozen=True, slots=True)
class OpenUnits:
    """How far an order's goods have come, in stock units."""

    order_id: int
    allocated: Decimal
    shipped: Decimal


def lock_orders(*, company_id: int, order_ids: Sequence[int] | None, ready_in: Sequence[str]) -> list[LockedOrder]:
    """Lock the named orders, or all that are in one of the states `ready_in`, in order of id, and return them.

    A statement of its own, so that the next one sees what rivals have committed before it.
    """
    if order_ids is None:
        return sql.rows("ordering/lock_orders_in_state", LockedOrder, company_id=company_id, states=list(ready_in))
    return sql.rows("ordering/lock_orders", LockedOrder, company_id=company_id, order_ids=sorted(set(order_ids)))


@transaction.atomic
def submit_orders(*, act: Act, order_ids: Sequence[int]) -> list[Outcome]:
    """Hand drafts over to review; from then on they change by amendment only.

    Refuses an order that is not a draft with `not_a_draft`.
    """
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())

    refused = [
        Outcome(id=order.id, code=errors.NOT_A_DRAFT, facts={"number": order.number, "state": order.state})
        for order in orders
        if order.state != OrderState.DRAFT
    ]

    drafts = [order for order in orders if order.state == OrderState.DRAFT]
    moved = states.move(
        SalesOrder,
        company_id=act.company_id,
        ids=[order.id for order in drafts],
        to=OrderState.SUBMITTED,
        only_from=["draft"],
    )

    journal.record(act, "OrderSubmitted", "sales_order", [Happened(order.id, order.id) for order in drafts if order.id in moved])
    return [Outcome(id=order.id) for order in drafts] + refused + missing(order_ids, (order.id for order in orders))


@transaction.atomic
def cancel_orders(*, act: Act, order_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Cancel orders of which nothing has left and no stock is allocated; `journey.reactions.withdraw_orders` frees stock first.

    Refuses with `cannot_be_cancelled` (completed, rejected or cancelled already) or `stock_is_allocated`.
    """
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    units = {
        row.order_id: row
        for row in sql.rows("ordering/open_units", OpenUnits, company_id=act.company_id, order_ids=[order.id for order in orders])
    }

    refused, cancelled = [], []
    for order in orders:
        facts = {
            "number": order.number,
            "state": order.state,
            "allocated": str(units[order.id].allocated) if order.id in units else "0",
        }
        if order.state not in states.sources(SalesOrder, OrderState.CANCELLED):
            refused.append(Outcome(id=order.id, code=errors.CANNOT_BE_CANCELLED, facts=facts))
        elif order.id in units and units[order.id].allocated > 0:
            refused.append(Outcome(id=order.id, code=errors.STOCK_IS_ALLOCATED, facts=facts))
        else:
            cancelled.append(order.id)

    states.move(SalesOrder, company_id=act.company_id, ids=cancelled, to=OrderState.CANCELLED)

    journal.record(act, "OrderCancelled", "sales_order", [Happened(key, key, {"reason": reason}) for key in cancelled])
    return [Outcome(id=key) for key in cancelled] + refused + missing(order_ids, (order.id for order in orders))
