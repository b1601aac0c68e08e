"""Stock is corrected by what is free, at a cost that adds up."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import StockDocument, StockLevel, StockMove
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, receive_stock
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from dinghuo.kernel.models import Event
from tests.builders import a_product, a_warehouse
from tests.journey.allocation.conftest import Room


def correction(room: Room, quantity: int | str, unit_cost: str | None = None, source_row: int | None = None) -> Adjustment:
    cost = None if unit_cost is None else Decimal(unit_cost)
    return Adjustment(room.warehouse.id, room.product.id, Decimal(quantity), unit_cost=cost, source_row=source_row)


def test_damaged_goods_leave_with_their_share_of_the_cost(room: Room) -> None:
    level = room.stock(10)
    outcomes = adjust_stock(act=room.act, adjustments=[correction(room, -3, source_row=77), correction(room, 1)], reason="count")
    level.refresh_from_db()
    assert (level.on_hand, level.cost_amount) == (Decimal(8), Decimal(48))
    document = StockDocument.objects.get(kind="adjustment")
    assert (document.number, document.reason) == ("AD2026-000001", "count")
    assert [(row.code, row.document_id) for row in outcomes] == [("done", document.id)] * 2
    assert StockMove.objects.get(source_row=77).cost_amount == Decimal(-18)
    assert Event.objects.get(kind="StockAdjusted").facts["quantity"] == "-2"


def test_what_is_promised_cannot_be_written_off(room: Room) -> None:
    room.stock(10)
    allocate_orders(act=room.act, order_ids=[room.order(8)])
    refused, done = adjust_stock(act=room.act, adjustments=[correction(room, -3), correction(room, -2)], reason="lost")
    assert (refused.code, refused.facts) == ("not_enough_free_stock", {"free": Decimal(2)})
    assert done.done
    assert StockLevel.objects.get().on_hand == 8


def test_an_emptied_level_costs_nothing(room: Room) -> None:
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(3), Decimal("3.333333"))])
    adjust_stock(act=room.act, adjustments=[correction(room, -1), correction(room, -2)], reason="lost")
    assert StockLevel.objects.get().cost_amount == 0


def test_goods_found_where_there_were_none_make_a_level(room: Room) -> None:
    adjust_stock(act=room.act, adjustments=[correction(room, 4), correction(room, 1, "2.5")], reason="found")
    level = StockLevel.objects.get()
    assert (level.on_hand, level.cost_amount) == (Decimal(5), Decimal("26.50"))


def test_what_cannot_be_is_named_and_the_rest_is_corrected(room: Room) -> None:
    room.stock(10)
    other = a_warehouse(room.company)
    outcomes = adjust_stock(
        act=room.act,
        adjustments=[
            correction(room, 0),
            Adjustment(-1, room.product.id, Decimal(1)),
            Adjustment(room.warehouse.id, -1, Decimal(1)),
            Adjustment(room.warehouse.id, room.product.id, Decimal(1), lot_id=-1),
            Adjustment(other.id, room.product.id, Decimal(-1)),
            correction(room, -1),
        ],
        reason="count",
    )
    codes = ["malformed", "unknown_warehouse", "unknown_product", "unknown_lot", "not_enough_free_stock", "done"]
    assert [row.code for row in outcomes] == codes
    assert StockLevel.objects.get().on_hand == 9


def test_the_same_reference_again_corrects_nothing(room: Room) -> None:
    room.stock(10)
    (first,) = adjust_stock(act=room.act, adjustments=[correction(room, -1)], reason="lost", external_ref="row-1")
    (again,) = adjust_stock(act=room.act, adjustments=[correction(room, -1)], reason="lost", external_ref="row-1")
    assert (again.document_id, again.facts) == (first.document_id, {"repeated": True})
    assert StockLevel.objects.get().on_hand == 9


@pytest.mark.parametrize("count", [1, 30])
def test_a_correction_takes_the_same_statements_however_long(room: Room, count: int) -> None:
    products = [a_product(room.company) for _ in range(count)]
    adjustments = [Adjustment(room.warehouse.id, product.id, Decimal(1)) for product in products]
    with CaptureQueriesContext(connection) as captured:
        adjust_stock(act=room.act, adjustments=adjustments, reason="found")
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 6


def test_goods_kept_by_lot_leave_by_lot_and_those_without_one_can_still_leave(room: Room) -> None:
    room.stock(3)
    room.keep_lots()
    (left,) = adjust_stock(act=room.act, adjustments=[Adjustment(room.warehouse.id, room.product.id, Decimal(-3))], reason="old")
    assert left.done
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(5), Decimal(1), lot_code="L1")])
    (refused,) = adjust_stock(act=room.act, adjustments=[Adjustment(room.warehouse.id, room.product.id, Decimal(-1))], reason="?")
    assert refused.code == "lot_missing"
