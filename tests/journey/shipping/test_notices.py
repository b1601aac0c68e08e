"""A shipping notice follows from allocations by itself, with the cheapest carrier that serves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.allocation.operations import allocate_orders, give_back
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.shipping.models import CarrierBooking, Shipment, ShipmentLine
from dinghuo.journey.shipping.operations import cancel_shipments, dispatch_shipments, make_shipping_notices
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Carrier
from tests.builders import TODAY, a_carrier, a_product, a_released_order, a_warehouse, an_act, an_order, some_stock
from tests.journey.shipping.conftest import Dock, Statements

FRIDAY = date(2026, 3, 6)


def test_allocated_goods_get_a_notice_with_their_weight_and_days(dock: Dock) -> None:
    order_id = dock.order(4, 6)
    (outcome,) = make_shipping_notices(act=dock.act)
    shipment = Shipment.objects.get()
    assert (outcome.id, outcome.document_id) == (order_id, shipment.id)
    assert (shipment.state, shipment.number, shipment.weight_kg) == ("notice", "SN2026-000001", Decimal(5))
    assert (shipment.planned_on, shipment.expected_on) == (TODAY, TODAY + timedelta(days=dock.carrier.transit_days))
    lines = {line.allocation_id: line.quantity for line in ShipmentLine.objects.all()}
    assert lines == {row.id: row.quantity for row in Allocation.objects.all()}
    assert Event.objects.get(kind="ShipmentNoticed").journey_id == order_id


def test_each_warehouse_ships_its_own_part(dock: Dock) -> None:
    other, product = a_warehouse(dock.company, priority=2), a_product(dock.company)
    some_stock(dock.act, dock.warehouse, product, 3)
    some_stock(dock.act, other, product, 5)
    order_id = a_released_order(dock.act, dock.customer, dock.warehouse, [(product, 7)])
    allocate_orders(act=dock.act)
    make_shipping_notices(act=dock.act, order_ids=[order_id])
    parts = {line.shipment.warehouse_id: int(line.quantity) for line in ShipmentLine.objects.select_related("shipment")}
    assert parts == {dock.warehouse.id: 3, other.id: 4}
    assert len(set(Shipment.objects.values_list("number", flat=True))) == 2


def test_the_cheapest_carrier_is_booked_and_every_quote_is_kept(dock: Dock) -> None:
    cheap = a_carrier(dock.company, base_price=Decimal(9), price_per_kg=Decimal("0.333"), country="CN", weight_kg_max=Decimal(5))
    a_carrier(dock.company, base_price=Decimal(1), country="DE")
    a_carrier(dock.company, base_price=Decimal(1), weight_kg_max=Decimal("4.999"))
    a_carrier(dock.company, base_price=Decimal(1), is_active=False)
    shipment = dock.notice(10)
    booking = CarrierBooking.objects.get()
    assert (shipment.carrier_id, booking.price) == (cheap.id, Decimal("10.67"))
    quotes = [(quote["carrier"], Decimal(quote["price"])) for quote in booking.quotes]
    assert quotes == [(cheap.code, Decimal("10.67")), (dock.carrier.code, Decimal("11.67"))]


def test_of_equal_prices_the_faster_carrier_is_booked(dock: Dock) -> None:
    fast = a_carrier(dock.company, base_price=Decimal(10), price_per_kg=Decimal("0.333"), transit_days=1)
    assert dock.notice(1).carrier_id == fast.id


def test_an_order_that_no_carrier_serves_waits_and_others_go(dock: Dock) -> None:
    Carrier.objects.filter(id=dock.carrier.id).update(weight_kg_max=Decimal(5))
    heavy, light = dock.order(11), dock.order(10)
    outcomes = {row.id: row.code for row in make_shipping_notices(act=dock.act, order_ids=[heavy, light])}
    assert outcomes == {heavy: "no_carrier_serves", light: "done"}
    assert Shipment.objects.get().order_id == light
    Carrier.objects.filter(id=dock.carrier.id).update(weight_kg_max=None)
    assert [row.id for row in make_shipping_notices(act=dock.act)] == [heavy]


@pytest.mark.parametrize(
    ("requested_on", "planned_on"),
    [
        (None, FRIDAY),
        (FRIDAY, FRIDAY),
        (FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=3)),
        (FRIDAY + timedelta(days=7), FRIDAY + timedelta(days=5)),
    ],
)
def test_goods_leave_on_a_working_day_in_time_for_the_requested_one(
    dock: Dock, requested_on: date | None, planned_on: date
) -> None:
    order_id = dock.order(1)
    SalesOrder.objects.filter(id=order_id).update(requested_on=requested_on)
    make_shipping_notices(act=an_act(dock.company, on=FRIDAY), order_ids=[order_id])
    assert Shipment.objects.get().planned_on == planned_on


def test_on_a_weekend_goods_wait_for_monday(dock: Dock) -> None:
    dock.order(1)
    make_shipping_notices(act=an_act(dock.company, on=FRIDAY + timedelta(days=1)))
    assert Shipment.objects.get().planned_on == FRIDAY + timedelta(days=3)


def test_a_company_that_works_on_saturdays_ships_on_saturdays(dock: Dock) -> None:
    type(dock.company).objects.filter(id=dock.company.id).update(works_on="16")
    dock.order(1)
    make_shipping_notices(act=an_act(dock.company, on=FRIDAY))
    assert Shipment.objects.get().planned_on == FRIDAY + timedelta(days=1)


def test_a_second_run_makes_nothing_and_named_orders_say_why(dock: Dock) -> None:
    done = dock.order(1)
    draft = an_order(dock.act, dock.customer, dock.warehouse, [(dock.product, 1)])
    make_shipping_notices(act=dock.act)
    assert make_shipping_notices(act=dock.act) == []
    outcomes = make_shipping_notices(act=dock.act, order_ids=[done, draft, -1])
    assert {row.id: row.code for row in outcomes} == {done: "nothing_to_ship", draft: "not_released", -1: "not_found"}
    assert Shipment.objects.count() == 1


def test_what_is_allocated_later_is_shipped_later(dock: Dock) -> None:
    order_id = dock.order(400, 700)
    make_shipping_notices(act=dock.act)
    some_stock(dock.act, a_warehouse(dock.company), dock.product, 500)
    allocate_orders(act=dock.act)
    make_shipping_notices(act=dock.act)
    quantities = ShipmentLine.objects.filter(shipment__order_id=order_id).values_list("quantity", flat=True)
    assert sorted(quantities) == [100, 400, 600]


def test_a_cancelled_notice_leaves_the_goods_to_a_new_one(dock: Dock) -> None:
    shipment = dock.notice(5)
    (outcome,) = cancel_shipments(act=dock.act, shipment_ids=[shipment.id], reason="wrong address")
    shipment.refresh_from_db()
    assert (outcome.done, shipment.state) == (True, "cancelled")
    assert Event.objects.get(kind="ShipmentCancelled").facts == {"reason": "wrong address"}
    (again,) = make_shipping_notices(act=dock.act)
    assert again.document_id != shipment.id


def test_only_a_notice_can_be_cancelled(dock: Dock) -> None:
    gone, cancelled = dock.notice(5), dock.notice(5)
    dispatch_shipments(act=dock.act, shipment_ids=[gone.id])
    cancel_shipments(act=dock.act, shipment_ids=[cancelled.id], reason="x")
    outcomes = cancel_shipments(act=dock.act, shipment_ids=[gone.id, cancelled.id, -1], reason="x")
    assert {row.id: row.code for row in outcomes} == {gone.id: "not_a_notice", cancelled.id: "not_a_notice", -1: "not_found"}


def test_noticed_goods_are_not_given_back_and_cancelled_ones_are(dock: Dock) -> None:
    shipment = dock.notice(5)
    (kept,) = give_back(act=dock.act, order_ids=[shipment.order_id])
    assert kept.code == "nothing_to_give_back"
    cancel_shipments(act=dock.act, shipment_ids=[shipment.id], reason="x")
    (back,) = give_back(act=dock.act, order_ids=[shipment.order_id])
    assert back.facts["units"] == 5
    assert make_shipping_notices(act=dock.act) == []


@pytest.mark.parametrize("count", [1, 30])
def test_notices_take_the_same_statements_however_many(dock: Dock, count: int) -> None:
    orders = [dock.order(1, 2) for _ in range(count)]
    with Statements() as sent:
        make_shipping_notices(act=dock.act, order_ids=orders)
    assert sent.count == 6
    ids = list(Shipment.objects.values_list("id", flat=True))
    with Statements() as sent:
        cancel_shipments(act=dock.act, shipment_ids=ids, reason="x")
    assert sent.count == 6
