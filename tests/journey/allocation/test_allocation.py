"""Whose the stock is: best rank first, nobody twice, and a reason for whoever waits."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import Allocation, AllocationDecision, AllocationRun, Shortage, StockLevel
from dinghuo.journey.allocation.operations import allocate_orders, receive_stock
from dinghuo.journey.allocation.rules import POLICY, Receipt
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Customer, Warehouse
from tests.builders import TODAY, a_customer, a_product, a_warehouse, an_order, some_stock
from tests.journey.allocation.conftest import Room


def lot(room: Room, code: str, quantity: int, expires_on: date | None) -> StockLevel:
    room.keep_lots()
    receipt = Receipt(room.warehouse.id, room.product.id, Decimal(quantity), Decimal(6), lot_code=code, expires_on=expires_on)
    receive_stock(act=room.act, receipts=[receipt])
    return StockLevel.objects.get(lot__code=code)


def taken(order_id: int) -> dict[int, int]:
    given = Allocation.objects.filter(order_line__order_id=order_id)
    return {row.stock_level_id: int(row.quantity) for row in given}


def test_an_order_gets_what_is_there_and_a_line_served_in_part_becomes_a_shortage(room: Room) -> None:
    level, order_id = room.stock(30), room.order(20, 25)
    (outcome,) = allocate_orders(act=room.act, order_ids=[order_id])
    assert (outcome.code, outcome.facts) == ("done", {"lines": 2, "units": Decimal(30), "short": Decimal(15)})
    first, second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")
    assert (first.allocated, second.allocated) == (20, 10)
    level.refresh_from_db()
    assert level.allocated == 30
    shortage = Shortage.objects.get()
    assert (shortage.order_line_id, shortage.quantity, shortage.closed_at) == (second.id, Decimal(15), None)
    assert Event.objects.get(kind="StockAllocated", journey_id=order_id).facts == {"lines": 2, "units": "30.000", "short": "15.000"}
    assert Event.objects.get(kind="LineShort", journey_id=order_id).facts == {"short": "15.000"}


def test_the_run_keeps_its_policy_and_why_a_line_got_less(room: Room) -> None:
    room.stock(30)
    allocate_orders(act=room.act, order_ids=[room.order(20, 25)])
    run, decision = AllocationRun.objects.get(), AllocationDecision.objects.get()
    assert (run.lines_considered, run.lines_served, run.lines_short) == (2, 2, 1)
    assert (run.policy, len(run.inputs_hash)) == (POLICY, 32)
    assert (decision.wanted, decision.given, decision.reason) == (Decimal(25), Decimal(10), "others_first")
    assert decision.facts == {"free": "30", "others": "20"}


def test_a_line_that_finds_nothing_is_told_so(room: Room) -> None:
    allocate_orders(act=room.act, order_ids=[room.order(5)])
    decision = AllocationDecision.objects.get()
    assert (decision.given, decision.reason, decision.facts) == (0, "no_stock", {"free": "0", "others": "0"})
    assert not Event.objects.filter(kind="StockAllocated").exists()


def test_running_again_without_new_stock_does_nothing(room: Room) -> None:
    room.stock(30)
    order_id = room.order(20, 25)
    allocate_orders(act=room.act, order_ids=[order_id])
    before = Event.objects.count()
    assert [row.code for row in allocate_orders(act=room.act, order_ids=[order_id])] == ["nothing_to_allocate"]
    assert allocate_orders(act=room.act) == []
    assert (AllocationRun.objects.count(), Event.objects.count()) == (1, before)


def test_new_stock_fills_a_shortage_and_closes_it(room: Room) -> None:
    order_id = room.order(20)
    allocate_orders(act=room.act)
    some_stock(room.act, a_warehouse(room.company, priority=2), room.product, 12)
    allocate_orders(act=room.act)
    assert Shortage.objects.get().quantity == 8
    some_stock(room.act, a_warehouse(room.company, priority=3), room.product, 12)
    (outcome,) = allocate_orders(act=room.act)
    assert outcome.facts == {"lines": 1, "units": Decimal(8), "short": Decimal(0)}
    assert room.given(order_id) == [20]
    assert Shortage.objects.get().closed_at == room.act.at
    assert Event.objects.filter(kind="LineShort").count() == 1


def test_named_orders_that_cannot_be_served_say_why_and_the_rest_is_served(room: Room) -> None:
    room.stock(10)
    draft = an_order(room.act, room.customer, room.warehouse, [(room.product, 1)])
    ready = room.order(4)
    outcomes = {row.id: row for row in allocate_orders(act=room.act, order_ids=[ready, draft, -1])}
    assert (outcomes[draft].code, outcomes[draft].facts) == ("not_released", {"state": "draft"})
    assert (outcomes[-1].code, outcomes[ready].code) == ("not_found", "done")
    assert allocate_orders(act=room.act, order_ids=[]) == []


def test_rank_is_priority_then_class_then_day_then_order(room: Room) -> None:
    room.stock(10)
    plain, old, urgent, best = (room.order(10, priority=priority) for priority in (5, 5, 1, 5))
    SalesOrder.objects.filter(id=old).update(ordered_on=TODAY - timedelta(days=1))
    SalesOrder.objects.filter(id=best).update(customer_id=a_customer(room.company, customer_class="A").id)
    Customer.objects.filter(id=room.customer.id).update(customer_class="B")
    served: list[int] = []
    for _ in range(4):
        allocate_orders(act=room.act)
        served += [key for key in (plain, old, urgent, best) if room.given(key) == [10] and key not in served]
        some_stock(room.act, a_warehouse(room.company), room.product, 10)
    assert served == [urgent, best, old, plain]


def test_the_own_warehouse_serves_first_and_then_the_others_by_priority(room: Room) -> None:
    far = some_stock(room.act, a_warehouse(room.company, priority=9), room.product, 5)
    near = some_stock(room.act, a_warehouse(room.company, priority=2), room.product, 5)
    Warehouse.objects.filter(id=room.warehouse.id).update(priority=20)
    own = room.stock(5)
    order_id = room.order(12)
    allocate_orders(act=room.act)
    assert taken(order_id) == {own.id: 5, near.id: 5, far.id: 2}


def test_a_better_ranked_order_of_another_warehouse_does_not_empty_the_own_one(room: Room) -> None:
    other = a_warehouse(room.company)
    room.stock(5)
    elsewhere, here = room.order(5, warehouse=other, priority=1), room.order(5)
    allocate_orders(act=room.act)
    assert room.given(elsewhere, here) == [0, 5]


def test_a_closed_warehouse_serves_nobody(room: Room) -> None:
    room.stock(5)
    order_id = room.order(5)
    Warehouse.objects.filter(id=room.warehouse.id).update(is_active=False)
    allocate_orders(act=room.act)
    assert room.given(order_id) == [0]


def test_lots_go_by_expiry_and_expired_ones_stay(room: Room) -> None:
    late = lot(room, "LATE", 5, TODAY + timedelta(days=90))
    soon = lot(room, "SOON", 5, TODAY)
    lot(room, "GONE", 5, TODAY - timedelta(days=1))
    never = lot(room, "NEVER", 5, None)
    order_id = room.order(12)
    allocate_orders(act=room.act)
    assert taken(order_id) == {soon.id: 5, late.id: 5, never.id: 2}


def test_the_order_in_which_orders_are_named_changes_nothing(room: Room) -> None:
    results = set()
    for seed in range(4):
        product = a_product(room.company)
        some_stock(room.act, room.warehouse, product, 23)
        orders = [an_order(room.act, room.customer, room.warehouse, [(product, 3 + number)]) for number in range(5)]
        SalesOrder.objects.filter(id__in=orders).update(state="released")
        named = random.Random(seed).sample(orders, len(orders))
        allocate_orders(act=room.act, order_ids=named)
        results.add(tuple(room.given(*orders)))
    assert results == {(3, 4, 5, 6, 5)}


def test_one_run_and_a_run_an_order_give_the_same(room: Room) -> None:
    results = []
    for one_by_one in (False, True):
        product = a_product(room.company)
        some_stock(room.act, room.warehouse, product, 11)
        orders = [an_order(room.act, room.customer, room.warehouse, [(product, 4)]) for _ in range(4)]
        SalesOrder.objects.filter(id__in=orders).update(state="released")
        for named in [[key] for key in orders] if one_by_one else [orders]:
            allocate_orders(act=room.act, order_ids=named)
        results.append(room.given(*orders))
    assert results == [[4, 4, 3, 0]] * 2


@pytest.mark.parametrize("count", [1, 30])
def test_allocation_takes_the_same_statements_however_many(room: Room, count: int) -> None:
    room.stock(100)
    orders = [room.order(2, 3) for _ in range(count)]
    with CaptureQueriesContext(connection) as captured:
        allocate_orders(act=room.act, order_ids=orders)
    short = 1 if count == 30 else 0
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 4 + short
