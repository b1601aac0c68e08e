"""Policies that cannot be are refused with a code and the facts; policies as plain values come back as they were."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dinghuo.journey.allocation.rules.checking import as_values, checked, policy_of
from dinghuo.journey.allocation.rules.problem import (
    Acceptance,
    Condition,
    Floor,
    Method,
    Placement,
    Policy,
    Quota,
    RankKey,
    Segment,
    Sharing,
    Strategy,
    Timing,
    Weight,
)
from dinghuo.kernel.errors import Malformed, Refused

RICH = Policy(
    name="rich",
    segments=(Segment("starred", Strategy.WIN, (Condition("group", "in", (1, 2)), Condition("flag", "eq", 1))),),
    ranking=(RankKey("score", descending=True),),
    weights=(Weight("customer_class", 10),),
    sharing=Sharing(Method.SHARES, "group", ((1, 700), (2, 300))),
    quotas=(Quota("group", 1, units=50), Quota("group", None, share=100)),
    floors=(Floor("group", 1, units=50),),
    acceptance=Acceptance(whole_cases=True, tolerance=50),
    placement=Placement("fewest", warehouses="nearest"),
    timing=Timing(reserve_days=3, ageing_days=5),
)


@pytest.mark.parametrize("policy", [Policy(), RICH])
def test_a_policy_survives_being_stored(policy: Policy) -> None:
    assert policy_of(json.loads(json.dumps(as_values(policy)))) == policy
    assert checked(policy) == policy


def test_only_orders_quotas_over_all_and_common_warehouses_tie_products() -> None:
    assert not RICH.ties_products
    tied = [
        Policy(acceptance=Acceptance(complete_orders=True)),
        Policy(acceptance=Acceptance(minimum_order_fill=500)),
        Policy(placement=Placement(warehouses="fewest")),
        Policy(placement=Placement(warehouses="cheapest")),
        Policy(quotas=(Quota("group", 1, units=1, spans=True),)),
    ]
    assert all(policy.ties_products for policy in tied)


@pytest.mark.parametrize(
    ("policy", "code", "place"),
    [
        (Policy(ranking=(RankKey("colour"),)), "unknown_policy_key", "ranking"),
        (Policy(weights=(Weight("entered", 1),)), "unknown_policy_key", "weights"),
        (Policy(segments=(Segment("a", Strategy.WIN, (Condition("colour", "eq", 1),)),)), "unknown_policy_key", "segments"),
        (Policy(quotas=(Quota("colour", 1, units=1),)), "unknown_policy_key", "quotas"),
        (Policy(floors=(Floor("colour", 1, units=1),)), "unknown_policy_key", "floors"),
        (Policy(tree_key="colour"), "unknown_policy_key", "tree_key"),
        (Policy(sharing=Sharing(Method.SHARES, "colour")), "unknown_policy_key", "sharing"),
        (Policy(segments=(Segment("a", Strategy.WIN, (Condition("group", "is", 1),)),)), "unknown_policy_choice", "segments"),
        (Policy(segments=(Segment("a", Strategy.WIN, (Condition("group", "in", 1),)),)), "unknown_policy_choice", "segments"),
        (Policy(on_breach="panic"), "unknown_policy_choice", "on_breach"),
        (Policy(placement=Placement("lucky")), "unknown_policy_choice", "placement.lots"),
        (Policy(placement=Placement(warehouses="lucky")), "unknown_policy_choice", "placement.warehouses"),
        (Policy(placement=Placement(one_lot="lucky")), "unknown_policy_choice", "placement.one_lot"),
        (Policy(sharing=Sharing(unused="lost")), "unknown_policy_choice", "sharing.unused"),
        (Policy(sharing=Sharing(inside=Method.KNAPSACK)), "unknown_policy_choice", "sharing.inside"),
        (Policy(weights=(Weight("flag", -1),)), "negative_policy_number", "weights"),
        (Policy(sharing=Sharing(Method.SHARES, "group", ((1, -1),))), "negative_policy_number", "sharing.weights"),
        (Policy(acceptance=Acceptance(tolerance=-1)), "negative_policy_number", "acceptance"),
        (Policy(timing=Timing(ageing_days=-1)), "negative_policy_number", "timing"),
        (Policy(quotas=(Quota("group", 1, units=-1),)), "negative_policy_number", "limits"),
    ],
)
def test_a_malformed_policy_is_named_with_its_place(policy: Policy, code: str, place: str) -> None:
    with pytest.raises(Malformed) as refused:
        checked(policy)
    assert (refused.value.reason, refused.value.facts["place"]) == (code, place)


def accepting(**rule: Any) -> Policy:
    return Policy(acceptance=Acceptance(**rule))


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (Policy(sharing=Sharing(Method.SHARES, "group", ((1, 700), (2, 301)))), "shares_over_whole"),
        (Policy(sharing=Sharing(Method.SHARES, "group", ((1, 100), (1, 300)))), "limits_cannot_hold"),
        (Policy(floors=(Floor("group", 1, share=600), Floor("group", 2, share=401))), "shares_over_whole"),
        (accepting(minimum_fill=1001), "shares_over_whole"),
        (Policy(floors=(Floor("group", 1, units=1), Floor("group", 1, units=2))), "limits_cannot_hold"),
        (Policy(floors=(Floor("group", 1),)), "limits_cannot_hold"),
        (Policy(quotas=(Quota("group", 1, units=1, share=1),)), "limits_cannot_hold"),
        (Policy(quotas=(Quota("group", 1, units=1, from_on=9, until_on=8),)), "limits_cannot_hold"),
        (Policy(quotas=(Quota("group", 1, units=9, until_on=5), Quota("group", 1, units=9, from_on=5))), "limits_cannot_hold"),
        (Policy(quotas=(Quota("group", 1, units=29),), floors=(Floor("group", 1, units=30),)), "limits_cannot_hold"),
        (Policy(quotas=(Quota("group", 1, share=29),), floors=(Floor("group", 1, share=30),)), "limits_cannot_hold"),
        (accepting(stops_at_first_unfilled=True), "contradictory_acceptance"),
        (accepting(patience_days=2), "contradictory_acceptance"),
        (accepting(complete_lines=True, minimum_fill=500), "contradictory_acceptance"),
        (accepting(complete_orders=True, minimum_order_fill=500), "contradictory_acceptance"),
        (Policy(sharing=Sharing(Method.KNAPSACK)), "contradictory_acceptance"),
        (replace(accepting(complete_lines=True), sharing=Sharing(Method.PENALTY)), "contradictory_acceptance"),
        (replace(accepting(complete_lines=True), sharing=Sharing(Method.PROPORTIONAL)), "contradictory_acceptance"),
        (replace(accepting(complete_orders=True), sharing=Sharing(Method.SHARES, "group")), "contradictory_acceptance"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(policy: Policy, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(policy)
    assert (refused.value.reason, refused.value.status) == (code, 409)
    assert refused.value.facts["place"]


def test_limits_kept_beside_the_policy_are_held_against_it() -> None:
    policy = Policy(quotas=(Quota("group", 1, units=29, product_id=7),))
    assert checked(policy, floors=[Floor("group", 1, units=30, product_id=8)]) == policy
    with pytest.raises(Refused):
        checked(policy, floors=[Floor("group", 1, units=30, product_id=7)])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"colour": 1}, "unknown_policy_key"),
        ({"timing": {"colour": 1}}, "unknown_policy_key"),
        ({"timing": 3}, "unknown_policy_choice"),
        ({"ranking": "class"}, "unknown_policy_choice"),
        ({"otherwise": "wins"}, "unknown_policy_choice"),
        ({"version": "one"}, "unknown_policy_choice"),
        ({"version": True}, "unknown_policy_choice"),
        ({"sharing": {"weights": [[1, 2, 3]]}}, "unknown_policy_choice"),
        ({"timing": {"reserve_days": 1.5}}, "unknown_policy_choice"),
    ],
)
def test_values_that_are_no_policy_are_malformed(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as refused:
        policy_of(values)
    assert refused.value.reason == code


def test_a_strategy_may_be_said_by_its_name() -> None:
    assert policy_of({"otherwise": "redistribute"}).otherwise == Strategy.REDISTRIBUTE
