"""Makes what a test needs, with only what matters to it written out."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.journey.allocation.models import StockDocument, StockLevel, StockMove
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier, Company, Customer, Product, Warehouse

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_serial = itertools.count(1)


def a_code(prefix: str) -> str:
    """A code that no other row of this run has."""
    return f"{prefix}{next(_serial)}"


def a_company(**given: Any) -> Company:
    """A company in yuan; surround what follows with `tenancy.acting_for(company.id)`."""
    code = a_code("co")
    return Company.objects.create(**{"code": code, "name": code, "currency_id": "CNY", **given})


def an_act(company: Company, *, on: date = TODAY, actor_id: int | None = None) -> Act:
    """Somebody acting for the company on a day."""
    return Act(company_id=company.id, at=datetime(on.year, on.month, on.day, 1, tzinfo=UTC), on=on, actor_id=actor_id)


def a_warehouse(company: Company, **given: Any) -> Warehouse:
    """A warehouse in China."""
    return Warehouse.objects.create(**{"company_id": company.id, "code": a_code("W"), "name": "W", "country_id": "CN", **given})


def a_carrier(company: Company, **given: Any) -> Carrier:
    """A carrier that serves every country in two days."""
    return Carrier.objects.create(**{"company_id": company.id, "code": a_code("K"), "name": "K", **given})


def a_customer(company: Company, **given: Any) -> Customer:
    """A customer without a credit limit, due in 30 days."""
    code = a_code("C")
    return Customer.objects.create(**{"company_id": company.id, "code": code, "name": code, "country_id": "CN", **given})


def a_product(company: Company, **given: Any) -> Product:
    """A product of 10.00 with 13 % tax that costs 6.00."""
    code = a_code("P")
    plain = {"list_price": Decimal(10), "standard_cost": Decimal(6), "tax_rate": Decimal("0.13"), "unit_id": "C62"}
    return Product.objects.create(**{"company_id": company.id, "code": code, "name": code, **plain, **given})


def some_stock(act: Act, warehouse: Warehouse, product: Product, quantity: int | Decimal) -> StockLevel:
    """Stock at the product's standard cost, with the receipt it came by."""
    cost = (Decimal(quantity) * product.standard_cost).quantize(Decimal("0.01"))
    level = StockLevel.objects.create(
        company_id=act.company_id, warehouse=warehouse, product=product, on_hand=quantity, cost_amount=cost
    )
    document = StockDocument.objects.create(
        company_id=act.company_id, kind="receipt", number=a_code("GR"), moved_on=act.on, recorded_at=act.at
    )
    StockMove.objects.create(company_id=act.company_id, document=document, stock_level=level, quantity=quantity, cost_amount=cost)
    return level


def document_of(outcome: Outcome) -> int:
    """The document that an operation made."""
    assert outcome.document_id is not None, outcome
    return outcome.document_id


def an_order(
    act: Act, customer: Customer, warehouse: Warehouse, lines: Sequence[tuple[Product, int | Decimal]], **given: Any
) -> int:
    """A draft order of these products and quantities; returns its id."""
    drafts = [LineDraft(product.id, Decimal(quantity)) for product, quantity in lines]
    (outcome,) = enter_orders(act=act, drafts=[OrderDraft(customer.id, warehouse.id, drafts, **given)])
    assert outcome.document_id is not None, outcome
    return outcome.document_id


def a_released_order(
    act: Act, customer: Customer, warehouse: Warehouse, lines: Sequence[tuple[Product, int | Decimal]], **given: Any
) -> int:
    """An order that passed review; returns its id."""
    order_id = an_order(act, customer, warehouse, lines, **given)
    submit_orders(act=act, order_ids=[order_id])
    (outcome,) = review_orders(act=act, order_ids=[order_id])
    assert outcome.facts["state"] == "released", outcome
    return order_id
