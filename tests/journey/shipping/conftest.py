"""A dock with stock and a carrier; after each test the invariants of stock and line counters must still hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.shipping.models import Shipment, ShipmentLine
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier, Company, Customer, Product, Warehouse
from tests import builders
from tests.journey.allocation.conftest import broken_stock


@dataclass(frozen=True, slots=True)
class Dock:
    """A warehouse with 1,000 units of a product, a carrier and a customer of the acting company."""

    company: Company
    act: Act
    warehouse: Warehouse
    product: Product
    customer: Customer
    carrier: Carrier

    def order(self, *quantities: int | str) -> int:
        """An allocated order of the product, a line for each quantity."""
        lines = [(self.product, Decimal(quantity)) for quantity in quantities]
        order_id = builders.a_released_order(self.act, self.customer, self.warehouse, lines, ship_to_country="CN")
        allocate_orders(act=self.act, order_ids=[order_id])
        return order_id

    def notice(self, *quantities: int | str) -> Shipment:
        """A shipping notice of an order of these quantities."""
        order_id = self.order(*quantities)
        make_shipping_notices(act=self.act, order_ids=[order_id])
        return Shipment.objects.get(order_id=order_id)

    def sale(self, quantity: int | str, on: date | None = None) -> ShipmentLine:
        """Goods that have left for the customer, on the tests' day or another."""
        shipment = self.notice(quantity)
        act = self.act if on is None else builders.an_act(self.company, on=on)
        (outcome,) = dispatch_shipments(act=act, shipment_ids=[shipment.id])
        assert outcome.done, outcome
        return ShipmentLine.objects.get(shipment=shipment)


@pytest.fixture
def dock(company: Company, act: Act) -> Iterator[Dock]:
    warehouse, product = builders.a_warehouse(company), builders.a_product(company, weight_kg=Decimal("0.5"))
    builders.some_stock(act, warehouse, product, 1000)
    carrier = builders.a_carrier(company, base_price=Decimal(10), price_per_kg=Decimal("0.333"))
    yield Dock(company, act, warehouse, product, builders.a_customer(company), carrier)
    assert broken_stock(company) == []


class Statements(CaptureQueriesContext):
    """Counts what is sent to the server, savepoints of the tests aside."""

    def __init__(self) -> None:
        super().__init__(connection)

    @property
    def count(self) -> int:
        """How many statements there were."""
        return len([query for query in self.captured_queries if "SAVEPOINT" not in query["sql"]])
