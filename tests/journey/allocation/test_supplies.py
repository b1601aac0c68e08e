"""Goods that slip move the promises that count on them, and each customer is told once."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import InboundSupply, LinePromise, SupplyPeg
from dinghuo.journey.allocation.operations import allocate_orders, expect_supply, receive_expected
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.operations.supplies import change_supplies, peg_backorders
from dinghuo.journey.allocation.rules import Supply
from dinghuo.journey.allocation.rules.keeping import SupplyChange
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.tracking.models import Notification
from dinghuo.journey.tracking.operations import notify_customers
from dinghuo.kernel.models import Event
from tests.builders import TODAY, a_product, an_order
from tests.journey.allocation.conftest import Room


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def supply(room: Room, number: int, quantity: int) -> int:
    expected = Supply(room.warehouse.id, room.product.id, Decimal(quantity), Decimal(1), day(number), "PO-1")
    (outcome,) = expect_supply(act=room.act, supplies=[expected])
    return outcome.document_id or 0


def short(room: Room, *quantities: int, priority: int = 5) -> list[int]:
    orders = [room.order(quantity, priority=priority) for quantity in quantities]
    allocate_orders(act=room.act, order_ids=orders)
    return orders


def pegs() -> list[tuple[int, int, int]]:
    found = SupplyPeg.objects.order_by("order_line__order_id", "inbound_id")
    return [(row.order_line.order_id, row.inbound_id, int(row.quantity)) for row in found]


def promised(orders: Sequence[int]) -> list[date | None]:
    return [LinePromise.objects.get(order_line__order_id=key).promised_on for key in orders]


def test_the_worked_example_of_a_supply_that_slips(room: Room) -> None:
    """An order of 50 that comes on day 6: 10 for one line and 40 for another; it slips 4 days, and both promises with it."""
    orders = short(room, 10, 40)
    inbound = supply(room, 6, 50)
    peg_backorders(act=room.act)
    assert pegs() == [(orders[0], inbound, 10), (orders[1], inbound, 40)]
    assert promised(orders) == [day(6), day(6)]
    (outcome,) = change_supplies(act=room.act, changes=[SupplyChange(inbound, day(10))], reason="late ship")
    assert (outcome.code, outcome.facts) == ("done", {"lines": 2})
    assert promised(orders) == [day(10), day(10)]
    assert LinePromise.objects.filter(first_promised_on=day(6)).count() == 2
    moved = Event.objects.filter(kind="PromiseMoved").order_by("document_id")
    assert [(row.journey_id, row.facts["promised_before"], row.facts["promised_on"]) for row in moved] == [
        (key, day(6).isoformat(), day(10).isoformat()) for key in orders
    ]


def test_a_customer_is_told_once_of_a_slip(room: Room) -> None:
    orders = short(room, 10)
    inbound = supply(room, 6, 50)
    peg_backorders(act=room.act)
    change_supplies(act=room.act, changes=[SupplyChange(inbound, day(10))])
    for _ in range(2):
        notify_customers(act=room.act)
        notify_customers(act=room.act, order_ids=orders)
        (again,) = change_supplies(act=room.act, changes=[SupplyChange(inbound, day(10))])
        assert again.code == "nothing_changed"
    assert Notification.objects.filter(order_id=orders[0], kind="PromiseMoved").count() == 1


def test_lines_count_on_what_comes_first_by_rank(room: Room) -> None:
    (late,) = short(room, 30, priority=7)
    (early,) = short(room, 20, priority=1)
    first, second = supply(room, 3, 25), supply(room, 9, 20)
    peg_backorders(act=room.act)
    assert pegs() == [(late, first, 5), (late, second, 20), (early, first, 20)]
    # 5 of 30 have no supply: no day is known for the line.
    assert promised([early]) == [day(3)]
    assert not LinePromise.objects.filter(order_line__order_id=late, promised_on__isnull=False).exists()
    assert peg_backorders(act=room.act) == []


def test_less_is_coming_and_the_last_in_rank_has_no_day_any_more(room: Room) -> None:
    orders = short(room, 10, 40)
    inbound = supply(room, 6, 50)
    peg_backorders(act=room.act)
    change_supplies(act=room.act, changes=[SupplyChange(inbound, quantity=Decimal(30))], reason="short delivery")
    assert promised(orders) == [day(6), None]
    moved = Event.objects.get(kind="PromiseMoved")
    assert (moved.journey_id, moved.facts["promised_on"]) == (orders[1], None)
    change_supplies(act=room.act, changes=[SupplyChange(inbound, quantity=Decimal(0))], reason="cancelled")
    assert promised(orders) == [None, None]
    assert pegs() == []


def test_a_promise_that_counts_on_no_supply_in_particular_moves_when_nothing_fills_it(room: Room) -> None:
    inbound = supply(room, 6, 50)
    order_id = an_order(room.act, room.customer, room.warehouse, [(room.product, 10)])
    submit_orders(act=room.act, order_ids=[order_id])
    promise_lines(act=room.act)
    assert promised([order_id]) == [day(6)]
    change_supplies(act=room.act, changes=[SupplyChange(inbound, day(8))])
    assert promised([order_id]) == [day(8)]
    change_supplies(act=room.act, changes=[SupplyChange(inbound, day(7))])
    assert promised([order_id]) == [day(8)], "a day that still holds stays"


def test_what_came_is_not_counted_on_any_more(room: Room) -> None:
    (order_id,) = short(room, 10)
    inbound = supply(room, 6, 50)
    peg_backorders(act=room.act)
    receive_expected(act=room.act, inbound_ids=[inbound])
    allocate_orders(act=room.act, order_ids=[order_id])
    peg_backorders(act=room.act)
    assert pegs() == []


def test_news_that_cannot_be_is_refused_and_changes_nothing(room: Room) -> None:
    inbound = supply(room, 6, 50)
    InboundSupply.objects.filter(id=inbound).update(received=20)
    asked = [
        SupplyChange(-1),
        SupplyChange(inbound, quantity=Decimal(19)),
    ]
    missing, less = change_supplies(act=room.act, changes=asked)
    assert (missing.code, less.code, less.facts) == ("not_found", "less_than_received", {"received": Decimal(20)})
    for change, code in (
        (SupplyChange(inbound, day(-1)), "dated_in_past"),
        (SupplyChange(inbound, quantity=Decimal("0.0001")), "malformed"),
        (SupplyChange(inbound, day(6), Decimal(50)), "nothing_changed"),
    ):
        (outcome,) = change_supplies(act=room.act, changes=[change])
        assert outcome.code == code
    assert InboundSupply.objects.get(id=inbound).expected_on == day(6)
    assert not Event.objects.filter(kind="SupplyChanged").exists()


@pytest.mark.parametrize("count", [1, 20])
def test_a_slip_takes_the_same_statements_however_many_lines_wait(room: Room, count: int) -> None:
    inbound = []
    for _ in range(count):
        own = room.with_product(a_product(room.company))
        short(own, 5)
        inbound.append(supply(own, 6, 5))
    peg_backorders(act=room.act)
    with CaptureQueriesContext(connection) as captured:
        change_supplies(act=room.act, changes=[SupplyChange(key, day(7)) for key in inbound])
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 11
    assert LinePromise.objects.filter(promised_on=day(7)).count() == count
