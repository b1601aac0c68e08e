"""Goods set aside are nobody's until somebody has decided about them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import Quarantine, StockDocument
from dinghuo.journey.allocation.operations import allocate_orders, receive_stock
from dinghuo.journey.allocation.operations.quarantine import release_quarantine, scrap_quarantine, set_aside
from dinghuo.journey.allocation.rules import Adjustment, Receipt
from tests.builders import a_product
from tests.journey.allocation.conftest import Room


def aside(room: Room, *quantities: int | str) -> list[int]:
    goods = [Adjustment(room.warehouse.id, room.product.id, Decimal(quantity)) for quantity in quantities]
    outcomes = set_aside(act=room.act, goods=goods, reason="scratched")
    assert all(row.done for row in outcomes), outcomes
    return [row.document_id or 0 for row in outcomes]


def test_nobody_is_given_what_is_set_aside_until_it_is_released(room: Room) -> None:
    room.stock(10)
    (key,) = aside(room, 8)
    order_id = room.order(5)
    allocate_orders(act=room.act, order_ids=[order_id])
    assert room.given(order_id) == [2]
    assert room.level().on_hand == 10
    assert [row.code for row in release_quarantine(act=room.act, quarantine_ids=[key], reason="good")] == ["done"]
    allocate_orders(act=room.act)
    assert room.given(order_id) == [5]


def test_what_is_scrapped_leaves_stock_at_its_share_of_the_cost(room: Room) -> None:
    receive_stock(act=room.act, receipts=[Receipt(room.warehouse.id, room.product.id, Decimal(3), Decimal("3.333333"))])
    keys = aside(room, 1, 1)
    outcomes = scrap_quarantine(act=room.act, quarantine_ids=keys, reason="beyond repair")
    document = StockDocument.objects.get(kind="adjustment")
    assert [row.document_id for row in outcomes] == [document.id, document.id]
    level = room.level()
    assert (level.on_hand, level.allocated, level.cost_amount) == (1, 0, Decimal("3.33"))
    row = Quarantine.objects.get(id=keys[0])
    assert (row.state, row.end_reason, row.document_id) == ("scrapped", "beyond repair", document.id)


def test_a_decision_is_made_once(room: Room) -> None:
    room.stock(10)
    (key,) = aside(room, 8)
    scrap_quarantine(act=room.act, quarantine_ids=[key], reason="x")
    for again in (scrap_quarantine, release_quarantine):
        assert [(row.code, row.facts) for row in again(act=room.act, quarantine_ids=[key], reason="x")] == [
            ("not_set_aside", {"state": "scrapped"})
        ]
        assert [row.code for row in again(act=room.act, quarantine_ids=[-1], reason="x")] == ["not_found"]
    assert room.level().on_hand == 2


def test_no_more_is_set_aside_than_is_free(room: Room) -> None:
    room.stock(10)
    allocate_orders(act=room.act, order_ids=[room.order(4)])
    goods = [Adjustment(room.warehouse.id, room.product.id, Decimal(quantity)) for quantity in (5, 2, 1, -1, 0)]
    outcomes = set_aside(act=room.act, goods=goods, reason="x")
    assert [row.code for row in outcomes] == ["done", "not_enough_free_stock", "done", "malformed", "malformed"]
    assert outcomes[1].facts == {"free": Decimal(1)}
    assert room.free() == 0


@pytest.mark.parametrize("count", [1, 20])
def test_setting_aside_and_deciding_take_the_same_statements_however_many(room: Room, count: int) -> None:
    rooms = [room.with_product(a_product(room.company)) for _ in range(count)]
    for each in rooms:
        each.stock(5)
    goods = [Adjustment(room.warehouse.id, each.product.id, Decimal(1)) for each in rooms]
    with CaptureQueriesContext(connection) as captured:
        keys = [row.document_id or 0 for row in set_aside(act=room.act, goods=goods, reason="x")]
    taken = [len([query for query in captured if "SAVEPOINT" not in query["sql"]])]
    with CaptureQueriesContext(connection) as captured:
        scrap_quarantine(act=room.act, quarantine_ids=keys, reason="x")
    taken.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert taken == [5, 8]
