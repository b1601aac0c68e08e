"""Several people at once: one of them does it, the others are told why not, and no number is missing."""

import threading
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, connections, transaction

from dinghuo.journey.finance import queries
from dinghuo.journey.finance.models import JournalEntry, Payment, PaymentApplication, Receivable, SalesInvoice
from dinghuo.journey.finance.operations import (
    apply_payments,
    draft_credit_notes,
    draft_invoices,
    post_invoices,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from tests.builders import a_company, an_act
from tests.journey.finance.goods import came_back, posted, sold


@pytest.fixture
def act(committed: None) -> Iterator[Act]:
    """Somebody acting for a company whose rows are committed."""
    company = a_company()
    with tenancy.acting_for(company.id):
        yield an_act(company)


def at_once(act: Act, operations: Sequence[Callable[[], list[Outcome]]]) -> list[list[Outcome]]:
    """Run each in a thread and a connection of its own, from the same moment on; every one must return."""
    gate = threading.Barrier(len(operations))
    results: list[list[Outcome] | None] = [None] * len(operations)

    def one(nth: int) -> None:
        with tenancy.acting_for(act.company_id):
            connection.ensure_connection()
            gate.wait()
            results[nth] = operations[nth]()
        connections.close_all()

    threads = [threading.Thread(target=one, args=(nth,)) for nth in range(len(operations))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in results, "one of them broke"
    return [result for result in results if result is not None]


def codes(results: list[list[Outcome]]) -> list[str]:
    """The outcomes' codes, sorted."""
    return sorted(outcome.code for result in results for outcome in result)


def test_one_shipment_billed_by_eight_at_once_has_one_invoice(act: Act) -> None:
    made = sold(act)
    results = at_once(act, [lambda: draft_invoices(act=act, shipment_ids=made.shipment_ids)] * 8)
    assert codes(results) == ["already_invoiced"] * 7 + ["done"]


def test_one_invoice_posted_by_eight_at_once_has_one_number(act: Act) -> None:
    (draft,) = draft_invoices(act=act, shipment_ids=sold(act).shipment_ids)
    results = at_once(act, [lambda: post_invoices(act=act, invoice_ids=[draft.document_id or 0])] * 8)
    assert codes(results) == ["already_posted"] * 7 + ["done"]
    with transaction.atomic():
        assert JournalEntry.objects.count() == Receivable.objects.count() == 1
        assert SalesInvoice.objects.get().series_number == 1


def test_one_return_credited_by_four_at_once_has_one_credit_note(act: Act) -> None:
    goods = came_back(act, sold(act), [1])
    results = at_once(act, [lambda: draft_credit_notes(act=act, return_ids=[goods.id])] * 4)
    assert codes(results) == ["already_credited"] * 3 + ["done"]


def test_one_invoice_paid_twice_at_once_is_paid_once(act: Act) -> None:
    for _ in range(5):
        made = sold(act)
        with transaction.atomic():
            invoices = posted(act, made)
        draft = PaymentDraft(made.customer.id, Decimal("113"), "cash", invoice_ids=invoices)
        results = at_once(act, [partial(take_payments, act=act, payments=[draft])] * 2)
        assert codes(results) == ["already_settled", "done"]
    with transaction.atomic():
        assert Payment.objects.count() == 5


def test_one_payment_applied_by_two_at_once_is_applied_once(act: Act) -> None:
    made = sold(act)
    with transaction.atomic():
        posted(act, made)
    (taken,) = take_payments(act=act, payments=[PaymentDraft(made.customer.id, Decimal(50), "cash")], apply=False)
    results = at_once(act, [lambda: apply_payments(act=act, payment_ids=[taken.document_id or 0])] * 2)
    assert codes(results) == ["done", "nothing_left"]
    with transaction.atomic():
        assert PaymentApplication.objects.count() == 1


def test_numbers_have_no_gap_and_the_chain_no_fork_when_four_post_and_pay(act: Act) -> None:
    with transaction.atomic():
        made = [sold(act) for _ in range(20)]
        drafts = [draft_invoices(act=act, shipment_ids=order.shipment_ids)[0].document_id or 0 for order in made]

    def work(nth: int) -> list[Outcome]:
        done = []
        for key, order in list(zip(drafts, made, strict=True))[nth::4]:
            done += post_invoices(act=act, invoice_ids=[key])
            done += take_payments(act=act, payments=[PaymentDraft(order.customer.id, Decimal("113"), "cash")])
        return done

    results = at_once(act, [partial(work, nth) for nth in range(4)])
    assert set(codes(results)) == {"done"}
    with transaction.atomic():
        invoices = SalesInvoice.objects.order_by("series_number").values_list("series_number", flat=True)
        assert list(invoices) == list(range(1, 21))
        assert not Receivable.objects.filter(settled_on=None).exists()
        assert JournalEntry.objects.count() == 40
        assert queries.broken_entries(company_id=act.company_id) == []
