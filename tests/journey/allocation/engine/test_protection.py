"""D3: quotas, floors, trees, pools and safety stock, with the catalogue's numbers, and unit by unit."""

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from dinghuo.journey.allocation.rules.limits import Pool, Tree
from dinghuo.journey.allocation.rules.problem import Floor, Node, Policy, Quota, RankKey, Safety
from dinghuo.kernel.errors import Refused
from tests.journey.allocation.engine import reference
from tests.journey.allocation.engine.asking import HUNDRED, TODAY, free, given, holds, lies, planned, reasons, wants

EAST, WEST, VIP, DEALER = 1, 2, 3, 4


def test_d3_1_a_quota_caps_its_group_and_the_rest_stays_free() -> None:
    policy = Policy(quotas=(Quota("group", EAST, units=70), Quota("group", WEST, units=30)))
    found = planned(policy, [wants(1, 50, group=EAST), wants(2, 40, group=EAST), wants(3, 10, group=WEST)], HUNDRED)
    assert (given(found), free(found)) == ([50, 20, 10], 20)
    assert reasons(found) == ["FULL", "QUOTA", "FULL"]
    assert found.decisions[1].facts == (70, 50)


def test_d3_2_a_floor_is_left_for_its_group_and_shrinks_as_it_orders() -> None:
    policy = Policy(floors=(Floor("group", VIP, units=30),))
    lines = [wants(1, 90), wants(2, 25, group=VIP), wants(3, 10)]
    found = planned(policy, lines, HUNDRED)
    assert (given(found), free(found)) == ([70, 25, 0], 5)
    assert reasons(found) == ["FLOOR", "FULL", "FLOOR"]
    assert [one.facts for one in found.decisions] == [(30,), (), (5,)]


def test_d3_3_a_line_gets_the_smaller_of_what_floors_leave_and_its_quota() -> None:
    policy = Policy(floors=(Floor("group", VIP, units=30),), quotas=(Quota("group", DEALER, units=50),))
    assert given(planned(policy, [wants(1, 80, group=DEALER)], HUNDRED)) == [50]


# own 1 under parent 2 under root 4; siblings 11, 12 and 13 of own; region sibling 3 of the parent.
TREE = [
    Node(4, 0, 1, 30),
    Node(2, 4, 1, 10),
    Node(3, 4, 2, 30),
    Node(1, 2, 9, 40),
    Node(11, 2, 15, 20),
    Node(12, 2, 10, 20),
    Node(13, 2, 7, 99),
]


def test_d3_4_a_node_uses_its_own_its_ancestors_and_siblings_ranked_behind() -> None:
    used, rest = Tree(TREE).consume(1, 220)
    assert list(used.items()) == [(1, 40), (2, 10), (4, 30), (11, 20), (12, 20), (3, 30)]
    assert rest == 70


def test_d3_4_a_plan_gives_no_more_than_the_tree_allows() -> None:
    found = planned(Policy(tree_key="group"), [wants(1, 220, group=1), wants(2, 50, group=11)], [lies(1000)], nodes={1: TREE})
    assert given(found) == [150, 0]
    assert reasons(found) == ["QUOTA", "QUOTA"]


def test_d3_5_a_pool_gives_units_to_a_group_which_sells_them() -> None:
    pool = Pool(200, {}, {}).allocate(VIP, 200).consume(VIP, 30)
    assert (pool.available, pool.allocated[VIP], pool.consumed[VIP]) == (0, 170, 30)
    with pytest.raises(Refused) as refused:
        pool.allocate(EAST, 1)
    assert (refused.value.reason, refused.value.facts) == ("pool_too_small", {"available": 0, "wanted": 1})
    with pytest.raises(Refused, match="less than that"):
        pool.consume(VIP, 171)
    with pytest.raises(Refused, match="less than that"):
        pool.allocate(VIP, -171)


@pytest.mark.parametrize(("customer_class", "expected"), [(2, 80), (0, 100)])
def test_d3_6_only_some_classes_may_break_the_safety_stock(customer_class: int, expected: int) -> None:
    policy = Policy(may_break_safety=(0,))
    line = wants(1, 200, customer_class=customer_class)
    assert given(planned(policy, [line], HUNDRED, safety=[Safety(1, 1, 20)])) == [expected]


def test_safety_stock_is_kept_in_the_warehouse_it_belongs_to() -> None:
    found = planned(Policy(), [wants(1, 100)], [lies(50), lies(50, warehouse=2)], safety=[Safety(2, 1, 20)])
    assert given(found) == [80]
    assert [stock.free for stock in found.left] == [0, 20]
    assert reasons(found) == ["SAFETY"]


def test_units_are_taken_from_elsewhere_before_safety_stock_is_touched() -> None:
    found = planned(Policy(), [wants(1, 60)], [lies(50), lies(50, warehouse=2)], safety=[Safety(1, 1, 20)])
    assert [stock.free for stock in found.left] == [20, 20]


def test_a_quota_holds_in_its_period_and_may_carry_over() -> None:
    first, second = ((TODAY, TODAY + 6), (TODAY + 7, TODAY + 13))
    for carries, expected in ((False, [10, 20]), (True, [10, 30])):
        quotas = tuple(
            Quota("group", EAST, units=20, from_on=since, until_on=until, carries=carries) for since, until in (first, second)
        )
        lines = [wants(1, 10, group=EAST, requested_on=TODAY), wants(2, 40, group=EAST, requested_on=TODAY + 8)]
        assert given(planned(Policy(quotas=quotas), lines, HUNDRED)) == expected


def test_the_collective_quota_holds_for_all_whom_no_other_names() -> None:
    policy = Policy(quotas=(Quota("group", EAST, units=50), Quota("group", None, units=15)))
    lines = [wants(1, 40, group=EAST), wants(2, 10, group=WEST), wants(3, 10, group=VIP)]
    assert given(planned(policy, lines, HUNDRED)) == [40, 10, 5]


def test_a_sequence_of_quotas_gives_what_the_tightest_leaves() -> None:
    policy = Policy(quotas=(Quota("group", EAST, units=50), Quota("channel", 1, units=30)))
    lines = [wants(1, 40, group=EAST, channel=1), wants(2, 40, group=EAST, channel=2)]
    assert given(planned(policy, lines, HUNDRED)) == [30, 20]


def test_a_quota_over_all_products_is_one_and_ranks_their_lines_together() -> None:
    policy = Policy(quotas=(Quota("group", EAST, units=50, spans=True),), ranking=(RankKey("customer_class"),))
    assert policy.ties_products
    lines = [
        wants(1, 40, group=EAST, customer_class=1),
        wants(2, 40, group=EAST, product_id=2, customer_class=0),
    ]
    assert given(planned(policy, lines, [lies(100), lies(100, product=2)])) == [10, 40]


def test_shares_of_the_stock_count_what_is_confirmed_too() -> None:
    policy = Policy(quotas=(Quota("group", EAST, share=500),))
    assert given(planned(policy, [holds(1, 80, 20, group=EAST)], [lies(80)])) == [50]


GROUPS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 30)), max_size=8)
LIMITS = st.dictionaries(st.integers(1, 3), st.integers(0, 40), max_size=3)


@for_any(asked=GROUPS, supply=st.integers(0, 90), floors=LIMITS, quotas=LIMITS)
def test_any_floors_and_quotas_give_what_single_units_would(
    asked: list[tuple[int, int]], supply: int, floors: dict[int, int], quotas: dict[int, int]
) -> None:
    policy = Policy(
        floors=tuple(Floor("group", group, units=units) for group, units in floors.items()),
        quotas=tuple(Quota("group", group, units=units) for group, units in quotas.items()),
    )
    lines = [wants(number, units, group=group) for number, (group, units) in enumerate(asked, 1)]
    assert given(planned(policy, lines, [lies(supply)])) == reference.protected(lines, supply, floors, quotas)
