"""Sets: lines of an order that go together, as many whole sets as the scarcest part allows."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from dinghuo.journey.allocation.explanations import explanation
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.sentences import sentences
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.ordering.operations import amend_order, copy_order, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment, LineDraft, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.reference.models import Product
from tests.builders import a_product
from tests.journey.allocation.conftest import Room
from tests.journey.allocation.test_runs import in_force, posted


def part(product: Product, quantity: int | str, per_set: int | str, kit: str = "desk") -> LineDraft:
    """A line that is part of a set."""
    return LineDraft(product.id, Decimal(quantity), kit=kit, per_set=Decimal(per_set))


def entered(room: Room, *lines: LineDraft) -> Any:
    """The outcome of entering an order."""
    return enter_orders(act=room.act, drafts=[OrderDraft(room.customer.id, room.warehouse.id, lines)])[0]


def released(room: Room, *lines: LineDraft) -> int:
    """A released order of these lines."""
    order_id = entered(room, *lines).document_id
    submit_orders(act=room.act, order_ids=[order_id])
    (outcome,) = review_orders(act=room.act, order_ids=[order_id])
    assert outcome.facts["state"] == "released", outcome
    return int(order_id)


def allocated(order_id: int) -> list[Decimal]:
    """What each line of an order has, by position."""
    return list(SalesOrderLine.objects.filter(order_id=order_id).order_by("position").values_list("allocated", flat=True))


def test_d4_10_nine_and_six_make_four_sets_of_two_and_one(room: Room) -> None:
    other = a_product(room.company)
    room.stock(9)
    room.with_product(other).stock(6)
    order_id = released(room, part(room.product, 20, 2), part(other, 10, 1))
    posted(room)
    assert allocated(order_id) == [8, 4]
    line = SalesOrderLine.objects.get(order_id=order_id, position=1)
    told = explanation(company_id=room.company.id, line_id=line.pk)
    with translation.override("en"):
        assert "It got 8 of 20: 4 of 10 sets could be made." in sentences(told)


def test_a_later_run_makes_the_sets_that_the_stock_has_become_enough_for(room: Room) -> None:
    other = a_product(room.company)
    room.stock(9)
    room.with_product(other).stock(6)
    order_id = released(room, part(room.product, 20, 2), part(other, 10, 1))
    posted(room)
    room.stock_more(3)
    posted(room)
    assert allocated(order_id) == [12, 6]


def test_lines_outside_the_set_and_other_sets_are_served_on_their_own(room: Room) -> None:
    other, third = a_product(room.company), a_product(room.company)
    room.stock(9)
    room.with_product(third).stock(5)
    lines = [part(room.product, 4, 2), part(other, 2, 1), part(third, 3, 1, "lamp"), LineDraft(room.product.id, Decimal(5))]
    order_id = released(room, *lines)
    posted(room)
    assert allocated(order_id) == [0, 0, 3, 5]


def test_sets_of_a_fraction_are_made_in_thousandths(room: Room) -> None:
    other = a_product(room.company)
    room.stock(4)
    room.with_product(other).stock(10)
    order_id = released(room, part(room.product, 6, "1.5"), part(other, 4, 1))
    in_force(room, "again", otherwise="redistribute")
    posted(room, "again")
    assert allocated(order_id) == [3, 2]


@pytest.mark.parametrize(
    ("quantity", "per_set", "kit", "column"),
    [("7", "2", "desk", "quantity"), ("6", "0", "desk", "per_set"), ("6", "2", "", "per_set"), ("6", "2", "x" * 41, "kit")],
)
def test_a_part_of_a_set_that_cannot_be_is_refused(room: Room, quantity: str, per_set: str, kit: str, column: str) -> None:
    refused = entered(room, part(room.product, quantity, per_set, kit))
    assert (refused.code, refused.facts["line"], refused.facts["column"]) == ("malformed", 1, column)


def test_sets_are_kept_in_a_copy_and_in_lines_that_an_amendment_adds(room: Room) -> None:
    order_id = entered(room, part(room.product, 4, 2)).document_id
    assert amend_order(act=room.act, order_id=order_id, amendment=Amendment(1, added=[part(room.product, 3, 3)])).done
    copied = copy_order(act=room.act, order_id=order_id)
    kept = SalesOrderLine.objects.filter(order_id=copied.document_id).order_by("position")
    assert list(kept.values_list("kit", "per_set")) == [("desk", 2), ("desk", 3)]


def test_a_set_that_was_served_line_by_line_is_made_whole_by_the_next_run(room: Room) -> None:
    other = a_product(room.company)
    room.stock(9)
    room.with_product(other).stock(6)
    order_id = released(room, part(room.product, 20, 2), part(other, 10, 1))
    allocate_orders(act=room.act, order_ids=[order_id])
    assert allocated(order_id) == [9, 6]
    assert posted(room).problems == []
    assert allocated(order_id) == [8, 4]
