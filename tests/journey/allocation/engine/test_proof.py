"""D8: what is true of every plan, that the checks find what is not, and that input which cannot be is refused."""

from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules import proof
from dinghuo.journey.allocation.rules.engine import plan, prepared
from dinghuo.journey.allocation.rules.problem import (
    Acceptance,
    Condition,
    Decision,
    Demand,
    Floor,
    Lane,
    Method,
    Network,
    Placement,
    Plan,
    Policy,
    Problem,
    Quota,
    RankKey,
    Reason,
    Safety,
    Segment,
    Share,
    Sharing,
    Stock,
    Strategy,
    Timing,
    Weight,
)
from dinghuo.kernel.errors import Malformed
from tests.journey.allocation.engine.asking import BASE, HUNDRED, NOWHERE, TODAY, holds, lies, planned, wants

SEGMENTS = st.lists(
    st.builds(
        lambda strategy, key, value: Segment(strategy.name, strategy, (Condition(key, "ge", value),)),
        st.sampled_from(list(Strategy)),
        st.sampled_from(["group", "customer_class", "priority", "days_waiting"]),
        st.integers(0, 4),
    ),
    max_size=3,
).map(tuple)
LIMITED = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400)), max_size=2, unique_by=lambda one: one[0])
SHARINGS = st.sampled_from(
    [
        Sharing(Method.GREEDY),
        Sharing(Method.PROPORTIONAL),
        Sharing(Method.MAX_MIN),
        Sharing(Method.TARGET),
        Sharing(Method.PENALTY),
        Sharing(Method.SHARES, "group", ((1, 500), (2, 300), (3, 100))),
        Sharing(Method.SHARES, "customer_class", ((0, 2), (1, 1)), Method.GREEDY, "stay"),
        Sharing(Method.SHARES, "group", ((3, 500), (2, 300)), Method.MAX_MIN, "down_up"),
    ]
)
PLACEMENTS = st.builds(
    Placement,
    st.sampled_from(["fefo", "fifo", "lifo", "cheapest", "dearest", "fewest"]),
    st.just(""),
    st.sampled_from(["own", "fixed", "most_stock", "nearest", "fewest", "cheapest", "slow_stock"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 9),
)
POLICIES = st.builds(
    Policy,
    segments=SEGMENTS,
    otherwise=st.sampled_from(list(Strategy)),
    on_breach=st.sampled_from(["fall_back", "abort"]),
    ranking=st.lists(
        st.builds(RankKey, st.sampled_from(["customer_class", "aged_class", "score", "requested_on", "value"]), st.booleans()),
        max_size=2,
    ).map(tuple),
    weights=st.just((Weight("customer_class", 10), Weight("days_late", 1))),
    sharing=SHARINGS,
    quotas=LIMITED.map(lambda limits: tuple(Quota("group", value, share=share) for value, share in limits)),
    floors=LIMITED.map(lambda limits: tuple(Floor("channel", value, share=share) for value, share in limits)),
    may_break_safety=st.sampled_from([(), (0,)]),
    over_limit_waits=st.booleans(),
    acceptance=st.builds(
        Acceptance,
        minimum_fill=st.sampled_from([0, 0, 500]),
        whole_cases=st.booleans(),
        maximum_deliveries=st.sampled_from([0, 0, 2]),
        tolerance=st.sampled_from([0, 0, 100]),
    ),
    placement=PLACEMENTS,
    timing=st.builds(Timing, st.sampled_from([None, 3]), st.sampled_from([None, 6]), st.sampled_from([0, 2])),
)
PLACES = [(1, 0), (1, 1), (2, 0), (3, 2)]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Lines of a few orders and products with units confirmed here and there, and stock that may be bad for some."""
    demands = []
    number = st.integers
    for line_id in range(1, draw(number(0, 8)) + 1):
        parts = draw(st.lists(number(0, 9), min_size=len(PLACES), max_size=len(PLACES)))
        places = tuple(Share(*place, units) for place, units in zip(PLACES, parts, strict=True) if units)
        confirmed = sum(share.units for share in places)
        demands.append(
            wants(
                line_id,
                confirmed + draw(number(0 if confirmed else 1, 20)),
                order_id=draw(number(1, 4)),
                customer_id=draw(number(1, 3)),
                product_id=draw(number(1, 2)),
                entered=draw(number(0, 3)),
                entered_on=TODAY - draw(number(0, 9)),
                requested_on=TODAY + draw(number(-3, 3)),
                ship_on=TODAY + draw(number(0, 8)),
                confirmed=confirmed,
                places=places,
                customer_class=draw(number(0, 2)),
                group=draw(number(1, 4)),
                channel=draw(number(1, 3)),
                zone=draw(number(1, 2)),
                warehouse_id=draw(number(1, 3)),
                payment=draw(number(0, 2)),
                unit_value=draw(number(0, 3)),
                unit_margin=draw(number(0, 3)),
                fine=draw(number(0, 9)),
                on_hand=draw(number(0, 9)),
                case_size=draw(st.sampled_from([1, 1, 4])),
                minimum_life=draw(st.sampled_from([0, 0, 5])),
                deliveries=draw(number(0, 2)),
                complete_line=draw(st.sampled_from([False, False, False, True])),
                complete_order=draw(st.sampled_from([False, False, False, True])),
                flag=draw(st.booleans()),
                frozen=draw(st.sampled_from([False, False, False, True])),
                blocked=draw(st.sampled_from([False, False, False, True])),
            )
        )
    stock = [
        Stock(
            *place[:1], product, place[1], draw(number(0, 30)), draw(number(1, 5)), draw(st.sampled_from([0, TODAY + 4, TODAY + 9]))
        )
        for product in (1, 2)
        for place in PLACES
    ]
    safety = [Safety(1, 1, draw(number(0, 15)))]
    return Problem(TODAY, demands, stock, safety)


NEAR = Network((3, 1, 2), {(at, zone): Lane(at * zone % 5, at * zone % 3, at % 2, 4 * zone) for at in (1, 2, 3) for zone in (1, 2)})


@for_any(policy=POLICIES, problem=problems())
@settings(max_examples=250, deadline=None)
def test_any_plan_of_any_policy_keeps_its_invariants(policy: Policy, problem: Problem) -> None:
    planned(policy, problem.demands, problem.stock, NEAR, safety=problem.safety)


def plan_of_base() -> tuple[Problem, Plan]:
    problem = Problem(TODAY, BASE, HUNDRED)
    return problem, plan(prepared(Policy(), NOWHERE), problem)


FIRST = Decision(1, 1, 60, 0, 60, 1, 0, Strategy.GAIN, Reason.FULL, (), (Share(1, 0, 60),))


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("within_bounds", FIRST._replace(given=61, shares=(Share(1, 0, 61),))),
        ("shares_add_up", FIRST._replace(given=59)),
        ("no_oversell", FIRST._replace(shares=(Share(1, 0, 160),))),
        ("conservation", FIRST._replace(given=59)),
        ("strategies_kept", FIRST._replace(strategy=Strategy.LOSE)),
        ("strategies_kept", FIRST._replace(strategy=Strategy.FILL)),
        ("strategies_kept", FIRST._replace(strategy=Strategy.SKIP)),
        ("every_line_explained", FIRST._replace(given=50, shares=(Share(1, 0, 50),))),
        ("every_line_once", FIRST._replace(line_id=2)),
    ],
)
def test_a_spoilt_plan_is_found_out(name: str, spoilt: Decision) -> None:
    problem, found = plan_of_base()
    first, *rest = found.decisions
    assert first == FIRST
    assert proof.broken(problem, [first, *rest], Policy()) == ()
    assert name in proof.broken(problem, [spoilt, *rest], Policy())


def test_the_hash_of_the_input_tells_every_change_and_no_order() -> None:
    ready = prepared(Policy(), NOWHERE)
    problem = Problem(TODAY, [*BASE, holds(4, 9, 5)], [*HUNDRED, lies(1, lot=2)], floors=(Floor("group", 1, units=1),))

    def hashed(other: Problem) -> bytes:
        return proof.input_hash(ready.policy_hash, other)

    turned = replace(problem, demands=[*problem.demands][::-1], stock=[*problem.stock][::-1])
    assert hashed(turned) == hashed(problem)
    changes = [
        replace(problem, today=TODAY + 1),
        replace(problem, demands=problem.demands[1:]),
        replace(problem, demands=[replace(problem.demands[0], fine=1), *problem.demands[1:]]),
        replace(problem, demands=[*problem.demands[:3], replace(problem.demands[3], places=(Share(1, 2, 5),))]),
        replace(problem, stock=[lies(99), problem.stock[1]]),
        replace(problem, safety=[Safety(1, 1, 1)]),
        replace(problem, floors=()),
    ]
    assert len({hashed(problem), *map(hashed, changes)}) == len(changes) + 1
    assert prepared(Policy(otherwise=Strategy.WIN), NOWHERE).policy_hash != ready.policy_hash


@pytest.mark.parametrize(
    ("demands", "stock", "code"),
    [
        ([holds(1, 5, 5)], [lies(9, warehouse=2)], "unknown_place"),
        ([replace(holds(1, 5, 5), confirmed=4)], [lies(9)], "places_do_not_add_up"),
        ([wants(1, 5), wants(1, 6)], [lies(9)], "repeated_line"),
        ([wants(1, 5)], [lies(9), lies(3)], "repeated_level"),
        ([wants(1, 5)], [lies(-1)], "negative_units"),
        ([wants(1, -5)], [lies(1)], "negative_units"),
    ],
)
def test_a_problem_that_cannot_be_is_refused_with_the_facts(demands: list[Demand], stock: list[Stock], code: str) -> None:
    with pytest.raises(Malformed) as refused:
        plan(prepared(Policy(), NOWHERE), Problem(TODAY, demands, stock))
    assert refused.value.reason == code
    assert refused.value.facts


def test_nothing_to_plan_is_planned() -> None:
    found = planned(Policy(), [], [lies(5)])
    assert (found.decisions, found.left) == ((), (lies(5),))
