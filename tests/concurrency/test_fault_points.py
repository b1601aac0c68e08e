"""Whatever statement of an operation is its last, because the process or the line died after it: nothing of it is left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from dinghuo.journey.allocation.operations import (
    adjust_stock,
    allocate_orders,
    expect_supply,
    give_back,
    receive_expected,
    receive_stock,
)
from dinghuo.journey.allocation.rules import Adjustment, Receipt, Supply
from dinghuo.journey.finance.operations import (
    apply_payments,
    complete_orders,
    draft_charge_documents,
    draft_credit_notes,
    draft_invoices,
    drop_drafts,
    post_entries,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import ChargeDocumentDraft, ChargeLineDraft, EntryDraft, PaymentDraft
from dinghuo.journey.ordering.operations import amend_order, cancel_orders, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment, LineDraft, OrderDraft
from dinghuo.journey.reactions import withdraw_orders
from dinghuo.journey.review.operations import install_rules, reject_orders, release_orders, review_orders
from dinghuo.journey.shipping.operations import (
    cancel_shipments,
    deliver_shipments,
    dispatch_shipments,
    make_shipping_notices,
    take_back_goods,
)
from dinghuo.journey.tracking.operations import leave_feedback, make_promises, notify_customers
from dinghuo.kernel import tenancy
from dinghuo.reference.models import Customer
from tests.builders import a_company, a_customer, an_act
from tests.concurrency.races import nothing_is_broken
from tests.shop import (
    Lines,
    Shop,
    a_line_of,
    allocated,
    delivered,
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

Doing = Callable[[], Any]
STATEMENTS_MAX = 60


class Cut(Exception):
    """The line is dead."""


@dataclass
class Saw:
    """Lets so many statements through, and cuts the line after the last of them."""

    left: int

    def __call__(self, execute: Callable[..., Any], statement: str, parameters: Any, many: bool, context: Any) -> Any:
        result = execute(statement, parameters, many, context)
        self.left -= 1
        if self.left == 0:
            raise Cut
        return result


@transaction.atomic
def a_blocked_customer(shop: Shop) -> Customer:
    return a_customer(shop.company, is_blocked=True)


def goods(shop: Shop) -> Lines:
    return [(product, 4) for product in shop.products[:2]]


def amendment(shop: Shop) -> Doing:
    order_id = released(shop, goods(shop))
    added = [LineDraft(shop.products[2].id, Decimal(1))]
    change = Amendment(version=1, quantities={a_line_of(order_id): Decimal(3)}, added=added)
    return lambda: amend_order(act=shop.act, order_id=order_id, amendment=change)


def entry(shop: Shop) -> Doing:
    lines = [LineDraft(product.id, Decimal(2)) for product in shop.products]
    draft = OrderDraft(shop.customer.id, shop.warehouse.id, lines)
    return lambda: enter_orders(act=shop.act, drafts=[draft, draft])


def receipts(shop: Shop) -> Doing:
    came = [Receipt(shop.warehouse.id, product.id, Decimal(2), Decimal(6)) for product in shop.products]
    return lambda: receive_stock(act=shop.act, receipts=came, external_ref="delivery note 7")


def supplies(shop: Shop) -> list[Supply]:
    return [Supply(shop.warehouse.id, product.id, Decimal(2), Decimal(6), shop.act.on) for product in shop.products]


def expected(shop: Shop) -> Doing:
    expect_supply(act=shop.act, supplies=supplies(shop))
    return lambda: receive_expected(act=shop.act)


def charges(shop: Shop) -> Doing:
    draft = ChargeDocumentDraft(
        shop.customer.id, None, shop.act.on, [ChargeLineDraft("postage", "", Decimal(1), Decimal(5), Decimal("0.13"))]
    )
    return lambda: draft_charge_documents(act=shop.act, drafts=[draft])


def money(shop: Shop) -> Doing:
    draft = payment_for(posted(shop, goods(shop)))
    return lambda: take_payments(act=shop.act, payments=[draft])


def application(shop: Shop) -> Doing:
    whole = payment_for(posted(shop, goods(shop)))
    take_payments(act=shop.act, payments=[PaymentDraft(whole.customer_id, whole.amount, "cash")], apply=False)
    return lambda: apply_payments(act=shop.act)


def back(shop: Shop) -> Doing:
    draft = goods_back(shop, delivered(shop, goods(shop)), 2)
    return lambda: take_back_goods(act=shop.act, returns=[draft])


def credit(shop: Shop) -> Doing:
    returned(shop, delivered(shop, goods(shop)), 2)
    return lambda: draft_credit_notes(act=shop.act)


def bank_charge(shop: Shop) -> Doing:
    draft = EntryDraft("bank", "charges", [("bank_charges_expense", Decimal(5)), ("bank", Decimal(-5))])
    return lambda: post_entries(act=shop.act, entries=[draft])


def correction(shop: Shop) -> Doing:
    changes = [Adjustment(shop.warehouse.id, product.id, Decimal(-1)) for product in shop.products]
    return lambda: adjust_stock(act=shop.act, adjustments=changes, reason="counted")


def feedback(shop: Shop) -> Doing:
    order_id = delivered(shop, goods(shop))
    return lambda: leave_feedback(act=shop.act, order_id=order_id, customer_id=shop.customer.id, rating=1, comment="late")


def on_order(operation: Callable[..., Any], bring: Callable[..., int], **more: str) -> Callable[[Shop], Doing]:
    """An operation on an order that was brought so far."""
    return lambda shop: partial(operation, act=shop.act, order_ids=[bring(shop, goods(shop))], **more)


def on_shipment(operation: Callable[..., Any], bring: Callable[..., int], **more: str) -> Callable[[Shop], Doing]:
    """An operation on the shipment of an order that was brought so far."""
    return lambda shop: partial(operation, act=shop.act, shipment_ids=[shipment_of(bring(shop, goods(shop)))], **more)


OPERATIONS: dict[str, Callable[[Shop], Doing]] = {
    "enter_orders": entry,
    "submit_orders": on_order(submit_orders, entered),
    "amend_order": amendment,
    "cancel_orders": on_order(cancel_orders, submitted, reason="no"),
    "withdraw_orders": on_order(withdraw_orders, noticed, reason="no"),
    "review_orders": on_order(review_orders, submitted),
    "review_and_hold": lambda shop: partial(
        review_orders, act=shop.act, order_ids=[submitted(shop, goods(shop), a_blocked_customer(shop))]
    ),
    "release_orders": on_order(release_orders, held, reason_code="other", reason="yes"),
    "reject_orders": on_order(reject_orders, held, reason_code="other", reason="no"),
    "receive_stock": receipts,
    "expect_supply": lambda shop: partial(expect_supply, act=shop.act, supplies=supplies(shop)),
    "receive_expected": expected,
    "adjust_stock": correction,
    "allocate_orders": on_order(allocate_orders, released),
    "give_back": on_order(give_back, allocated),
    "make_shipping_notices": on_order(make_shipping_notices, allocated),
    "cancel_shipments": on_shipment(cancel_shipments, noticed, reason="no"),
    "dispatch_shipments": on_shipment(dispatch_shipments, noticed),
    "deliver_shipments": on_shipment(deliver_shipments, dispatched),
    "take_back_goods": back,
    "draft_invoices": on_shipment(draft_invoices, dispatched),
    "draft_credit_notes": credit,
    "draft_charge_documents": charges,
    "drop_drafts": lambda shop: partial(drop_drafts, act=shop.act, invoice_ids=[drafted(shop, goods(shop))]),
    "post_invoices": lambda shop: partial(post_invoices, act=shop.act, invoice_ids=[drafted(shop, goods(shop))]),
    "post_stock_documents": lambda shop: partial(post_stock_documents, act=shop.act),
    "take_payments": money,
    "apply_payments": application,
    "post_entries": bank_charge,
    "complete_orders": lambda shop: partial(complete_orders, act=shop.act, order_ids=[order_of(posted(shop, goods(shop)))]),
    "make_promises": on_order(make_promises, noticed),
    "notify_customers": on_order(notify_customers, dispatched),
    "leave_feedback": feedback,
}


def company_tables() -> list[str]:
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if any(field.attname == "company_id" for field in model._meta.concrete_fields)
    )


@transaction.atomic
def contents() -> dict[str, tuple[int, int]]:
    """How many rows each table has of the company that acts, and a sum over what they say."""
    parts = (
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended({table}::text, 0)), 0) FROM {table}"
        for table in company_tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: (int(rows), int(sums)) for table, rows, sums in cursor.fetchall()}


@contextmanager
def cut_after(statements: int) -> Iterator[Saw]:
    saw = Saw(statements)
    with connection.execute_wrapper(saw):
        yield saw


def cut_at_every_statement(operation: Doing) -> int:
    """Cut the operation after its first statement, its second and so on, until it gets through; returns how many it has."""
    before = contents()
    for statements in range(1, STATEMENTS_MAX):
        with cut_after(statements) as saw:
            try:
                operation()
            except Cut:
                pass
            else:
                assert saw.left > 0, "the line was cut, and the operation did not notice"
                return statements - 1
        after = contents()
        assert after == before, {table: (before[table], rows) for table, rows in after.items() if rows != before[table]}
    raise AssertionError(f"more than {STATEMENTS_MAX} statements")


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_cut_after_any_statement_leaves_nothing(shop: Shop, name: str) -> None:
    stocked(shop, *((product, 100) for product in shop.products))
    operation = OPERATIONS[name](shop)
    before = contents()
    assert cut_at_every_statement(operation) > 0
    assert contents() != before, "got through in the end, it must have done something"
    nothing_is_broken(shop)


def test_a_first_set_of_rules_cut_after_any_statement_is_not_there(committed: None) -> None:
    company = a_company()
    with tenancy.acting_for(company.id):
        assert cut_at_every_statement(lambda: install_rules(act=an_act(company))) > 1


def test_an_operation_without_a_transaction_is_found_out(shop: Shop) -> None:
    """The harness itself: two operations, each with its own transaction, leave the first when cut in the second."""
    order_id = entered(shop, goods(shop))

    def half() -> None:
        submit_orders(act=shop.act, order_ids=[order_id])
        review_orders(act=shop.act, order_ids=[order_id])

    with pytest.raises(AssertionError, match="sales_order"):
        cut_at_every_statement(half)
