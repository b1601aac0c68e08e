"""What an adjustment costs, and which numbers cannot be."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules import Adjustment, Level, Receipt, changes, is_price, is_quantity, wrong_columns

WHOLE = st.integers(1, 1000).map(Decimal)
MONEY = st.integers(0, 10**6).map(lambda cents: Decimal(cents) / 100)


def lowered(*quantities: Decimal | int) -> list[Adjustment]:
    return [Adjustment(1, 1, -Decimal(quantity)) for quantity in quantities]


def applied(level: Level, adjustments: list[Adjustment]) -> list[tuple[Decimal, Decimal, str]]:
    found = changes(level, adjustments, minor_units=2, rounding="half_up")
    return [(change.quantity, change.cost_amount, change.code) for change in found]


def test_three_thirds_take_all_of_the_cost() -> None:
    level = Level(Decimal(3), Decimal(0), Decimal(10), Decimal(9))
    costs = [cost for _quantity, cost, _code in applied(level, lowered(1, 1, 1))]
    assert costs == [Decimal("-3.33"), Decimal("-3.34"), Decimal("-3.33")]


@given(cost=MONEY, parts=st.lists(WHOLE, min_size=1, max_size=8))
def test_emptying_a_level_in_any_parts_leaves_no_cost(cost: Decimal, parts: list[Decimal]) -> None:
    level = Level(sum(parts, Decimal(0)), Decimal(0), cost, Decimal(0))
    taken = applied(level, lowered(*parts))
    assert sum(part for _quantity, part, _code in taken) == -cost


@given(cost=MONEY, first=WHOLE, second=WHOLE, rest=WHOLE)
def test_two_parts_take_what_one_would(cost: Decimal, first: Decimal, second: Decimal, rest: Decimal) -> None:
    level = Level(first + second + rest, Decimal(0), cost, Decimal(0))
    ((_quantity, at_once, _code),) = applied(level, lowered(first + second))
    assert sum(part for _quantity, part, _code in applied(level, lowered(first, second))) == at_once


def test_what_is_promised_is_not_taken_and_the_next_still_counts() -> None:
    level = Level(Decimal(10), Decimal(8), Decimal(100), Decimal(0))
    assert applied(level, lowered(3, 2)) == [
        (Decimal(0), Decimal(0), "not_enough_free_stock"),
        (Decimal(-2), Decimal("-20.00"), "done"),
    ]


@pytest.mark.parametrize(
    ("level", "unit_cost", "expected"),
    [
        (Level(Decimal(4), Decimal(0), Decimal(10), Decimal(9)), None, "5.00"),
        (Level(Decimal(0), Decimal(0), Decimal(0), Decimal(9)), None, "18.00"),
        (Level(Decimal(4), Decimal(0), Decimal(10), Decimal(9)), Decimal("1.005"), "2.01"),
    ],
)
def test_what_is_found_costs_what_is_said_else_the_average_else_the_standard(
    level: Level, unit_cost: Decimal | None, expected: str
) -> None:
    ((_quantity, cost, _code),) = applied(level, [Adjustment(1, 1, Decimal(2), unit_cost=unit_cost)])
    assert cost == Decimal(expected)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e15", "0.0001", "-1e12"])
def test_a_number_that_no_row_can_hold_is_no_quantity(value: str) -> None:
    assert not is_quantity(Decimal(value))


@pytest.mark.parametrize("value", ["NaN", "-0.01", "0.0000001", "1e999999"])
def test_a_number_that_no_row_can_hold_is_no_price(value: str) -> None:
    assert not is_price(Decimal(value))


def test_a_receipt_of_nothing_is_malformed_and_an_adjustment_may_be_negative() -> None:
    assert wrong_columns(Receipt(1, 1, Decimal(0), Decimal(-1))) == ["quantity", "unit_cost"]
    assert wrong_columns(Receipt(1, 1, Decimal(-1), Decimal(1))) == ["quantity"]
    assert wrong_columns(Adjustment(1, 1, Decimal(-1))) == []
