"""Goods come back once, to the sale that they left by, at the cost that they left at."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import StockDocument, StockLevel, StockMove
from dinghuo.journey.allocation.operations import allocate_orders, receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.shipping.models import CustomerReturn, CustomerReturnLine, ShipmentLine
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices, take_back_goods
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft, Sales, SoldGoods
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Customer
from tests.builders import TODAY, a_customer, a_product, a_released_order, a_warehouse
from tests.journey.shipping.conftest import Dock, Statements


def a_line(dock: Dock, quantity: int | str = 1, **given: Any) -> ReturnLineDraft:
    return replace(ReturnLineDraft(dock.product.id, Decimal(quantity), Decimal(10)), **given)


def a_return(dock: Dock, *lines: ReturnLineDraft, **given: Any) -> ReturnDraft:
    return replace(ReturnDraft(dock.customer.id, dock.warehouse.id, lines), **given)


def latest(dock: Dock, quantity: int | str) -> ReturnDraft:
    return a_return(dock, a_line(dock, quantity, match_latest_sale=True))


def test_goods_of_a_named_shipment_come_back_to_stock_at_their_cost(dock: Dock) -> None:
    sale = dock.sale(5)
    (outcome,) = take_back_goods(act=dock.act, returns=[a_return(dock, a_line(dock, 2, shipment_line_id=sale.id), reason="broken")])
    returned = CustomerReturn.objects.get()
    assert (outcome.code, outcome.document_id) == ("done", returned.id)
    assert (returned.number, returned.reason, returned.received_on) == ("RT2026-000001", "broken", TODAY)
    line = CustomerReturnLine.objects.get()
    assert (line.cost_amount, line.tax_rate, line.shipment_line_id) == (Decimal(12), Decimal("0.13"), sale.id)
    sale.refresh_from_db()
    level = StockLevel.objects.get()
    assert (sale.returned, level.on_hand, level.cost_amount) == (2, 997, Decimal(5982))
    document = StockDocument.objects.get(kind="return")
    assert (document.number, StockMove.objects.get(document=document).allocation_id) == (returned.number, sale.allocation_id)
    assert Event.objects.get(kind="GoodsReturned").document_id == returned.id


def test_more_than_was_shipped_is_refused_and_other_returns_go_on(dock: Dock) -> None:
    sale = dock.sale(5)
    take_back_goods(act=dock.act, returns=[a_return(dock, a_line(dock, 2, shipment_line_id=sale.id))])
    over, good = (a_return(dock, a_line(dock, quantity, shipment_line_id=sale.id)) for quantity in (4, 3))
    refused, done = take_back_goods(act=dock.act, returns=[over, good])
    assert (refused.code, refused.facts["line"], Decimal(refused.facts["left"])) == ("more_than_was_shipped", 1, Decimal(3))
    assert done.done
    assert CustomerReturn.objects.count() == 2


def test_a_return_with_one_wrong_line_changes_nothing(dock: Dock) -> None:
    sale = dock.sale(5)
    lines = [a_line(dock, 3, shipment_line_id=sale.id), a_line(dock, 3, shipment_line_id=sale.id)]
    (refused,) = take_back_goods(act=dock.act, returns=[a_return(dock, *lines)])
    assert refused.code == "more_than_was_shipped"
    sale.refresh_from_db()
    assert (sale.returned, CustomerReturn.objects.exists(), StockLevel.objects.get().on_hand) == (0, False, 995)


def test_a_return_is_matched_to_the_latest_sale_with_enough_left(dock: Dock) -> None:
    old = dock.sale(9, on=TODAY - timedelta(days=9))
    new = dock.sale(4, on=TODAY - timedelta(days=2))
    take_back_goods(act=dock.act, returns=[latest(dock, 3), latest(dock, 2), latest(dock, 1)])
    matched = CustomerReturnLine.objects.order_by("id").values_list("shipment_line_id", flat=True)
    assert list(matched) == [new.id, old.id, new.id]
    assert list(ShipmentLine.objects.order_by("id").values_list("returned", flat=True)) == [2, 4]


def test_a_sale_after_the_return_is_no_match(dock: Dock) -> None:
    old = dock.sale(1, on=TODAY - timedelta(days=9))
    dock.sale(1)
    draft = replace(latest(dock, 1), received_on=TODAY - timedelta(days=1))
    take_back_goods(act=dock.act, returns=[draft])
    assert CustomerReturnLine.objects.get().shipment_line_id == old.id


def test_without_a_match_the_line_is_unmatched_and_costs_the_standard(dock: Dock) -> None:
    dock.sale(2)
    other = a_customer(dock.company)
    drafts = [latest(dock, 3), replace(latest(dock, 1), customer_id=other.id), a_return(dock, a_line(dock, 1))]
    assert all(row.done for row in take_back_goods(act=dock.act, returns=drafts))
    lines = CustomerReturnLine.objects.order_by("id")
    assert [(line.shipment_line_id, line.cost_amount) for line in lines] == [(None, 18), (None, 6), (None, 6)]


def test_an_unmatched_line_has_the_customers_tax_rate_if_it_has_its_own(dock: Dock) -> None:
    Customer.objects.filter(id=dock.customer.id).update(tax_rate=Decimal(0))
    own = a_line(dock, 1, tax_rate=Decimal("0.06"))
    take_back_goods(act=dock.act, returns=[a_return(dock, a_line(dock, 1), own)])
    rates = CustomerReturnLine.objects.order_by("position").values_list("tax_rate", flat=True)
    assert list(rates) == [Decimal(0), Decimal("0.06")]


def test_goods_that_are_not_restocked_leave_stock_as_it_is(dock: Dock) -> None:
    sale = dock.sale(5)
    take_back_goods(act=dock.act, returns=[a_return(dock, a_line(dock, 2, shipment_line_id=sale.id, restock=False))])
    line = CustomerReturnLine.objects.get()
    assert (line.restocked, line.cost_amount, StockLevel.objects.get().on_hand) == (False, 0, 995)
    assert not StockDocument.objects.filter(kind="return").exists()


def test_goods_come_back_to_the_warehouse_that_took_them(dock: Dock) -> None:
    sale, other = dock.sale(5), a_warehouse(dock.company)
    draft = replace(a_return(dock, a_line(dock, 2, shipment_line_id=sale.id)), warehouse_id=other.id)
    take_back_goods(act=dock.act, returns=[draft])
    assert StockLevel.objects.get(warehouse=other).on_hand == 2


def test_the_same_reference_again_gives_the_first_return(dock: Dock) -> None:
    sale = dock.sale(5)
    draft = a_return(dock, a_line(dock, 5, shipment_line_id=sale.id), external_ref="C536379")
    (first,) = take_back_goods(act=dock.act, returns=[draft])
    again, twin = take_back_goods(act=dock.act, returns=[draft, draft])
    assert {again.document_id, twin.document_id} == {first.document_id}
    assert CustomerReturn.objects.count() == 1


def test_the_same_reference_twice_in_one_call_is_one_return(dock: Dock) -> None:
    draft = a_return(dock, a_line(dock, 1), external_ref="C1")
    first, twin = take_back_goods(act=dock.act, returns=[draft, draft])
    assert first.document_id == twin.document_id
    assert CustomerReturn.objects.count() == 1


def test_what_cannot_be_returned_is_named_and_the_rest_is_taken_back(dock: Dock) -> None:
    foreign = dock.sale(1)
    other = a_product(dock.company)
    drafts = [
        a_return(dock, a_line(dock), customer_id=-1),
        a_return(dock, a_line(dock), warehouse_id=-1),
        a_return(dock, a_line(dock), order_id=-1),
        a_return(dock),
        a_return(dock, a_line(dock, 0)),
        a_return(dock, a_line(dock, product_id=-1)),
        a_return(dock, a_line(dock, product_id=other.id, shipment_line_id=foreign.id)),
        a_return(dock, a_line(dock, shipment_line_id=-1)),
        a_return(dock, a_line(dock)),
    ]
    assert [row.code for row in take_back_goods(act=dock.act, returns=drafts)] == [
        "unknown_customer",
        "unknown_warehouse",
        "unknown_order",
        "malformed",
        "malformed",
        "unknown_product",
        "unknown_shipment_line",
        "unknown_shipment_line",
        "done",
    ]
    assert take_back_goods(act=dock.act, returns=[]) == []


@pytest.mark.parametrize("count", [1, 30])
def test_returns_take_the_same_statements_however_many(dock: Dock, count: int) -> None:
    for _ in range(2):
        dock.sale(count)
    drafts = [latest(dock, 1) for _ in range(count)]
    with Statements() as sent:
        take_back_goods(act=dock.act, returns=drafts)
    assert sent.count == 7
    assert sum(ShipmentLine.objects.values_list("returned", flat=True)) == count


SOLD = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=5)


@given(sold=SOLD, wanted=st.lists(st.integers(1, 9), max_size=8))
def test_no_units_come_back_twice_however_returns_follow(sold: list[tuple[int, int]], wanted: list[int]) -> None:
    goods = [
        SoldGoods(number, 1, 1, Decimal(left), TODAY + timedelta(days=day), None, Decimal(0), None, Decimal(1))
        for number, (left, day) in enumerate(sold)
    ]
    sales, left = Sales(goods), [row.left for row in goods]
    for quantity in wanted:
        found = sales.latest(1, ReturnLineDraft(1, Decimal(quantity), Decimal(1)), TODAY + timedelta(days=5))
        fitting = [
            row for row in goods if left[row.shipment_line_id] >= quantity and row.dispatched_on <= TODAY + timedelta(days=5)
        ]
        assert found == (fitting[0] if fitting else None)
        if found:
            left[found.shipment_line_id] -= quantity
    assert all(rest >= 0 for rest in left)


def test_goods_of_a_lot_come_back_into_their_lot(dock: Dock) -> None:
    product = a_product(dock.company, keeps_lots=True)
    receipt = Receipt(dock.warehouse.id, product.id, Decimal(5), Decimal("2.333333"), lot_code="L1")
    receive_stock(act=dock.act, receipts=[receipt])
    order_id = a_released_order(dock.act, dock.customer, dock.warehouse, [(product, 3)])
    allocate_orders(act=dock.act, order_ids=[order_id])
    (notice,) = make_shipping_notices(act=dock.act, order_ids=[order_id])
    dispatch_shipments(act=dock.act, shipment_ids=[notice.document_id or 0])
    draft = a_return(dock, ReturnLineDraft(product.id, Decimal(3), Decimal(10), match_latest_sale=True))
    take_back_goods(act=dock.act, returns=[draft])
    level = StockLevel.objects.get(product=product)
    assert (level.lot.code if level.lot else None, level.on_hand, level.cost_amount) == ("L1", 5, Decimal("11.67"))
