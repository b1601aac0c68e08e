"""Units taken from one line and given to another by a person."""

from datetime import timedelta
from decimal import Decimal

from dinghuo.journey.allocation.models import Shortage, StockSwap
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.policies import commit_lines, lift_commitments
from dinghuo.journey.allocation.operations.swaps import Donation, donors, proposed, swap_stock, undo_swap
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.shipping.operations import make_shipping_notices
from dinghuo.kernel.models import Event
from tests.builders import a_carrier, a_product, document_of
from tests.journey.allocation.conftest import Room


def three_orders(room: Room) -> tuple[int, int, int]:
    """A lacks 15; B has 20 due in nine days, C has 15 due tomorrow; nothing is free."""
    room.stock(35)
    far, near = room.order(20), room.order(15)
    allocate_orders(act=room.act)
    SalesOrder.objects.filter(id=far).update(requested_on=room.act.on + timedelta(days=9))
    SalesOrder.objects.filter(id=near).update(requested_on=room.act.on + timedelta(days=1))
    lacking = room.order(15)
    allocate_orders(act=room.act, order_ids=[lacking])
    return lacking, far, near


def line_of(order_id: int) -> int:
    return SalesOrderLine.objects.get(order_id=order_id).id


def test_the_order_that_is_due_last_is_proposed_first(room: Room) -> None:
    """D6.7: A needs 15; B has 20 due in nine days, C 15 due tomorrow: take from B."""
    lacking, far, near = three_orders(room)
    found = donors(act=room.act, line_id=line_of(lacking))
    assert [donor.line_id for donor in found] == [line_of(far), line_of(near)]
    assert found[0].lateness_days < found[1].lateness_days
    assert proposed(found, Decimal(15)) == [Donation(line_of(far), Decimal(15))]
    assert proposed(found, Decimal(30)) == [Donation(line_of(far), Decimal(20)), Donation(line_of(near), Decimal(10))]


def test_a_swap_moves_units_shortages_and_both_timelines(room: Room) -> None:
    lacking, far, _ = three_orders(room)
    donations = [Donation(line_of(far), Decimal(15))]
    (outcome,) = swap_stock(act=room.act, taker_line_id=line_of(lacking), donations=donations, reason="Key account.")
    swap_id = document_of(outcome)
    assert room.given(lacking, far) == [15, 5]
    open_ones = Shortage.objects.filter(closed_at=None).values_list("order_line_id", "quantity")
    assert dict(open_ones) == {line_of(far): 15}
    told = Event.objects.filter(kind="StockSwapped", document_id=swap_id)
    assert set(told.values_list("journey_id", flat=True)) == {lacking, far}
    swap = StockSwap.objects.get(id=swap_id)
    assert (swap.reason, swap.quantity) == ("Key account.", 15)


def test_a_swap_is_undone_once(room: Room) -> None:
    lacking, far, _ = three_orders(room)
    donations = [Donation(line_of(far), Decimal(15))]
    (made,) = swap_stock(act=room.act, taker_line_id=line_of(lacking), donations=donations, reason="Mistake.")
    assert made.document_id is not None
    assert undo_swap(act=room.act, swap_id=made.document_id).done
    assert room.given(lacking, far) == [0, 20]
    assert dict(Shortage.objects.filter(closed_at=None).values_list("order_line_id", "quantity")) == {line_of(lacking): 15}
    assert undo_swap(act=room.act, swap_id=made.document_id).code == "already_undone"
    assert undo_swap(act=room.act, swap_id=2**40).code == "not_found"


def test_what_a_shipment_holds_is_neither_taken_nor_taken_back(room: Room) -> None:
    a_carrier(room.company)
    lacking, far, near = three_orders(room)
    make_shipping_notices(act=room.act, order_ids=[far])
    donations = [Donation(line_of(far), Decimal(15))]
    (refused,) = swap_stock(act=room.act, taker_line_id=line_of(lacking), donations=donations, reason="No.")
    assert (refused.code, refused.facts) == ("not_enough_to_take", {"movable": 0})
    donations = [Donation(line_of(near), Decimal(15))]
    (made,) = swap_stock(act=room.act, taker_line_id=line_of(lacking), donations=donations, reason="Yes.")
    make_shipping_notices(act=room.act, order_ids=[lacking])
    assert made.document_id is not None
    assert undo_swap(act=room.act, swap_id=made.document_id).code == "not_enough_to_take"
    assert room.given(lacking, far, near) == [15, 20, 0]


def test_a_swap_that_cannot_be_changes_nothing(room: Room) -> None:
    lacking, far, near = three_orders(room)
    taker = line_of(lacking)
    other = a_product(room.company)
    elsewhere = Room(room.company, room.act, room.warehouse, other, room.customer).order(5)
    commit_lines(act=room.act, line_ids=[line_of(near)], reason="Promised.")

    def codes(line_id: int, *donations: tuple[int, str]) -> list[str]:
        asked = [Donation(donor, Decimal(quantity)) for donor, quantity in donations]
        return [row.code for row in swap_stock(act=room.act, taker_line_id=line_id, donations=asked, reason="Try.")]

    assert codes(2**40, (line_of(far), "1")) == ["not_found"]
    assert codes(taker, (2**40, "1")) == ["not_found"]
    assert codes(taker, (line_of(far), "0")) == ["malformed"]
    assert codes(taker, (line_of(far), "NaN")) == ["malformed"]
    assert codes(taker, (line_of(far), "1"), (line_of(far), "1")) == ["malformed"]
    assert codes(taker) == ["malformed"]
    assert codes(taker, (line_of(elsewhere), "1")) == ["not_same_product"]
    assert codes(taker, (taker, "1")) == ["not_same_product"]
    assert codes(taker, (line_of(far), "21")) == ["not_enough_to_take"]
    assert codes(taker, (line_of(far), "16")) == ["more_than_lacking"]
    assert codes(taker, (line_of(near), "1")) == ["committed_line"]
    assert [donor.line_id for donor in donors(act=room.act, line_id=taker)] == [line_of(far)]
    assert room.given(lacking, far, near) == [0, 20, 15]


def test_commitments_are_made_and_lifted_once(room: Room) -> None:
    line_id = line_of(room.order(5))
    assert [row.code for row in commit_lines(act=room.act, line_ids=[line_id, 2**40], reason="A.")] == ["not_found", "done"]
    assert [row.code for row in commit_lines(act=room.act, line_ids=[line_id], reason="B.")] == ["already_committed"]
    assert [row.code for row in lift_commitments(act=room.act, line_ids=[line_id])] == ["done"]
    assert [row.code for row in lift_commitments(act=room.act, line_ids=[line_id])] == ["not_committed"]
