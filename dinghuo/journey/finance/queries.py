"""What the books say: who owes since when, what lies on each account, and whether the ledger is whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class Ageing:
    """What a customer owes by how long it is overdue; `credit` is what we owe it, `unapplied` its money that is left."""

    customer_id: int
    code: str
    name: str
    current: Decimal
    days_1_to_30: Decimal
    days_31_to_60: Decimal
    days_61_to_90: Decimal
    days_over_90: Decimal
    credit: Decimal
    unapplied: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """What lies on an account at the end of a day, in company currency: debit positive."""

    code: str
    role: str
    name: str
    name_zh: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of the entries that documents made, in company currency: debit positive."""

    document_id: int
    number: int
    posted_on: date
    code: str
    name: str
    name_zh: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A journal entry that is not what was posted, by its number."""

    number: int
    fault: str


def receivables_by_age(*, company_id: int, on: date, customer_ids: Sequence[int] | None = None) -> list[Ageing]:
    """What each customer owes now, by days overdue on a day (current, 1-30, 31-60, 61-90, more); none named: all who owe.

    A debt is overdue from the day after it is due. Rule: docs/rules/finance.md.
    """
    keys = None if customer_ids is None else list(customer_ids)
    return sql.rows("finance/receivables_by_age", Ageing, company_id=company_id, day=on, customer_ids=keys)


def trial_balance(*, company_id: int, on: date) -> list[Balance]:
    """The balance of each account that was ever used, up to a day and including it; they sum to zero."""
    return sql.rows("finance/trial_balance", Balance, company_id=company_id, day=on)


def booked_for(*, company_id: int, document: str, document_ids: Sequence[int]) -> list[Booked]:
    """What documents of one sort (`sales_invoice`, `payment`, `stock_document`) booked, line by line."""
    return sql.rows("finance/booked_for", Booked, company_id=company_id, document=document, document_ids=list(document_ids))


def broken_entries(*, company_id: int) -> list[BrokenEntry]:
    """The first hundred journal entries that were changed, torn from the one before, or taken away; none when all is well."""
    return sql.rows("finance/verify_chain", BrokenEntry, company_id=company_id)
