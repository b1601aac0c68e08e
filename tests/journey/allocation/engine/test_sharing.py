"""D2: how scarce units are shared, with the catalogue's numbers, and against plainer ways to the same integers."""

from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules import sharing
from dinghuo.journey.allocation.rules.problem import Demand, Method, Policy, Quota, RankKey, Sharing
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import BASE, HUNDRED, SHARE_OUT, free, given, holds, lies, planned, reasons, wants

EAST, WEST = 1, 2


def shared(method: Method) -> Policy:
    return Policy(otherwise=SHARE_OUT, sharing=Sharing(method))


def test_d2_1_everyone_gets_the_same_share_in_integers_that_add_up() -> None:
    found = planned(shared(Method.PROPORTIONAL), BASE, HUNDRED)
    assert given(found) == [40, 33, 27]
    assert reasons(found) == ["SHARED", "SHARED", "SHARED"]
    assert found.decisions[2].facts == (100, 150)


def test_d2_2_every_site_is_raised_to_the_same_percentage_of_its_target() -> None:
    sites = [wants(1, 80, on_hand=20), wants(2, 30, on_hand=20)]
    assert given(planned(shared(Method.TARGET), sites, [lies(60)])) == [47, 13]


def test_d2_2_a_site_above_the_common_level_gets_nothing() -> None:
    assert sharing.equal_percent(20, [0, 90], [100, 100]) == [20, 0]


def shares(unused: str, *weights: tuple[int, int], inside: Method = Method.PROPORTIONAL, key: str = "group") -> Policy:
    return Policy(otherwise=SHARE_OUT, sharing=Sharing(Method.SHARES, key, weights, inside, unused))


def test_d2_3_an_unused_share_is_shared_again() -> None:
    lines = [wants(1, 50, group=EAST), wants(2, 40, group=EAST), wants(3, 10, group=WEST)]
    found = planned(shares("again", (EAST, 700), (WEST, 300)), lines, HUNDRED)
    assert given(found) == [50, 40, 10]
    kept = planned(shares("stay", (EAST, 700), (WEST, 300)), lines, HUNDRED)
    assert (given(kept), free(kept)) == ([39, 31, 10], 20)


def test_d2_4_the_better_lane_is_served_in_full_first() -> None:
    policy = Policy(ranking=(RankKey("region"),))
    lines = [replace(line, region=region) for line, region in zip(BASE, (2, 2, 1), strict=True)]
    assert given(planned(policy, lines, HUNDRED)) == [60, 0, 40]


def test_d2_5_the_smallest_is_made_as_large_as_can_be() -> None:
    lines = [wants(1, 60), wants(2, 50), wants(3, 20)]
    assert given(planned(shared(Method.MAX_MIN), lines, HUNDRED)) == [40, 40, 20]


def test_d2_6_class_shares_flow_down_and_then_up() -> None:
    lines = [wants(1, 30, customer_class=0), wants(2, 60, customer_class=1), wants(3, 40, customer_class=2)]
    policy = shares("down_up", (0, 600), (1, 300), (2, 100), key="customer_class")
    assert given(planned(policy, lines, HUNDRED)) == [30, 60, 10]


def test_d2_7_a_ratio_splits_the_supply() -> None:
    assert sharing.largest_remainder(2000, [3, 1]) == [1500, 500]
    lines = [wants(1, 2000, group=EAST), wants(2, 2000, group=WEST)]
    assert given(planned(shares("stay", (EAST, 3), (WEST, 1)), lines, [lies(2000)])) == [1500, 500]


def test_d2_8_quotas_above_the_supply_are_trimmed_by_their_size() -> None:
    assert sharing.trimmed_quotas([100, 50, 50, 200, 300, 100, 200], 500) == [50, 25, 25, 100, 150, 50, 100]


def test_d2_8_quotas_above_the_supply_are_trimmed_by_percentages() -> None:
    # The quotas are 1,700; 700 too many; 15, 30, 20 and 35 % of them are cut.
    assert sharing.trimmed_quotas([500, 400, 300, 500], 1000, [150, 300, 200, 350]) == [395, 190, 160, 255]


@for_any(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.integers(0, 300))
def test_trimmed_quotas_are_what_there_is_and_none_grows(quotas: list[int], supply: int) -> None:
    trimmed = sharing.trimmed_quotas(quotas, supply, [100] * len(quotas))
    assert sum(trimmed) == min(supply, sum(quotas))
    assert all(0 <= after <= before for after, before in zip(trimmed, quotas, strict=True))


WANTED = st.lists(st.integers(1, 40), min_size=1, max_size=7)


def lines_of(wanted: list[int], **facts: list[int]) -> list[Demand]:
    return [
        wants(number, units, **{name: values[number - 1] for name, values in facts.items()})
        for number, units in enumerate(wanted, 1)
    ]


@for_any(wanted=WANTED, supply=st.integers(0, 200))
def test_any_proportional_share_is_the_plain_one(wanted: list[int], supply: int) -> None:
    assert given(planned(shared(Method.PROPORTIONAL), lines_of(wanted), [lies(supply)])) == reference.proportional(wanted, supply)


@for_any(wanted=WANTED, supply=st.integers(0, 200))
def test_any_max_min_share_is_the_plain_one(wanted: list[int], supply: int) -> None:
    assert given(planned(shared(Method.MAX_MIN), lines_of(wanted), [lies(supply)])) == reference.max_min(wanted, supply)


@for_any(places=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), min_size=1, max_size=6), supply=st.integers(0, 120))
def test_any_equal_percentage_is_the_exact_one_rounded(places: list[tuple[int, int]], supply: int) -> None:
    on_hand, targets = [held for held, _more in places], [held + more for held, more in places]
    found = sharing.equal_percent(supply, on_hand, targets)
    exact = reference.equal_percent(on_hand, targets, supply)
    assert sum(found) == min(supply, sum(targets) - sum(on_hand))
    assert all(abs(units - share) < 1 for units, share in zip(found, exact, strict=True))


@for_any(
    wanted=st.lists(st.integers(0, 80), min_size=3, max_size=3),
    supply=st.integers(0, 200),
    cut=st.tuples(st.integers(1, 900), st.integers(1, 99)),
)
def test_any_class_shares_flow_as_single_units_would(wanted: list[int], supply: int, cut: tuple[int, int]) -> None:
    weights = [cut[0], cut[1], 1000 - cut[0] - cut[1]]
    entitled = reference.proportional([weight * 10**6 for weight in weights], supply)
    assert sharing.by_shares(supply, wanted, weights, "down_up") == reference.down_up(wanted, entitled)


@for_any(wanted=WANTED, groups=st.lists(st.integers(1, 3), min_size=7, max_size=7), supply=st.integers(0, 200))
def test_shares_of_any_groups_use_all_that_is_wanted_and_give_each_its_share(
    wanted: list[int], groups: list[int], supply: int
) -> None:
    lines = lines_of(wanted, group=groups)
    found = given(planned(shares("again", (1, 500), (2, 300), (3, 200)), lines, [lies(supply)]))
    assert sum(found) == min(supply, sum(wanted))
    for group, share in ((1, 500), (2, 300), (3, 200)):
        members = [at for at, line in enumerate(lines) if line.group == group]
        asked, got = sum(wanted[at] for at in members), sum(found[at] for at in members)
        assert got >= min(asked, supply * share // 1000)


def test_lines_under_one_quota_share_it_and_others_share_the_rest() -> None:
    policy = replace(shared(Method.PROPORTIONAL), quotas=(Quota("group", EAST, units=30),))
    lines = [wants(1, 40, group=EAST), wants(2, 20, group=EAST), wants(3, 100, group=WEST)]
    assert given(planned(policy, lines, HUNDRED)) == [20, 10, 70]


@pytest.mark.parametrize("method", [Method.PROPORTIONAL, Method.MAX_MIN, Method.GREEDY])
def test_enough_for_all_is_given_to_all(method: Method) -> None:
    found = planned(shared(method), BASE, [lies(150)])
    assert given(found) == [60, 50, 40]
    assert reasons(found) == ["FULL"] * 3


def test_a_published_part_is_rounded_down() -> None:
    assert sharing.published(85, 900) == 76


def test_a_ratio_counts_what_its_lines_keep() -> None:
    policy = Policy(sharing=Sharing(Method.SHARES, "customer_class", ((0, 2), (1, 1)), unused="stay"))
    found = planned(policy, [wants(1, 2), holds(2, 3, 1), wants(3, 3, customer_class=1)], [lies(8)])
    assert (given(found), free(found)) == ([2, 3, 3], 1)
    found = planned(policy, [wants(1, 9), holds(2, 3, 3), wants(3, 9, customer_class=1)], [lies(6)])
    assert (given(found), free(found)) == ([3, 3, 3], 0)
