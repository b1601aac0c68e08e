"""A count corrects stock by what it found, and what it counts stays where it is meanwhile."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import StockCount, StockCountLine, StockDocument
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, receive_stock
from dinghuo.journey.allocation.operations.counts import CountDraft, cancel_count, open_count, post_count, record_count
from dinghuo.journey.allocation.operations.quarantine import set_aside
from dinghuo.journey.allocation.operations.transfers import send_transfer
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from dinghuo.journey.allocation.rules.keeping import Counted, TransferDraft, TransferLineDraft
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel.errors import Malformed, Missing, Refused
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from tests.builders import TODAY, a_carrier, a_product, document_of
from tests.journey.allocation.conftest import Room


def opened(room: Room, zone: str = "") -> int:
    return open_count(act=room.act, draft=CountDraft(room.warehouse.id, zone)).id


def counted(room: Room, count_id: int, quantity: int | str, lot_id: int | None = None) -> str:
    (outcome,) = record_count(act=room.act, count_id=count_id, entries=[Counted(room.product.id, Decimal(quantity), lot_id)])
    return outcome.code


def test_a_difference_is_posted_with_its_reason_and_who_approved_it(room: Room) -> None:
    room.stock(10)
    count_id = opened(room)
    assert counted(room, count_id, 8) == "done"
    approver = Act(room.act.company_id, room.act.at, room.act.on, actor_id=42)
    (outcome,) = post_count(act=approver, count_id=count_id, reason="year end")
    document = StockDocument.objects.get(id=document_of(outcome))
    assert (document.kind, document.reason) == ("adjustment", "year end")
    level = room.level()
    assert (level.on_hand, level.cost_amount) == (8, Decimal("48.00"))
    count = StockCount.objects.get()
    assert (count.state, count.approved_by_id, count.document_id, count.reason) == ("posted", 42, document.id, "year end")
    assert Decimal(Event.objects.get(kind="CountPosted").facts["quantity"]) == -2


def test_who_counted_does_not_post_what_he_found(room: Room) -> None:
    room.stock(10)
    keeper, other = replace(room.act, actor_id=7), replace(room.act, actor_id=8)
    count_id = opened(room)
    record_count(act=keeper, count_id=count_id, entries=[Counted(room.product.id, Decimal(8))])
    with pytest.raises(Refused) as refused:
        post_count(act=keeper, count_id=count_id, reason="mine")
    assert (refused.value.reason, refused.value.facts["number"]) == ("counted_by_you", StockCount.objects.get().number)
    assert room.level().on_hand == 10
    record_count(act=other, count_id=count_id, entries=[Counted(room.product.id, Decimal(9))])
    assert all(row.done for row in post_count(act=keeper, count_id=count_id, reason="counted again by another"))
    assert room.level().on_hand == 9


def test_nothing_is_dated_before_the_last_count_of_the_product_there(room: Room) -> None:
    room.stock(10)
    count_id = opened(room)
    counted(room, count_id, 8)
    post_count(act=room.act, count_id=count_id, reason="year end")
    yesterday = TODAY - timedelta(days=1)
    line = Receipt(room.warehouse.id, room.product.id, Decimal(1), Decimal(1))
    (receipt,) = receive_stock(act=room.act, receipts=[line], received_on=yesterday)
    assert (receipt.code, receipt.facts) == ("counted_since", {"counted_on": TODAY})
    change = Adjustment(room.warehouse.id, room.product.id, Decimal(-1))
    (correction,) = adjust_stock(act=replace(room.act, on=yesterday), adjustments=[change], reason="late")
    assert (correction.code, correction.facts) == ("counted_since", {"counted_on": TODAY})
    assert room.level().on_hand == 8
    elsewhere = replace(line, warehouse_id=room.other_warehouse().id)
    other = replace(line, product_id=a_product(room.company).id)
    assert all(row.done for row in receive_stock(act=room.act, receipts=[elsewhere, other], received_on=yesterday))
    assert all(row.done for row in receive_stock(act=room.act, receipts=[line], received_on=TODAY))


def test_a_count_without_a_difference_corrects_nothing(room: Room) -> None:
    room.stock(10)
    count_id = opened(room)
    counted(room, count_id, 10)
    (outcome,) = post_count(act=room.act, count_id=count_id, reason="as it should be")
    assert (outcome.code, outcome.document_id) == ("done", None)


def test_what_is_counted_is_neither_received_nor_moved_nor_corrected_until_the_count_ends(room: Room) -> None:
    room.stock(10)
    number = StockCount.objects.get(id=opened(room)).number
    other = room.with_product(a_product(room.company))
    draft = TransferDraft(room.warehouse.id, room.other_warehouse().id, [TransferLineDraft(room.product.id, Decimal(1))], TODAY)
    line = (room.warehouse.id, room.product.id, Decimal(1))
    tried = [
        receive_stock(act=room.act, receipts=[Receipt(*line, Decimal(1))]),
        adjust_stock(act=room.act, adjustments=[Adjustment(*line)], reason="found"),
        set_aside(act=room.act, goods=[Adjustment(*line)], reason="scratched"),
        send_transfer(act=room.act, draft=draft),
    ]
    assert [(outcome.code, outcome.facts) for (outcome,) in tried] == [("being_counted", {"count": number})] * 4
    assert room.level().on_hand == 10
    (untouched,) = receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, other.product.id, Decimal(1), Decimal(1))])
    assert untouched.done
    cancel_count(act=room.act, count_id=StockCount.objects.get().id, reason="no time")
    assert [row.code for row in adjust_stock(act=room.act, adjustments=[Adjustment(*line)], reason="found")] == ["done"]


def test_goods_that_left_for_a_customer_meanwhile_are_counted_again(room: Room) -> None:
    a_carrier(room.company)
    room.stock(10)
    order_id = room.order(3)
    allocate_orders(act=room.act, order_ids=[order_id])
    count_id = opened(room)
    counted(room, count_id, 10)
    make_shipping_notices(act=room.act, order_ids=[order_id])
    assert all(row.done for row in dispatch_shipments(act=room.act))
    (refused,) = post_count(act=room.act, count_id=count_id, reason="done")
    assert (refused.code, refused.facts["product"]) == ("moved_while_counted", room.product.code)
    counted(room, count_id, 7)
    assert StockCountLine.objects.get().rounds == 2
    assert [row.code for row in post_count(act=room.act, count_id=count_id, reason="done")] == ["done"]
    assert room.level().on_hand == 7


def test_what_is_promised_to_orders_is_not_counted_away(room: Room) -> None:
    room.stock(10)
    allocate_orders(act=room.act, order_ids=[room.order(6)])
    count_id = opened(room)
    counted(room, count_id, 5)
    (refused,) = post_count(act=room.act, count_id=count_id, reason="done")
    assert refused.code == "not_enough_free_stock"
    assert (refused.facts["allocated"], refused.facts["counted"]) == (6, 5)
    assert room.level().on_hand == 10
    assert StockCount.objects.get().state == "open"


def test_nothing_is_posted_before_all_is_counted(room: Room) -> None:
    room.stock(10)
    other = room.with_product(a_product(room.company))
    other.stock(5)
    count_id = opened(room)
    counted(room, count_id, 1)
    (refused,) = post_count(act=room.act, count_id=count_id, reason="done")
    assert (refused.code, refused.facts["product"]) == ("not_all_counted", other.product.code)
    assert room.level().on_hand == 10


def test_goods_that_the_sheet_does_not_have_are_added_to_it(room: Room) -> None:
    room.stock(10)
    found = room.with_product(a_product(room.company))
    count_id = opened(room)
    counted(room, count_id, 10)
    assert counted(found, count_id, 4) == "done"
    post_count(act=room.act, count_id=count_id, reason="found")
    assert (found.level().on_hand, found.level().cost_amount) == (4, Decimal("24.00"))


def test_a_zone_is_counted_without_the_rest_and_a_level_on_one_sheet_at_a_time(room: Room) -> None:
    room.stock(10)
    room.stock_setting(zone="A")
    other = room.with_product(a_product(room.company))
    other.stock(5)
    count_id = opened(room, "A")
    assert [line.stock_level_id for line in StockCountLine.objects.filter(count_id=count_id)] == [room.level().id]
    second = opened(room)
    assert [line.stock_level_id for line in StockCountLine.objects.filter(count_id=second)] == [other.level().id]
    with pytest.raises(Refused) as refused:
        opened(room)
    assert refused.value.reason == "nothing_to_count"


def test_a_count_that_cannot_go_on_says_why(room: Room) -> None:
    room.stock(10)
    count_id = opened(room)
    assert counted(room, count_id, -1) == "malformed"
    (unknown,) = record_count(act=room.act, count_id=count_id, entries=[Counted(-1, Decimal(1))])
    assert unknown.code == "unknown_product"
    assert counted(room, count_id, 1, lot_id=-1) == "unknown_lot"
    cancel_count(act=room.act, count_id=count_id, reason="no")
    with pytest.raises(Refused) as refused:
        counted(room, count_id, 1)
    assert refused.value.reason == "not_counting"
    with pytest.raises(Missing):
        post_count(act=room.act, count_id=-1, reason="x")
    with pytest.raises(Malformed):
        open_count(act=room.act, draft=CountDraft(-1))


@pytest.mark.parametrize("goods", [1, 20])
def test_a_count_takes_the_same_statements_however_long_its_sheet(room: Room, goods: int) -> None:
    rooms = [room.with_product(a_product(room.company)) for _ in range(goods)]
    for each in rooms:
        each.stock(5)
    taken = []
    with CaptureQueriesContext(connection) as captured:
        count_id = opened(room)
    taken.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    with CaptureQueriesContext(connection) as captured:
        record_count(act=room.act, count_id=count_id, entries=[Counted(each.product.id, Decimal(4)) for each in rooms])
    taken.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    with CaptureQueriesContext(connection) as captured:
        post_count(act=room.act, count_id=count_id, reason="counted")
    taken.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert taken == [5, 6, 10]
    assert all(each.level().on_hand == 4 for each in rooms)
