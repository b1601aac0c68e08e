"""What the trader does, once it is connected."""

import itertools
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.operations import draft_invoices, post_invoices, post_stock_documents, take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.invariants.queries import run_checks
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.journey.shipping.operations import deliver_shipments, dispatch_shipments, make_shipping_notices, take_back_goods
from dinghuo.kernel import tenancy
from dinghuo.kernel.setup import prepare_database
from dinghuo.reference.models import Company, Customer, Product, Warehouse
from tests.builders import an_act
from tests.shop import Shop, all_done, goods_back, open_shop, payment_for, shipment_of, stocked, the_document


def say(table: str, row_id: int) -> None:
    """Name a row that is there for good."""
    print(json.dumps({"table": table, "id": row_id}), flush=True)


def the_shop() -> Shop:
    """The shop that `prepare` opened."""
    company = Company.objects.get()
    with tenancy.acting_for(company.id), transaction.atomic():
        products = list(Product.objects.order_by("id"))
        return Shop(company, an_act(company), Warehouse.objects.get(), Customer.objects.get(), products)


def prepare() -> None:
    """Make the tables, and a company with more stock than a test can sell."""
    prepare_database()
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        stocked(shop, *((product, 1_000_000) for product in shop.products))


def trade() -> None:
    """Bring one order after the other to cash, each step a transaction that is named once it is over."""
    shop = the_shop()
    with tenancy.acting_for(shop.company.id):
        while True:
            one_journey(shop)


def one_journey(shop: Shop) -> None:
    """An order from entry to payment, with a return of a part."""
    act = shop.act
    lines = [LineDraft(product.id, Decimal(3)) for product in shop.products]
    order_id = the_document(enter_orders(act=act, drafts=[OrderDraft(shop.customer.id, shop.warehouse.id, lines)]))
    say("sales_order", order_id)
    all_done(submit_orders(act=act, order_ids=[order_id]))
    all_done(review_orders(act=act, order_ids=[order_id]))
    all_done(allocate_orders(act=act, order_ids=[order_id]))
    all_done(make_shipping_notices(act=act, order_ids=[order_id]))
    shipment_id = shipment_of(order_id)
    all_done(dispatch_shipments(act=act, shipment_ids=[shipment_id]))
    say("shipment", shipment_id)
    all_done(deliver_shipments(act=act, shipment_ids=[shipment_id]))
    invoice_id = the_document(draft_invoices(act=act, shipment_ids=[shipment_id]))
    all_done(post_invoices(act=act, invoice_ids=[invoice_id]))
    say("sales_invoice", invoice_id)
    say("payment", the_document(take_payments(act=act, payments=[payment_for(invoice_id)])))
    say("customer_return", the_document(take_back_goods(act=act, returns=[goods_back(shop, order_id, 1)])))
    post_stock_documents(act=act)


def boast() -> None:
    """Name each payment before its commit, and take a while over that."""
    shop = the_shop()
    with tenancy.acting_for(shop.company.id):
        for _ in itertools.count():
            with transaction.atomic():
                draft = PaymentDraft(shop.customer.id, Decimal(5), "cash")
                say("payment", the_document(take_payments(act=shop.act, payments=[draft])))
                time.sleep(0.5)


IS_THERE = {
    "sales_order": "SELECT id FROM sales_order WHERE id = ANY(%s)",
    "shipment": "SELECT id FROM shipment WHERE id = ANY(%s) AND state IN ('dispatched', 'delivered')",
    "sales_invoice": "SELECT id FROM sales_invoice WHERE id = ANY(%s) AND state = 'posted'",
    "payment": "SELECT id FROM payment WHERE id = ANY(%s)",
    "customer_return": "SELECT id FROM customer_return WHERE id = ANY(%s)",
}


def check() -> None:
    """Read the rows that were named from standard input; tell which of them are missing and which invariants are broken."""
    named = [json.loads(line) for line in sys.stdin]
    shop = the_shop()
    missing = []
    with tenancy.acting_for(shop.company.id), transaction.atomic(), connection.cursor() as cursor:
        for table, question in IS_THERE.items():
            ids = {row["id"] for row in named if row["table"] == table}
            cursor.execute(question, [sorted(ids)])
            missing += [f"{table} {row_id}" for row_id in sorted(ids - {row[0] for row in cursor.fetchall()})]
    report = run_checks(shop.company.id)
    print(json.dumps({"named": len(named), "missing": missing, "broken": sorted(report.broken), "checked": report.checked}))


ACTIONS: dict[str, Callable[[], None]] = {"prepare": prepare, "trade": trade, "boast": boast, "check": check}
