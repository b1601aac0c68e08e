"""Goods leave once, at their cost, and arrive once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.journey.allocation.models import Allocation, StockDocument, StockLevel, StockMove
from dinghuo.journey.allocation.operations import allocate_orders, receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.shipping.models import Package, Shipment, TrackingEvent
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    deliver_shipments,
    dispatch_shipments,
    make_shipping_notices,
)
from dinghuo.journey.shipping.rules import sscc
from dinghuo.kernel.models import Event
from tests.builders import TODAY, a_product, a_released_order, an_act
from tests.journey.shipping.conftest import Dock, Statements


def test_goods_that_leave_are_off_stock_and_counted_on_their_line(dock: Dock) -> None:
    shipment = dock.notice(5)
    (outcome,) = dispatch_shipments(act=dock.act, shipment_ids=[shipment.id])
    shipment.refresh_from_db()
    assert (outcome.done, shipment.state, shipment.dispatched_on) == (True, "dispatched", TODAY)
    level, line = StockLevel.objects.get(), SalesOrderLine.objects.get(order_id=shipment.order_id)
    assert (level.on_hand, level.allocated, level.cost_amount, line.shipped) == (995, 0, Decimal(5970), 5)
    document = StockDocument.objects.get(kind="dispatch")
    move = StockMove.objects.get(document=document)
    assert (document.number, document.moved_on) == (shipment.number, TODAY)
    assert (move.quantity, move.cost_amount, move.allocation_id) == (-5, -30, Allocation.objects.get().id)
    assert Package.objects.get().sscc == sscc(dock.company.id, shipment.id)
    assert TrackingEvent.objects.get().status == "picked_up"
    assert Event.objects.get(kind="ShipmentDispatched").journey_id == shipment.order_id


def test_several_lines_of_one_level_take_its_cost_to_the_cent(dock: Dock) -> None:
    product = a_product(dock.company)
    receive_stock(act=dock.act, receipts=[Receipt(dock.warehouse.id, product.id, Decimal(7), Decimal("1.428571"))])
    for quantity in (2, 3, 2):
        order_id = a_released_order(dock.act, dock.customer, dock.warehouse, [(product, quantity)])
        allocate_orders(act=dock.act, order_ids=[order_id])
    make_shipping_notices(act=dock.act)
    dispatch_shipments(act=dock.act)
    level = StockLevel.objects.get(product=product)
    costs = StockMove.objects.filter(stock_level=level, quantity__lt=0).order_by("id").values_list("cost_amount", flat=True)
    assert list(costs) == [Decimal("-2.86"), Decimal("-4.28"), Decimal("-2.86")]
    assert (level.on_hand, level.cost_amount) == (0, 0)


def test_what_is_due_leaves_by_itself_and_what_is_not_waits(dock: Dock) -> None:
    due, held, later = dock.notice(1), dock.notice(2), dock.notice(3)
    Shipment.objects.filter(id=later.id).update(planned_on=TODAY + timedelta(days=1))
    SalesOrder.objects.filter(id=held.order_id).update(state="held")
    assert [row.id for row in dispatch_shipments(act=dock.act)] == [due.id]
    assert dispatch_shipments(act=dock.act) == []
    SalesOrder.objects.filter(id=held.order_id).update(state="released")
    assert [row.id for row in dispatch_shipments(act=an_act(dock.company, on=TODAY + timedelta(days=1)))] == [held.id, later.id]


def test_what_cannot_leave_says_why_and_the_rest_leaves(dock: Dock) -> None:
    gone, cancelled, held, good = dock.notice(1), dock.notice(1), dock.notice(1), dock.notice(1)
    dispatch_shipments(act=dock.act, shipment_ids=[gone.id])
    cancel_shipments(act=dock.act, shipment_ids=[cancelled.id], reason="x")
    SalesOrder.objects.filter(id=held.order_id).update(state="held")
    outcomes = dispatch_shipments(act=dock.act, shipment_ids=[good.id, held.id, -1, cancelled.id, gone.id])
    assert {row.id: row.code for row in outcomes} == {
        gone.id: "already_dispatched",
        cancelled.id: "not_a_notice",
        held.id: "order_not_released",
        good.id: "done",
        -1: "not_found",
    }
    assert StockLevel.objects.get().on_hand == 998


def test_goods_on_the_road_arrive_when_they_are_expected(dock: Dock) -> None:
    line = dock.sale(5)
    shipment = Shipment.objects.get(id=line.shipment_id)
    assert deliver_shipments(act=dock.act) == []
    act = an_act(dock.company, on=shipment.expected_on)
    assert [row.id for row in deliver_shipments(act=act)] == [shipment.id]
    assert deliver_shipments(act=act) == []
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivered_on) == ("delivered", shipment.expected_on)
    assert list(TrackingEvent.objects.order_by("id").values_list("status", flat=True)) == ["picked_up", "delivered"]
    assert Event.objects.get(kind="ShipmentDelivered").journey_id == shipment.order_id


def test_only_goods_on_the_road_can_arrive(dock: Dock) -> None:
    notice, arrived = dock.notice(1), dock.sale(1).shipment_id
    deliver_shipments(act=dock.act, shipment_ids=[arrived])
    outcomes = deliver_shipments(act=dock.act, shipment_ids=[notice.id, arrived, -1])
    assert {row.id: row.code for row in outcomes} == {
        notice.id: "not_on_the_road",
        arrived: "not_on_the_road",
        -1: "not_found",
    }


@pytest.mark.parametrize("count", [1, 30])
def test_dispatch_and_delivery_take_the_same_statements_however_many(dock: Dock, count: int) -> None:
    orders = [dock.order(1, 2) for _ in range(count)]
    ids = [row.document_id or 0 for row in make_shipping_notices(act=dock.act, order_ids=orders)]
    with Statements() as sent:
        dispatch_shipments(act=dock.act, shipment_ids=ids)
    assert sent.count == 8
    with Statements() as sent:
        deliver_shipments(act=dock.act, shipment_ids=ids)
    assert sent.count == 4


def test_an_sscc_has_the_check_digit_of_the_standard() -> None:
    # The example of the GS1 General Specifications: 0 37610425 002123456 9 is 18 digits with check digit 9.
    assert sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate("376104250021234569")) % 10 == 0
    assert sscc(7_610_425, 2_123_456) == "076104250021234568"


@given(company_id=st.integers(1, 10**7 - 1), serial=st.integers(1, 10**9 - 1))
def test_every_sscc_has_eighteen_digits_that_check(company_id: int, serial: int) -> None:
    code = sscc(company_id, serial)
    assert len(code) == 18
    assert sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(code)) % 10 == 0
