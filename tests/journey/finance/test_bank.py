"""From a bank's file to settled invoices: imported once, matched once, and taken back without a trace lost."""

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dinghuo.exchange.bank.operations import bring_in
from dinghuo.exchange.bank.reading import read_statements
from dinghuo.journey.finance.bank_queries import bank_line, match_rates, matches_of_line
from dinghuo.journey.finance.models import (
    BankMatch,
    BankStatementLine,
    Dispute,
    PayerAlias,
    Payment,
    PaymentApplication,
    PaymentReversal,
    Receivable,
    SalesInvoice,
)
from dinghuo.journey.finance.operations import (
    AliasDraft,
    BankAccountDraft,
    LineDecision,
    apply_payments,
    import_statements,
    keep_bank_account,
    match_lines,
    retire_aliases,
    set_aside_lines,
    set_match_policy,
    settle_lines,
    take_payments,
    teach_aliases,
    unmatch_lines,
)
from dinghuo.journey.finance.queries import receivables_by_age, trial_balance
from dinghuo.journey.invariants.queries import run_checks
from dinghuo.kernel.errors import Malformed, Outcome
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import TODAY, a_customer
from tests.journey.finance.test_payments import open_of, owing, pay

ACCOUNT = "6222"
# These tests write goods that have left, and their orders, straight into the tables, without their events.
WITHOUT_EVENTS = {"I9a"}


def statement(*lines: tuple[str, str], account: str = ACCOUNT, currency: str = "CNY") -> bytes:
    """An MT940 statement of lines given as (amount, text); an amount below zero is money out."""
    total = sum((Decimal(amount) for amount, _ in lines), Decimal(0))
    fields = [":20:S", f":25:{account}", ":28C:1/1", f":60F:C260301{currency}1000,00"]
    for amount, text in lines:
        side, value = ("D", amount[1:]) if amount.startswith("-") else ("C", amount)
        fields += [f":61:260302{side}{value.replace('.', ',')}NTRFNONREF", f":86:{text}"]
    closing = str(1000 + total).replace(".", ",")
    return "\n".join([*fields, f":62F:C260302{currency}{closing}{'' if ',' in closing else ','}", "-"]).encode()


def an_account(act: Act, **given: Any) -> int:
    return keep_bank_account(
        act=act, draft=BankAccountDraft(**{"code": "B1", "name": "Bank", "number": ACCOUNT, "currency": "CNY", **given})
    )


def brought(act: Act, *lines: tuple[str, str], **given: Any) -> list[int]:
    """Import lines; returns their ids in order."""
    return list(bring_in(act=act, name="s.sta", raw=statement(*lines, **given)).line_ids)


def number_of(invoice_id: int) -> str:
    return str(SalesInvoice.objects.get(pk=invoice_id).number)


def text_of(customer: Customer, text: str) -> str:
    return f"166?00GUTSCHRIFT?20{text}?31DE77{customer.id:010}?32{customer.name}"


def one(outcomes: list[Outcome]) -> str:
    (outcome,) = outcomes
    return outcome.code


def failing(act: Act) -> list[str]:
    return sorted(run_checks(company_id=act.company_id).broken - WITHOUT_EVENTS)


@pytest.fixture
def customer(company: Company, act: Act) -> Customer:
    an_account(act)
    return a_customer(company, name="Lotus Trading Ltd")


def test_a_named_invoice_is_paid_to_the_cent_and_the_books_say_so(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113, 90)
    (line_id,) = brought(act, ("113", text_of(customer, number_of(ids[0]))))
    assert one(match_lines(act=act)) == "done"
    assert open_of(ids) == [0, 90]
    payment = Payment.objects.get()
    assert (payment.customer_id, payment.amount, payment.method, payment.received_on) == (customer.id, 113, "bank_transfer", TODAY)
    line = bank_line(company_id=act.company_id, line_id=line_id)
    assert line is not None
    assert (line.state, line.outcome, line.is_automatic, line.customer_id) == ("matched", "matched", True, customer.id)
    reasons = [reason["code"] for reason in line.findings["choices"][0]["reasons"]]
    assert reasons == ["reference", "payer_name", "amount"]
    assert Event.objects.filter(kind="BankLineMatched", document_id=line_id).count() == 1
    assert failing(act) == []


def test_matching_again_changes_nothing(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113)
    (line_id,) = brought(act, ("113", text_of(customer, number_of(ids[0]))))
    match_lines(act=act)
    assert match_lines(act=act) == []
    assert one(match_lines(act=act, line_ids=[line_id])) == "already_matched"
    assert one(match_lines(act=act, line_ids=[line_id + 999])) == "not_found"
    assert Payment.objects.count() == 1


def test_a_file_comes_in_once_and_so_does_a_line_of_another_file(act: Act, customer: Customer) -> None:
    lines = [("10", "A"), ("10", "A"), ("20", "B")]
    first = bring_in(act=act, name="s.sta", raw=statement(*lines))
    assert (first.lines, first.lines_known) == (3, 0)
    again = bring_in(act=act, name="other name.sta", raw=statement(*lines))
    assert (again.is_known, again.file_id, again.lines, again.lines_known) == (True, first.file_id, 0, 3)
    more = bring_in(act=act, name="s2.sta", raw=statement(*lines, ("30", "C")))
    assert (more.is_known, more.lines, more.lines_known) == (False, 1, 3)
    assert BankStatementLine.objects.count() == 4
    assert BankMatch.objects.filter(state="waiting").count() == 4


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (statement(("10", "A"), account="9999"), "unknown_bank_account"),
        (statement(("10", "A"), currency="EUR"), "other_currency"),
        (statement(("10.005", "A")), "malformed_amount"),
        (statement(("10", "A")).replace(b"1010,", b"1011,"), "statement_refused"),
    ],
)
def test_a_wrong_statement_leaves_nothing_behind(act: Act, customer: Customer, raw: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refusal, transaction.atomic():
        bring_in(act=act, name="s.sta", raw=raw)
    assert refusal.value.reason == code
    assert refusal.value.facts["place"]
    assert BankStatementLine.objects.count() == 0


def test_a_closed_account_and_a_number_twice_are_refused(act: Act, customer: Customer) -> None:
    an_account(act, is_active=False)
    with pytest.raises(Malformed, match="is closed"):
        brought(act, ("10", "A"))
    with pytest.raises(Malformed, match="another bank account"):
        an_account(act, code="B2")


def test_money_out_and_another_currency_are_kept_apart(act: Act, customer: Customer) -> None:
    an_account(act, code="B2", number="7333", currency="EUR")
    brought(act, ("-10", "RENT"))
    foreign = brought(act, ("50", "INV"), account="7333", currency="EUR")
    assert match_lines(act=act) == []
    assert sorted(BankMatch.objects.values_list("state", "outcome")) == [
        ("set_aside", "not_incoming"),
        ("set_aside", "other_currency"),
    ]
    assert one(settle_lines(act=act, decisions=[LineDecision(foreign[0], (), customer.id)])) == "other_currency"
    assert one(unmatch_lines(act=act, line_ids=foreign, reason="x")) == "other_currency"


def test_a_short_payment_leaves_the_rest_open_at_its_old_age_and_may_open_a_dispute(act: Act, customer: Customer) -> None:
    (invoice_id,) = owing(act, customer, 113)
    due_on = Receivable.objects.get(invoice_id=invoice_id).due_on
    (line_id,) = brought(act, ("60", "HELLO"))
    match_lines(act=act)
    decision = LineDecision(line_id, (invoice_id,), short_reason="damaged", note="Two pots broken.")
    assert one(settle_lines(act=act, decisions=[decision])) == "done"
    debt = Receivable.objects.get(invoice_id=invoice_id)
    assert (debt.amount - debt.applied, debt.due_on) == (53, due_on)
    dispute = Dispute.objects.get()
    assert (dispute.receivable_id, dispute.amount, dispute.reason_code, dispute.reason) == (
        debt.id,
        53,
        "damaged",
        "Two pots broken.",
    )


def test_what_is_over_stays_the_customers(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113)
    brought(act, ("120", text_of(customer, number_of(ids[0]))))
    match_lines(act=act)
    (aged,) = receivables_by_age(company_id=act.company_id, on=TODAY)
    assert [aged.current, aged.unapplied] == [0, 7]
    assert match_rates(company_id=act.company_id, from_on=TODAY, until_on=TODAY).untouched == 0, "it is not fully applied"


def test_a_head_pays_for_its_members_with_a_payment_of_each(company: Company, act: Act, customer: Customer) -> None:
    member = a_customer(company, name="Member", parent=customer)
    ids = [*owing(act, customer, 100), *owing(act, member, 50)]
    text = " ".join(number_of(key) for key in ids)
    brought(act, ("150", text_of(customer, text)))
    assert one(match_lines(act=act)) == "done"
    assert open_of(ids) == [0, 0]
    assert sorted(Payment.objects.values_list("customer_id", "amount")) == sorted([(customer.id, 100), (member.id, 50)])
    assert failing(act) == []


def test_a_match_taken_back_opens_the_invoice_again_and_stays_to_be_read(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113, 90)
    before = {row.role: row.amount for row in trial_balance(company_id=act.company_id, on=TODAY)}
    (line_id,) = brought(act, ("120", text_of(customer, number_of(ids[0]))))
    match_lines(act=act)
    apply_payments(act=act)
    assert open_of(ids) == [0, 83]
    assert one(unmatch_lines(act=act, line_ids=[line_id], reason="Wrong customer.")) == "done"
    assert open_of(ids) == [113, 90]
    assert Receivable.objects.get(invoice_id=ids[0]).settled_on is None
    after = {row.role: row.amount for row in trial_balance(company_id=act.company_id, on=TODAY)}
    assert {role: amount for role, amount in after.items() if amount} == before
    assert PaymentReversal.objects.get().reason == "Wrong customer."
    assert sum(PaymentApplication.objects.values_list("amount", flat=True)) == 0
    newest, undone = matches_of_line(company_id=act.company_id, line_id=line_id)
    assert (newest.state, undone.state, undone.undo_reason) == ("waiting", "undone", "Wrong customer.")
    assert list(undone.amounts) == [113, 7]
    assert one(unmatch_lines(act=act, line_ids=[line_id], reason="x")) == "not_matched"
    assert apply_payments(act=act) == [], "nothing more is settled with it"
    assert failing(act) == []
    rates = match_rates(company_id=act.company_id, from_on=TODAY, until_on=TODAY)
    assert [rates.automatic, rates.undone, rates.shares()["wrong_match_rate"]] == [1, 1, 1]
    assert one(match_lines(act=act)) == "done", "a new match is a new payment"
    assert Payment.objects.count() == 2


def test_a_correction_teaches_the_payer_and_taking_it_back_forgets(company: Company, act: Act, customer: Customer) -> None:
    other = a_customer(company, name="Peony GmbH")
    ids = owing(act, other, 113, 90)
    text = "166?00X?20NO NUMBER?31DE9900?32SOMEBODY ELSE"
    first, second = brought(act, ("113", text), ("90", text))
    assert {outcome.code for outcome in match_lines(act=act)} == {"suggested"}
    assert one(settle_lines(act=act, decisions=[LineDecision(first, (ids[0],))])) == "done"
    learnt = PayerAlias.objects.order_by("kind").values_list("kind", "value", "customer_id")
    assert list(learnt) == [("account", "DE9900", other.id), ("name", "SOMEBODYELSE", other.id)]
    assert one(match_lines(act=act)) == "done", "the second line is known by its account"
    unmatch_lines(act=act, line_ids=[first, second], reason="x")
    assert PayerAlias.objects.filter(retired_at=None).count() == 0
    assert {outcome.code for outcome in match_lines(act=act)} == {"suggested"}


def test_an_alias_that_moves_retires_the_former(company: Company, act: Act, customer: Customer) -> None:
    other = a_customer(company)
    for owner in (customer, customer, other):
        assert one(teach_aliases(act=act, aliases=[AliasDraft("account", "de 99", owner.id)])) == "done"
    found = PayerAlias.objects.order_by("id").values_list("value", "customer_id", "retired_at")
    assert [(value, owner, retired is None) for value, owner, retired in found] == [
        ("DE99", customer.id, False),
        ("DE99", other.id, True),
    ]
    (alias_id,) = PayerAlias.objects.filter(retired_at=None).values_list("id", flat=True)
    assert one(retire_aliases(act=act, alias_ids=[alias_id])) == "done"
    assert one(retire_aliases(act=act, alias_ids=[alias_id])) == "already_retired"
    assert one(teach_aliases(act=act, aliases=[AliasDraft("account", "x", 10**12)])) == "unknown_customer"
    assert one(teach_aliases(act=act, aliases=[AliasDraft("name", "Ltd.", customer.id)])) == "malformed"


def test_a_decision_is_refused_for_what_cannot_be_settled(company: Company, act: Act, customer: Customer) -> None:
    (invoice_id,) = owing(act, customer, 113)
    (line_id,) = brought(act, ("60", "HELLO"))
    take_payments(act=act, payments=[pay(customer, "113", invoice_id)])
    refused = [
        (LineDecision(line_id), "nothing_chosen"), (LineDecision(line_id, (10**12,)), "unknown_invoice"),
        (LineDecision(line_id, (), 10**12), "unknown_customer"), (LineDecision(line_id, (invoice_id,)), "already_settled"),
        (LineDecision(10**12, (invoice_id,)), "not_found"),
    ]  # fmt: skip
    for decision, code in refused:
        assert one(settle_lines(act=act, decisions=[decision])) == code
    assert one(settle_lines(act=act, decisions=[LineDecision(line_id, (), customer.id)])) == "done"
    assert Payment.objects.order_by("-id")[0].applied == 0
    assert failing(act) == []


def test_two_lines_of_a_set_for_one_invoice_settle_it_once(act: Act, customer: Customer) -> None:
    (invoice_id,) = owing(act, customer, 113)
    lines = brought(act, ("113", "A"), ("113", "B"))
    outcomes = settle_lines(act=act, decisions=[LineDecision(line_id, (invoice_id,)) for line_id in lines])
    assert sorted(outcome.code for outcome in outcomes) == ["already_settled", "done"]
    assert failing(act) == []


def test_a_line_set_aside_is_left_alone_until_it_is_taken_back(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113)
    (line_id,) = brought(act, ("113", text_of(customer, number_of(ids[0]))))
    assert one(set_aside_lines(act=act, line_ids=[line_id], reason="Interest.")) == "done"
    assert one(set_aside_lines(act=act, line_ids=[line_id], reason="Interest.")) == "set_aside"
    assert match_lines(act=act) == []
    unmatch_lines(act=act, line_ids=[line_id], reason="No interest.")
    assert one(match_lines(act=act)) == "done"


def test_a_policy_is_a_version_and_its_number_stands_on_the_match(act: Act, customer: Customer) -> None:
    assert set_match_policy(act=act, settings={"threshold": 146}) == 1
    ids = owing(act, customer, 113)
    (line_id,) = brought(act, ("113", text_of(customer, number_of(ids[0]))))
    assert one(match_lines(act=act)) == "suggested"
    assert BankMatch.objects.get(line_id=line_id).policy_version == 1
    assert set_match_policy(act=act, settings={}) == 2
    assert one(match_lines(act=act)) == "done"
    with pytest.raises(Malformed, match="no setting named colour"):
        set_match_policy(act=act, settings={"colour": 1})


def test_a_csv_file_is_read_by_the_mapping_of_its_account(act: Act, customer: Customer) -> None:
    mapping = {"columns": {"booked_on": "Date", "amount": "Amount", "reference": "Text"}, "delimiter": ","}
    an_account(act, mapping=mapping)
    raw = b"Date,Amount,Text\n2026-03-02,113.00,INV\n"
    assert bring_in(act=act, name="s.csv", raw=raw, account="B1").lines == 1
    with pytest.raises(Malformed, match="There is no bank account B9"):
        bring_in(act=act, name="s.csv", raw=raw, account="B9")


def test_rates_count_payments_and_invoice_lines(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113, 90, 70)
    lines = brought(act, ("113", text_of(customer, number_of(ids[0]))), ("70", "?"), ("5000", "?"))
    match_lines(act=act)
    settle_lines(act=act, decisions=[LineDecision(lines[1], (ids[2],))])
    rates = match_rates(company_id=act.company_id, from_on=TODAY, until_on=TODAY)
    assert (rates.payments, rates.untouched, rates.by_hand, rates.waiting) == (3, 1, 1, 1)
    assert (rates.invoice_lines, rates.invoice_lines_untouched) == (2, 1)
    assert rates.shares() == {
        "payment_rate": Decimal("0.3333"), "invoice_line_rate": Decimal("0.5000"), "wrong_match_rate": 0,
    }  # fmt: skip


def statements_of(work: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


@pytest.mark.parametrize("operation", ["import", "match", "settle", "unmatch"])
def test_no_operation_sends_more_statements_for_more_lines(company: Company, act: Act, customer: Customer, operation: str) -> None:
    counts = []
    for size in (2, 12):
        ids = owing(act, customer, *range(100 * size, 100 * size + size))
        given = [(str(100 * size + place), text_of(customer, number_of(key))) for place, key in enumerate(ids)]
        file = read_statements("s.sta", statement(*given))
        counted = {"import": statements_of(partial(import_statements, act=act, file=file))}
        lines = list(BankStatementLine.objects.order_by("-id").values_list("id", flat=True)[:size])[::-1]
        decisions = [LineDecision(line_id, (key,)) for line_id, key in zip(lines, ids, strict=True)]
        counted["match"] = statements_of(partial(match_lines, act=act, line_ids=lines))
        counted["unmatch"] = statements_of(partial(unmatch_lines, act=act, line_ids=lines, reason="x"))
        counted["settle"] = statements_of(partial(settle_lines, act=act, decisions=decisions))
        assert open_of(ids) == [0] * size
        counts.append(counted[operation])
    assert counts[0] == counts[1] < 30


def test_an_act_of_another_day_reverses_on_its_own_day(act: Act, customer: Customer) -> None:
    ids = owing(act, customer, 113)
    (line_id,) = brought(act, ("113", text_of(customer, number_of(ids[0]))))
    match_lines(act=act)
    later = replace(act, on=TODAY.replace(day=9))
    unmatch_lines(act=later, line_ids=[line_id], reason="x")
    assert PaymentReversal.objects.get().reversed_on == later.on
