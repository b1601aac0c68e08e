"""Sixteen clients post at once: invoice numbers have no gap, no twin, and follow the time of posting."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import draft_charge_documents, post_invoices
from dinghuo.journey.finance.rules import ChargeDocumentDraft, ChargeLineDraft
from tests.concurrency.races import at_once, one_after_the_other
from tests.shop import Shop, all_done

CLIENTS = 16


def drafts(shop: Shop, count: int) -> list[int]:
    """Draft invoices of one charge each."""
    charge = ChargeLineDraft("postage", "", Decimal(1), Decimal(5))
    documents = [ChargeDocumentDraft(shop.customer.id, None, shop.act.on, [charge])] * count
    return [outcome.document_id or 0 for outcome in all_done(draft_charge_documents(act=shop.act, drafts=documents))]


@transaction.atomic
def numbers() -> list[int | None]:
    return list(SalesInvoice.objects.order_by("series_number").values_list("series_number", flat=True))


def post_all(shop: Shop, each: int) -> None:
    ids = drafts(shop, CLIENTS * each)

    def client(place: int) -> None:
        for invoice_id in ids[place::CLIENTS]:
            all_done(post_invoices(act=shop.act, invoice_ids=[invoice_id]))

    at_once(shop, [partial(client, place) for place in range(CLIENTS)])
    assert numbers() == list(range(1, CLIENTS * each + 1))


def test_sixteen_clients_leave_no_gap_in_the_numbers(shop: Shop) -> None:
    post_all(shop, each=3)


@pytest.mark.long
def test_sixteen_busy_clients_leave_no_gap_in_the_numbers(shop: Shop) -> None:
    post_all(shop, each=100)


def test_a_number_whose_posting_fails_is_free_again(shop: Shop) -> None:
    first, second = drafts(shop, 2)

    def post_and_fail() -> None:
        with transaction.atomic():
            all_done(post_invoices(act=shop.act, invoice_ids=[first]))
            transaction.set_rollback(True)

    one_after_the_other(shop, post_and_fail, lambda: post_invoices(act=shop.act, invoice_ids=[second]))
    assert numbers() == [1, None]


def test_numbers_follow_the_time_of_posting_even_when_the_earlier_request_waits(shop: Shop) -> None:
    slow, fast = drafts(shop, 2)
    later = replace(shop.act, at=shop.act.at + timedelta(seconds=1))
    # The fixture checks the invariants at the end, I4c among them.
    one_after_the_other(
        shop,
        lambda: post_invoices(act=later, invoice_ids=[fast]),
        lambda: post_invoices(act=shop.act, invoice_ids=[slow]),
    )
    assert numbers() == [1, 2]
