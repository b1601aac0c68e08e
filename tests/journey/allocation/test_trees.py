"""Quota trees of stored policies: a node uses its own units, those above it, and those beside it that rank behind."""

from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.ordering.models import SalesOrder
from tests.builders import a_customer
from tests.journey.allocation.conftest import Room
from tests.journey.allocation.test_runs import in_force, posted


def node(name: str, parent: str, rank: int, units: int, **others: Any) -> dict[str, Any]:
    """A node of a tree as a definition has it."""
    return {"name": name, "parent": parent, "rank": rank, "units": units, **others}


# D3.4: own, its parent and root; siblings ranked 15, 10 and 7 where own is 9; a sibling of the parent.
TREE = [
    node("root", "", 1, 30),
    node("parent", "root", 1, 10),
    node("region", "root", 2, 30),
    node("own", "parent", 9, 40, value="CN"),
    node("behind", "parent", 15, 20, value="DE"),
    node("just behind", "parent", 10, 20),
    node("before", "parent", 7, 99, value="FR"),
]


def orders_of(room: Room, *wanted: tuple[str, int | str]) -> list[int]:
    """Released orders by the country they go to and their units, in this order of entry."""
    made = []
    for country, units in wanted:
        made.append(room.order(units))
        SalesOrder.objects.filter(id=made[-1]).update(ship_to_country=country)
    return made


def test_d3_4_a_stored_tree_gives_150_of_220_and_leaves_70(room: Room) -> None:
    room.stock(1000)
    own, behind, before, elsewhere = orders_of(room, ("CN", 220), ("DE", 50), ("FR", 120), ("US", 60))
    in_force(room, "tree", tree={"key": "region", "nodes": TREE})
    posted(room, "tree")
    assert room.given(own, behind, before, elsewhere) == [150, 0, 99, 60]


def test_a_tree_counts_fractions_in_stock_units(room: Room) -> None:
    room.stock("90.5")
    (own,) = orders_of(room, ("CN", "60.5"))
    in_force(room, "tree", tree={"key": "region", "nodes": [node("own", "", 1, 40, value="CN")]})
    posted(room, "tree")
    assert room.given(own) == [Decimal(40)]


def test_a_product_with_nodes_of_its_own_does_not_have_the_others(room: Room) -> None:
    room.stock(100)
    (own,) = orders_of(room, ("CN", 60))
    nodes = [node("all", "", 1, 5, value="CN"), node("all", "", 1, 25, value="CN", product=room.product.code)]
    in_force(room, "tree", tree={"key": "region", "nodes": nodes})
    posted(room, "tree")
    assert room.given(own) == [25]


def test_the_first_customer_class_can_be_a_node(room: Room) -> None:
    """Class 0 is a value like any other, though 0 stands for no parent."""
    room.stock(100)
    a_customer(room.company, customer_class="C")
    (own,) = orders_of(room, ("CN", 60))
    in_force(room, "tree", tree={"key": "customer_class", "nodes": [node("B", "", 1, 10, value=0), node("C", "", 1, 90, value=1)]})
    posted(room, "tree")
    assert room.given(own) == [10]


@pytest.mark.parametrize(
    ("tree", "code", "column"),
    [
        ({"key": "region"}, "malformed", "tree.nodes"),
        ({"nodes": []}, "malformed", "tree.key"),
        ({"key": "colour", "nodes": []}, "unknown_policy_key", "tree.key"),
        ({"key": "region", "nodes": [node("a", "b", 1, 1)]}, "malformed", "tree.nodes[0].parent"),
        ({"key": "region", "nodes": [node("a", "b", 1, 1), node("b", "a", 1, 1)]}, "limits_cannot_hold", "tree.nodes[0].parent"),
        ({"key": "region", "nodes": [node("a", "", 1, 1), node("a", "", 1, 1)]}, "malformed", "tree.nodes[1].name"),
        (
            {"key": "region", "nodes": [node("a", "", 1, 1, value="CN"), node("b", "", 1, 1, value="CN")]},
            "limits_cannot_hold",
            "tree.nodes[1].value",
        ),
        ({"key": "region", "nodes": [node("a", "", 1, -1)]}, "malformed", "tree.nodes[0].units"),
        ({"key": "region", "nodes": [node("a", "", 1, 1, value="XX")]}, "unknown_code", "tree.nodes[0].value"),
    ],
)
def test_a_tree_that_cannot_be_is_refused_at_its_place(room: Room, tree: dict[str, Any], code: str, column: str) -> None:
    refused = add_policy(act=room.act, draft=PolicyDraft("tree", "", {"tree": tree}))
    assert (refused.code, refused.facts["column"]) == (code, column)
