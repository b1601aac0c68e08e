"""Why a line got what it got: the facts for the sentence, from the rows of the run alone."""

from dinghuo.journey.allocation.rules.problem import Policy, RankKey, Reason, Share
from dinghuo.journey.allocation.rules.why import FACT_NAMES, Difference, Rival, ranked_apart_by, why
from tests.journey.allocation.engine.asking import HUNDRED, TODAY, free, lies, planned, wants


def test_a_line_that_got_27_of_40_is_told_who_was_before_it() -> None:
    found = planned(Policy(), [wants(1, 50), wants(2, 23), wants(3, 40), wants(4, 9)], HUNDRED)
    told = why(3, found.decisions, free(found))
    assert (told.wanted, told.given, told.missing, told.rank, told.lines) == (40, 27, 13, 3, 4)
    assert (told.ahead, told.ahead_units) == ((Rival(1, 1, 50, 50), Rival(2, 2, 23, 23)), 73)
    assert (told.behind, told.behind_units, told.left) == ((), 0, 0)
    assert (told.reason, told.facts) == (Reason.OTHERS_FIRST, {"start": 100, "taken_by_others": 73})
    assert told.shares == (Share(1, 0, 27),)
    assert told.chain == ("strategy_gain", "ranked_behind", "reason_others_first")


def test_a_line_passed_over_is_told_who_got_something_after_it() -> None:
    lines = [wants(1, 60), wants(2, 50, complete_line=True), wants(3, 40)]
    told = why(2, planned(Policy(), lines, HUNDRED).decisions, 0)
    assert (told.reason, told.facts) == (Reason.LINE_COMPLETE, {"possible": 40})
    assert (told.behind, told.behind_units) == ((Rival(3, 3, 40, 40),), 40)


def test_the_nearest_rivals_are_named_and_all_are_counted() -> None:
    found = planned(Policy(), [wants(number, 10) for number in range(1, 9)], [lies(70)])
    told = why(8, found.decisions, 0, most_rivals=2)
    assert ([rival.line_id for rival in told.ahead], told.ahead_units) == ([1, 2], 70)


def test_units_from_several_places_are_part_of_the_reason() -> None:
    told = why(1, planned(Policy(), [wants(1, 60)], [lies(30), lies(30, warehouse=2)]).decisions, 0)
    assert told.chain == ("strategy_gain", "reason_full", "several_places")


def test_the_key_that_ranked_two_lines_apart_is_named() -> None:
    policy = Policy(ranking=(RankKey("customer_class"), RankKey("days_late", descending=True)))
    mine, theirs = wants(1, 5, requested_on=TODAY), wants(2, 5, requested_on=TODAY - 4)
    assert ranked_apart_by(policy, mine, theirs, TODAY) == Difference("days_late", 0, 4)
    assert ranked_apart_by(policy, mine, wants(3, 5), TODAY) == Difference("entered", 1, 3)
    assert ranked_apart_by(policy, mine, wants(3, 5, entered=1), TODAY) == Difference("line_id", 1, 3)


def test_every_reason_names_its_facts() -> None:
    assert set(FACT_NAMES) == set(Reason)
