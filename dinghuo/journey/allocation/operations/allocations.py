"""Stock given to orders, and taken back from them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import PolicySchedule
from dinghuo.journey.allocation.rules import POLICY
from dinghuo.journey.ordering.models import OrderState
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Served:
    order_id: int
    lines: int
    units: Decimal
    short: Decimal
    newly_short_line_ids: list[int]
    newly_short: list[Decimal]


@dataclass(frozen=True, slots=True)
class _GaveBack:
    order_id: int
    lines: int
    units: Decimal


@transaction.atomic
def allocate_orders(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Give free stock to the lines of released orders, best rank first: the orders named, or all that a run could serve.

    A line may be served in part and from several levels; what stays open is a shortage. Running it again with no new stock does
    nothing. Facts of an order done: lines served, units given and units still short, in stock units. Refused: not_found,
    not_released, nothing_to_allocate (nothing is wanted, or what is short is known to be and nothing came). Rule:
    docs/rules/allocation.md.
    """
    wanted = _ready(act) if order_ids is None else list(order_ids)
    if not wanted:
        return []
    orders = lock_orders(company_id=act.company_id, order_ids=wanted, ready_in=())

    released = [order.id for order in orders if order.state == OrderState.RELEASED]
    if order_ids is None:
        outcomes = []
    else:
        outcomes = missing(order_ids, (order.id for order in orders))
        outcomes += [
            Outcome(order.id, errors.NOT_RELEASED, facts={"state": order.state})
            for order in orders
            if order.state != OrderState.RELEASED
        ]
    if not released:
        return outcomes

    # The levels in a statement of its own: the next one must not begin to look before a rival for them has ended.
    levels = sql.rows("allocation/lock_stock_wanted", _Id, company_id=act.company_id, order_ids=released)
    served = sql.rows(
        "allocation/allocate_stock",
        _Served,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        policy=json.dumps(POLICY),
        order_ids=released,
        stock_level_ids=[level.id for level in levels],
    )

    _record(act, served)
    outcomes += [Outcome(row.order_id, facts={"lines": row.lines, "units": row.units, "short": row.short}) for row in served]
    if order_ids is not None:
        considered = {row.order_id for row in served}
        outcomes += [Outcome(key, errors.NOTHING_TO_ALLOCATE) for key in released if key not in considered]
    return outcomes


@transaction.atomic
def give_back(*, act: Act, order_ids: Sequence[int]) -> list[Outcome]:
    """Take back what orders were given and no shipment has taken up, for others to have; their shortages end.

    For an order that is cancelled, held or amended, whatever its state. Facts of an order done: lines and units. Refused:
    not_found, nothing_to_give_back.
    """
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    found = [order.id for order in orders]
    sql.rows("allocation/lock_levels_to_give_back", _Id, company_id=act.company_id, order_ids=found)

    gave = sql.rows("allocation/give_back", _GaveBack, company_id=act.company_id, at=act.at, order_ids=found)

    events = [Happened(row.order_id, row.order_id, {"lines": row.lines, "units": row.units}) for row in gave]
    journal.record(act, "AllocationGivenBack", "sales_order", events)
    done = {row.order_id for row in gave}
    outcomes = [Outcome(row.order_id, facts={"lines": row.lines, "units": row.units}) for row in gave]
    outcomes += [Outcome(key, errors.NOTHING_TO_GIVE_BACK) for key in found if key not in done]
    return missing(order_ids, found) + outcomes


def _ready(act: Act) -> list[int]:
    # A policy that runs and posts by itself keeps some units free on purpose: the default one would give them away.
    if PolicySchedule.objects.filter(company_id=act.company_id, posts=True, ended_at=None).exists():
        return []
    return [row.id for row in sql.rows("allocation/orders_to_allocate", _Id, company_id=act.company_id)]


def _record(act: Act, served: list[_Served]) -> None:
    given = [
        Happened(row.order_id, row.order_id, {"lines": row.lines, "units": row.units, "short": row.short})
        for row in served
        if row.lines
    ]
    short = [
        Happened(line_id, row.order_id, {"short": quantity})
        for row in served
        for line_id, quantity in zip(row.newly_short_line_ids, row.newly_short, strict=True)
    ]
    journal.record(act, "StockAllocated", "sales_order", given)
    journal.record(act, "LineShort", "sales_order_line", short)
