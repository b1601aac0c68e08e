"""Stock held for somebody is nobody else's for a while, and one order's in the end."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import Allocation, Shortage, StockHold
from dinghuo.journey.allocation.operations import allocate_orders, give_back
from dinghuo.journey.allocation.operations.holds import allocate_hold, expire_holds, extend_holds, hold_stock, release_holds
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.rules.keeping import HoldDraft
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from tests.builders import TODAY, a_customer, a_product, an_order
from tests.journey.allocation.conftest import Room


def draft(room: Room, quantity: int | str, **given: Any) -> HoldDraft:
    plain = {"kind": "phone", "warehouse_id": room.warehouse.id, "product_id": room.product.id, "quantity": Decimal(quantity)}
    return HoldDraft(**{**plain, **given})


def held(room: Room, quantity: int | str, **given: Any) -> int:
    (outcome,) = hold_stock(act=room.act, drafts=[draft(room, quantity, **given)])
    assert outcome.done, outcome
    return outcome.document_id or 0


def line_of(order_id: int) -> SalesOrderLine:
    return SalesOrderLine.objects.get(order_id=order_id)


def later(room: Room, **passed: float) -> Act:
    return Act(room.act.company_id, room.act.at + timedelta(**passed), room.act.on)


def test_what_is_held_is_not_given_to_others_and_becomes_an_allocation_once(room: Room) -> None:
    room.stock(10)
    key, other, mine = held(room, 6), room.order(8), room.order(6)
    allocate_orders(act=room.act, order_ids=[other])
    assert room.given(other) == [4]
    given = allocate_hold(act=room.act, stock_hold_id=key, order_line_id=line_of(mine).id)
    assert (given.code, given.facts) == ("done", {"lines": 1, "units": Decimal(6), "short": Decimal(0)})
    assert room.given(mine) == [6]
    again = allocate_hold(act=room.act, stock_hold_id=key, order_line_id=line_of(mine).id)
    assert (again.code, again.facts) == ("not_held_any_more", {"state": "allocated"})
    assert Allocation.objects.filter(order_line__order_id=mine).count() == 1
    hold = StockHold.objects.get()
    assert (hold.state, hold.order_line_id) == ("allocated", line_of(mine).id)
    give_back(act=room.act, order_ids=[mine])
    assert room.free() == 6


def test_what_a_line_does_not_want_comes_free_and_its_shortage_follows(room: Room) -> None:
    room.stock(10)
    key = held(room, 10)
    order_id = room.order(12)
    allocate_orders(act=room.act, order_ids=[order_id])
    assert Shortage.objects.get().quantity == 12
    allocate_hold(act=room.act, stock_hold_id=key, order_line_id=line_of(order_id).id)
    assert Shortage.objects.get().quantity == 2
    room.stock_more(10)
    second = held(room, 10)
    given = allocate_hold(act=room.act, stock_hold_id=second, order_line_id=line_of(order_id).id)
    assert given.facts["units"] == 2
    assert Shortage.objects.get().closed_at is not None
    assert room.free() == 8


def test_a_hold_expires_by_itself_unless_it_was_extended(room: Room) -> None:
    room.stock(10)
    first, second = held(room, 3, kind="cart"), held(room, 4, kind="cart")
    assert expire_holds(act=later(room, hours=1)) == []
    extend_holds(act=room.act, stock_hold_ids=[second], expires_at=room.act.at + timedelta(hours=5))
    assert [row.id for row in expire_holds(act=later(room, hours=2))] == [first]
    assert room.free() == 6
    late = allocate_hold(act=later(room, hours=6), stock_hold_id=second, order_line_id=line_of(room.order(4)).id)
    assert late.code == "hold_expired"
    expire_holds(act=later(room, hours=6))
    assert room.free() == 10
    kinds = Event.objects.filter(document="stock_hold").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["StockHeld", "StockHeld", "StockHoldExtended", "StockHoldExpired", "StockHoldExpired"]


def test_a_released_hold_frees_its_stock_once(room: Room) -> None:
    room.stock(10)
    key = held(room, 10)
    assert [row.code for row in release_holds(act=room.act, stock_hold_ids=[key, -1])] == ["not_found", "done"]
    assert [row.code for row in release_holds(act=room.act, stock_hold_ids=[key])] == ["not_held_any_more"]
    assert room.free() == 10


def test_a_hold_takes_nothing_that_was_promised_for_a_later_day(room: Room) -> None:
    room.stock(10)
    order_id = an_order(room.act, room.customer, room.warehouse, [(room.product, 8)], requested_on=TODAY + timedelta(days=9))
    submit_orders(act=room.act, order_ids=[order_id])
    promise_lines(act=room.act)
    (refused,) = hold_stock(act=room.act, drafts=[draft(room, 3)])
    assert (refused.code, refused.facts) == ("not_enough_free_stock", {"free": Decimal(2)})
    held(room, 2)


def test_a_hold_that_cannot_be_is_refused_and_the_others_are_made(room: Room) -> None:
    room.stock(10)
    outcomes = hold_stock(
        act=room.act,
        drafts=[
            draft(room, 0),
            draft(room, 1, kind="whim"),
            draft(room, 1, expires_at=room.act.at),
            draft(room, 1, expires_at=room.act.at + timedelta(days=91)),
            draft(room, 1, warehouse_id=-1),
            draft(room, 1, product_id=-1),
            draft(room, 1, customer_id=-1),
            draft(room, 6),
            draft(room, 5),
            draft(room, 4),
        ],
    )
    assert [row.code for row in outcomes] == [
        "malformed", "malformed", "hold_too_long", "hold_too_long", "unknown_warehouse", "unknown_product", "unknown_customer",
        "done", "not_enough_free_stock", "done",
    ]  # fmt: skip
    assert room.free() == 0


def test_a_hold_goes_to_its_customer_its_product_and_a_released_line_that_wants_it(room: Room) -> None:
    room.stock(10)
    stranger = room.with_product(a_product(room.company))
    mine, draft_order = room.order(3), an_order(room.act, room.customer, room.warehouse, [(room.product, 1)])
    allocate_orders(act=room.act, order_ids=[mine])
    own = held(room, 2, customer_id=a_customer(room.company).id)
    anybody = held(room, 2)

    def code(key: int, order_id: int) -> str:
        return allocate_hold(act=room.act, stock_hold_id=key, order_line_id=line_of(order_id).id).code

    assert code(own, mine) == "other_customer"
    assert code(anybody, stranger.order(1)) == "other_product"
    assert code(anybody, draft_order) == "not_released"
    assert code(anybody, mine) == "nothing_wanted"
    assert code(-1, mine) == "not_found"
    assert allocate_hold(act=room.act, stock_hold_id=own, order_line_id=-1).code == "not_found"
    assert not StockHold.objects.exclude(state="open").exists()


@pytest.mark.parametrize("count", [1, 20])
def test_holding_takes_the_same_statements_however_many(room: Room, count: int) -> None:
    rooms = [room.with_product(a_product(room.company)) for _ in range(count)]
    for each in rooms:
        each.stock(5)
    with CaptureQueriesContext(connection) as captured:
        keys = [row.document_id or 0 for row in hold_stock(act=room.act, drafts=[draft(each, 2) for each in rooms])]
    taken = [len([query for query in captured if "SAVEPOINT" not in query["sql"]])]
    with CaptureQueriesContext(connection) as captured:
        release_holds(act=room.act, stock_hold_ids=keys)
    taken.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
    assert taken == [6, 5]
