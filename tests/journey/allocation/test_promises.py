"""A promised day is one on which goods will be there, and no later promise takes it away."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import LinePromise, StockSetting
from dinghuo.journey.allocation.operations import allocate_orders, expect_supply
from dinghuo.journey.allocation.operations.promises import possible_promises, promise_lines
from dinghuo.journey.allocation.rules import Supply
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import cancel_orders, submit_orders
from tests.builders import TODAY, a_product, an_order, some_stock
from tests.journey.allocation.conftest import Room


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def supplied(room: Room, number: int, quantity: int) -> None:
    (outcome,) = expect_supply(
        act=room.act, supplies=[Supply(room.warehouse.id, room.product.id, Decimal(quantity), Decimal(1), day(number))]
    )
    assert outcome.done


def wanted(room: Room, quantity: int, on: date | None = None) -> int:
    order_id = an_order(room.act, room.customer, room.warehouse, [(room.product, quantity)], requested_on=on)
    submit_orders(act=room.act, order_ids=[order_id])
    return order_id


def promised(order_id: int) -> date | None:
    return LinePromise.objects.get(order_line__order_id=order_id).promised_on


def test_the_worked_example_of_cumulative_promises_with_look_ahead(room: Room) -> None:
    """On hand 10; 8 leave on day 5; 20 come on day 7: 2 can be promised today, 22 on day 7."""
    room.stock(10)
    supplied(room, 7, 20)
    promise_lines(act=room.act, order_ids=[wanted(room, 8, day(5))])
    quantities = (2, 3, 22, 23)
    found = {}
    for quantity in quantities:
        order_id = an_order(room.act, room.customer, room.warehouse, [(room.product, quantity)])
        (line,) = possible_promises(act=room.act, order_id=order_id)
        found[quantity] = (line.promised_on, int(line.available))
    assert found == {2: (TODAY, 2), 3: (day(7), 2), 22: (day(7), 2), 23: (None, 2)}
    assert LinePromise.objects.count() == 1


def test_a_line_keeps_its_day_until_its_order_is_amended(room: Room) -> None:
    room.stock(5)
    order_id = wanted(room, 5)
    promise_lines(act=room.act)
    room.stock_setting(safety=5)
    assert promise_lines(act=room.act, order_ids=[order_id]) == []
    assert promised(order_id) == TODAY


def test_a_line_that_no_supply_fills_is_promised_nothing_and_those_after_it_do_not_take_its_goods(room: Room) -> None:
    room.stock(10)
    first, second = wanted(room, 11), wanted(room, 1)
    outcomes = promise_lines(act=room.act, order_ids=[first, second])
    assert [(row.facts["promised_on"], row.facts["open"]) for row in outcomes] == [(None, 1), (None, 1)]
    supplied(room, 3, 5)
    promise_lines(act=room.act, order_ids=[first, second])
    assert (promised(first), promised(second)) == (day(3), TODAY)


def test_safety_stock_and_stock_elsewhere_that_is_not_in_use_are_not_promised(room: Room) -> None:
    room.stock(10)
    room.stock_setting(safety=4)
    some_stock(room.act, room.other_warehouse(is_active=False), room.product, 100)
    first, second = wanted(room, 6), wanted(room, 1)
    promise_lines(act=room.act, order_ids=[first, second])
    assert (promised(first), promised(second)) == (TODAY, None)


def test_a_cancelled_or_served_line_leaves_its_day_to_others(room: Room) -> None:
    room.stock(10)
    first = wanted(room, 10)
    promise_lines(act=room.act)
    cancel_orders(act=room.act, order_ids=[first], reason="gone")
    second = wanted(room, 10)
    promise_lines(act=room.act)
    assert promised(second) == TODAY
    assert not LinePromise.objects.get(order_line__order_id=first).is_open


def test_what_a_line_was_allocated_is_not_wanted_again(room: Room) -> None:
    room.stock(4)
    order_id = room.order(10)
    allocate_orders(act=room.act, order_ids=[order_id])
    supplied(room, 2, 6)
    promise_lines(act=room.act)
    assert promised(order_id) == day(2)


def plainly(
    stock: int, supplies: list[tuple[int, int]], lines: list[tuple[int, int]]
) -> tuple[list[int | None], list[tuple[int, int]]]:
    """The rule, one line after the other: the first day from which on there is never less than a line wants."""
    taken: list[tuple[int, int]] = []
    answers: list[int | None] = []
    days = range(40)

    def there(on: int) -> int:
        return stock + sum(units for day_, units in supplies if day_ <= on) - sum(units for day_, units in taken if day_ <= on)

    for needed, units in lines:
        fit = [on for on in days if on >= needed and min(there(later) for later in days if later >= on) >= units]
        answers.append(fit[0] if fit else None)
        taken.append((fit[0] if fit else 0, units))
    return answers, taken


Lines = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 9)), min_size=1, max_size=7)
Supplies = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 12)), max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stock=st.integers(0, 20), supplies=Supplies, lines=Lines, cut=st.integers(0, 7))
def test_promises_are_those_of_the_plain_rule_and_never_break_an_earlier_one(
    room_of_many: Room, stock: int, supplies: list[tuple[int, int]], lines: list[tuple[int, int]], cut: int
) -> None:
    room = room_of_many.with_product(a_product(room_of_many.company))
    if stock:
        room.stock(stock)
    for number, quantity in supplies:
        supplied(room, number, quantity)
    orders = [wanted(room, quantity, day(needed)) for needed, quantity in lines]
    expected, taken = plainly(stock, supplies, lines)
    # In two goes: what the first promised must stand when the second asks.
    for part in (orders[:cut], orders[cut:]):
        promise_lines(act=room.act, order_ids=part)
    assert [promised(key) for key in orders] == [None if number is None else day(number) for number in expected]
    dated = [number for number in expected if number is not None]
    if len(dated) == len(expected):
        for on in range(40):
            supply = stock + sum(units for number, units in supplies if number <= on)
            assert supply >= sum(units for number, units in taken if number <= on)


@pytest.mark.parametrize("count", [1, 30])
def test_promising_takes_the_same_statements_however_many_lines(room: Room, count: int) -> None:
    products = [a_product(room.company) for _ in range(count)]
    orders = [
        an_order(room.act, room.customer, room.warehouse, [(product, 1), (product, 2)])
        for product in itertools.islice(itertools.cycle(products), count)
    ]
    submit_orders(act=room.act, order_ids=orders)
    for product in products:
        some_stock(room.act, room.warehouse, product, 3)
    with CaptureQueriesContext(connection) as captured:
        promise_lines(act=room.act, order_ids=orders)
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 5
    assert LinePromise.objects.filter(promised_on=TODAY).count() == 2 * count
    assert SalesOrder.objects.count() == count
    assert SalesOrderLine.objects.count() == 2 * count
    assert not StockSetting.objects.exists()
