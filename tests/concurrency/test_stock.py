"""Many workers want the same goods: none is sold twice, none is left, and nobody waits in a circle."""

import random
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum

from dinghuo.journey.allocation.models import StockLevel
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, give_back
from dinghuo.journey.allocation.rules import Adjustment
from dinghuo.journey.finance.operations import draft_invoices, post_invoices, post_stock_documents
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel.retries import with_retries
from tests.builders import a_product
from tests.concurrency.races import at_once
from tests.shop import Lines, Shop, stocked

WORKERS = 24


def released_orders(shop: Shop, wanted: Sequence[Lines]) -> list[int]:
    """Released orders, made as one set."""
    drafts = [
        OrderDraft(shop.customer.id, shop.warehouse.id, [LineDraft(product.id, Decimal(quantity)) for product, quantity in lines])
        for lines in wanted
    ]
    ids = [outcome.document_id or 0 for outcome in enter_orders(act=shop.act, drafts=drafts)]
    submit_orders(act=shop.act, order_ids=ids)
    assert all(outcome.facts["state"] == "released" for outcome in review_orders(act=shop.act, order_ids=ids))
    return ids


def one_by_one(shop: Shop, order_ids: Sequence[int]) -> Callable[[], None]:
    """A worker that allocates its orders, each in a transaction of its own."""

    def work() -> None:
        for order_id in order_ids:
            with_retries(allocate_orders, act=shop.act, order_ids=[order_id])

    return work


def sell_hot_product(shop: Shop, orders_each: int) -> None:
    """Every worker allocates its own orders; together they want 1.44 times what is there."""
    product = shop.products[0]
    stock = WORKERS * orders_each * 10 * 100 // 144
    stocked(shop, (product, stock))
    ids = released_orders(shop, [[(product, 10)]] * (WORKERS * orders_each))
    at_once(shop, [one_by_one(shop, ids[place::WORKERS]) for place in range(WORKERS)])
    with transaction.atomic():
        level = StockLevel.objects.get(product_id=product.id)
        assert (level.on_hand, level.allocated) == (stock, stock)
        given = SalesOrderLine.objects.filter(order_id__in=ids).aggregate(units=Sum("allocated"))["units"]
        assert given == stock


def test_a_hot_product_is_sold_out_and_never_oversold(shop: Shop) -> None:
    sell_hot_product(shop, orders_each=6)


@pytest.mark.long
def test_a_very_hot_product_is_sold_out_and_never_oversold(shop: Shop) -> None:
    sell_hot_product(shop, orders_each=120)


@transaction.atomic
def shipments_of(order_id: int) -> list[int]:
    return list(Shipment.objects.filter(order_id=order_id).values_list("id", flat=True))


def crossing(shop: Shop, rounds: int, seed: int) -> None:
    """16 workers, each with orders of 20 lines in another order, over the same 50 products, from stock to bill."""
    chance = random.Random(seed)
    with transaction.atomic():
        products = [*shop.products, *(a_product(shop.company) for _ in range(47))]
    stocked(shop, *((product, 400) for product in products))
    orders = released_orders(shop, [[(product, 3) for product in chance.sample(products, 20)] for _ in range(16 * rounds)])

    def worker(ids: Sequence[int]) -> Callable[[], None]:
        def work() -> None:
            for order_id in ids:
                with_retries(allocate_orders, act=shop.act, order_ids=[order_id])
                if order_id % 3 == 0:
                    with_retries(give_back, act=shop.act, order_ids=[order_id])
                with_retries(make_shipping_notices, act=shop.act, order_ids=[order_id])
                shipments = shipments_of(order_id)
                with_retries(dispatch_shipments, act=shop.act, shipment_ids=shipments)
                with_retries(draft_invoices, act=shop.act, shipment_ids=shipments)

        return work

    at_once(shop, [worker(orders[place::16]) for place in range(16)])
    for outcome in post_invoices(act=shop.act):
        assert outcome.done
    post_stock_documents(act=shop.act)


def test_orders_that_cross_each_other_never_wait_in_a_circle(shop: Shop) -> None:
    crossing(shop, rounds=1, seed=7)


@pytest.mark.long
def test_many_orders_that_cross_each_other_never_wait_in_a_circle(shop: Shop) -> None:
    crossing(shop, rounds=20, seed=8)


def test_sets_and_single_orders_that_overlap_share_the_stock(shop: Shop) -> None:
    stocked(shop, *((product, 30) for product in shop.products))
    lines = [(product, 1) for product in shop.products]
    ids = released_orders(shop, [lines[::step] for step in (1, -1)] * 20)

    def everything() -> None:
        with_retries(allocate_orders, act=shop.act)

    def backwards() -> None:
        with_retries(allocate_orders, act=shop.act, order_ids=ids[::-1])

    def correction() -> None:
        taken = [Adjustment(shop.warehouse.id, product.id, Decimal(-1)) for product in reversed(shop.products)]
        with_retries(adjust_stock, act=shop.act, adjustments=taken, reason="counted")

    at_once(shop, [everything, backwards, correction, one_by_one(shop, ids[::2]), one_by_one(shop, ids[::-2]), everything])
    with transaction.atomic():
        for level in StockLevel.objects.filter(product_id__in=[product.id for product in shop.products]):
            assert (level.on_hand, level.allocated) in {(29, 29), (30, 30)}
