"""Rivals for the same units, each on a connection of its own: nobody is promised twice, and nothing stays behind."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest
from django.db import connections, transaction

from dinghuo.journey.allocation.models import StockDocument, StockLevel
from dinghuo.journey.allocation.operations import allocate_orders, give_back, receive_stock
from dinghuo.journey.allocation.rules import Receipt
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.review.operations import install_rules
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Product, Warehouse
from tests import builders
from tests.journey.allocation.conftest import broken_stock

RIVALS = 8


def at_once(company: Company, deeds: list[Callable[[], list[Outcome]]]) -> list[list[Outcome]]:
    """Do things at the same moment, each in a thread with its own connection."""
    start = Barrier(len(deeds))

    def one(deed: Callable[[], list[Outcome]]) -> list[Outcome]:
        try:
            with tenancy.acting_for(company.id):
                start.wait(timeout=30)
                return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, deed) for deed in deeds]]


@pytest.fixture
def company(committed: None) -> Company:
    with transaction.atomic():
        made = builders.a_company(code=builders.a_code("race"))
        with tenancy.acting_for(made.id):
            install_rules(act=builders.an_act(made))
    return made


def stocked(act: Act, company: Company, quantities: list[int]) -> tuple[Customer, Warehouse, list[Product]]:
    warehouse, products = builders.a_warehouse(company), [builders.a_product(company) for _ in quantities]
    receipts = [
        Receipt(warehouse.id, product.id, Decimal(quantity), Decimal(6))
        for product, quantity in zip(products, quantities, strict=True)
    ]
    receive_stock(act=act, receipts=receipts)
    return builders.a_customer(company), warehouse, products


def allocated(order_ids: list[int]) -> int:
    with transaction.atomic():
        return int(sum(line.allocated for line in SalesOrderLine.objects.filter(order_id__in=order_ids)))


def test_eight_rivals_for_the_last_units_get_them_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        for _ in range(3):
            with transaction.atomic():
                customer, warehouse, (product,) = stocked(act, company, [10])
                orders = [builders.a_released_order(act, customer, warehouse, [(product, 3)]) for _ in range(RIVALS)]
            at_once(company, [partial(allocate_orders, act=act, order_ids=[key]) for key in orders])
            assert allocated(orders) == 10
            with transaction.atomic():
                assert broken_stock(company) == []


def test_orders_that_want_the_same_products_in_other_orders_do_not_lock_each_other_out(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            customer, warehouse, products = stocked(act, company, [20] * 6)
            orders = [
                builders.a_released_order(act, customer, warehouse, [(products[(turn + step * 5) % 6], 2) for step in range(6)])
                for turn in range(RIVALS)
            ]
        at_once(company, [partial(allocate_orders, act=act, order_ids=[key]) for key in orders])
        assert allocated(orders) == RIVALS * 12


def test_the_same_order_allocated_eight_times_is_served_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            customer, warehouse, (product,) = stocked(act, company, [50])
            order_id = builders.a_released_order(act, customer, warehouse, [(product, 5)])
        outcomes = at_once(company, [lambda: allocate_orders(act=act, order_ids=[order_id])] * RIVALS)
        assert sorted(row.code for (row,) in outcomes) == ["done"] + ["nothing_to_allocate"] * (RIVALS - 1)
        assert allocated([order_id]) == 5


def test_giving_back_and_allocating_at_once_keep_the_sums(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            customer, warehouse, (product,) = stocked(act, company, [10])
            orders = [builders.a_released_order(act, customer, warehouse, [(product, 5)]) for _ in range(4)]
        deeds = [lambda: allocate_orders(act=act), lambda: give_back(act=act, order_ids=orders[:2])] * 4
        at_once(company, deeds)
        with transaction.atomic():
            assert broken_stock(company) == []
            assert 0 <= StockLevel.objects.get(product=product).allocated <= 10


def test_the_same_delivery_note_received_eight_times_counts_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            warehouse, product = builders.a_warehouse(company), builders.a_product(company)
        receipts = [Receipt(warehouse.id, product.id, Decimal(7), Decimal(6))]
        outcomes = at_once(company, [lambda: receive_stock(act=act, receipts=receipts, external_ref="ASN-7")] * RIVALS)
        assert len({row.document_id for (row,) in outcomes}) == 1
        with transaction.atomic():
            assert StockDocument.objects.count() == 1
            assert StockLevel.objects.get().on_hand == 7
