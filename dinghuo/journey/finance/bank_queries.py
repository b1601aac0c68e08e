"""What the bank's lines became: lists for pages and programs, and the match rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.kernel import sql

RATE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class MatchRates:
    """What became of the money that came in over a period. Definitions: docs/rules/matching.md."""

    payments: int
    untouched: int
    by_hand: int
    waiting: int
    set_aside: int
    suggested: int
    ambiguous: int
    invoice_lines: int
    invoice_lines_untouched: int
    automatic: int
    undone: int

    def shares(self) -> Mapping[str, Decimal]:
        """The three rates that are published together, as fractions; 0 where there is nothing to count."""
        return {
            "payment_rate": share(self.untouched, self.payments),
            "invoice_line_rate": share(self.invoice_lines_untouched, self.invoice_lines),
            "wrong_match_rate": share(self.undone, self.automatic),
        }


@dataclass(frozen=True, slots=True)
class BankLine:
    """A line with what became of it; `findings` are the choices that were found, with their reasons."""

    id: int
    account: str
    statement_id: int
    statement: str
    booked_on: date
    valued_on: date
    amount: Decimal
    currency: str
    payer: str
    payer_account: str
    reference: str
    bank_reference: str
    state: str
    outcome: str
    score: int
    is_automatic: bool
    customer_id: int | None
    customer: str | None
    findings: Mapping[str, Any]
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LineMatch:
    """A match that a line has or had, with what it settled, item by item."""

    id: int
    state: str
    outcome: str
    score: int
    is_automatic: bool
    decided_at: datetime | None
    decided_by_id: int | None
    undone_at: datetime | None
    undone_by_id: int | None
    undo_reason: str
    payment_ids: Sequence[int]
    invoice_numbers: Sequence[str]
    amounts: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """A bank account of the company, with the balance that its last statement closed with."""

    id: int
    code: str
    name: str
    number: str
    currency: str
    mapping: Mapping[str, Any] | None
    is_active: bool
    closed_on: date | None
    closing_amount: Decimal | None


def share(part: int, whole: int) -> Decimal:
    """A part of a whole as a fraction of four decimals."""
    return (Decimal(part) / whole).quantize(RATE) if whole else Decimal(0)


def match_rates(*, company_id: int, from_on: date, until_on: date) -> MatchRates:
    """Count what became of the money that was booked from one day to another, both included."""
    (found,) = sql.rows("finance/bank_rates", MatchRates, company_id=company_id, from_on=from_on, until_on=until_on)
    return found


def bank_lines(
    *, company_id: int, before: int, count: int, account: str | None = None, state: str | None = None, outcome: str | None = None
) -> list[BankLine]:
    """The lines below an id, the newest first; those of one account, state or outcome where it is named."""
    asked = {"before": before, "count": count, "only_id": None, "account": account, "state": state, "outcome": outcome}
    return sql.rows("finance/bank_lines_before", BankLine, company_id=company_id, **asked)


def bank_line(*, company_id: int, line_id: int) -> BankLine | None:
    """One line, or None."""
    asked = {"before": line_id + 1, "count": 1, "only_id": line_id, "account": None, "state": None, "outcome": None}
    found = sql.rows("finance/bank_lines_before", BankLine, company_id=company_id, **asked)
    return found[0] if found else None


def matches_of_line(*, company_id: int, line_id: int) -> list[LineMatch]:
    """Every match that a line ever had, the newest first."""
    return sql.rows("finance/bank_matches_of_line", LineMatch, company_id=company_id, line_id=line_id)


def bank_accounts(*, company_id: int) -> list[ListedAccount]:
    """The company's bank accounts, by code."""
    return sql.rows("finance/bank_accounts_listed", ListedAccount, company_id=company_id)
