"""What leaves one warehouse enters another, by way of a place that nobody is served from; its cost goes with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import InboundSupply, LinePromise, Lot, StockLevel, StockMove, StockTransfer, SupplyPeg
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, receive_expected, receive_stock
from dinghuo.journey.allocation.operations.counts import CountDraft, open_count
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.journey.allocation.operations.transfer_ends import end_transfer
from dinghuo.journey.allocation.operations.transfers import receive_transfer, send_transfer
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from dinghuo.journey.allocation.rules.keeping import TransferDraft, TransferLineDraft
from dinghuo.journey.finance.models import JournalEntry
from dinghuo.journey.finance.operations import install_accounts, post_stock_documents
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Warehouse
from tests.builders import TODAY, a_product, document_of
from tests.journey.allocation.conftest import Room


def sent(room: Room, to: Warehouse, *quantities: int | str, **given: Any) -> list[Outcome]:
    lines = [TransferLineDraft(room.product.id, Decimal(quantity)) for quantity in quantities]
    plain = {"from_warehouse_id": room.warehouse.id, "to_warehouse_id": to.id, "lines": lines, "expected_on": TODAY}
    return send_transfer(act=room.act, draft=TransferDraft(**{**plain, **given}))


def held_in(room: Room) -> dict[str, Decimal]:
    return {level.warehouse.code: level.on_hand for level in StockLevel.objects.filter(product=room.product, on_hand__gt=0)}


def test_goods_are_out_then_in_transit_then_in_and_keep_their_cost(room: Room) -> None:
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(3), Decimal("3.333333"))])
    branch = room.other_warehouse()
    (outcome,) = sent(room, branch, 2)
    assert held_in(room) == {room.warehouse.code: 1, "TRANSIT": 2}
    assert sum(StockLevel.objects.values_list("cost_amount", flat=True)) == Decimal("10.00")
    expected = InboundSupply.objects.get()
    assert (expected.warehouse_id, expected.quantity, expected.unit_cost) == (branch.id, 2, Decimal("3.335"))
    (arrived,) = receive_transfer(act=room.act, transfer_id=document_of(outcome))
    assert arrived.done
    assert held_in(room) == {room.warehouse.code: 1, branch.code: 2}
    assert room.level(branch).cost_amount == Decimal("6.67")
    assert StockTransfer.objects.get().state == "arrived"
    assert [event.kind for event in Event.objects.filter(document="stock_transfer").order_by("id")] == [
        "TransferSent",
        "TransferArrived",
    ]


def test_nobody_is_served_from_goods_in_transit(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 10)
    order_id = room.order(4)
    allocate_orders(act=room.act, order_ids=[order_id])
    assert room.given(order_id) == [0]
    receive_transfer(act=room.act, transfer_id=document_of(outcome))
    allocate_orders(act=room.act)
    assert room.given(order_id) == [4]


def test_a_transfer_arrives_in_parts_and_never_more_than_was_sent(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 10)
    key = document_of(outcome)
    (first,) = receive_transfer(act=room.act, transfer_id=key, arrived={1: Decimal(4)})
    assert first.done
    assert StockTransfer.objects.get().state == "sent"
    (more,) = receive_transfer(act=room.act, transfer_id=key, arrived={1: Decimal(7)})
    assert (more.code, more.facts) == ("more_than_sent", {"due": Decimal(6)})
    (unknown,) = receive_transfer(act=room.act, transfer_id=key, arrived={2: Decimal(1)})
    (nothing,) = receive_transfer(act=room.act, transfer_id=key, arrived={1: Decimal(0)})
    assert (unknown.code, nothing.code) == ("not_found", "malformed")
    receive_transfer(act=room.act, transfer_id=key)
    assert [row.code for row in receive_transfer(act=room.act, transfer_id=key)] == ["nothing_expected"]
    assert [row.code for row in receive_transfer(act=room.act, transfer_id=-1)] == ["not_found"]


def test_what_is_lost_on_its_way_is_written_off_and_does_not_arrive(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 10)
    transit = Warehouse.objects.get(code="TRANSIT")
    adjust_stock(act=room.act, adjustments=[Adjustment(transit.id, room.product.id, Decimal(-3))], reason="fell off")
    (refused,) = receive_transfer(act=room.act, transfer_id=document_of(outcome))
    assert (refused.code, refused.facts) == ("not_in_transit", {"free": Decimal(7)})
    (done,) = receive_transfer(act=room.act, transfer_id=document_of(outcome), arrived={1: Decimal(7)})
    assert done.done


def test_a_transfer_that_cannot_be_is_refused_and_changes_nothing(room: Room) -> None:
    room.stock(10)
    allocate_orders(act=room.act, order_ids=[room.order(4)])
    branch = room.other_warehouse()
    before = StockMove.objects.count()
    (more,) = sent(room, branch, 7)
    assert (more.code, more.facts) == ("not_enough_free_stock", {"free": Decimal(6)})
    refused = {
        "same_warehouse": sent(room, room.warehouse, 1),
        "dated_in_past": sent(room, branch, 1, expected_on=TODAY - timedelta(days=1)),
        "malformed": sent(room, branch, "0.0001"),
        "unknown_warehouse": sent(room, branch, 1, to_warehouse_id=-1),
        "unknown_product": sent(room, branch, lines=[TransferLineDraft(-1, Decimal(1))]),
        "unknown_lot": sent(room, branch, lines=[TransferLineDraft(room.product.id, Decimal(1), lot_id=-1)]),
    }
    assert {code: outcome.code for code, (outcome,) in refused.items()} == {code: code for code in refused}
    assert StockMove.objects.count() == before
    assert not StockTransfer.objects.exists()


def test_lines_of_one_level_share_what_is_free(room: Room) -> None:
    room.stock(10)
    assert [row.code for row in sent(room, room.other_warehouse(), 6, 5, 4)] == ["done", "not_enough_free_stock", "done"]


def test_a_lot_stays_a_lot_on_its_way(room: Room) -> None:
    room.keep_lots()
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(5), Decimal(1), lot_code="L1")])
    lot, branch = Lot.objects.get(), room.other_warehouse()
    (outcome,) = sent(room, branch, lines=[TransferLineDraft(room.product.id, Decimal(5), lot.id)])
    receive_transfer(act=room.act, transfer_id=document_of(outcome))
    assert room.level(branch).lot_id == lot.id


def test_a_transfer_is_no_receipt_and_books_nothing(room: Room) -> None:
    install_accounts(act=room.act)
    room.stock(10)
    post_stock_documents(act=room.act)
    entries = JournalEntry.objects.count()
    (outcome,) = sent(room, room.other_warehouse(), 10)
    assert receive_expected(act=room.act) == []
    inbound = InboundSupply.objects.get()
    line = Receipt(inbound.warehouse_id, room.product.id, Decimal(10), Decimal(1), inbound_id=inbound.id)
    assert [row.code for row in receive_stock(act=room.act, receipts=[line])] == ["unknown_supply"]
    receive_transfer(act=room.act, transfer_id=document_of(outcome))
    assert all(row.done for row in post_stock_documents(act=room.act))
    assert JournalEntry.objects.count() == entries


def test_a_transfer_of_which_nothing_arrived_is_cancelled_and_its_goods_are_back(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 6)
    key = document_of(outcome)
    (ended,) = end_transfer(act=room.act, transfer_id=key, rest="returned", reason="wrong warehouse")
    assert ended.done
    assert held_in(room) == {room.warehouse.code: 10}
    assert room.level(room.warehouse).cost_amount == Decimal("60.00")
    transfer, expected = StockTransfer.objects.get(), InboundSupply.objects.get()
    assert (transfer.state, transfer.end_reason) == ("cancelled", "wrong warehouse")
    assert (expected.quantity, expected.received) == (0, 0)
    assert Event.objects.filter(kind="TransferCancelled").count() == 1
    again = end_transfer(act=room.act, transfer_id=key, rest="returned", reason="again")
    assert [row.code for row in again] == ["nothing_expected"]
    assert [row.code for row in receive_transfer(act=room.act, transfer_id=key)] == ["nothing_expected"]
    assert [row.code for row in end_transfer(act=room.act, transfer_id=-1, rest="returned", reason="x")] == ["not_found"]


def test_the_rest_of_a_transfer_is_written_off_with_its_cost_and_the_ledger_follows(room: Room) -> None:
    install_accounts(act=room.act)
    room.stock(10)
    branch = room.other_warehouse()
    (outcome,) = sent(room, branch, 10)
    receive_transfer(act=room.act, transfer_id=document_of(outcome), arrived={1: Decimal(4)})
    post_stock_documents(act=room.act)
    entries = JournalEntry.objects.count()
    (ended,) = end_transfer(act=room.act, transfer_id=document_of(outcome), rest="written_off", reason="fell off")
    assert held_in(room) == {branch.code: 4}
    assert room.level(branch).cost_amount == Decimal("24.00")
    move = StockMove.objects.get(document_id=document_of(ended))
    assert (move.quantity, move.cost_amount, move.document.kind) == (-6, Decimal("-36.00"), "adjustment")
    assert StockTransfer.objects.get().state == "closed"
    assert all(row.done for row in post_stock_documents(act=room.act))
    assert JournalEntry.objects.count() == entries + 1


def test_the_rest_of_a_transfer_that_partly_arrived_returns_and_it_is_closed(room: Room) -> None:
    room.stock(10)
    branch = room.other_warehouse()
    (outcome,) = sent(room, branch, 10)
    receive_transfer(act=room.act, transfer_id=document_of(outcome), arrived={1: Decimal(4)})
    (ended,) = end_transfer(act=room.act, transfer_id=document_of(outcome), rest="returned", reason="no room")
    assert ended.done
    assert held_in(room) == {room.warehouse.code: 6, branch.code: 4}
    assert StockTransfer.objects.get().state == "closed"


def test_what_was_written_off_on_its_way_neither_returns_nor_is_written_off_twice(room: Room) -> None:
    room.stock(15)
    branch = room.other_warehouse()
    (first,) = sent(room, branch, 10)
    sent(room, branch, 5)
    transit = Warehouse.objects.get(code="TRANSIT")
    adjust_stock(act=room.act, adjustments=[Adjustment(transit.id, room.product.id, Decimal(-8))], reason="fell off")
    (refused,) = end_transfer(act=room.act, transfer_id=document_of(first), rest="returned", reason="back")
    assert (refused.code, refused.facts) == ("not_in_transit", {"free": Decimal(7)})
    (done,) = end_transfer(act=room.act, transfer_id=document_of(first), rest="written_off", reason="lost")
    assert done.done
    assert held_in(room) == {"TRANSIT": 5}


def test_goods_do_not_come_back_while_they_are_counted_there(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 6)
    number = open_count(act=room.act, draft=CountDraft(room.warehouse.id)).facts["number"]
    (refused,) = end_transfer(act=room.act, transfer_id=document_of(outcome), rest="returned", reason="back")
    assert (refused.id, refused.code, refused.facts) == (1, "being_counted", {"count": number})
    assert StockTransfer.objects.get().state == "sent"


def test_a_promise_that_counted_on_a_transfer_loses_its_day_when_the_goods_are_lost(room: Room) -> None:
    room.stock(10)
    (outcome,) = sent(room, room.other_warehouse(), 10, expected_on=TODAY + timedelta(days=3))
    order_id = room.order(4)
    allocate_orders(act=room.act, order_ids=[order_id])
    promise_lines(act=room.act, order_ids=[order_id])
    peg_backorders(act=room.act)
    assert LinePromise.objects.get().promised_on == TODAY + timedelta(days=3)
    end_transfer(act=room.act, transfer_id=document_of(outcome), rest="written_off", reason="lost")
    assert LinePromise.objects.get().promised_on is None
    assert not SupplyPeg.objects.exists()
    assert Event.objects.get(kind="PromiseMoved").journey_id == order_id


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("rest", "statements"), [("returned", 15), ("written_off", 16)])
def test_ending_a_transfer_takes_the_same_statements_however_long(room: Room, count: int, rest: str, statements: int) -> None:
    products = [a_product(room.company) for _ in range(count)]
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, product.id, Decimal(2), Decimal(1)) for product in products])
    lines = [TransferLineDraft(product.id, Decimal(1)) for product in products]
    (*_, outcome) = sent(room, room.other_warehouse(), lines=lines)
    with CaptureQueriesContext(connection) as captured:
        ended = end_transfer(act=room.act, transfer_id=document_of(outcome), rest=rest, reason="why")
    assert [row.id for row in ended] == list(range(1, count + 1))
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == statements


@pytest.mark.parametrize("count", [1, 30])
def test_a_transfer_takes_the_same_statements_however_long(room: Room, count: int) -> None:
    branch = room.other_warehouse()
    products = [a_product(room.company) for _ in range(count)]
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, product.id, Decimal(2), Decimal(1)) for product in products])
    with CaptureQueriesContext(connection) as captured:
        (*_, outcome) = sent(room, branch, lines=[TransferLineDraft(product.id, Decimal(1)) for product in products])
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 8
    with CaptureQueriesContext(connection) as captured:
        receive_transfer(act=room.act, transfer_id=document_of(outcome))
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 8
