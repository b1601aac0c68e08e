"""Runs the invariants over a company's rows and reports what breaks them."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.invariants import INVARIANTS, Invariant
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.shipping.models import Shipment
from dinghuo.kernel import sql, tenancy
from dinghuo.kernel.models import MovingRow

CHAIN = "finance/verify_chain"
BORN_IN: dict[type[MovingRow], str] = {SalesOrder: "draft", Shipment: "notice", SalesInvoice: "draft"}


@dataclass(frozen=True, slots=True)
class Violation:
    """A row that breaks an invariant, in words: which document, what it should say and what it says."""

    row_id: int
    document: str
    expected: str
    found: str
    detail: str


@dataclass(frozen=True, slots=True)
class Torn:
    """A journal entry that the chain of hashes does not vouch for."""

    number: int
    fault: str


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant, checked: at most 100 of the rows that break it, and how long the look took."""

    invariant: Invariant
    violations: tuple[Violation, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Every invariant, checked for one company."""

    company_id: int
    checks: tuple[Check, ...]
    seconds: float

    @property
    def checked(self) -> int:
        """How many invariants were checked."""
        return len(self.checks)

    @property
    def violations(self) -> int:
        """How many rows break one; an invariant counts 100 at most."""
        return sum(len(check.violations) for check in self.checks)

    @property
    def broken(self) -> frozenset[str]:
        """The ids of the invariants that are broken."""
        return frozenset(check.invariant.id for check in self.checks if check.violations)

    def as_json(self) -> dict[str, Any]:
        """The report as values that JSON has."""
        return {
            "checked": self.checked,
            "violations": self.violations,
            "seconds": round(self.seconds, 3),
            "invariants": [check_as_json(check) for check in self.checks],
        }


def check_as_json(check: Check) -> dict[str, Any]:
    """One check as values that JSON has."""
    return {
        "id": check.invariant.id,
        "title": check.invariant.title,
        "title_zh": check.invariant.title_zh,
        "seconds": round(check.seconds, 3),
        "violations": [
            {
                "row_id": row.row_id,
                "document": row.document,
                "expected": row.expected,
                "found": row.found,
                "detail": row.detail,
            }
            for row in check.violations
        ],
    }


def run_checks(company_id: int) -> Report:
    """Check every invariant on a company's rows; changes nothing, waits for nobody, and may run beside any other work.

    Each invariant sees the rows of one moment. Statement: docs/operating/check.md.
    """
    began = time.monotonic()
    with tenancy.acting_for(company_id):
        checks = tuple(check(invariant, company_id) for invariant in INVARIANTS)
    return Report(company_id, checks, time.monotonic() - began)


@transaction.atomic(savepoint=False)
def check(invariant: Invariant, company_id: int) -> Check:
    """Check one invariant, in a transaction of its own, so that no look holds back the clearing up of old rows for long."""
    began = time.monotonic()
    return Check(invariant, violations(invariant, company_id), time.monotonic() - began)


def violations(invariant: Invariant, company_id: int) -> tuple[Violation, ...]:
    """The rows that break an invariant, at most 100, in a fixed order."""
    if invariant.query == CHAIN:
        torn = sql.rows(CHAIN, Torn, company_id=company_id)
        return tuple(Violation(row.number, f"entry {row.number}", "as it was posted", row.fault, "") for row in torn)
    return tuple(sql.rows(invariant.query, Violation, company_id=company_id, moves=moves()))


def moves() -> list[str]:
    """Every move that a document's table has, as document:from:to, and its birth as document::state."""
    allowed = [
        f"{model._meta.db_table}:{source}:{target}"
        for model in BORN_IN
        for source, targets in model.MOVES.items()
        for target in sorted(targets)
    ]
    return allowed + [f"{model._meta.db_table}::{state}" for model, state in BORN_IN.items()]
