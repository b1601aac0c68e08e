"""A small wholesaler for tests of whole journeys: its masters, and orders brought as far as a test wants them.

Reads are transactions too: row-level security learns the company when one begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation.operations import allocate_orders, receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_invoices, install_accounts, post_invoices, post_stock_documents, take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import install_rules, review_orders
from dinghuo.journey.shipping.models import Shipment, ShipmentLine
from dinghuo.journey.shipping.operations import deliver_shipments, dispatch_shipments, make_shipping_notices, take_back_goods
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Product, Warehouse
from tests.builders import a_carrier, a_company, a_customer, a_product, a_warehouse, an_act

Lines = Sequence[tuple[Product, int]]


@dataclass(frozen=True)
class Shop:
    """A company with rules, accounts, one warehouse, one carrier, one customer and some products of 10.00 each."""

    company: Company
    act: Act
    warehouse: Warehouse
    customer: Customer
    products: list[Product]


def open_shop(products: int = 3) -> Shop:
    """A new company with what it needs; surround what follows with `tenancy.acting_for(shop.company.id)`."""
    company = a_company()
    act = an_act(company)
    with tenancy.acting_for(company.id), transaction.atomic():
        install_rules(act=act)
        install_accounts(act=act)
        a_carrier(company)
        goods = [a_product(company) for _ in range(products)]
        return Shop(company, act, a_warehouse(company), a_customer(company), goods)


def the_document(outcomes: Sequence[Outcome]) -> int:
    """The document that the only outcome made."""
    (outcome,) = outcomes
    assert outcome.done, outcome
    assert outcome.document_id is not None, outcome
    return outcome.document_id


def all_done(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes, none of which is a refusal."""
    assert outcomes
    assert all(outcome.done for outcome in outcomes), outcomes
    return outcomes


def stocked(shop: Shop, *lines: tuple[Product, int]) -> int:
    """Goods received at 6.00 each; returns the stock document."""
    receipts = [Receipt(shop.warehouse.id, product.id, Decimal(quantity), Decimal(6)) for product, quantity in lines]
    (document,) = {outcome.document_id for outcome in all_done(receive_stock(act=shop.act, receipts=receipts))}
    assert document is not None
    return document


def entered(shop: Shop, lines: Lines, customer: Customer | None = None) -> int:
    """A draft order."""
    drafts = [LineDraft(product.id, Decimal(quantity)) for product, quantity in lines]
    draft = OrderDraft((customer or shop.customer).id, shop.warehouse.id, drafts)
    return the_document(enter_orders(act=shop.act, drafts=[draft]))


def submitted(shop: Shop, lines: Lines, customer: Customer | None = None) -> int:
    """An order that waits for review."""
    order_id = entered(shop, lines, customer)
    all_done(submit_orders(act=shop.act, order_ids=[order_id]))
    return order_id


@transaction.atomic
def held(shop: Shop, lines: Lines) -> int:
    """An order held because its customer is blocked."""
    order_id = submitted(shop, lines, a_customer(shop.company, is_blocked=True))
    (outcome,) = review_orders(act=shop.act, order_ids=[order_id])
    assert outcome.facts["state"] == "held", outcome
    return order_id


def released(shop: Shop, lines: Lines) -> int:
    """An order that passed review."""
    order_id = submitted(shop, lines)
    (outcome,) = review_orders(act=shop.act, order_ids=[order_id])
    assert outcome.facts["state"] == "released", outcome
    return order_id


def allocated(shop: Shop, lines: Lines) -> int:
    """An order that has been given stock."""
    order_id = released(shop, lines)
    all_done(allocate_orders(act=shop.act, order_ids=[order_id]))
    return order_id


def noticed(shop: Shop, lines: Lines) -> int:
    """An order with a shipping notice; returns the order."""
    order_id = allocated(shop, lines)
    all_done(make_shipping_notices(act=shop.act, order_ids=[order_id]))
    return order_id


@transaction.atomic
def shipment_of(order_id: int) -> int:
    """The only shipment of an order."""
    return Shipment.objects.get(order_id=order_id).id


def dispatched(shop: Shop, lines: Lines) -> int:
    """An order whose goods have left."""
    order_id = noticed(shop, lines)
    all_done(dispatch_shipments(act=shop.act, shipment_ids=[shipment_of(order_id)]))
    return order_id


def delivered(shop: Shop, lines: Lines) -> int:
    """An order whose goods have arrived."""
    order_id = dispatched(shop, lines)
    all_done(deliver_shipments(act=shop.act, shipment_ids=[shipment_of(order_id)]))
    return order_id


def drafted(shop: Shop, lines: Lines) -> int:
    """The draft invoice of goods that have arrived; returns the invoice."""
    order_id = delivered(shop, lines)
    return the_document(draft_invoices(act=shop.act, shipment_ids=[shipment_of(order_id)]))


def posted(shop: Shop, lines: Lines) -> int:
    """A posted invoice; returns the invoice."""
    invoice_id = drafted(shop, lines)
    all_done(post_invoices(act=shop.act, invoice_ids=[invoice_id]))
    return invoice_id


def paid(shop: Shop, invoice_id: int, amount: Decimal | None = None) -> int:
    """Money for an invoice, all of it without an amount; returns the payment."""
    return the_document(take_payments(act=shop.act, payments=[payment_for(invoice_id, amount)]))


@transaction.atomic
def payment_for(invoice_id: int, amount: Decimal | None = None) -> PaymentDraft:
    """A bank transfer that names an invoice."""
    invoice = SalesInvoice.objects.get(id=invoice_id)
    return PaymentDraft(invoice.customer_id, amount or invoice.amount_gross, "bank_transfer", invoice_ids=[invoice_id])


@transaction.atomic
def goods_back(shop: Shop, order_id: int, quantity: int) -> ReturnDraft:
    """A return of so much of an order's first goods."""
    line = ShipmentLine.objects.filter(shipment__order_id=order_id).order_by("id")[0]
    product = shop.products[0]
    came = ReturnLineDraft(product.id, Decimal(quantity), product.list_price, shipment_line_id=line.id)
    return ReturnDraft(shop.customer.id, shop.warehouse.id, [came], order_id=order_id)


def returned(shop: Shop, order_id: int, quantity: int) -> int:
    """Goods of an order taken back; returns the return."""
    return the_document(take_back_goods(act=shop.act, returns=[goods_back(shop, order_id, quantity)]))


@transaction.atomic
def a_line_of(order_id: int) -> int:
    """The first line of an order."""
    return SalesOrderLine.objects.filter(order_id=order_id).order_by("position")[0].id


@transaction.atomic
def order_of(invoice_id: int) -> int:
    """The order that an invoice bills."""
    order_id = SalesInvoice.objects.get(id=invoice_id).order_id
    assert order_id is not None
    return order_id


def booked(shop: Shop) -> None:
    """Bring every stock document into the ledger."""
    post_stock_documents(act=shop.act)
