"""D1: who is served first, with the catalogue's numbers, and against a plain queue."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.choosing import Item, least_penalty, ship_complete
from dinghuo.journey.allocation.rules.problem import (
    Acceptance,
    Demand,
    Method,
    Policy,
    RankKey,
    Reason,
    Sharing,
    Timing,
    Weight,
)
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import BASE, HUNDRED, TODAY, free, given, lies, planned, reasons, wants

MILLION = 10**6


def by(*keys: str, **rest: Any) -> Policy:
    return Policy(ranking=tuple(RankKey(key) for key in keys), **rest)


def changed(**by_line: dict[str, Any]) -> list[Demand]:
    """The base case with some facts of its lines: O1={...}."""
    return [replace(line, **by_line.get(f"O{line.line_id}", {})) for line in BASE]


def test_d1_1_the_first_entered_is_served_first() -> None:
    found = planned(by("entered"), BASE, HUNDRED)
    assert given(found) == [60, 40, 0]
    assert reasons(found) == ["FULL", "OTHERS_FIRST", "OTHERS_FIRST"]
    assert [one.facts for one in found.decisions] == [(), (100, 60), (100, 100)]


def test_d1_2_the_earliest_requested_day_is_served_first() -> None:
    lines = changed(O1={"requested_on": 10}, O2={"requested_on": 3}, O3={"requested_on": 5})
    assert given(planned(by("requested_on"), lines, HUNDRED)) == [10, 50, 40]


def test_d1_3_the_better_class_is_served_first() -> None:
    lines = changed(O1={"customer_class": 1}, O2={"customer_class": 1}, O3={"customer_class": 0})
    assert given(planned(by("customer_class"), lines, HUNDRED)) == [60, 0, 40]


def test_d1_4_a_starred_line_is_served_before_the_date_counts() -> None:
    starred = Policy(ranking=(RankKey("flag", descending=True), RankKey("requested_on")))
    assert given(planned(starred, changed(O2={"flag": True}), HUNDRED)) == [50, 50, 0]


def test_d1_5_the_highest_score_is_served_first() -> None:
    scored = Policy(ranking=(RankKey("score", descending=True),), weights=(Weight("customer_class", 10), Weight("days_late", 1)))
    lines = changed(
        O1={"customer_class": 1},
        O2={"customer_class": 2, "requested_on": TODAY - 3},
        O3={"customer_class": 0, "requested_on": TODAY - 1},
    )
    assert given(planned(scored, lines, HUNDRED)) == [60, 0, 40]


@pytest.mark.parametrize(("waited", "expected"), [(9, [60, 40, 0]), (10, [60, 0, 40])])
def test_d1_6_a_c_order_that_waited_two_steps_ranks_as_a(waited: int, expected: list[int]) -> None:
    policy = by("aged_class", timing=Timing(ageing_days=5))
    lines = changed(
        O2={"customer_class": 1},
        O3={"customer_class": 2, "entered_on": TODAY - waited},
    )
    assert given(planned(policy, lines, HUNDRED)) == expected


def test_d1_6_the_boost_is_capped() -> None:
    policy = by("aged_class", timing=Timing(ageing_days=5, ageing_steps=1))
    lines = changed(O2={"customer_class": 1}, O3={"customer_class": 2, "entered_on": TODAY - 50})
    assert given(planned(policy, lines, HUNDRED)) == [60, 40, 0]


def test_d1_7_an_order_over_the_limit_never_takes_stock() -> None:
    found = planned(by("payment", over_limit_waits=True), changed(O1={"payment": 2}), HUNDRED)
    assert (given(found), free(found)) == ([0, 50, 40], 10)
    assert found.decisions[0].reason == Reason.OVER_LIMIT


def test_d1_7_prepaid_is_served_before_inside_the_limit() -> None:
    assert given(planned(by("payment"), changed(O3={"payment": 0}), HUNDRED)) == [60, 0, 40]


def test_d1_8_the_best_unit_margin_is_served_first() -> None:
    lines = [wants(1, 8, unit_margin=5 * MILLION), wants(2, 6, unit_margin=7 * MILLION)]
    found = planned(Policy(ranking=(RankKey("unit_margin", descending=True),)), lines, [lies(10)])
    assert given(found) == [4, 6]
    assert sum(line.unit_margin * units for line, units in zip(lines, given(found), strict=True)) == 62 * MILLION
    assert given(planned(by("entered"), lines, [lies(10)])) == [8, 2]


COMPLETE_MARGIN = Policy(sharing=Sharing(Method.KNAPSACK), acceptance=Acceptance(complete_lines=True))


def test_d1_9_the_set_of_full_lines_worth_most_is_served() -> None:
    lines = [wants(1, 8, unit_margin=5), wants(2, 6, unit_margin=7), wants(3, 4, unit_margin=6)]
    found = planned(COMPLETE_MARGIN, lines, [lies(10)])
    assert given(found) == [0, 6, 4]
    assert found.bounded == ()
    assert (found.decisions[0].reason.name, found.decisions[0].facts) == ("WORTH_LESS", (40, 66))


def test_d1_10_the_retailer_with_a_fine_is_served() -> None:
    lines = [wants(1, 50), wants(2, 50, fine=30)]
    assert given(planned(Policy(sharing=Sharing(Method.PENALTY)), lines, [lies(50)])) == [0, 50]


ITEMS = st.lists(
    st.builds(Item, st.integers(1, 12), st.integers(0, 6), st.integers(0, 30)),
    max_size=9,
)


@for_any(items=ITEMS, supply=st.integers(0, 60))
def test_the_choice_of_full_lines_is_worth_as_much_as_the_best_of_all_sets(items: list[Item], supply: int) -> None:
    choice = ship_complete(items, supply)
    assert choice.is_best
    assert sum(choice.units) <= supply
    assert all(units in (0, item.units) for units, item in zip(choice.units, items, strict=True))
    worth = sum(item.worth for units, item in zip(choice.units, items, strict=True) if units)
    assert worth == reference.best_full_set(items, supply)


@for_any(items=ITEMS.filter(lambda items: len(items) < 5), supply=st.integers(0, 25))
def test_the_least_penalty_is_as_little_as_of_all_ways_to_deal(items: list[Item], supply: int) -> None:
    choice = least_penalty(items, supply)
    assert choice.is_best
    assert sum(choice.units) <= supply
    assert all(0 <= units <= item.units for units, item in zip(choice.units, items, strict=True))
    assert reference.worth_of(items, choice.units) == reference.best_deal(items, supply)


def test_a_choice_too_large_to_find_exactly_is_at_least_as_good_as_the_densest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dinghuo.journey.allocation.rules.choosing.STATES", 3)
    lines = [wants(number, 7 + number * number % 11, unit_margin=100 + number) for number in range(1, 30)]
    found = planned(COMPLETE_MARGIN, lines, HUNDRED)
    assert found.bounded == (1,)
    worth = sum(line.unit_margin * units for line, units in zip(lines, given(found), strict=True))
    assert worth >= reference.densest_first(lines, 100)


KEYS = ("customer_class", "priority", "requested_on", "payment", "unit_margin", "value", "days_waiting", "days_late")
LINES = st.lists(
    st.builds(
        lambda number, **facts: wants(0, number, **facts),
        st.integers(1, 30),
        entered=st.integers(0, 4),
        entered_on=st.integers(TODAY - 9, TODAY),
        requested_on=st.integers(TODAY - 5, TODAY + 5),
        customer_class=st.integers(0, 2),
        priority=st.integers(1, 5),
        payment=st.integers(0, 2),
        unit_margin=st.integers(0, 3),
        unit_value=st.integers(0, 3),
    ),
    max_size=12,
).map(lambda lines: [replace(line, line_id=number, order_id=number) for number, line in enumerate(lines, 1)])
RANKINGS = st.lists(st.builds(RankKey, st.sampled_from(KEYS), st.booleans()), max_size=3)


@for_any(lines=LINES, ranking=RANKINGS, supply=st.integers(0, 200))
def test_any_ranking_serves_as_a_plain_queue_would(lines: list[Demand], ranking: list[RankKey], supply: int) -> None:
    found = planned(Policy(ranking=tuple(ranking)), lines, [lies(supply)])
    assert given(found) == reference.queue(lines, ranking, supply, TODAY)


@for_any(lines=LINES, ranking=RANKINGS, supply=st.integers(0, 150), more=st.integers(1, 50))
def test_more_supply_takes_nothing_from_any_class_or_line(
    lines: list[Demand], ranking: list[RankKey], supply: int, more: int
) -> None:
    policy = Policy(ranking=tuple(ranking))
    before, after = (given(planned(policy, lines, [lies(units)])) for units in (supply, supply + more))
    assert all(had <= has for had, has in zip(before, after, strict=True))


@for_any(lines=LINES, supply=st.integers(0, 150), more=st.integers(1, 50))
def test_more_supply_never_lowers_the_worth_of_full_lines(lines: list[Demand], supply: int, more: int) -> None:
    worths = []
    for units in (supply, supply + more):
        found = given(planned(COMPLETE_MARGIN, lines, [lies(units)]))
        worths.append(sum(line.unit_margin * part for line, part in zip(lines, found, strict=True)))
    assert worths[0] <= worths[1]


def test_a_line_that_waited_its_class_away_is_overtaken_by_nobody_who_came_later() -> None:
    policy = by("aged_class", timing=Timing(ageing_days=5))
    old = wants(1, 10, customer_class=2, entered=1, entered_on=TODAY - 10)
    newer = [wants(number, 10, customer_class=0, entered=number, entered_on=TODAY - 1) for number in range(2, 9)]
    assert given(planned(policy, [*newer, old], [lies(10)])) == [10, 0, 0, 0, 0, 0, 0, 0]
