"""D6: when stock is reserved, which supply serves a need, and whose units are taken when they must be."""

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.problem import Policy, Timing
from dinghuo.journey.allocation.rules.timing import Bucket, Holder, Release, Use, buckets_used, least_damage, taken_back
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import HUNDRED, TODAY, given, holds, lies, planned, reasons, wants


@pytest.mark.parametrize(("ships_in", "starred", "expected"), [(5, False, 0), (3, False, 10), (5, True, 10), (8, True, 0)])
def test_d6_2_stock_is_reserved_as_late_as_is_safe(ships_in: int, starred: bool, expected: int) -> None:
    policy = Policy(timing=Timing(reserve_days=3, starred_days=7))
    found = planned(policy, [wants(1, 10, ship_on=TODAY + ships_in, flag=starred)], HUNDRED)
    assert given(found) == [expected]
    if not expected:
        assert (reasons(found), found.decisions[0].facts) == (["TOO_EARLY"], (TODAY + ships_in - (7 if starred else 3),))


def test_d6_2_a_line_whose_day_has_not_come_keeps_what_it_has() -> None:
    policy = Policy(timing=Timing(reserve_days=3))
    assert given(planned(policy, [holds(1, 10, 4, ship_on=TODAY + 9)], [lies(6)])) == [4]


WEEKS = [Bucket(1, 40), Bucket(2, 100), Bucket(3, 60)]


@pytest.mark.parametrize(
    ("latest_first", "in_total", "expected"),
    [(False, False, Use(1, 40)), (True, True, Use(2, 100)), (False, True, Use(2, 100)), (True, False, Use(3, 60))],
)
def test_d6_3_four_ways_choose_the_supply_of_a_need(latest_first: bool, in_total: bool, expected: Use) -> None:
    assert buckets_used(100, WEEKS, latest_first=latest_first, in_total=in_total, within=(1, 3)) == [expected]


def test_d6_3_the_period_bounds_the_supply() -> None:
    assert buckets_used(100, WEEKS, latest_first=False, in_total=True, within=(3, 9)) == []
    assert buckets_used(30, WEEKS, latest_first=False, in_total=False, within=(3, 9)) == [Use(3, 30)]


def test_d6_6_units_are_taken_back_from_what_ships_last() -> None:
    holders = [Holder(1, 60, 1, 0, 0), Holder(3, 40, 9, 0, 0)]
    assert taken_back(10, holders) == [Release(3, 10)]
    assert taken_back(50, holders) == [Release(3, 40), Release(1, 10)]


def test_d6_7_units_are_taken_where_nobody_becomes_late() -> None:
    # The replacement comes in 5 days: the line due in 9 days is not late, the one due tomorrow by 4 days.
    ways = least_damage(15, [Holder(2, 20, 9, 0, 1), Holder(3, 15, 1, 4, 1)])
    assert ways[0].releases == (Release(2, 15),)
    assert (ways[0].covers, ways[0].unit_days_late, ways[1].unit_days_late) == (True, 0, 60)


def test_d6_7_of_equal_lateness_the_worse_class_gives_and_fewer_donors() -> None:
    ways = least_damage(10, [Holder(1, 10, 9, 0, 0), Holder(2, 5, 9, 0, 2), Holder(3, 5, 9, 0, 2), Holder(4, 10, 9, 0, 2)])
    assert ways[0].releases == (Release(4, 10),)
    assert ways[-1].best_class_hit == 0


def test_d6_7_too_few_units_are_all_offered() -> None:
    (way,) = least_damage(50, [Holder(1, 10, 9, 0, 0), Holder(2, 5, 9, 1, 0)])
    assert (way.covers, sum(release.units for release in way.releases)) == (False, 15)


HOLDERS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=6).map(
    lambda held: [Holder(number, units, 9, late, 0) for number, (units, late) in enumerate(held, 1)]
)


@for_any(holders=HOLDERS, needed=st.integers(1, 30))
def test_any_first_way_does_the_least_damage_there_is(holders: list[Holder], needed: int) -> None:
    ways = least_damage(needed, holders)
    if sum(one.units for one in holders) >= needed:
        assert ways[0].covers
        assert ways[0].unit_days_late == reference.least_lateness(needed, holders)
        assert all(sum(release.units for release in way.releases) == needed for way in ways)
    else:
        assert not any(way.covers for way in ways)
