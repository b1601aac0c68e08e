"""A company to measure with: enough customers, products and stock that no order waits for anything."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connections, transaction

from dinghuo.journey.allocation.operations import receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.finance.operations import install_accounts, post_stock_documents
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import install_rules
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.models import Carrier, Company, Customer, Product, Warehouse

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PRODUCTS = 1_000
CUSTOMERS = 200
STOCK = Decimal(100_000_000)
SEED = 20_260_302


@dataclass(frozen=True, slots=True)
class World:
    """A company of the bench: who acts in it, and the ids to order with; two worlds of one size are alike but for ids."""

    act: Act
    warehouse_id: int
    carrier_id: int
    customer_ids: Sequence[int]
    product_ids: Sequence[int]


def make_world(code: str) -> World:
    """Make a company with masters, rules, accounts and stock, all of it marked as generated."""
    company = Company.objects.create(code=code, name=f"Bench {code}", currency_id="CNY", is_generated=True)
    act = Act(company_id=company.id, at=NOW, on=TODAY)
    with acting_for(company.id), transaction.atomic():
        warehouse = Warehouse.objects.create(company_id=company.id, code="W1", name="W1", country_id="CN")
        carrier = Carrier.objects.create(company_id=company.id, code="K1", name="K1")
        customers = Customer.objects.bulk_create(a_customer(company.id, number) for number in range(CUSTOMERS))
        products = Product.objects.bulk_create(a_product(company.id, number) for number in range(PRODUCTS))
        install_rules(act=act)
        install_accounts(act=act)
        receive_stock(act=act, receipts=[Receipt(warehouse.pk, row.pk, STOCK, row.standard_cost) for row in products])
        post_stock_documents(act=act)
    return World(act, warehouse.pk, carrier.pk, [row.pk for row in customers], [row.pk for row in products])


def a_customer(company_id: int, number: int) -> Customer:
    """A customer whose credit is checked, and enough."""
    return Customer(
        company_id=company_id,
        code=f"C{number:04d}",
        name=f"Customer {number}",
        address=f"{number} Harbour Road",
        city="Shanghai",
        country_id="CN",
        credit_limit=Decimal(10) ** 12,
        is_generated=True,
    )


def a_product(company_id: int, number: int) -> Product:
    """A product whose price and cost do not divide evenly, so that rounding has its part."""
    return Product(
        company_id=company_id,
        code=f"P{number:04d}",
        name=f"Product {number}",
        unit_id="C62",
        list_price=Decimal("3.17") + Decimal(number) / 100,
        standard_cost=Decimal("1.93") + Decimal(number) / 200,
        tax_rate=Decimal("0.13"),
        weight_kg=Decimal("0.250"),
        is_generated=True,
    )


def some_drafts(world: World, *, orders: int, lines: int, seed: int) -> list[OrderDraft]:
    """Orders of so many lines, each of another product; the same seed gives the same orders in every world."""
    chance = random.Random(SEED + seed)
    return [
        OrderDraft(
            customer_id=chance.choice(world.customer_ids),
            warehouse_id=world.warehouse_id,
            lines=[LineDraft(product_id, Decimal(chance.randint(1, 48))) for product_id in chance.sample(world.product_ids, lines)],
            source="import",
        )
        for _ in range(orders)
    ]


def know_sizes() -> None:
    """Have the server count its rows again: tables analysed while empty would give every later plan a wrong start."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
