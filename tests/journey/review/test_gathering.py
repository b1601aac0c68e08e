"""What the statements gather for the rules, on real orders: the same answers as by hand, and a fixed number of statements."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.ordering.rules import ChargeDraft
from dinghuo.journey.review.models import Hold, ReviewFinding
from dinghuo.journey.review.operations import RuleDraft, add_rule, review_orders
from dinghuo.journey.review.rules import KINDS
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import AssortmentItem, Company, Customer, PriceList, PriceListItem, Product, Warehouse
from tests.builders import TODAY, a_customer, a_product, a_released_order, a_warehouse, an_order, some_stock


def with_rule(act: Act, kind: str, **given: Any) -> None:
    """Put a rule of that kind in force."""
    assert add_rule(act=act, draft=RuleDraft(code=f"my_{kind}", kind=kind, **given)).done


def outcome(act: Act, order_id: int) -> tuple[str, list[str]]:
    """Submit and review one order: its state and the rules that it broke."""
    submit_orders(act=act, order_ids=[order_id])
    (done,) = review_orders(act=act, order_ids=[order_id])
    return done.facts["state"], done.facts["rules"]


def figures(order_id: int, code: str) -> dict[str, Any]:
    """What a rule stored about an order."""
    found: dict[str, Any] = ReviewFinding.objects.get(review__order_id=order_id, rule__code=code).inputs
    return found


@pytest.fixture
def warehouse(company: Company) -> Warehouse:
    return a_warehouse(company)


@pytest.fixture
def customer(company: Company) -> Customer:
    return a_customer(company)


@pytest.fixture
def product(company: Company) -> Product:
    return a_product(company, list_price=Decimal(10), tax_rate=Decimal(0))


def test_the_price_agreed_on_the_day_is_compared(company: Company, act: Act, warehouse: Warehouse, product: Product) -> None:
    prices = PriceList.objects.create(company_id=company.id, code="L", name="L")
    for price, valid_from in ((8, TODAY - timedelta(days=9)), (5, TODAY + timedelta(days=1))):
        PriceListItem.objects.create(
            company_id=company.id, price_list=prices, product=product, unit_price=price, valid_from=valid_from
        )
    order_id = an_order(act, a_customer(company, price_list=prices), warehouse, [(product, 1)])
    outcome(act, order_id)
    assert Decimal(figures(order_id, "prices")["agreed"]) == 8


def test_history_is_the_median_of_the_customers_own_orders_before(
    act: Act, warehouse: Warehouse, customer: Customer, company: Company, product: Product
) -> None:
    with_rule(act, "usual_quantity")
    for quantity in (30, 40, 40, 400):
        SalesOrder.objects.filter(id=an_order(act, customer, warehouse, [(product, quantity)])).update(state="completed")
    SalesOrder.objects.filter(id=an_order(act, a_customer(company), warehouse, [(product, 999)])).update(state="completed")
    assert outcome(act, an_order(act, customer, warehouse, [(product, 200)]))[0] == "released"
    order_id = an_order(act, customer, warehouse, [(product, 201)])
    assert outcome(act, order_id) == ("held", ["my_usual_quantity"])
    found = figures(order_id, "my_usual_quantity")
    assert (Decimal(found["median"]), found["orders"]) == (Decimal(40), 5)


def test_history_counts_orders_however_many_lines_each_took(
    act: Act, warehouse: Warehouse, customer: Customer, product: Product
) -> None:
    with_rule(act, "usual_quantity", parameters={"times_max": "5", "orders_min": 4})
    lines = [(product, 10)] * 4
    for _ in range(3):
        SalesOrder.objects.filter(id=an_order(act, customer, warehouse, lines)).update(state="completed")
    assert outcome(act, an_order(act, customer, warehouse, [(product, 400)]))[0] == "released", "twelve lines are three orders"
    SalesOrder.objects.filter(id=an_order(act, customer, warehouse, lines)).update(state="completed")
    order_id = an_order(act, customer, warehouse, [(product, 400)])
    assert outcome(act, order_id) == ("held", ["my_usual_quantity"])
    found = figures(order_id, "my_usual_quantity")
    assert (Decimal(found["median"]), found["orders"]) == (Decimal(40), 5)


def test_the_same_po_number_is_found_in_the_family_whatever_its_punctuation(
    company: Company, act: Act, warehouse: Warehouse, product: Product
) -> None:
    with_rule(act, "same_po")
    parent = a_customer(company)
    sister, brother, stranger = a_customer(company, parent=parent), a_customer(company, parent=parent), a_customer(company)
    first = an_order(act, sister, warehouse, [(product, 1)], customer_po="PO-4711 .")
    assert outcome(act, first)[0] == "released"
    assert outcome(act, an_order(act, stranger, warehouse, [(product, 1)], customer_po="po4711"))[0] == "released"
    second = an_order(act, brother, warehouse, [(product, 1)], customer_po="po4711")
    assert outcome(act, second) == ("held", ["my_same_po"])
    assert figures(second, "my_same_po")["others"] == [SalesOrder.objects.get(id=first).number]
    SalesOrder.objects.filter(id__in=[first, second]).update(state="cancelled")
    assert outcome(act, an_order(act, brother, warehouse, [(product, 1)], customer_po="PO 4711"))[0] == "released"


def test_nine_of_ten_equal_lines_for_one_address_are_alike(
    company: Company, act: Act, warehouse: Warehouse, customer: Customer
) -> None:
    with_rule(act, "alike_order", severity="warn")
    products = [a_product(company) for _ in range(10)]
    lines = [(each, 3) for each in products]
    first = an_order(act, customer, warehouse, lines, customer_po="A")
    assert outcome(act, first) == ("released", [])
    second = an_order(act, customer, warehouse, [*lines[:9], (products[9], 4)], customer_po="B")
    assert outcome(act, second) == ("released", ["my_alike_order"])
    assert Decimal(figures(second, "my_alike_order")["likeness"]) == Decimal("0.8182")
    assert outcome(act, an_order(act, customer, warehouse, lines[:5]))[1] == []
    elsewhere = an_order(act, customer, warehouse, lines, ship_to_name="N", ship_to_address="Another road 5")
    assert outcome(act, elsewhere)[1] == []


def test_an_assortment_is_the_customers_its_classes_or_everybodys(
    company: Company, act: Act, warehouse: Warehouse, customer: Customer, product: Product
) -> None:
    with_rule(act, "assortment")
    other = a_product(company)
    item = {"company_id": company.id, "valid_from": TODAY}
    AssortmentItem.objects.create(customer=customer, product=product, is_allowed=True, **item)
    AssortmentItem.objects.create(customer_class="A", product=product, is_allowed=False, **item)
    assert outcome(act, an_order(act, customer, warehouse, [(product, 1)]))[0] == "released"
    assert outcome(act, an_order(act, customer, warehouse, [(product, 1), (other, 1)])) == ("held", ["my_assortment"])
    assert outcome(act, an_order(act, a_customer(company), warehouse, [(other, 1)]))[0] == "released"
    assert outcome(act, an_order(act, a_customer(company, customer_class="A"), warehouse, [(product, 1)]))[0] == "held"


def test_free_stock_of_all_warehouses_is_compared(
    company: Company, act: Act, warehouse: Warehouse, customer: Customer, product: Product
) -> None:
    with_rule(act, "stock", severity="warn")
    some_stock(act, warehouse, product, 20)
    some_stock(act, a_warehouse(company), product, 7)
    order_id = an_order(act, customer, warehouse, [(product, 40)])
    assert outcome(act, order_id) == ("released", ["my_stock"])
    assert Decimal(figures(order_id, "my_stock")["short"]) == 13


def test_members_of_a_group_draw_on_one_limit(company: Company, act: Act, warehouse: Warehouse, product: Product) -> None:
    with_rule(act, "group_limit")
    parent = a_customer(company, group_credit_limit=Decimal(100))
    sister, brother = a_customer(company, parent=parent), a_customer(company, parent=parent)
    assert outcome(act, an_order(act, sister, warehouse, [(product, 6)]))[0] == "released"
    order_id = an_order(act, brother, warehouse, [(product, 5)])
    assert outcome(act, order_id) == ("held", ["my_group_limit"])
    assert Decimal(figures(order_id, "my_group_limit")["group_exposure"]) == 60
    assert outcome(act, an_order(act, brother, warehouse, [(product, 4)]))[0] == "released"


def test_open_orders_after_the_horizon_are_left_out(company: Company, act: Act, warehouse: Warehouse, product: Product) -> None:
    with_rule(act, "credit_horizon", parameters={"horizon_days": 30})
    customer = a_customer(company, credit_limit=Decimal(100))
    later = TODAY + timedelta(days=31)
    a_released_order(act, customer, warehouse, [(product, 6)], requested_on=later)
    order_id = an_order(act, customer, warehouse, [(product, 5)])
    assert outcome(act, order_id) == ("held", ["credit"])
    assert Decimal(figures(order_id, "my_credit_horizon")["exposure"]) == 0


def test_a_discount_is_what_negative_charges_take_off(act: Act, warehouse: Warehouse, customer: Customer, product: Product) -> None:
    with_rule(act, "discount")
    with_rule(act, "margin")
    discount = ChargeDraft("discount", Decimal(1), Decimal(-8))
    order_id = an_order(act, customer, warehouse, [(product, 10)], charges=[discount])
    assert outcome(act, order_id) == ("held", ["my_discount"])
    assert Decimal(figures(order_id, "my_discount")["share"]) == Decimal("0.08")
    assert Decimal(figures(order_id, "my_margin")["margin"]) == round((92 - Decimal(60)) / 92, 4)


@pytest.mark.parametrize("orders", [1, 20])
def test_all_kinds_together_take_a_fixed_number_of_statements(
    company: Company, act: Act, warehouse: Warehouse, product: Product, orders: int
) -> None:
    for kind in KINDS:
        with_rule(act, kind, severity="warn")
    ids = [
        an_order(
            act, a_customer(company, credit_limit=Decimal(10**6)), warehouse, [(product, 1)] * 3, requested_on=date(2026, 3, 9)
        )
        for _ in range(orders)
    ]
    submit_orders(act=act, order_ids=ids)
    with CaptureQueriesContext(connection) as statements:
        found = review_orders(act=act)
    assert {row.facts["state"] for row in found} == {"released"}
    assert len(statements) == 16


def test_one_line_is_held_and_the_rest_goes_on(
    company: Company, act: Act, warehouse: Warehouse, customer: Customer, product: Product
) -> None:
    with_rule(act, "cases", severity="hold_line")
    packed = a_product(company, case_quantity=Decimal(12))
    order_id = an_order(act, customer, warehouse, [(product, 5), (packed, 50)])
    assert outcome(act, order_id) == ("released", ["my_cases"])
    hold = Hold.objects.get(order_id=order_id)
    assert hold.order_line is not None
    assert hold.order_line.position == 2
