"""Why a line stays short: each reason by name, and that what is called a proof is one."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings

from dinghuo.journey.allocation.sourcing.explanation import Measure, Proof, Reason, Short, shortages
from dinghuo.journey.allocation.sourcing.optimum import optimum
from dinghuo.journey.allocation.sourcing.problem import Goal, Line, Option, Problem, Site
from tests.journey.allocation.sourcing.tiny import problems


def explained(problem: Problem) -> list[Short]:
    """The lines that the best plan leaves short, and why."""
    return shortages(problem, optimum(problem).plan, {})


def whole_orders(wanted: list[str], capacities: dict[str, int]) -> Problem:
    """Orders of one whole line each; `wanted` names the sites that each may come from."""
    lines = [Line(place, place, f"p{place}", 10, is_whole=True) for place in range(len(wanted))]
    return Problem(
        lines=lines,
        sites=[Site(code, shipments_max=most) for code, most in capacities.items()],
        options=[Option(place, site) for place, sites in enumerate(wanted) for site in sites],
        goals=(Goal.LINES, Goal.UNITS, Goal.COST),
    )


def test_a_site_that_all_depend_on_is_named_with_what_it_can_do_and_what_is_wanted() -> None:
    found = explained(whole_orders(["A", "A", "A", "AB", "B"], {"A": 2, "B": 3}))
    assert [(short.reason, short.proof) for short in found] == [
        (Reason.CAPACITY_EXHAUSTED, Proof(("A",), Measure.SHIPMENTS, capacity=2, wanted=3))
    ]


def test_a_site_that_could_be_freed_only_through_another_full_one_is_part_of_the_proof() -> None:
    found = explained(whole_orders(["A", "AB", "B"], {"A": 1, "B": 1, "C": 9}))
    assert [short.proof for short in found] == [Proof(("A", "B"), Measure.SHIPMENTS, capacity=2, wanted=3)]


def test_stock_that_others_took_is_counted_in_units() -> None:
    problem = Problem(
        lines=[Line(1, 1, "tea", 6), Line(2, 2, "tea", 6)],
        sites=[Site("A"), Site("B")],
        options=[Option(line, site) for line in (1, 2) for site in "AB"],
        stock={("A", "tea"): 5, ("B", "tea"): 4},
    )
    (short,) = explained(problem)
    assert (short.missing, short.reason) == (3, Reason.STOCK_EXHAUSTED)
    assert short.proof == Proof(("A", "B"), Measure.UNITS, capacity=9, wanted=12)


def test_a_whole_line_larger_than_any_stock_is_no_matter_of_rivals() -> None:
    problem = Problem(
        lines=[Line(1, 1, "tea", 6, is_whole=True)], sites=[Site("A")], options=[Option(1, "A")], stock={("A", "tea"): 5}
    )
    (short,) = explained(problem)
    assert (short.reason, short.proof) == (Reason.NO_SITE_HAS_ALL, Proof(("A",), Measure.UNITS, capacity=5, wanted=6))


def test_an_order_that_may_not_be_split_further_says_so() -> None:
    problem = Problem(
        lines=[Line(1, 1, "tea", 6)],
        sites=[Site("A"), Site("B")],
        options=[Option(1, "A"), Option(1, "B")],
        stock={("A", "tea"): 4, ("B", "tea"): 3},
        splits_max=0,
    )
    (short,) = explained(problem)
    assert (short.missing, short.reason, short.proof) == (2, Reason.SPLITS_EXHAUSTED, None)


@pytest.mark.parametrize(
    ("obstacles", "reason"),
    [
        ({}, Reason.NO_SITE_HAS_PRODUCT),
        ({"A": Reason.SITES_BOUND_TO_OTHERS}, Reason.SITES_BOUND_TO_OTHERS),
        ({"A": Reason.SITES_BOUND_TO_OTHERS, "B": Reason.NO_WEIGHT_BRACKET}, Reason.NO_WEIGHT_BRACKET),
        ({"A": Reason.NO_LANE_FROM_SITES, "B": Reason.NO_LANE_WITH_SERVICE}, Reason.NO_LANE_WITH_SERVICE),
    ],
)
def test_a_line_that_no_site_may_serve_names_the_check_that_came_closest(obstacles: dict[str, Reason], reason: Reason) -> None:
    problem = Problem(lines=[Line(1, 1, "tea", 6)], sites=[Site("A"), Site("B")], options=[])
    (short,) = shortages(problem, {}, {1: obstacles})
    assert (short.reason, short.obstacles, short.missing) == (reason, obstacles, 6)


@given(problems())
@settings(max_examples=200, deadline=None)
def test_what_is_called_a_proof_counts_up_and_can_spare_no_site(problem: Problem) -> None:
    for short in explained(problem):
        proof = short.proof
        if proof is None or short.reason is Reason.NO_SITE_HAS_ALL:
            continue
        assert proof.wanted > proof.capacity
        if proof.measure is Measure.SHIPMENTS:
            assert (proof.capacity, proof.wanted) == dependent(problem, set(proof.sites))
            around = {option.site for option in problem.options if option.line == short.line}
            assert around <= set(proof.sites)
            for spared in set(proof.sites) - around:
                capacity, wanted = dependent(problem, set(proof.sites) - {spared})
                assert wanted <= capacity


def dependent(problem: Problem, sites: set[str]) -> tuple[int, int]:
    """Shipments that some sites can make, and orders with a line that can come from nowhere else."""
    capacity = sum(site.shipments_max or 0 for site in problem.sites if site.code in sites)
    where = {
        line: {option.site for option in options}
        for line, options in itertools.groupby(
            sorted(problem.options, key=lambda option: option.line), key=lambda option: option.line
        )
    }
    return capacity, len({line.order for line in problem.lines if where.get(line.id, {""}) <= sites})


def test_costs_do_not_keep_a_line_from_being_served() -> None:
    problem = Problem(lines=[Line(1, 1, "tea", 1)], sites=[Site("A")], options=[Option(1, "A", freight=Decimal(10**6))])
    assert explained(problem) == []
