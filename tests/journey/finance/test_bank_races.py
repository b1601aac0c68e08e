"""Several people at once with one file or one line: one effect, and the others are told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection, connections, transaction

from dinghuo.exchange.bank.operations import bring_in
from dinghuo.journey.finance.models import BankStatementLine, JournalEntry, Payment, PaymentReversal, Receivable
from dinghuo.journey.finance.operations import (
    LineDecision,
    install_accounts,
    match_lines,
    settle_lines,
    take_payments,
    unmatch_lines,
)
from dinghuo.kernel import tenancy
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import a_company, a_customer, an_act
from tests.journey.finance.test_bank import an_account, brought, failing, number_of, statement, text_of
from tests.journey.finance.test_payments import owing, pay

AT_ONCE = 8


@dataclass
class Case:
    """An open invoice of 113 and a line that pays it."""

    act: Act
    invoice_id: int
    line_id: int


@pytest.fixture
def case(committed: None) -> Iterator[Case]:
    """A company whose rows are committed."""
    company: Company = a_company()
    act = an_act(company)
    with tenancy.acting_for(company.id):
        with transaction.atomic():
            install_accounts(act=act)
            an_account(act)
            customer = a_customer(company, name="Lotus Trading Ltd")
        (invoice_id,) = owing(act, customer, 113)
        with transaction.atomic():
            (line_id,) = brought(act, ("113", text_of(customer, number_of(invoice_id))))
        yield Case(act, invoice_id, line_id)
        with transaction.atomic():
            assert failing(act) == []


def at_once(case: Case, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Make the calls at the same moment, each in a thread and a connection of its own."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def one(nth: int) -> None:
        with tenancy.acting_for(case.act.company_id):
            connection.ensure_connection()
            gate.wait()
            results[nth] = calls[nth]()
        connections.close_all()

    threads = [threading.Thread(target=one, args=(nth,)) for nth in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in results, "one of them broke"
    return results


def codes(results: Sequence[Any]) -> list[str]:
    return sorted(outcome.code for outcomes in results for outcome in outcomes)


def paid(case: Case) -> tuple[Any, ...]:
    """How many payments there are, and what they settled of the invoice."""
    with transaction.atomic():
        return Payment.objects.count(), Receivable.objects.get(invoice_id=case.invoice_id).applied


def test_eight_who_settle_one_line_settle_it_once(case: Case) -> None:
    decision = LineDecision(case.line_id, (case.invoice_id,))
    results = at_once(case, [partial(settle_lines, act=case.act, decisions=[decision])] * AT_ONCE)
    assert codes(results) == ["already_matched"] * (AT_ONCE - 1) + ["done"]
    assert paid(case) == (1, 113)


def test_eight_who_match_one_line_match_it_once(case: Case) -> None:
    results = at_once(case, [partial(match_lines, act=case.act, line_ids=[case.line_id])] * AT_ONCE)
    assert codes(results) == ["already_matched"] * (AT_ONCE - 1) + ["done"]
    assert paid(case) == (1, 113)


def test_a_match_and_a_payment_of_the_same_invoice_settle_it_once(case: Case) -> None:
    with transaction.atomic():
        customer = Receivable.objects.get(invoice_id=case.invoice_id).customer
    draft = pay(customer, "113", case.invoice_id)
    results = at_once(
        case, [partial(match_lines, act=case.act), *[partial(take_payments, act=case.act, payments=[draft])] * (AT_ONCE - 1)]
    )
    assert codes(results).count("done") == 1
    assert set(codes(results)) <= {"done", "already_settled", "changed_meanwhile", "suggested"}
    assert paid(case) == (1, 113)


def test_eight_who_take_a_match_back_take_it_back_once(case: Case) -> None:
    match_lines(act=case.act)
    results = at_once(case, [partial(unmatch_lines, act=case.act, line_ids=[case.line_id], reason="x")] * AT_ONCE)
    assert codes(results) == ["done"] + ["not_matched"] * (AT_ONCE - 1)
    assert paid(case) == (1, 0)
    with transaction.atomic():
        assert PaymentReversal.objects.count() == 1
        assert JournalEntry.objects.filter(kind="payment_reversal").count() == 1


def test_eight_who_import_one_file_keep_it_once(case: Case) -> None:
    raw = statement(("10", "A"), ("10", "A"), ("20", "B"))
    results = at_once(case, [partial(bring_in, act=case.act, name="s.sta", raw=raw)] * AT_ONCE)
    assert sorted(result.lines for result in results) == [0] * (AT_ONCE - 1) + [3]
    assert sum(result.is_known for result in results) == AT_ONCE - 1
    with transaction.atomic():
        assert BankStatementLine.objects.count() == 4
