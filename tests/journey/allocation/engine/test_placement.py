"""D5: from which lots and warehouses, with the catalogue's numbers, and against looking at every way there is."""

from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.limits import Cell
from dinghuo.journey.allocation.rules.placing import fewest_lots
from dinghuo.journey.allocation.rules.problem import Acceptance, Lane, Network, Placement, Policy, Safety, Stock
from dinghuo.journey.allocation.rules.shelf import Level
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import SHARE_OUT, TODAY, given, holds, lies, places, planned, reasons, wants


def placing(**rule: Any) -> Policy:
    return Policy(otherwise=SHARE_OUT, placement=Placement(**rule))


THREE_LOTS = [
    lies(10, lot=1, received_on=1, unit_cost=20),
    lies(10, lot=2, received_on=2, unit_cost=10),
    lies(10, lot=3, received_on=3, unit_cost=30),
]


@pytest.mark.parametrize(
    ("rule", "lots"), [("fifo", (1, 2)), ("lifo", (3, 2)), ("cheapest", (2, 1)), ("dearest", (3, 1)), ("fefo", (1, 2))]
)
def test_d5_1_lots_are_taken_by_receipt_or_cost(rule: str, lots: tuple[int, int]) -> None:
    found = planned(placing(lots=rule), [wants(1, 15)], THREE_LOTS)
    assert places(found, 1) == {(1, lots[0]): 10, (1, lots[1]): 5}


EXPIRING = [
    lies(20, lot=1, expires_on=TODAY + 10),
    lies(50, lot=2, expires_on=TODAY + 60),
    lies(50, lot=3, expires_on=TODAY + 120),
]


def test_d5_2_what_expires_first_is_taken_first() -> None:
    assert places(planned(placing(), [wants(1, 60)], EXPIRING), 1) == {(1, 1): 20, (1, 2): 40}


def test_d5_3_a_lot_that_does_not_live_long_enough_for_the_customer_is_refused() -> None:
    lines = [wants(1, 60, minimum_life=30)]
    assert places(planned(placing(), lines, EXPIRING), 1) == {(1, 2): 50, (1, 3): 10}
    short = planned(placing(), lines, EXPIRING[:2])
    assert (given(short), reasons(short), short.decisions[0].facts) == ([50], ["SHORT_LIFE"], (20, 30))


def test_d5_3_life_is_counted_from_the_arrival() -> None:
    far = Network((1,), {(1, 7): Lane(days=31)})
    assert places(planned(placing(), [wants(1, 60, minimum_life=30, zone=7)], EXPIRING, far), 1) == {(1, 3): 50}


def test_an_expired_lot_is_given_to_nobody() -> None:
    stock = [lies(10, lot=1, expires_on=TODAY - 1), lies(10, lot=2, expires_on=TODAY)]
    assert places(planned(placing(), [wants(1, 20)], stock), 1) == {(1, 2): 10}


@pytest.mark.parametrize(("units", "expected"), [(6, {1: 6}), (16, {3: 16}), (32, {1: 8, 3: 24})])
def test_d5_4_the_oldest_lot_that_covers_or_else_the_fewest(units: int, expected: dict[int, int]) -> None:
    stock = [lies(8, lot=1, received_on=1), lies(10, lot=2, received_on=2), lies(30, lot=3, received_on=3)]
    found = planned(placing(lots="fewest"), [wants(1, units)], stock)
    assert places(found, 1) == {(1, lot): part for lot, part in expected.items()}


@for_any(sizes=st.lists(st.integers(1, 20), min_size=1, max_size=8), units=st.integers(1, 160))
def test_any_fewest_lots_are_the_first_of_the_smallest_sets(sizes: list[int], units: int) -> None:
    levels = [Level(Stock(1, 1, lot, size), Cell(size)) for lot, size in enumerate(sizes)]
    units = min(units, sum(sizes))
    assert tuple(level.stock.lot_id for level in fewest_lots(levels, units)) == reference.fewest_lots(sizes, units)


def test_d5_5_a_line_takes_one_lot_only() -> None:
    found = planned(placing(one_lot="line"), [wants(1, 16), wants(2, 40)], [lies(10, lot=1), lies(30, lot=2)])
    assert (places(found, 1), places(found, 2)) == ({(1, 2): 16}, {(1, 2): 14})
    assert reasons(found)[1] == "OTHERS_FIRST"


def test_d5_5_all_lines_of_an_order_take_the_same_lot() -> None:
    lines = [wants(1, 6, order_id=9), wants(2, 6, order_id=9), wants(3, 5, order_id=8)]
    found = planned(placing(one_lot="order"), lines, [lies(10, lot=1), lies(10, lot=2)])
    assert [places(found, line) for line in (1, 2, 3)] == [{(1, 1): 6}, {(1, 1): 4}, {(1, 2): 5}]


def test_d5_5_a_customer_stays_with_a_lot_until_it_is_used_up() -> None:
    lines = [
        wants(1, 10, customer_id=5),
        wants(2, 5, customer_id=6),
        wants(3, 5, customer_id=6),
        wants(4, 5, customer_id=7),
    ]
    stock = [lies(12, lot=1, received_on=1), lies(9, lot=2, received_on=2)]
    found = planned(placing(one_lot="customer", lots="fifo"), lines, stock)
    # Customer 6 begins lot 1 with its last 2 units and goes on with lot 2, where it stays.
    assert [places(found, line) for line in (1, 2, 3, 4)] == [{(1, 1): 10}, {(1, 1): 2, (1, 2): 3}, {(1, 2): 5}, {(1, 2): 1}]
    free_lot = [lies(12, lot=1, received_on=1), lies(9, lot=2, received_on=2), lies(9, lot=3, received_on=0)]
    keeps = [holds(1, 4, 0, customer_id=5), *[wants(2, 20, customer_id=6)]]
    assert sum(places(planned(placing(one_lot="customer", lots="fifo"), keeps, free_lot), 2).values()) == 20


TWO = [lies(30), lies(50, warehouse=2)]


def test_d5_6_warehouses_serve_in_a_fixed_order() -> None:
    found = planned(placing(warehouses="fixed"), [wants(1, 60)], TWO, Network((1, 2)))
    assert places(found, 1) == {(1, 0): 30, (2, 0): 30}


def test_d5_7_the_warehouse_with_most_stock_serves_first() -> None:
    found = planned(placing(warehouses="most_stock"), [wants(1, 60)], TWO, Network((1, 2)))
    assert places(found, 1) == {(1, 0): 10, (2, 0): 50}


def test_d5_8_the_nearest_warehouse_serves_first() -> None:
    near = Network((2, 1), {(1, 4): Lane(distance=5), (2, 4): Lane(distance=80)})
    assert places(planned(placing(warehouses="nearest"), [wants(1, 60, zone=4)], TWO, near), 1) == {(1, 0): 30, (2, 0): 30}


ORDER = [wants(1, 5, order_id=1), wants(2, 4, order_id=1, product_id=2)]
SPREAD = [
    lies(5, warehouse=1),
    lies(3, warehouse=2),
    lies(4, warehouse=2, product=2),
    lies(5, warehouse=3),
    lies(5, warehouse=3, product=2),
]


def test_d5_9_the_fewest_warehouses_cover_the_whole_order() -> None:
    found = planned(placing(warehouses="fewest"), ORDER, SPREAD, Network((1, 2, 3)))
    assert (places(found, 1), places(found, 2)) == ({(3, 0): 5}, {(3, 0): 4})


def test_d5_9_of_as_few_warehouses_the_nearest_serve() -> None:
    near = Network((1, 2, 3, 4), {(3, 0): Lane(distance=50), (4, 0): Lane(distance=10)})
    stock = [*SPREAD, lies(5, warehouse=4), lies(5, warehouse=4, product=2)]
    found = planned(placing(warehouses="fewest"), ORDER, stock, near)
    assert (places(found, 1), places(found, 2)) == ({(4, 0): 5}, {(4, 0): 4})


def test_d5_9_an_order_that_cannot_be_covered_gets_what_there_is_from_the_fewest() -> None:
    found = planned(placing(warehouses="fewest"), [wants(1, 12)], [lies(2), lies(5, warehouse=2), lies(5, warehouse=3)])
    assert given(found) == [12]
    found = planned(placing(warehouses="fewest"), [wants(1, 10)], [lies(2), lies(5, warehouse=2), lies(5, warehouse=3)])
    assert places(found, 1) == {(2, 0): 5, (3, 0): 5}


@for_any(
    held=st.lists(st.integers(0, 6), min_size=1, max_size=4),
    costs=st.lists(st.integers(0, 9), min_size=4, max_size=4),
    fees=st.lists(st.integers(0, 20), min_size=4, max_size=4),
    split_fee=st.integers(0, 15),
    wanted=st.integers(1, 20),
)
def test_d5_10_any_order_is_sent_as_cheaply_as_the_best_of_all_splits(
    held: list[int], costs: list[int], fees: list[int], split_fee: int, wanted: int
) -> None:
    network = Network(
        tuple(range(1, len(held) + 1)),
        {(at + 1, 3): Lane(unit_cost=costs[at], shipment_cost=fees[at]) for at in range(len(held))},
    )
    stock = [lies(units, warehouse=at) for at, units in enumerate(held, 1)]
    found = planned(placing(warehouses="cheapest", split_fee=split_fee), [wants(1, wanted, zone=3)], stock, network)
    assert found.bounded == ()
    sent = {place[0] - 1: units for place, units in places(found, 1).items()}
    needed = min(wanted, sum(held))
    assert sum(sent.values()) == needed
    if needed:
        cost = sum(units * costs[at] + fees[at] for at, units in sent.items()) + split_fee * (len(sent) - 1)
        assert cost == reference.cheapest(needed, held, costs, fees, split_fee)


def test_d5_10_only_warehouses_that_arrive_in_time_serve() -> None:
    lanes = Network((1, 2), {(1, 3): Lane(days=5, unit_cost=1), (2, 3): Lane(days=1, unit_cost=9)})
    line = wants(1, 60, zone=3, requested_on=TODAY + 2)
    found = planned(placing(warehouses="cheapest", in_time=True), [line], TWO, lanes)
    assert places(found, 1) == {(2, 0): 50}
    assert (reasons(found), found.decisions[0].facts) == (["LATE"], (30,))


def test_d5_10_more_warehouses_than_can_be_weighed_exactly_are_said_to_be() -> None:
    stock = [lies(1, warehouse=number) for number in range(1, 15)]
    found = planned(placing(warehouses="cheapest"), [wants(1, 13)], stock)
    assert (given(found), found.bounded) == ([13], (1,))


def test_d5_11_the_slowest_stock_is_cleared_first() -> None:
    stock = [lies(30, cover_days=10), lies(50, warehouse=2, cover_days=90)]
    assert places(planned(placing(warehouses="slow_stock"), [wants(1, 60)], stock), 1) == {(1, 0): 10, (2, 0): 50}


def test_the_lot_may_count_before_the_warehouse() -> None:
    stock = [lies(30, lot=2, expires_on=TODAY + 50), lies(50, warehouse=2, lot=1, expires_on=TODAY + 9)]
    line = [wants(1, 60, warehouse_id=1)]
    assert places(planned(placing(), line, stock), 1) == {(1, 2): 30, (2, 1): 30}
    assert places(planned(placing(lots_first=True), line, stock), 1) == {(1, 2): 10, (2, 1): 50}


def test_no_better_ranked_line_of_elsewhere_empties_a_warehouse_before_its_own_lines() -> None:
    lines = [wants(1, 60, warehouse_id=1), wants(2, 40, warehouse_id=2)]
    found = planned(Policy(), lines, [lies(30), lies(50, warehouse=2)])
    assert (places(found, 1), places(found, 2)) == ({(1, 0): 30, (2, 0): 10}, {(2, 0): 40})


def test_a_line_that_keeps_its_units_keeps_their_places() -> None:
    stock = [lies(50, lot=1, expires_on=TODAY + 9), lies(0, lot=0, expires_on=0)]
    found = planned(Policy(), [holds(1, 30, 20)], stock)
    assert places(found, 1) == {(1, 0): 20, (1, 1): 10}


def test_an_order_from_few_warehouses_leaves_each_its_safety_stock() -> None:
    stock = [lies(10), lies(10, warehouse=2)]
    found = planned(placing(warehouses="fewest"), [wants(1, 9)], stock, safety=[Safety(1, 1, 5)])
    assert places(found, 1) == {(2, 0): 9}


def test_whole_orders_may_come_from_the_fewest_warehouses_too() -> None:
    policy = Policy(placement=Placement(warehouses="fewest"), acceptance=Acceptance(complete_orders=True))
    found = planned(policy, ORDER, SPREAD[:4], Network((1, 2, 3)))
    assert (places(found, 1), places(found, 2)) == ({(1, 0): 5}, {(2, 0): 4})
    assert given(planned(policy, ORDER, SPREAD[:2], Network((1, 2, 3)))) == [0, 0]
