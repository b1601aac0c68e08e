"""Goods that have left, written straight into the tables: finance is tested on what shipping leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation.models import Allocation, AllocationRun, StockLevel
from dinghuo.journey.finance.operations import draft_invoices, post_invoices
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import enter_orders
from dinghuo.journey.ordering.rules import ChargeDraft, LineDraft, OrderDraft
from dinghuo.journey.shipping.models import CustomerReturn, CustomerReturnLine, Shipment, ShipmentLine
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import a_carrier, a_code, a_customer, a_product, a_warehouse


@dataclass(frozen=True)
class Sold:
    """An order on the road: its customer, lines and shipments, in order."""

    order_id: int
    customer: Customer
    line_ids: list[int]
    shipment_ids: list[int]


@transaction.atomic
def sold(
    act: Act,
    parts: Sequence[Sequence[int | str]] = ((10,),),
    *,
    customer: Customer | None = None,
    price: str = "10",
    rate: str = "0.13",
    charges: Sequence[ChargeDraft] = (),
    ordered: Sequence[int | str] | None = None,
) -> Sold:
    """An order of one line for each column of `parts`, each row of which left as a shipment of its own (0: not in it)."""
    company = Company.objects.get(pk=act.company_id)
    customer = customer or a_customer(company)
    warehouse, carrier = a_warehouse(company), a_carrier(company)
    columns = list(zip(*parts, strict=True)) if parts else []
    totals = [Decimal(total) for total in ordered or ()] or [sum(map(Decimal, column), Decimal(0)) for column in columns]
    lines = [LineDraft(a_product(company, tax_rate=Decimal(rate)).id, Decimal(total), Decimal(price)) for total in totals]
    draft = OrderDraft(customer.id, warehouse.id, lines, charges)
    (outcome,) = enter_orders(act=act, drafts=[draft])
    assert outcome.document_id is not None, outcome
    SalesOrder.objects.filter(pk=outcome.document_id).update(state="released")
    order_lines = list(SalesOrderLine.objects.filter(order_id=outcome.document_id).order_by("position"))
    made = Sold(outcome.document_id, customer, [line.id for line in order_lines], [])
    for part in parts:
        shipment = Shipment.objects.create(
            company_id=act.company_id, number=a_code("S"), order_id=made.order_id, warehouse=warehouse, carrier=carrier,
            state="dispatched", planned_on=act.on, dispatched_on=act.on, expected_on=act.on, noticed_at=act.at,
        )  # fmt: skip
        made.shipment_ids.append(shipment.id)
        for line, quantity in zip(order_lines, map(Decimal, part), strict=True):
            if quantity:
                ship(act, shipment, line, quantity)
    return made


def ship(act: Act, shipment: Shipment, line: SalesOrderLine, quantity: Decimal) -> ShipmentLine:
    """Goods of an order line that left with a shipment."""
    run = AllocationRun.objects.create(
        company_id=act.company_id, ran_at=act.at, policy={}, inputs_hash=b"", lines_considered=1, lines_served=1, lines_short=0
    )
    level, _ = StockLevel.objects.get_or_create(
        company_id=act.company_id, warehouse_id=shipment.warehouse_id, product_id=line.product_id, lot=None
    )
    allocation = Allocation.objects.create(
        company_id=act.company_id, run=run, order_line=line, stock_level=level, quantity=quantity, allocated_at=act.at
    )
    line.allocated += quantity
    line.shipped += quantity
    SalesOrderLine.objects.filter(pk=line.pk).update(allocated=line.allocated, shipped=line.shipped)
    return ShipmentLine.objects.create(company_id=act.company_id, shipment=shipment, allocation=allocation, quantity=quantity)


def posted(act: Act, made: Sold) -> list[int]:
    """Draft and post what an order's shipments bill; returns the invoices."""
    ids = [outcome.document_id for outcome in draft_invoices(act=act, shipment_ids=made.shipment_ids)]
    outcomes = post_invoices(act=act, invoice_ids=[key for key in ids if key is not None])
    assert all(outcome.done for outcome in outcomes), outcomes
    return [outcome.id for outcome in outcomes]


@transaction.atomic
def came_back(act: Act, made: Sold, quantities: Sequence[int], *, price: str = "10", rate: str = "0.13") -> CustomerReturn:
    """A return of goods of an order, one line for each quantity."""
    goods = CustomerReturn.objects.create(
        company_id=act.company_id, number=a_code("R"), customer=made.customer, order_id=made.order_id,
        warehouse=SalesOrder.objects.get(pk=made.order_id).warehouse, received_on=act.on, recorded_at=act.at,
    )  # fmt: skip
    for position, quantity in enumerate(quantities, 1):
        CustomerReturnLine.objects.create(
            company_id=act.company_id, customer_return=goods, position=position, quantity=quantity,
            product_id=SalesOrderLine.objects.get(pk=made.line_ids[0]).product_id, unit_price=price, tax_rate=rate,
        )  # fmt: skip
    return goods
