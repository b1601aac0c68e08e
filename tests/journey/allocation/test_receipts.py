"""Goods expected are counted once they come, once each, at their cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import InboundSupply, Lot, StockDocument, StockLevel, StockMove
from dinghuo.journey.allocation.operations import expect_supply, receive_expected, receive_stock
from dinghuo.journey.allocation.rules import Receipt, Supply
from dinghuo.kernel.models import Event
from tests.builders import TODAY, a_product, an_act
from tests.journey.allocation.conftest import Room


def receipt(room: Room, quantity: int | str = 10, cost: str = "6", **given: Any) -> Receipt:
    return Receipt(room.warehouse.id, room.product.id, Decimal(quantity), Decimal(cost), **given)


def supply(room: Room, quantity: int = 10, on: date = TODAY) -> int:
    (outcome,) = expect_supply(
        act=room.act, supplies=[Supply(room.warehouse.id, room.product.id, Decimal(quantity), Decimal("2.5"), on)]
    )
    assert outcome.document_id is not None
    return outcome.document_id


def test_received_goods_are_free_stock_at_their_rounded_cost(room: Room) -> None:
    outcomes = receive_stock(act=room.act, receipts=[receipt(room, 3, "1.115"), receipt(room, "0.5", "0.333333")], reason="first")
    document = StockDocument.objects.get()
    assert [(row.id, row.code, row.document_id) for row in outcomes] == [(0, "done", document.id), (1, "done", document.id)]
    assert (document.kind, document.number, document.reason) == ("receipt", "GR2026-000001", "first")
    level = StockLevel.objects.get()
    assert (level.on_hand, level.allocated, level.cost_amount) == (Decimal("3.5"), 0, Decimal("3.35") + Decimal("0.17"))
    assert list(StockMove.objects.order_by("id").values_list("cost_amount", flat=True)) == [Decimal("3.35"), Decimal("0.17")]
    assert Event.objects.get(kind="StockReceived").facts["quantity"] == "3.5"


def test_a_lot_is_made_once_and_keeps_its_expiry(room: Room) -> None:
    room.keep_lots()
    expires = TODAY + timedelta(days=90)
    receive_stock(act=room.act, receipts=[receipt(room, lot_code="L1"), receipt(room, lot_code="L1", expires_on=expires)])
    receive_stock(act=room.act, receipts=[receipt(room, lot_code="L1", expires_on=expires + timedelta(days=1))])
    lot = Lot.objects.get()
    assert (lot.expires_on, lot.received_on) == (expires, TODAY)
    assert {level.lot_id: level.on_hand for level in StockLevel.objects.all()} == {lot.id: Decimal(30)}


def test_a_product_that_keeps_lots_is_received_by_lot_and_no_other_is(room: Room) -> None:
    (refused,) = receive_stock(act=room.act, receipts=[receipt(room, lot_code="L1")])
    assert refused.code == "lot_not_kept"
    room.keep_lots()
    (refused,) = receive_stock(act=room.act, receipts=[receipt(room)])
    assert refused.code == "lot_missing"
    assert not StockMove.objects.exists()
    assert not Lot.objects.exists()


def test_goods_are_received_on_a_day_that_has_been_and_on_no_other(room: Room) -> None:
    tomorrow, last_week = TODAY + timedelta(days=1), TODAY - timedelta(days=7)
    (refused,) = receive_stock(act=room.act, receipts=[receipt(room)], received_on=tomorrow)
    assert (refused.code, refused.facts) == ("dated_in_future", {"received_on": tomorrow, "today": TODAY})
    assert not StockDocument.objects.exists()
    receive_stock(act=room.act, receipts=[receipt(room)], received_on=last_week)
    assert StockDocument.objects.get().moved_on == last_week


def test_the_same_reference_again_changes_nothing_and_names_the_first_document(room: Room) -> None:
    first = receive_stock(act=room.act, receipts=[receipt(room)], external_ref="ASN-1")
    again = receive_stock(act=room.act, receipts=[receipt(room, 99)], external_ref="ASN-1")
    assert [row.document_id for row in again] == [row.document_id for row in first]
    assert again[0].facts == {"repeated": True}
    assert StockLevel.objects.get().on_hand == 10
    assert Event.objects.filter(kind="StockReceived").count() == 1


def test_what_cannot_be_received_is_named_and_the_rest_is_received(room: Room) -> None:
    outcomes = receive_stock(
        act=room.act,
        receipts=[
            receipt(room, 0),
            Receipt(-1, room.product.id, Decimal(1), Decimal(1)),
            Receipt(room.warehouse.id, -1, Decimal(1), Decimal(1)),
            receipt(room, inbound_id=-1),
            receipt(room, 4),
        ],
    )
    codes = ["malformed", "unknown_warehouse", "unknown_product", "unknown_supply", "done"]
    assert [row.code for row in outcomes] == codes
    assert outcomes[0].facts == {"columns": ["quantity"]}
    assert StockLevel.objects.get().on_hand == 4


def test_a_receipt_without_anything_to_receive_writes_nothing(room: Room) -> None:
    (outcome,) = receive_stock(act=room.act, receipts=[Receipt(-1, room.product.id, Decimal(1), Decimal(1))])
    assert outcome.code == "unknown_warehouse"
    assert not StockDocument.objects.exists()
    assert receive_stock(act=room.act, receipts=[]) == []


def test_a_supply_is_received_in_parts_and_never_beyond_what_was_expected(room: Room) -> None:
    inbound_id = supply(room, 10)
    first, over, rest = receive_stock(
        act=room.act,
        receipts=[receipt(room, 6, inbound_id=inbound_id), receipt(room, 5, inbound_id=inbound_id), receipt(room, 4)],
    )
    assert (first.code, over.code, rest.code) == ("done", "more_than_expected", "done")
    assert over.facts == {"due": Decimal(10)}
    assert InboundSupply.objects.get().received == 6
    (over,) = receive_stock(act=room.act, receipts=[receipt(room, 5, inbound_id=inbound_id)])
    assert (over.code, over.facts) == ("more_than_expected", {"due": Decimal(4)})


def test_what_is_due_is_received_and_what_is_not_waits(room: Room) -> None:
    due, later = supply(room, 10), supply(room, 7, TODAY + timedelta(days=1))
    assert [row.id for row in receive_expected(act=room.act)] == [due]
    assert receive_expected(act=room.act) == []
    assert StockLevel.objects.get().cost_amount == Decimal("25.00")
    assert [row.id for row in receive_expected(act=an_act(room.company, on=TODAY + timedelta(days=1)))] == [later]
    assert StockLevel.objects.get().on_hand == 17


def test_a_named_supply_is_received_before_its_day_and_only_once(room: Room) -> None:
    later = supply(room, 7, TODAY + timedelta(days=30))
    assert [(row.id, row.code) for row in receive_expected(act=room.act, inbound_ids=[later, -5])] == [
        (-5, "not_found"),
        (later, "done"),
    ]
    assert [row.code for row in receive_expected(act=room.act, inbound_ids=[later])] == ["nothing_expected"]


def test_a_supply_that_cannot_be_is_refused_and_the_rest_is_written(room: Room) -> None:
    good = Supply(room.warehouse.id, room.product.id, Decimal(1), Decimal(1), TODAY, "PO-1", is_generated=True)
    outcomes = expect_supply(
        act=room.act,
        supplies=[
            Supply(room.warehouse.id, room.product.id, Decimal(-1), Decimal("NaN"), TODAY),
            good,
            Supply(room.warehouse.id, -1, Decimal(1), Decimal(1), TODAY),
            Supply(-1, room.product.id, Decimal(1), Decimal(1), TODAY),
            good,
        ],
    )
    assert [row.code for row in outcomes] == ["malformed", "done", "unknown_product", "unknown_warehouse", "done"]
    ids = list(InboundSupply.objects.order_by("id").values_list("id", flat=True))
    assert [outcomes[1].document_id, outcomes[4].document_id] == ids


@pytest.mark.parametrize("count", [1, 30])
def test_a_receipt_takes_the_same_statements_however_long(room: Room, count: int) -> None:
    products = [a_product(room.company, keeps_lots=True) for _ in range(count)]
    receipts = [Receipt(room.warehouse.id, product.id, Decimal(1), Decimal(1), lot_code="L") for product in products]
    with CaptureQueriesContext(connection) as captured:
        receive_stock(act=room.act, receipts=receipts)
    statements = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 4
    assert StockLevel.objects.count() == count
