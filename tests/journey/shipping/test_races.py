"""Rivals for one shipment, each on a connection of its own: it leaves once, and its goods come back once."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from dinghuo.journey.allocation.models import StockLevel
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.reactions import withdraw_orders
from dinghuo.journey.review.operations import install_rules
from dinghuo.journey.shipping.models import CustomerReturn, Shipment, ShipmentLine, TrackingEvent
from dinghuo.journey.shipping.operations import (
    ConnectionDraft,
    connect_carrier,
    dispatch_shipments,
    make_shipping_notices,
    name_tracking_number,
    order_labels,
    record_events,
    take_back_goods,
)
from dinghuo.journey.shipping.operations.bookings import claim_labels
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft
from dinghuo.journey.shipping.tracking_states import SeenEvent
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests import builders
from tests.journey.allocation.conftest import broken_stock
from tests.journey.allocation.test_races import RIVALS, at_once


@pytest.fixture
def company(committed: None) -> Company:
    with transaction.atomic():
        made = builders.a_company(code=builders.a_code("quay"))
        with tenancy.acting_for(made.id):
            install_rules(act=builders.an_act(made))
    return made


def allocated_order(act: Act, company: Company) -> int:
    """An order of 5 units that are allocated to it."""
    warehouse, product = builders.a_warehouse(company), builders.a_product(company)
    builders.a_carrier(company)
    builders.some_stock(act, warehouse, product, 20)
    order_id = builders.a_released_order(act, builders.a_customer(company), warehouse, [(product, 5)])
    allocate_orders(act=act, order_ids=[order_id])
    return order_id


def noticed(act: Act, company: Company) -> Shipment:
    """The shipping notice of such an order."""
    order_id = allocated_order(act, company)
    make_shipping_notices(act=act, order_ids=[order_id])
    return Shipment.objects.get(order_id=order_id)


def test_eight_runs_make_one_notice_of_an_order(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            order_id = allocated_order(act, company)
        outcomes = at_once(company, [partial(make_shipping_notices, act=act, order_ids=[order_id])] * RIVALS)
        assert sorted(row.code for (row,) in outcomes) == ["done"] + ["nothing_to_ship"] * (RIVALS - 1)
        with transaction.atomic():
            assert ShipmentLine.objects.count() == 1


def test_a_shipment_dispatched_by_eight_at_once_leaves_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            shipment = noticed(act, company)
        outcomes = at_once(company, [partial(dispatch_shipments, act=act, shipment_ids=[shipment.id])] * RIVALS)
        assert sorted(row.code for (row,) in outcomes) == ["already_dispatched"] * (RIVALS - 1) + ["done"]
        with transaction.atomic():
            assert StockLevel.objects.get().on_hand == 15
            assert broken_stock(company) == []


def test_goods_brought_back_by_eight_at_once_come_back_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            shipment = noticed(act, company)
            dispatch_shipments(act=act, shipment_ids=[shipment.id])
            line = ShipmentLine.objects.get(shipment=shipment)
            level, customer_id = StockLevel.objects.get(), shipment.order.customer_id
        draft = ReturnDraft(
            customer_id=customer_id,
            warehouse_id=shipment.warehouse_id,
            lines=[ReturnLineDraft(level.product_id, Decimal(5), Decimal(10), shipment_line_id=line.id)],
        )
        outcomes = at_once(company, [partial(take_back_goods, act=act, returns=[draft])] * RIVALS)
        assert sorted(row.code for (row,) in outcomes) == ["done"] + ["more_than_was_shipped"] * (RIVALS - 1)
        with transaction.atomic():
            assert CustomerReturn.objects.count() == 1
            assert StockLevel.objects.get().on_hand == 20


def test_an_order_withdrawn_while_it_is_dispatched_is_one_or_the_other(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        for _ in range(4):
            with transaction.atomic():
                shipment = noticed(act, company)
            dispatch = partial(dispatch_shipments, act=act, shipment_ids=[shipment.id])
            withdraw = partial(withdraw_orders, act=act, order_ids=[shipment.order_id], reason="changed my mind")
            outcomes = at_once(company, [dispatch, withdraw, dispatch, withdraw])
            assert sum(row.done for rows in outcomes for row in rows) == 1
            with transaction.atomic():
                assert broken_stock(company) == []


def test_labels_and_events_that_eight_take_at_once_are_taken_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            shipment = noticed(act, company)
            Shipment.objects.filter(id=shipment.id).update(weight_kg=1)
            SalesOrder.objects.filter(id=shipment.order_id).update(ship_to_address="Main St 7", ship_to_city="Yiwu")
            connect_carrier(act=act, draft=ConnectionDraft(shipment.carrier_id, "own_fleet", "", {}, {}))
        order = partial(order_labels, act=act, shipment_ids=[shipment.id])
        outcomes = at_once(company, [order] * RIVALS)
        assert sorted(row.code for (row,) in outcomes) == ["done"] + ["has_label"] * (RIVALS - 1)

        def claim() -> list[Outcome]:
            return [Outcome(id=row.label_id) for row in claim_labels(act=act, count=5)]

        assert sum(len(rows) for rows in at_once(company, [claim] * RIVALS)) == 1
        name_tracking_number(act=act, shipment_id=shipment.id, tracking_number="N")
        seen = [SeenEvent(shipment.carrier_id, "N", status, builders.NOW, status) for status in ("delivered", "picked_up")]
        told = at_once(company, [partial(record_events, act=act, seen=seen), partial(record_events, act=act, seen=seen[::-1])] * 4)
        assert sum(not row.facts for rows in told for row in rows) == 2
        with transaction.atomic():
            assert TrackingEvent.objects.exclude(external_ref=None).count() == 2
            assert Shipment.objects.get(id=shipment.id).state == "delivered"
            assert broken_stock(company) == []
