"""A posted document has its number, its receivable and a balanced entry, and never changes again."""

import json
from collections.abc import Callable
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from dinghuo.journey.allocation.models import StockDocument, StockMove
from dinghuo.journey.finance import queries
from dinghuo.journey.finance.models import Account, JournalEntry, JournalLine, Payment, Receivable, SalesInvoice, SalesInvoiceLine
from dinghuo.journey.finance.operations import (
    draft_credit_notes,
    draft_invoices,
    install_accounts,
    post_entries,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import (
    CHART,
    CONTROL_ROLES,
    INCOME_ROLES,
    MONEY_ROLES,
    ROLES,
    STOCK_ROLES,
    EntryDraft,
    PaymentDraft,
)
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.rules import ChargeDraft
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import a_code, a_company, a_product, a_warehouse, an_act, some_stock
from tests.journey.finance.goods import came_back, posted, sold

FEE = EntryDraft("bank_charges", 'January | "fees" 手续费', [("bank_charges_expense", Decimal("5")), ("bank", Decimal("-5"))])


def booked(document: str, document_id: int | None = None) -> dict[str, Decimal]:
    """The amounts by role of the entries of a sort of document, or of one."""
    entries = JournalEntry.objects.filter(document=document)
    if document_id is not None:
        entries = entries.filter(document_id=document_id)
    lines = JournalLine.objects.filter(entry_id__in=list(entries.values_list("id", flat=True))).select_related("account")
    return {line.account.role: line.amount for line in lines}


def test_a_posted_invoice_has_a_number_a_receivable_and_a_balanced_entry(act: Act) -> None:
    charges = [ChargeDraft("postage", Decimal(1), Decimal(15)), ChargeDraft("levy", Decimal(1), Decimal(2))]
    made = sold(act, [(3,)], charges=[*charges, ChargeDraft("discount", Decimal(1), Decimal(-4))])
    (invoice_id,) = posted(act, made)
    invoice = SalesInvoice.objects.get(pk=invoice_id)
    assert (invoice.number, invoice.series_year, invoice.series_number) == ("INV2026-000001", 2026, 1)
    debt = Receivable.objects.get(invoice=invoice)
    assert (debt.amount, debt.applied, debt.due_on) == (invoice.amount_gross, 0, invoice.due_on)
    assert booked("sales_invoice", invoice_id) == {
        "receivable": Decimal("46.90"),
        "sales_revenue": -30,
        "postage_income": -15,
        "charges_income": -2,
        "sales_discounts": 4,
        "tax_output": Decimal("-3.90"),
    }
    assert SalesOrder.objects.get(pk=made.order_id).invoiced_gross == invoice.amount_gross
    event = Event.objects.get(kind="InvoicePosted")
    assert (event.document_id, event.journey_id) == (invoice_id, made.order_id)
    assert event.facts == {"number": "INV2026-000001", "amount": "46.900"}


def test_a_credit_note_is_booked_against_returns_under_its_own_numbers(act: Act) -> None:
    made = sold(act)
    posted(act, made)
    draft_credit_notes(act=act, return_ids=[came_back(act, made, [1]).id])
    (outcome,) = post_invoices(act=act)
    assert outcome.facts["number"] == "CN2026-000001"
    expected = {"receivable": Decimal("-11.30"), "sales_returns": 10, "tax_output": Decimal("1.30")}
    assert booked("sales_invoice", outcome.id) == expected
    assert Event.objects.filter(kind="CreditNotePosted", document_id=outcome.id).exists()


def test_each_kind_and_year_counts_for_itself(company: Company, act: Act) -> None:
    before = an_act(company, on=date(2025, 12, 31))
    for moment in (before, act):
        draft_invoices(act=moment, shipment_ids=sold(moment).shipment_ids)
    numbers = [outcome.facts["number"] for outcome in post_invoices(act=act)]
    assert numbers == ["INV2025-000001", "INV2026-000001"]


def test_a_document_of_nothing_is_posted_without_a_debt_or_an_entry(act: Act) -> None:
    (invoice_id,) = posted(act, sold(act, price="0"))
    assert SalesInvoice.objects.get(pk=invoice_id).state == "posted"
    assert not Receivable.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_document_is_posted_once(act: Act) -> None:
    (invoice_id,) = posted(act, sold(act))
    outcomes = post_invoices(act=act, invoice_ids=[invoice_id, 2**40])
    assert [outcome.code for outcome in outcomes] == ["already_posted", "not_found"]
    assert post_invoices(act=act) == []
    assert JournalEntry.objects.count() == 1


def test_where_finance_confirms_a_person_must_name_the_draft(company: Company, act: Act) -> None:
    Company.objects.filter(pk=company.id).update(finance_confirms=True)
    (draft,) = draft_invoices(act=act, shipment_ids=sold(act).shipment_ids)
    assert draft.document_id is not None
    assert post_invoices(act=act) == []
    assert post_invoices(act=an_act(company, actor_id=7)) == []
    assert [row.code for row in post_invoices(act=act, invoice_ids=[draft.document_id])] == ["needs_confirmation"]
    assert post_invoices(act=an_act(company, actor_id=7), invoice_ids=[draft.document_id])[0].done
    assert SalesInvoice.objects.get(pk=draft.document_id).posted_by_id == 7


@pytest.mark.parametrize(
    ("kind", "cost", "against"),
    [
        ("receipt", 60, "goods_received_not_invoiced"),
        ("dispatch", -60, "cost_of_goods"),
        ("return", 60, "cost_of_goods"),
        ("adjustment", -60, "stock_adjustments"),
    ],
)
def test_stock_is_booked_at_cost_against_what_moved_it(company: Company, act: Act, kind: str, cost: int, against: str) -> None:
    level = some_stock(act, a_warehouse(company), a_product(company), 10)
    document = StockDocument.objects.create(
        company_id=company.id, kind=kind, number=a_code("D"), moved_on=act.on, recorded_at=act.at
    )
    for part in (cost // 3, cost - cost // 3):
        StockMove.objects.create(company_id=company.id, document=document, stock_level=level, quantity=1, cost_amount=part)
    outcomes = post_stock_documents(act=act)
    assert all(outcome.done for outcome in outcomes)
    assert len(outcomes) == 2
    assert booked("stock_document", document.id) == {"stock": cost, against: -cost}
    assert post_stock_documents(act=act) == []
    codes = [outcome.code for outcome in post_stock_documents(act=act, document_ids=[document.id, 2**40])]
    assert codes == ["already_posted", "not_found"]


def test_stock_without_cost_is_only_marked(company: Company, act: Act) -> None:
    document = StockDocument.objects.create(
        company_id=company.id, kind="dispatch", number=a_code("D"), moved_on=act.on, recorded_at=act.at
    )
    assert post_stock_documents(act=act)[0].document_id is None
    document.refresh_from_db()
    assert document.posted_at == act.at
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        [("bank", Decimal(5)), ("other_income", Decimal(-4))],
        [("bank", Decimal(0)), ("other_income", Decimal(0))],
        [("bank", Decimal(5))],
        [("receivable", Decimal(5)), ("other_income", Decimal(-5))],
        [("stock", Decimal(5)), ("other_income", Decimal(-5))],
        [("nonsense", Decimal(5)), ("other_income", Decimal(-5))],
        [("bank", Decimal("0.0001")), ("other_income", Decimal("-0.0001"))],
        [("bank", Decimal("NaN")), ("other_income", Decimal(-5))],
    ],
)
def test_an_entry_that_does_not_balance_or_belongs_to_documents_is_refused(act: Act, lines: list[tuple[str, Decimal]]) -> None:
    with pytest.raises(Malformed):
        post_entries(act=act, entries=[FEE, EntryDraft("manual", "wrong", lines)])
    assert not JournalEntry.objects.exists()


def test_accounts_are_installed_once_and_stay_as_the_company_has_them(act: Act) -> None:
    Account.objects.filter(role="bank").update(code="1002.07", name="Our bank")
    assert install_accounts(act=act) == 0
    assert Account.objects.get(role="bank").name == "Our bank"
    assert Account.objects.count() == len(CHART)


def test_every_role_that_is_booked_on_has_an_account() -> None:
    used = {*INCOME_ROLES.values(), *MONEY_ROLES.values(), *STOCK_ROLES.values(), *CONTROL_ROLES, "charges_income"}
    assert used <= ROLES
    assert set(MONEY_ROLES) == set(Payment.Method.values)
    assert set(STOCK_ROLES) == set(StockDocument.Kind.values)


def some_books(act: Act) -> None:
    """Entries of several kinds."""
    made = sold(act, [(1,), (2,)])
    posted(act, made)
    take_payments(act=act, payments=[PaymentDraft(made.customer.id, Decimal(20), "card")])
    post_entries(act=act, entries=[FEE])


def test_the_ledger_adds_up(act: Act) -> None:
    some_books(act)
    balances = {row.role: row.amount for row in queries.trial_balance(company_id=act.company_id, on=act.on)}
    assert sum(balances.values()) == 0
    assert balances["receivable"] == sum(row.amount for row in Receivable.objects.all()) - 20
    assert balances["bank"] == -5
    assert queries.trial_balance(company_id=act.company_id, on=date(2020, 1, 1)) == []
    numbers = list(JournalEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_chain_can_be_computed_by_anyone_from_what_is_stored(act: Act) -> None:
    some_books(act)
    chain = f"company {act.company_id}".encode()
    for entry in JournalEntry.objects.order_by("number"):
        lines = JournalLine.objects.filter(entry=entry).values_list("account_id", "customer_id", "amount")
        ordered = sorted(lines, key=lambda line: (line[0], line[1] or 0, line[2]))
        content = [
            entry.number, entry.kind, entry.document, entry.document_id, entry.description, entry.posted_on.isoformat(),
            entry.posted_at.strftime("%Y-%m-%dT%H:%M:%S.%f"), entry.posted_by_id, entry.source_row,
            [[account, customer, format(amount, "f")] for account, customer, amount in ordered],
        ]  # fmt: skip
        chain = sha256(chain + json.dumps(content, ensure_ascii=False).encode()).digest()
        assert bytes(entry.chain_hash) == chain
    assert queries.broken_entries(company_id=act.company_id) == []


TAMPERINGS = {
    "UPDATE journal_entry SET posted_on = posted_on - 1 WHERE company_id = %s AND number = 2": [(2, "changed")],
    "UPDATE journal_entry SET description = description || ' ' WHERE company_id = %s AND number = 2": [(2, "changed")],
    "UPDATE journal_entry SET chain_hash = 'x' WHERE company_id = %s AND number = 2": [(2, "changed"), (3, "changed")],
    "UPDATE journal_line SET amount = amount * 2 WHERE company_id = %s AND amount = 20": [(3, "changed")],
    "UPDATE journal_line SET customer_id = 1 WHERE company_id = %s AND amount = 5": [(4, "changed")],
    "DELETE FROM journal_line WHERE company_id = %s AND amount = 5": [(4, "changed")],
    "DELETE FROM journal_entry WHERE company_id = %s AND number = 2": [(3, "entry_before_is_missing")],
    "DELETE FROM journal_entry WHERE company_id = %s AND number = 4": [(4, "last_entries_are_missing")],
}


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_what_an_owner_of_the_database_changes_in_the_ledger_is_found(committed: None, statement: str) -> None:
    company = a_company()
    with tenancy.acting_for(company.id):
        act = an_act(company)
        install_accounts(act=act)
        some_books(act)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE journal_line DISABLE TRIGGER USER")
            if "DELETE FROM journal_entry" in statement:
                number = statement[-1]
                cursor.execute(
                    "DELETE FROM journal_line WHERE company_id = %s AND entry_id IN"
                    " (SELECT id FROM journal_entry WHERE company_id = %s AND number = %s)",
                    [company.id, company.id, number],
                )
            cursor.execute(statement, [company.id])
            changed = cursor.rowcount
            cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
            cursor.execute("ALTER TABLE journal_line ENABLE TRIGGER USER")
        assert changed >= 1
        with transaction.atomic():
            found = [astuple(row) for row in queries.broken_entries(company_id=company.id)]
    assert found == TAMPERINGS[statement]


def unbalanced(act: Act) -> None:
    entry = JournalEntry.objects.create(
        company_id=act.company_id, number=900, kind="manual", document="manual", posted_on=act.on, posted_at=act.at, chain_hash=b"x"
    )
    JournalLine.objects.create(company_id=act.company_id, entry=entry, account=Account.objects.get(role="bank"), amount=1)


def without_lines(act: Act) -> None:
    JournalEntry.objects.create(
        company_id=act.company_id, number=901, kind="manual", document="manual", posted_on=act.on, posted_at=act.at, chain_hash=b"x"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("attempt", [unbalanced, without_lines])
def test_an_entry_that_does_not_balance_cannot_be_written(act: Act, attempt: Callable[[Act], None]) -> None:
    with pytest.raises(IntegrityError, match="balance"), transaction.atomic():
        attempt(act)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: SalesInvoice.objects.update(amount_net=1, amount_gross=1, amount_tax=0),
        lambda: SalesInvoice.objects.all().delete(),
        lambda: SalesInvoiceLine.objects.update(amount_net=1),
        lambda: SalesInvoiceLine.objects.all()._raw_delete("default"),
        lambda: JournalEntry.objects.update(kind="x"),
        lambda: JournalLine.objects.all()._raw_delete("default"),
    ],
)
def test_what_is_posted_cannot_be_changed(act: Act, attempt: Callable[[], object]) -> None:
    posted(act, sold(act))
    with pytest.raises(DatabaseError), transaction.atomic():
        attempt()
