"""D4: what a line or order takes at all, with the catalogue's numbers, and against a search for the largest allowed quantity."""

from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.accepting import order_multiples
from dinghuo.journey.allocation.rules.problem import Acceptance, Demand, Policy, Share
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import (
    BASE,
    HUNDRED,
    SHARE_OUT,
    TODAY,
    free,
    given,
    holds,
    lies,
    places,
    planned,
    reasons,
    wants,
)

COMPLETE = Policy(acceptance=Acceptance(complete_lines=True))
WHOLE_ORDERS = Policy(acceptance=Acceptance(complete_orders=True))
CASES = Policy(acceptance=Acceptance(whole_cases=True))


def test_d4_1_a_line_that_cannot_be_complete_is_passed_over() -> None:
    found = planned(COMPLETE, BASE, HUNDRED)
    assert given(found) == [60, 0, 40]
    assert (reasons(found), found.decisions[1].facts) == (["FULL", "LINE_COMPLETE", "FULL"], (40,))


def test_d4_1_one_line_may_ask_for_it_alone() -> None:
    assert given(planned(Policy(), [BASE[0], replace(BASE[1], complete_line=True), BASE[2]], HUNDRED)) == [60, 0, 40]


def test_d4_2_an_order_that_cannot_be_complete_leaves_its_stock_to_others() -> None:
    lines = [
        wants(1, 5, order_id=1, product_id=1),
        wants(2, 4, order_id=1, product_id=2),
        wants(3, 9, order_id=2, product_id=1),
    ]
    found = planned(WHOLE_ORDERS, lines, [lies(9), lies(3, product=2)])
    assert given(found) == [0, 0, 9]
    assert found.decisions[0].facts == (2, 3)
    assert reasons(found) == ["ORDER_COMPLETE", "ORDER_COMPLETE", "FULL"]


def test_d4_2_a_line_that_cannot_take_part_keeps_its_order_from_being_complete() -> None:
    lines = [wants(1, 5, order_id=1), wants(2, 4, order_id=1, product_id=2, blocked=True)]
    assert given(planned(WHOLE_ORDERS, lines, [lies(9), lies(9, product=2)])) == [0, 0]


def test_d4_3_the_first_line_that_cannot_be_filled_stops_the_queue() -> None:
    policy = Policy(acceptance=Acceptance(complete_lines=True, stops_at_first_unfilled=True))
    found = planned(policy, BASE, HUNDRED)
    assert given(found) == [60, 0, 0]
    assert (found.decisions[2].reason.name, found.decisions[2].facts) == ("HEAD_OF_LINE", (2,))


PATIENT = Policy(acceptance=Acceptance(complete_lines=True, patience_days=2))


def test_d4_4_a_line_holds_part_of_what_it_wants_and_gives_it_back_in_time() -> None:
    first = planned(PATIENT, BASE, HUNDRED)
    assert given(first) == [60, 40, 0]
    assert (first.decisions[1].reason.name, first.decisions[1].facts) == ("HOLDING", (40, TODAY + 1))
    for held_since, expected in ((TODAY - 1, [60, 40, 0]), (TODAY - 2, [60, 0, 40])):
        lines = [holds(1, 60, 60), holds(2, 50, 40, held_since=held_since), wants(3, 40)]
        later = planned(PATIENT, lines, [lies(0)])
        assert given(later) == expected
    assert (later.decisions[1].reason.name, later.decisions[1].facts) == ("PATIENCE_OVER", (40, 2))


def test_d4_4_a_held_line_is_filled_when_the_rest_comes() -> None:
    lines = [holds(1, 60, 60), holds(2, 50, 40, held_since=TODAY - 1), wants(3, 40)]
    assert given(planned(PATIENT, lines, [lies(10)])) == [60, 50, 0]


def test_d4_4_an_order_holds_its_parts_together() -> None:
    policy = Policy(acceptance=Acceptance(complete_orders=True, patience_days=2))
    for held_since, expected in ((0, [5, 3, 4]), (TODAY - 2, [0, 0, 9])):
        lines = [
            wants(1, 5, order_id=1, held_since=held_since),
            wants(2, 4, order_id=1, product_id=2, held_since=held_since),
            wants(3, 9, order_id=2),
        ]
        found = planned(policy, [*lines[:2], replace(lines[2], wanted=expected[2])], [lies(9), lies(3, product=2)])
        assert given(found) == expected


@pytest.mark.parametrize(("supply", "expected"), [(75, 0), (80, 80), (85, 85)])
def test_d4_5_less_than_the_minimum_fill_is_nothing(supply: int, expected: int) -> None:
    policy = Policy(acceptance=Acceptance(minimum_fill=800))
    assert given(planned(policy, [wants(1, 100)], [lies(supply)])) == [expected]
    assert given(planned(Policy(), [wants(1, 100, minimum_fill=800)], [lies(supply)])) == [expected]


@pytest.mark.parametrize(("share", "expected"), [(750, [0, 0, 0]), (700, [5, 0, 2])])
def test_d4_6_an_order_waits_until_enough_of_its_value_is_filled(share: int, expected: list[int]) -> None:
    lines = [
        wants(1, 5, order_id=1, unit_value=100),
        wants(2, 3, order_id=1, unit_value=100, product_id=2),
        wants(3, 2, order_id=1, unit_value=100, product_id=3),
    ]
    policy = Policy(acceptance=Acceptance(minimum_order_fill=share))
    found = planned(policy, lines, [lies(5), lies(2, product=3)])
    assert given(found) == expected
    if share == 750:
        assert (found.decisions[0].reason.name, found.decisions[0].facts) == ("ORDER_VALUE", (700, 750))


@pytest.mark.parametrize(("units", "wanted", "deliveries", "expected"), [(40, 60, 0, 40), (15, 20, 1, 0), (20, 20, 1, 20)])
def test_d4_7_the_last_delivery_allowed_must_be_the_rest(units: int, wanted: int, deliveries: int, expected: int) -> None:
    policy = Policy(acceptance=Acceptance(maximum_deliveries=2))
    assert given(planned(policy, [wants(1, wanted, deliveries=deliveries)], [lies(units)])) == [expected]


def test_d4_8_only_whole_cases_are_given() -> None:
    found = planned(CASES, [wants(1, 50, case_size=12)], [lies(47)])
    assert (given(found), reasons(found), found.decisions[0].facts) == ([36], ["WHOLE_CASES"], (12, 11))
    assert given(planned(Policy(), [wants(1, 50, case_size=12)], [lies(47)])) == [47]


def test_d4_8_what_no_case_fits_goes_to_the_next_line() -> None:
    lines = [wants(1, 50, case_size=12), wants(2, 30)]
    assert given(planned(CASES, lines, [lies(47)])) == [36, 11]


def test_d4_9_the_nearest_multiples_are_offered() -> None:
    assert order_multiples(50, 12) == (48, 60)
    assert order_multiples(48, 12) == (48, 48)


def test_d4_10_a_kit_is_as_many_sets_as_its_scarcest_part_allows() -> None:
    lines = [
        wants(1, 20, order_id=1, kit=7, per_set=2),
        wants(2, 10, order_id=1, kit=7, per_set=1, product_id=2),
        wants(3, 5, order_id=2),
    ]
    found = planned(Policy(), lines, [lies(9), lies(6, product=2)])
    assert given(found) == [8, 4, 1]
    assert (found.decisions[0].reason.name, found.decisions[0].facts) == ("KIT", (4, 10))


def test_d4_10_a_kit_with_one_product_twice_counts_it_twice() -> None:
    lines = [wants(1, 10, order_id=1, kit=7, per_set=1), wants(2, 10, order_id=1, kit=7, per_set=1)]
    assert given(planned(Policy(), lines, [lies(9)])) == [4, 4]


@pytest.mark.parametrize(("tolerance", "expected"), [(50, 52), (30, 26)])
def test_d4_11_a_tolerance_finishes_the_case(tolerance: int, expected: int) -> None:
    policy = Policy(acceptance=Acceptance(whole_cases=True, tolerance=tolerance))
    found = planned(policy, [wants(1, 50, case_size=26)], HUNDRED)
    assert given(found) == [expected]
    assert reasons(found) == ["OVER" if expected > 50 else "WHOLE_CASES"]


@pytest.mark.parametrize(("lot", "expected"), [(52, 52), (53, 50)])
def test_d4_11_a_tolerance_finishes_the_lot(lot: int, expected: int) -> None:
    found = planned(Policy(), [wants(1, 50, tolerance=50)], [lies(lot, lot=3, received_on=1), lies(40, lot=4, received_on=2)])
    assert given(found) == [expected]
    assert places(found, 1) == {(1, 3): expected}


def test_a_line_that_is_complete_keeps_its_units_from_a_better_ranked_one() -> None:
    lines = [wants(1, 60, complete_line=True), holds(2, 50, 50, complete_line=True)]
    assert given(planned(Policy(), lines, [lies(50)])) == [0, 50]


def test_an_order_that_is_complete_is_kept_and_one_that_is_not_gives_back() -> None:
    def order(confirmed: int) -> list[Demand]:
        places_of = (Share(1, 0, confirmed),) if confirmed else ()
        return [
            holds(1, 5, 5, order_id=1),
            wants(2, 4, order_id=1, product_id=2, confirmed=confirmed, places=places_of),
            wants(3, 5, order_id=3, entered=0),
        ]

    stock = [lies(0), lies(0, product=2)]
    assert given(planned(WHOLE_ORDERS, order(4), stock)) == [5, 4, 0]
    assert given(planned(WHOLE_ORDERS, order(3), stock)) == [0, 0, 5]


ORDERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 9)), max_size=9)


@for_any(asked=ORDERS, held=st.lists(st.integers(0, 25), min_size=3, max_size=3))
def test_any_whole_orders_are_served_as_a_plain_loop_would(asked: list[tuple[int, int, int]], held: list[int]) -> None:
    ordered = sorted(asked, key=lambda one: one[0])
    lines = [wants(at, units, order_id=order, product_id=product) for at, (order, product, units) in enumerate(ordered, 1)]
    stock = [lies(units, product=product) for product, units in enumerate(held, 1)]
    found = planned(WHOLE_ORDERS, lines, stock)
    assert given(found) == reference.whole_orders(lines, dict(enumerate(held, 1)))


@for_any(
    asked=st.lists(st.tuples(st.integers(1, 40), st.sampled_from([1, 1, 6])), max_size=7),
    supply=st.integers(0, 120),
    complete=st.booleans(),
    fill=st.sampled_from([0, 500, 900]),
    strategy=st.sampled_from([SHARE_OUT, Policy().otherwise]),
)
def test_any_line_takes_the_most_that_breaks_no_wish(
    asked: list[tuple[int, int]], supply: int, complete: bool, fill: int, strategy: object
) -> None:
    accepts = Acceptance(complete_lines=complete, minimum_fill=0 if complete else fill, whole_cases=True)
    policy = Policy(acceptance=accepts, otherwise=SHARE_OUT if strategy == SHARE_OUT else Policy().otherwise)
    lines = [wants(at, units, case_size=case) for at, (units, case) in enumerate(asked, 1)]
    found = planned(policy, lines, [lies(supply)])
    left, expected = supply, []
    for line in lines:
        expected.append(reference.accepted(line, left, complete, 0 if complete else fill))
        left -= expected[-1]
    assert (given(found), free(found)) == (expected, left)


def test_what_is_kept_below_a_case_is_explained_by_the_case() -> None:
    found = planned(CASES, [holds(1, 2, 1, case_size=4)], [lies(9)])
    assert (given(found), reasons(found), found.decisions[0].facts) == ([1], ["WHOLE_CASES"], (4, 1))
