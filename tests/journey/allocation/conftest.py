"""A stock room to work in; after each test the stock's invariants must still hold."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from dinghuo.journey.allocation.models import StockLevel, StockSetting
from dinghuo.journey.allocation.operations import receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.invariants import INVARIANTS
from dinghuo.journey.invariants.queries import violations
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Product, Warehouse
from tests import builders


@dataclass(frozen=True, slots=True)
class Room:
    """A warehouse, a product and a customer of the acting company."""

    company: Company
    act: Act
    warehouse: Warehouse
    product: Product
    customer: Customer

    def order(self, *quantities: int | str, warehouse: Warehouse | None = None, priority: int = 5) -> int:
        """A released order of the product, a line for each quantity."""
        lines = [(self.product, Decimal(quantity)) for quantity in quantities]
        order_id = builders.a_released_order(self.act, self.customer, warehouse or self.warehouse, lines)
        SalesOrder.objects.filter(id=order_id).update(priority=priority)
        return order_id

    def stock(self, quantity: int | str) -> StockLevel:
        """Stock of the product in the warehouse."""
        return builders.some_stock(self.act, self.warehouse, self.product, Decimal(quantity))

    def keep_lots(self) -> None:
        """From now on the product is kept by lot."""
        Product.objects.filter(id=self.product.id).update(keeps_lots=True)

    def stock_setting(self, *, safety: int = 0, zone: str = "") -> None:
        """How much of the product the warehouse keeps in reserve, and where it lies."""
        StockSetting.objects.create(
            company_id=self.company.id, warehouse=self.warehouse, product=self.product, safety_quantity=safety, zone=zone
        )

    def other_warehouse(self, *, is_active: bool = True) -> Warehouse:
        """Another warehouse of the company."""
        return builders.a_warehouse(self.company, is_active=is_active)

    def with_product(self, product: Product) -> "Room":
        """The same room for another product."""
        return replace(self, product=product)

    def level(self, warehouse: Warehouse | None = None) -> StockLevel:
        """The product's only level in a warehouse."""
        return StockLevel.objects.get(product=self.product, warehouse=warehouse or self.warehouse)

    def stock_more(self, quantity: int) -> None:
        """A receipt of the product."""
        (outcome,) = receive_stock(
            act=self.act, receipts=[Receipt(self.warehouse.id, self.product.id, Decimal(quantity), self.product.standard_cost)]
        )
        assert outcome.done

    def given(self, *order_ids: int) -> list[int]:
        """Units allocated to each order."""
        lines = SalesOrderLine.objects.filter(order_id__in=order_ids)
        return [int(sum(line.allocated for line in lines if line.order_id == key)) for key in order_ids]

    def free(self) -> Decimal:
        """Units that nobody was promised."""
        return sum((row.on_hand - row.allocated for row in StockLevel.objects.all()), start=Decimal(0))


@pytest.fixture
def room(company: Company, act: Act) -> Iterator[Room]:
    yield Room(company, act, builders.a_warehouse(company), builders.a_product(company), builders.a_customer(company))
    assert broken_stock(company) == []


@pytest.fixture
def room_of_many(company: Company, act: Act) -> Room:
    """A room that many examples share, each with a product of its own."""
    return Room(company, act, builders.a_warehouse(company), builders.a_product(company), builders.a_customer(company))


def broken_stock(company: Company) -> list[str]:
    """The invariants of stock and line counters (I1 to I3) that do not hold."""
    kept = [invariant for invariant in INVARIANTS if invariant.id[:2] in {"I1", "I2", "I3"}]
    return [f"{invariant.id}: {row}" for invariant in kept for row in violations(invariant, company.id)]
