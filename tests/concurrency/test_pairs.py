"""Two people do opposite things to one document, in either order and at the same moment: never something in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction

from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, give_back
from dinghuo.journey.allocation.rules import Adjustment
from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_credit_notes, draft_invoices, drop_drafts, post_invoices, take_payments
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import amend_order, cancel_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment
from dinghuo.journey.reactions import withdraw_orders
from dinghuo.journey.review.operations import reject_orders, release_orders, review_orders
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    deliver_shipments,
    dispatch_shipments,
    make_shipping_notices,
    take_back_goods,
)
from dinghuo.kernel.errors import Outcome
from tests.concurrency.races import at_once, nothing_is_broken, one_after_the_other
from tests.shop import (
    Lines,
    Shop,
    a_line_of,
    allocated,
    dispatched,
    drafted,
    entered,
    goods_back,
    held,
    noticed,
    order_of,
    payment_for,
    posted,
    released,
    returned,
    shipment_of,
    stocked,
    submitted,
)

Doing = Callable[[], Sequence[Outcome]]


@dataclass(frozen=True)
class Pair:
    """Two things to do to one document. What each leads to when it is first: its own outcome is done, the other's is as told."""

    name: str
    prepare: Callable[[Shop], tuple[int, Doing, Doing]]
    state: Callable[[int], str]
    first_wins: tuple[str, str]
    second_wins: tuple[str, str]


def goods(shop: Shop) -> Lines:
    return [(product, 4) for product in shop.products[:2]]


@transaction.atomic
def of_order(order_id: int) -> str:
    return str(SalesOrder.objects.get(id=order_id).state)


@transaction.atomic
def of_invoice(invoice_id: int) -> str:
    return str(SalesInvoice.objects.get(id=invoice_id).state)


@transaction.atomic
def order_and_shipment(order_id: int) -> str:
    states = [of_order(order_id), *Shipment.objects.filter(order_id=order_id).order_by("id").values_list("state", flat=True)]
    return " ".join(states)


def on_orders(bring: Callable[..., int], *doing: Callable[..., Sequence[Outcome]]) -> Callable[[Shop], tuple[int, Doing, Doing]]:
    """Two operations on an order that was brought so far."""

    def prepare(shop: Shop) -> tuple[int, Doing, Doing]:
        order_id = bring(shop, goods(shop))
        first, second = (partial(operation, act=shop.act, order_ids=[order_id]) for operation in doing)
        return order_id, first, second

    return prepare


def amend(shop: Shop, order_id: int) -> Doing:
    change = Amendment(version=1, quantities={a_line_of(order_id): Decimal(3)})
    return lambda: [amend_order(act=shop.act, order_id=order_id, amendment=change)]


def amend_or_allocate(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = released(shop, goods(shop))
    return order_id, amend(shop, order_id), lambda: allocate_orders(act=shop.act, order_ids=[order_id])


def amend_or_submit(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = entered(shop, goods(shop))
    return order_id, amend(shop, order_id), lambda: submit_orders(act=shop.act, order_ids=[order_id])


def amend_or_release(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = held(shop, goods(shop))
    return (
        order_id,
        amend(shop, order_id),
        lambda: release_orders(act=shop.act, order_ids=[order_id], reason_code="other", reason="known"),
    )


def withdraw_or_dispatch(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = noticed(shop, goods(shop))
    shipment_id = shipment_of(order_id)
    return (
        order_id,
        lambda: withdraw_orders(act=shop.act, order_ids=[order_id], reason="changed their mind"),
        lambda: dispatch_shipments(act=shop.act, shipment_ids=[shipment_id]),
    )


def cancel_shipment_or_dispatch(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = noticed(shop, goods(shop))
    shipment_id = shipment_of(order_id)
    return (
        order_id,
        lambda: cancel_shipments(act=shop.act, shipment_ids=[shipment_id], reason="wrong carrier"),
        lambda: dispatch_shipments(act=shop.act, shipment_ids=[shipment_id]),
    )


def deliver_or_cancel_shipment(shop: Shop) -> tuple[int, Doing, Doing]:
    order_id = dispatched(shop, goods(shop))
    shipment_id = shipment_of(order_id)
    return (
        order_id,
        lambda: deliver_shipments(act=shop.act, shipment_ids=[shipment_id]),
        lambda: cancel_shipments(act=shop.act, shipment_ids=[shipment_id], reason="too late"),
    )


def post_or_drop(shop: Shop) -> tuple[int, Doing, Doing]:
    invoice_id = drafted(shop, goods(shop))
    return (
        invoice_id,
        lambda: post_invoices(act=shop.act, invoice_ids=[invoice_id]),
        lambda: drop_drafts(act=shop.act, invoice_ids=[invoice_id]),
    )


def pay_or_pay_again(shop: Shop) -> tuple[int, Doing, Doing]:
    invoice_id = posted(shop, goods(shop))
    drafts = payment_for(invoice_id), payment_for(invoice_id, Decimal(10))
    first, second = (partial(take_payments, act=shop.act, payments=[draft]) for draft in drafts)
    return invoice_id, first, second


RELEASE = partial(release_orders, reason_code="other", reason="yes")

PAIRS = (
    Pair(
        "withdraw_or_dispatch", withdraw_or_dispatch, order_and_shipment,
        ("not_a_notice", "cancelled cancelled"), ("stock_is_allocated", "released dispatched"),
    ),
    Pair(
        "cancel_shipment_or_dispatch", cancel_shipment_or_dispatch, order_and_shipment,
        ("not_a_notice", "released cancelled"), ("not_a_notice", "released dispatched"),
    ),
    Pair(
        "deliver_or_cancel_shipment", deliver_or_cancel_shipment, order_and_shipment,
        ("not_a_notice", "released delivered"), ("refused not_a_notice", "released delivered"),
    ),
    Pair(
        "amend_or_allocate", amend_or_allocate, of_order,
        ("not_released", "submitted"), ("already_allocated", "released"),
    ),
    Pair("amend_or_submit", amend_or_submit, of_order, ("done", "submitted"), ("done", "submitted")),
    Pair("amend_or_release", amend_or_release, of_order, ("not_held", "submitted"), ("done", "submitted")),
    Pair(
        "cancel_or_release", on_orders(held, partial(cancel_orders, reason="no"), RELEASE), of_order,
        ("not_held", "cancelled"), ("done", "cancelled"),
    ),
    Pair(
        "reject_or_release", on_orders(held, partial(reject_orders, reason_code="other", reason="no"), RELEASE), of_order,
        ("not_held", "rejected"), ("not_held", "released"),
    ),
    Pair(
        "cancel_or_review", on_orders(submitted, partial(cancel_orders, reason="no"), review_orders), of_order,
        ("not_submitted", "cancelled"), ("done", "cancelled"),
    ),
    Pair(
        "cancel_or_allocate", on_orders(released, partial(cancel_orders, reason="no"), allocate_orders), of_order,
        ("not_released", "cancelled"), ("stock_is_allocated", "released"),
    ),
    Pair(
        "withdraw_or_allocate", on_orders(released, partial(withdraw_orders, reason="no"), allocate_orders), of_order,
        ("not_released", "cancelled"), ("done", "cancelled"),
    ),
    Pair(
        "withdraw_or_notice", on_orders(allocated, partial(withdraw_orders, reason="no"), make_shipping_notices),
        order_and_shipment,
        ("not_released", "cancelled"), ("done", "cancelled cancelled"),
    ),
    Pair(
        "give_back_or_notice", on_orders(allocated, give_back, make_shipping_notices), order_and_shipment,
        ("nothing_to_ship", "released"), ("nothing_to_give_back", "released notice"),
    ),
    Pair("post_or_drop", post_or_drop, of_invoice, ("already_posted", "posted"), ("dropped", "dropped")),
    Pair("pay_or_pay_a_part", pay_or_pay_again, of_invoice, ("already_settled", "posted"), ("done", "posted")),
)  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_whoever_comes_first_is_served_and_the_other_sees_it(shop: Shop, pair: Pair) -> None:
    stocked(shop, *((product, 100) for product in shop.products))
    for turn, (code, state) in enumerate((pair.first_wins, pair.second_wins)):
        key, *doing = pair.prepare(shop)
        early, late = one_after_the_other(shop, doing[turn], doing[1 - turn])
        if code.startswith("refused "):
            assert [outcome.code for outcome in early] == [code.removeprefix("refused ")]
            assert all(outcome.done for outcome in late)
        else:
            assert all(outcome.done for outcome in early), early
            assert [outcome.code for outcome in late] == [code]
        assert pair.state(key) == state
        nothing_is_broken(shop)


def race(shop: Shop, pair: Pair, rounds: int) -> None:
    stocked(shop, *((product, 40 * rounds) for product in shop.products))
    for _ in range(rounds):
        key, *doing = pair.prepare(shop)
        at_once(shop, doing)
        assert pair.state(key) in {pair.first_wins[1], pair.second_wins[1]}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_at_the_same_moment_it_is_one_order_or_the_other(shop: Shop, pair: Pair) -> None:
    race(shop, pair, rounds=2)


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_fifty_times_at_the_same_moment_it_is_one_order_or_the_other(shop: Shop, pair: Pair) -> None:
    race(shop, pair, rounds=50)


def test_billing_and_returning_the_same_goods_at_once_keep_both(shop: Shop) -> None:
    stocked(shop, *((product, 100) for product in shop.products))
    order_id = dispatched(shop, goods(shop))
    back = goods_back(shop, order_id, 1)
    shipments = [shipment_of(order_id)]

    def correct_stock() -> list[Outcome]:
        changes = [Adjustment(shop.warehouse.id, product.id, Decimal(-1)) for product in shop.products]
        return adjust_stock(act=shop.act, adjustments=changes, reason="counted")

    answers = at_once(
        shop,
        [
            lambda: draft_invoices(act=shop.act, shipment_ids=shipments),
            lambda: take_back_goods(act=shop.act, returns=[back]),
            lambda: deliver_shipments(act=shop.act, shipment_ids=shipments),
            correct_stock,
        ],
    )
    assert all(outcome.done for answer in answers for outcome in answer)


def test_a_return_s_credit_and_its_invoice_are_posted_at_once(shop: Shop) -> None:
    stocked(shop, *((product, 100) for product in shop.products))
    invoice_id = drafted(shop, goods(shop))
    return_id = returned(shop, order_of(invoice_id), 2)
    (credit,) = draft_credit_notes(act=shop.act, return_ids=[return_id])
    answers = at_once(
        shop,
        [
            lambda: post_invoices(act=shop.act, invoice_ids=[invoice_id]),
            lambda: post_invoices(act=shop.act, invoice_ids=[credit.document_id or 0]),
            lambda: post_invoices(act=shop.act),
        ],
    )
    assert sorted(outcome.code for answer in answers[:2] for outcome in answer) in (
        ["done", "done"],
        ["already_posted", "done"],
        ["already_posted", "already_posted"],
    )
    assert (of_invoice(invoice_id), of_invoice(credit.document_id or 0)) == ("posted", "posted")


def test_one_call_really_waits_for_the_other(shop: Shop) -> None:
    """The harness itself: without the wait, the late call would see nothing of the early one."""
    order_id = submitted(shop, goods(shop))

    def state_now() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT state FROM sales_order WHERE id = %s FOR NO KEY UPDATE", [order_id])
            return str(cursor.fetchone()[0])

    _, seen = one_after_the_other(shop, lambda: cancel_orders(act=shop.act, order_ids=[order_id], reason="no"), state_now)
    assert seen == "cancelled"
