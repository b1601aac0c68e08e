"""Orders are entered as they were meant, or refused naming what is wrong; one bad order never stops the others."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.ordering.models import OrderAmendment, OrderCharge, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import amend_order, cancel_orders, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment, ChargeDraft, LineDraft, OrderDraft, ShipTo
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, PriceList, PriceListItem
from tests.builders import TODAY, a_customer, a_product, a_warehouse, an_order


def test_an_order_is_priced_taxed_and_totalled(company: Company, act: Act) -> None:
    customer, warehouse = a_customer(company, address="Road 1", city="Yiwu"), a_warehouse(company)
    product = a_product(company, list_price=Decimal("9.995"))
    (outcome,) = enter_orders(
        act=act,
        drafts=[
            OrderDraft(
                customer.id,
                warehouse.id,
                [LineDraft(product.id, Decimal(3)), LineDraft(product.id, Decimal(2), Decimal("1.5"))],
                charges=[ChargeDraft("postage", Decimal(1), Decimal("12.50"))],
            )
        ],
    )
    assert outcome.document_id is not None
    order = SalesOrder.objects.get(company_id=company.id, id=outcome.document_id)
    nets = list(SalesOrderLine.objects.filter(order=order).order_by("position").values_list("amount_net", "amount_tax"))
    assert nets == [(Decimal("29.990"), Decimal("3.900")), (Decimal("3.000"), Decimal("0.390"))]
    assert order.amount_net == Decimal("45.490")
    assert order.amount_gross == order.amount_net + order.amount_tax == Decimal("49.780")
    assert (order.ship_to_address, order.ship_to_city, order.number) == ("Road 1", "Yiwu", "SO2026-000001")
    assert OrderCharge.objects.get(order=order).amount_net == Decimal("12.500")
    assert Event.objects.get(journey_id=order.id).kind == "OrderEntered"


def test_the_agreed_price_of_the_customers_list_holds(company: Company, act: Act) -> None:
    prices = PriceList.objects.create(company_id=company.id, code="VIP", name="VIP")
    product, other = a_product(company), a_product(company)
    PriceListItem.objects.create(company_id=company.id, price_list=prices, product=product, unit_price=Decimal(8), valid_from=TODAY)
    customer = a_customer(company, price_list=prices)
    order_id = an_order(act, customer, a_warehouse(company), [(product, 1), (other, 1)])
    agreed = SalesOrderLine.objects.filter(order_id=order_id).order_by("position").values_list("unit_price", flat=True)
    assert list(agreed) == [Decimal(8), Decimal(10)]


def test_a_second_entry_with_the_same_reference_gives_the_first_order(company: Company, act: Act) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    first = an_order(act, customer, warehouse, [(product, 1)], external_ref="PO-1")
    assert an_order(act, customer, warehouse, [(product, 1)], external_ref="PO-1") == first
    assert SalesOrder.objects.filter(company_id=company.id).count() == 1


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (LineDraft(0, Decimal(0)), "quantity"),
        (LineDraft(0, Decimal(-1)), "quantity"),
        (LineDraft(0, Decimal("NaN")), "quantity"),
        (LineDraft(0, Decimal("1.0001")), "quantity"),
        (LineDraft(0, Decimal("1e20")), "quantity"),
        (LineDraft(0, Decimal(1), Decimal("1.1234567")), "unit_price"),
        (LineDraft(0, Decimal(1), Decimal(-1)), "unit_price"),
    ],
)
def test_a_malformed_line_is_named_and_the_other_orders_are_entered(
    company: Company, act: Act, line: LineDraft, column: str
) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    good = LineDraft(product.id, Decimal(1))
    bad = LineDraft(product.id, line.quantity, line.unit_price)
    refused, done = enter_orders(
        act=act,
        drafts=[OrderDraft(customer.id, warehouse.id, [good, bad]), OrderDraft(customer.id, warehouse.id, [good])],
    )
    assert (refused.code, refused.facts["line"], refused.facts["column"]) == ("malformed", 2, column)
    assert done.done
    assert SalesOrder.objects.filter(company_id=company.id).count() == 1


def test_an_order_of_5001_lines_and_an_empty_one_are_refused(company: Company, act: Act) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    line = LineDraft(product.id, Decimal(1))
    outcomes = enter_orders(
        act=act,
        drafts=[OrderDraft(customer.id, warehouse.id, [line] * 5_001), OrderDraft(customer.id, warehouse.id, [])],
    )
    assert [(outcome.code, outcome.facts.get("line")) for outcome in outcomes] == [("malformed", 5_001), ("malformed", None)]
    (limit,) = enter_orders(act=act, drafts=[OrderDraft(customer.id, warehouse.id, [line] * 5_000)])
    assert limit.done


def test_unknown_customers_warehouses_and_products_are_named(company: Company, act: Act) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    line = LineDraft(product.id, Decimal(1))
    outcomes = enter_orders(
        act=act,
        drafts=[
            OrderDraft(customer.id + 99, warehouse.id, [line]),
            OrderDraft(customer.id, warehouse.id + 99, [line]),
            OrderDraft(customer.id, warehouse.id, [line, LineDraft(product.id + 99, Decimal(1))]),
        ],
    )
    assert [outcome.code for outcome in outcomes] == ["unknown_customer", "unknown_warehouse", "unknown_product"]
    assert outcomes[2].facts["line"] == 2


@pytest.mark.parametrize("orders", [1, 30])
def test_entering_takes_the_same_statements_for_one_and_for_many(company: Company, act: Act, orders: int) -> None:
    customer, warehouse, product = a_customer(company), a_warehouse(company), a_product(company)
    drafts = [OrderDraft(customer.id, warehouse.id, [LineDraft(product.id, Decimal(1))] * orders)] * orders
    with CaptureQueriesContext(connection) as statements:
        enter_orders(act=act, drafts=drafts)
    assert len(statements) == 6


def test_only_a_draft_is_submitted_and_once(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    first, repeat, unknown = (submit_orders(act=act, order_ids=[key])[0] for key in (order_id, order_id, order_id + 99))
    assert (first.code, repeat.code, unknown.code) == ("done", "not_a_draft", "not_found")
    assert Event.objects.filter(kind="OrderSubmitted", journey_id=order_id).count() == 1


def test_an_amendment_makes_a_version_with_its_difference(company: Company, act: Act) -> None:
    product = a_product(company)
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(product, 5), (product, 7)])
    first, second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")
    change = Amendment(
        1, {first.id: Decimal(0), second.id: Decimal(3)}, {second.id: Decimal(9)}, [LineDraft(product.id, Decimal(1))]
    )
    assert amend_order(act=act, order_id=order_id, amendment=change).facts["version"] == 2
    order = SalesOrder.objects.get(company_id=company.id, id=order_id)
    assert order.amount_net == Decimal(37)
    late = amend_order(act=act, order_id=order_id, amendment=change)
    assert (late.code, late.facts["version"], late.facts["yours"]) == ("version_conflict", 2, 1)


def test_terms_and_address_are_amended_with_their_difference(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 5)])
    ship_to = ShipTo("Dock 4", "4 Quay", "Ningbo", "CN", "浙江省", "315000")
    change = Amendment(1, payment_terms_days=60, ship_to=ship_to, reason="moved")
    assert amend_order(act=act, order_id=order_id, amendment=change).done
    order = SalesOrder.objects.get(company_id=company.id, id=order_id)
    assert (order.payment_terms_days, order.ship_to_name, order.ship_to_postcode, order.version) == (60, "Dock 4", "315000", 2)
    kept = {row["column"]: (row["before"], row["after"]) for row in OrderAmendment.objects.get(order_id=order_id).difference}
    assert kept["payment_terms_days"] == (30, 60)
    assert kept["ship_to_city"] == ("", "Ningbo")
    assert "ship_to_country" not in kept, "what stays the same is no difference"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"payment_terms_days": 366}, "payment_terms_days"),
        ({"payment_terms_days": -1}, "payment_terms_days"),
        ({"ship_to": ShipTo("", "4 Quay", "Ningbo", "CN")}, "ship_to_name"),
        ({"ship_to": ShipTo("Dock 4", "4 Quay", "Ningbo", "CN", postcode="1" * 13)}, "ship_to_postcode"),
    ],
)
def test_terms_and_addresses_that_cannot_be_are_refused_and_change_nothing(
    company: Company, act: Act, change: dict[str, Any], column: str
) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 5)])
    refused = amend_order(act=act, order_id=order_id, amendment=Amendment(1, **change))
    assert (refused.code, refused.facts["column"]) == ("malformed", column)
    assert SalesOrder.objects.get(id=order_id).version == 1
    assert not OrderAmendment.objects.filter(order_id=order_id).exists()


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"incoterm": "FOBB"}, "incoterm"),
        ({"freight_payer": "nobody"}, "incoterm"),
        ({"cash_discount_rate": Decimal("1")}, "cash_discount_rate"),
        ({"cash_discount_days": 366}, "cash_discount_days"),
    ],
)
def test_delivery_terms_and_discounts_that_cannot_be_are_refused(
    company: Company, act: Act, given: dict[str, Any], column: str
) -> None:
    draft = OrderDraft(a_customer(company).id, a_warehouse(company).id, [LineDraft(a_product(company).id, Decimal(1))], **given)
    (refused,) = enter_orders(act=act, drafts=[draft])
    assert (refused.code, refused.facts["column"]) == ("malformed", column)


def test_an_order_takes_its_customers_cash_discount_unless_it_names_its_own(company: Company, act: Act) -> None:
    customer = a_customer(company, cash_discount_rate=Decimal("0.02"), cash_discount_days=10, region="浙江省", postcode="310000")
    own = an_order(act, customer, a_warehouse(company), [(a_product(company), 1)], cash_discount_rate=Decimal("0.03"))
    plain = an_order(act, customer, a_warehouse(company), [(a_product(company), 1)])
    orders = SalesOrder.objects.in_bulk([own, plain])
    assert (orders[own].cash_discount_rate, orders[own].cash_discount_days) == (Decimal("0.03"), 10)
    assert (orders[plain].cash_discount_rate, orders[plain].ship_to_postcode) == (Decimal("0.02"), "310000")


def test_an_amended_order_is_reviewed_again(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 5)])
    submit_orders(act=act, order_ids=[order_id])
    SalesOrder.objects.filter(id=order_id).update(state="released")
    line = SalesOrderLine.objects.get(order_id=order_id)
    assert amend_order(act=act, order_id=order_id, amendment=Amendment(1, {line.id: Decimal(9)})).done
    assert SalesOrder.objects.get(id=order_id).state == "submitted"


def test_a_cancelled_order_stays_cancelled(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 5)])
    assert cancel_orders(act=act, order_ids=[order_id], reason="mistake")[0].done
    assert cancel_orders(act=act, order_ids=[order_id], reason="mistake")[0].code == "cannot_be_cancelled"
    assert submit_orders(act=act, order_ids=[order_id])[0].code == "not_a_draft"


def test_an_order_with_allocated_stock_is_not_cancelled(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 5)])
    SalesOrderLine.objects.filter(order_id=order_id).update(allocated=2)
    (outcome,) = cancel_orders(act=act, order_ids=[order_id], reason="mistake")
    assert (outcome.code, Decimal(outcome.facts["allocated"])) == ("stock_is_allocated", Decimal(2))
