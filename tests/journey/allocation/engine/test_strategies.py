"""D7: what a re-decision may do to what is confirmed, with the catalogue's numbers, and against a loop over the strategies."""

from dataclasses import replace

from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.problem import (
    Breach,
    Condition,
    Demand,
    Floor,
    Policy,
    RankKey,
    Segment,
    Strategy,
)
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import TODAY, free, given, holds, lies, planned, reasons, wants

# The line's group names its strategy, so that a test can say which line is treated how.
POLICY = Policy(
    ranking=(RankKey("entered"),),
    segments=tuple(Segment(one.name, one, (Condition("group", "eq", int(one)),)) for one in Strategy),
)


def line(line_id: int, strategy: Strategy, units: int, confirmed: int = 0) -> Demand:
    return holds(line_id, units, confirmed, group=int(strategy))


def test_d7_example_1_is_decided_strategy_by_strategy() -> None:
    lines = [
        line(1, Strategy.WIN, 40),
        line(2, Strategy.GAIN, 30, 20),
        line(3, Strategy.REDISTRIBUTE, 50, 50),
        line(4, Strategy.FILL, 40, 30),
        line(5, Strategy.LOSE, 20),
    ]
    found = planned(POLICY, lines, [lies(0)])
    assert (given(found), found.breaches) == ([40, 30, 30, 0, 0], ())


def test_d7_example_2_tells_the_promise_it_breaks() -> None:
    lines = [line(1, Strategy.WIN, 90), line(2, Strategy.GAIN, 30, 20)]
    found = planned(POLICY, lines, [lies(80)])
    assert (given(found), found.breaches) == ([90, 10], (Breach(2, 1, 20, 10),))


def test_d7_example_2_may_leave_the_product_as_it_was() -> None:
    lines = [line(1, Strategy.WIN, 90), line(2, Strategy.GAIN, 30, 20)]
    found = planned(replace(POLICY, on_breach="abort"), lines, [lies(80)])
    assert (given(found), free(found), reasons(found)) == ([0, 20], 80, ["ABORTED", "ABORTED"])
    assert found.breaches == (Breach(2, 1, 20, 10),)
    assert found.decisions[0].facts == (2,)


def test_d7_example_3_shows_that_fill_never_gains() -> None:
    lines = [line(1, Strategy.FILL, 40, 30), line(2, Strategy.LOSE, 20, 20), line(3, Strategy.SKIP, 10, 10)]
    found = planned(POLICY, lines, [lies(40)])
    assert (given(found), free(found)) == ([30, 0, 10], 60)
    assert reasons(found) == ["NEVER_ABOVE", "LOST", "FULL"]
    assert found.decisions[0].facts == (30,)


def test_a_win_line_that_cannot_be_full_is_a_broken_promise() -> None:
    found = planned(POLICY, [line(1, Strategy.WIN, 120)], [lies(100)])
    assert (given(found), found.breaches) == ([100], (Breach(1, 1, 120, 100),))


def test_improve_falls_without_a_broken_promise_and_only_if_it_must() -> None:
    lines = [line(1, Strategy.GAIN, 80), line(2, Strategy.IMPROVE, 60, 30), line(3, Strategy.REDISTRIBUTE, 60, 60)]
    found = planned(POLICY, lines, [lies(10)])
    assert (given(found), found.breaches) == ([80, 20, 0], ())
    found = planned(POLICY, lines, [lies(60)])
    assert (given(found), found.breaches) == ([80, 60, 10], ())


def test_all_of_one_strategy_keep_before_any_of_them_betters_itself() -> None:
    lines = [line(1, Strategy.GAIN, 80), line(2, Strategy.GAIN, 60, 30)]
    assert given(planned(POLICY, lines, [lies(40)])) == [40, 30]


def test_lose_gives_up_even_what_a_floor_protects_for_it() -> None:
    policy = replace(POLICY, floors=(Floor("group", int(Strategy.LOSE), units=30),))
    assert given(planned(policy, [line(1, Strategy.LOSE, 20, 20)], [lies(80)])) == [0]


def test_a_floor_comes_before_a_promise_to_others() -> None:
    policy = replace(POLICY, floors=(Floor("channel", 9, units=30),))
    found = planned(policy, [line(1, Strategy.GAIN, 90, 90)], [lies(10)])
    assert (given(found), found.breaches) == ([70], (Breach(1, 1, 90, 70),))


def test_a_line_belongs_to_the_first_segment_that_fits() -> None:
    policy = Policy(
        segments=(
            Segment("some", Strategy.LOSE, (Condition("customer_class", "in", (1, 2)), Condition("confirmed", "gt", 0))),
            Segment("all", Strategy.FILL),
        ),
    )
    lines = [holds(1, 5, 5, customer_class=1), wants(2, 5, customer_class=1), holds(3, 5, 5)]
    found = planned(policy, lines, [lies(10)])
    assert [(one.segment, one.strategy) for one in found.decisions] == [
        (0, Strategy.LOSE),
        (1, Strategy.FILL),
        (1, Strategy.FILL),
    ]
    assert given(found) == [0, 0, 5]


def test_d6_5_a_frozen_line_keeps_what_it_has() -> None:
    lines = [holds(1, 60, 60, frozen=True, entered=9), wants(2, 50), wants(3, 40)]
    found = planned(Policy(), lines, [lies(40)])
    assert given(found) == [60, 40, 0]


def test_a_blocked_order_gives_back_even_what_is_frozen() -> None:
    found = planned(Policy(), [holds(1, 60, 60, frozen=True, blocked=True), wants(2, 50)], [lies(0)])
    assert (given(found), reasons(found)) == ([0, 50], ["BLOCKED", "FULL"])


CASES = st.lists(st.tuples(st.sampled_from(list(Strategy)), st.integers(1, 40), st.integers(0, 40), st.integers(0, 5)), max_size=9)


@for_any(cases=CASES, unpromised=st.integers(0, 60))
def test_any_re_decision_is_the_plain_one(cases: list[tuple[Strategy, int, int, int]], unpromised: int) -> None:
    lines = [
        replace(line(number, strategy, units, min(units, confirmed)), entered=entered)
        for number, (strategy, units, confirmed, entered) in enumerate(cases, 1)
    ]
    supply = unpromised + sum(one.confirmed for one in lines)
    in_turn = sorted(lines, key=lambda one: (one.entered, one.line_id))
    names = {one.line_id: Strategy(one.group).name for one in lines}
    expected = dict(zip([one.line_id for one in in_turn], reference.strategies(in_turn, names, supply), strict=True))
    found = planned(POLICY, lines, [lies(unpromised)])
    assert {one.line_id: one.given for one in found.decisions} == expected
    broken = {one.line_id for one in found.breaches}
    assert broken == {
        one.line_id
        for one in lines
        if (one.group == Strategy.WIN and expected[one.line_id] < one.wanted)
        or (one.group == Strategy.GAIN and expected[one.line_id] < one.confirmed)
    }


def test_waiting_days_count_from_the_day_of_entry() -> None:
    policy = Policy(segments=(Segment("old", Strategy.WIN, (Condition("days_waiting", "ge", 10),)),))
    lines = [wants(1, 10), wants(2, 10, entered_on=TODAY - 10), wants(3, 10, entered_on=TODAY - 9)]
    assert given(planned(policy, lines, [lies(10)])) == [0, 10, 0]
