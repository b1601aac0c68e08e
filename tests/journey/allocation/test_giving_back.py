"""What an order was given goes back to all, unless a shipment has taken it up."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import Allocation, Shortage, StockLevel
from dinghuo.journey.allocation.operations import allocate_orders, give_back
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel.models import Event
from tests.journey.allocation.conftest import Room


def test_what_is_given_back_is_free_again_and_the_shortage_ends(room: Room) -> None:
    level, order_id = room.stock(10), room.order(4, 9)
    allocate_orders(act=room.act)
    (outcome,) = give_back(act=room.act, order_ids=[order_id])
    assert outcome.facts == {"lines": 2, "units": Decimal(10)}
    level.refresh_from_db()
    assert (level.on_hand, level.allocated) == (10, 0)
    assert room.given(order_id) == [0]
    assert {row.quantity for row in Allocation.objects.all()} == {row.given_back for row in Allocation.objects.all()}
    assert Shortage.objects.get().closed_at == room.act.at
    assert Event.objects.get(kind="AllocationGivenBack").journey_id == order_id


def test_given_back_stock_serves_the_next_order(room: Room) -> None:
    room.stock(10)
    first, second = room.order(10), room.order(10)
    allocate_orders(act=room.act)
    give_back(act=room.act, order_ids=[first])
    SalesOrder.objects.filter(id=first).update(state="cancelled")
    allocate_orders(act=room.act)
    assert room.given(first, second) == [0, 10]


def test_an_order_that_has_nothing_says_so_and_the_second_time_nothing_happens(room: Room) -> None:
    room.stock(10)
    order_id = room.order(4)
    allocate_orders(act=room.act)
    give_back(act=room.act, order_ids=[order_id])
    outcomes = give_back(act=room.act, order_ids=[order_id, -1])
    assert {row.id: row.code for row in outcomes} == {order_id: "nothing_to_give_back", -1: "not_found"}
    assert Event.objects.filter(kind="AllocationGivenBack").count() == 1


def test_an_order_given_stock_anew_can_give_it_back_anew(room: Room) -> None:
    room.stock(10)
    order_id = room.order(4)
    for _ in range(3):
        allocate_orders(act=room.act)
        assert room.given(order_id) == [4]
        give_back(act=room.act, order_ids=[order_id])
    assert StockLevel.objects.get().allocated == 0


@pytest.mark.parametrize("count", [1, 30])
def test_giving_back_takes_the_same_statements_however_many(room: Room, count: int) -> None:
    room.stock(200)
    orders = [room.order(2, 3) for _ in range(count)]
    allocate_orders(act=room.act)
    with CaptureQueriesContext(connection) as captured:
        give_back(act=room.act, order_ids=orders)
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 4
