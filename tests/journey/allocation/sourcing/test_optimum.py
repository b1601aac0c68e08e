"""The optimum against every plan there is, the greedy plan beside it, and what happens when time or room runs out."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from dinghuo.journey.allocation.sourcing import optimum as searching
from dinghuo.journey.allocation.sourcing.greedy import greedy
from dinghuo.journey.allocation.sourcing.optimum import Ending, Progress, optimum
from dinghuo.journey.allocation.sourcing.problem import Cost, Goal, Line, Option, Problem, Site, breaches, cost, score
from tests.journey.allocation.sourcing.tiny import every_plan, is_possible, judged, problems


@given(problems())
@settings(max_examples=150, deadline=None)
def test_no_plan_is_better_than_the_optimum(problem: Problem) -> None:
    found = optimum(problem)
    assert is_possible(problem, found.plan)
    assert judged(problem, found.plan) == max(judged(problem, plan) for plan in every_plan(problem))
    assert found.is_proven
    assert all(step.gap == pytest.approx(0, abs=1e-6) for step in found.steps)


@given(problems())
@settings(max_examples=200, deadline=None)
def test_the_greedy_plan_can_be_carried_out_and_never_beats_the_optimum(problem: Problem) -> None:
    found = optimum(problem)
    assert is_possible(problem, found.start)
    assert found.start == greedy(problem)
    assert judged(problem, found.start) <= judged(problem, found.plan)


@given(problems())
@settings(max_examples=200, deadline=None)
def test_a_plan_is_worth_what_it_is_worth_by_hand(problem: Problem) -> None:
    plan = greedy(problem)
    assert score(problem, plan) == judged(problem, plan)


@given(problems())
@settings(max_examples=100, deadline=None)
def test_breaches_are_named_of_exactly_those_plans_that_cannot_be_carried_out(problem: Problem) -> None:
    units = {line.id: line.units for line in problem.lines}
    plans = [{(option.line, option.site): units[option.line] for option in problem.options[:most]} for most in range(5)]
    assert [bool(list(breaches(problem, plan))) for plan in plans] == [not is_possible(problem, plan) for plan in plans]


def test_one_shipment_from_the_dearer_site_beats_two() -> None:
    # North has tea alone, south has both but asks more a unit; a shipment costs 10 either way.
    problem = Problem(
        lines=[Line(1, 1, "tea", 5), Line(2, 1, "cup", 4)],
        sites=[Site("north"), Site("south")],
        options=[
            Option(1, "north", freight=Decimal(1)),
            Option(1, "south", freight=Decimal(2)),
            Option(2, "south", freight=Decimal(2)),
        ],
        shipment_costs={(1, "north"): Decimal(10), (1, "south"): Decimal(10)},
    )
    found = optimum(problem)
    assert found.plan == {(1, "south"): 5, (2, "south"): 4}
    assert cost(problem, found.plan) == Cost(shipments=Decimal(10), freight=Decimal(18))


def test_the_optimum_saves_where_the_first_come_takes_what_the_second_needs() -> None:
    # Both orders find the near site cheapest, but only the first has another choice.
    problem = Problem(
        lines=[Line(1, 1, "tea", 5), Line(2, 2, "tea", 5)],
        sites=[Site("near"), Site("far")],
        options=[
            Option(1, "near", freight=Decimal(1)),
            Option(1, "far", freight=Decimal(3)),
            Option(2, "near", freight=Decimal(1)),
        ],
        stock={("near", "tea"): 5, ("far", "tea"): 5},
    )
    found = optimum(problem)
    assert found.start == {(1, "near"): 5}
    assert found.plan == {(1, "far"): 5, (2, "near"): 5}


def test_the_same_problem_has_the_same_plan() -> None:
    problem = market(8)
    assert optimum(problem, seed=7).is_proven
    assert optimum(problem, seed=7).plan == optimum(problem, seed=7).plan


def test_without_time_the_greedy_plan_stands_and_the_ending_says_so() -> None:
    problem = market(60)
    found = optimum(problem, seconds=0)
    assert score(problem, found.plan) >= score(problem, found.start)
    assert not found.is_proven
    assert Ending.OUT_OF_TIME in {step.ending for step in found.steps}


def test_a_problem_too_large_for_the_solver_keeps_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "COLUMNS_MAX", 10)
    found = optimum(market(40))
    assert found.plan == found.start
    assert {step.ending for step in found.steps} == {Ending.TOO_LARGE}
    assert {step.gap for step in found.steps} == {None}


def test_nothing_wanted_is_nothing_planned() -> None:
    found = optimum(Problem(lines=[], sites=[], options=[]))
    assert (found.plan, found.is_proven) == ({}, True)


def test_a_search_tells_how_it_is_doing() -> None:
    heard: list[Progress] = []
    optimum(market(60), seconds=2, report=heard.append)
    assert {progress.goal for progress in heard} <= {Goal.UNITS, Goal.COST}
    assert heard


def market(orders: int) -> Problem:
    """Orders of two lines between three sites, with too little of everything."""
    lines = [
        Line(order * 2 + part, order, f"p{(order * 7 + part * 3) % 5}", 3 + (order * 5 + part) % 9)
        for order in range(orders)
        for part in (0, 1)
    ]
    codes = ("a", "b", "c")
    return Problem(
        lines=lines,
        sites=[Site(code, shipments_max=orders // 2, units_max=orders * 6) for code in codes],
        options=[
            Option(line.id, code, Decimal((line.id * 3 + at * 5) % 7) / 4, Decimal(at) / 2)
            for line in lines
            for at, code in enumerate(codes)
        ],
        shipment_costs={(order, code): Decimal(8 + (order + at) % 4) for order in range(orders) for at, code in enumerate(codes)},
        stock={(code, f"p{product}"): orders + product + at for at, code in enumerate(codes) for product in range(5)},
        split_fee=Decimal(2),
    )
