"""Journal entries: the one place that writes the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.finance.rules import EntryDraft, fault_in_entry
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Outcome
from dinghuo.kernel.tenancy import Act

JOURNAL = "journal"
# The journal's numbers run on from year to year.
EVERY_YEAR = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry to be: amounts in company currency by account role, debit positive; zero ones are left out."""

    kind: str
    document: str
    document_id: int | None
    description: str
    posted_on: date
    lines: Sequence[tuple[str, Decimal]]
    source_row: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """An entry that was written: `place` is that of its posting, from 1."""

    id: int
    place: int


@dataclass(frozen=True, slots=True)
class Series:
    """A number series that this transaction has locked, and its first number that is free."""

    series: str
    year: int
    next_number: int


@dataclass(slots=True)
class Choice:
    """Which drafts of a set to write, by position, and what became of the others; `repeats` maps one to the same one before it."""

    fresh: list[int] = field(default_factory=list)
    repeats: dict[int, int] = field(default_factory=dict)
    others: list[Outcome] = field(default_factory=list)


def lock_series(act: Act, wanted: Iterable[tuple[str, int, int]]) -> dict[str, Series]:
    """Lock number series of one year each, given as (series, year, how many to take); 0 only locks.

    The first lock of a transaction, and a statement of its own: the next one sees what rivals have committed before.
    """
    asked = list(wanted)
    found = sql.rows(
        "finance/lock_series",
        Series,
        company_id=act.company_id,
        series=[series for series, _, _ in asked],
        years=[year for _, year, _ in asked],
        counts=[count for _, _, count in asked],
    )
    return {row.series: row for row in found}


def lock_journal(act: Act) -> None:
    """Lock the journal, so that its numbers have no gap and each entry knows the one before."""
    lock_series(act, [(JOURNAL, EVERY_YEAR, 0)])


def write_entries(act: Act, postings: Sequence[Posting]) -> dict[int, int]:
    """Write entries with their lines in one statement, and return their ids by the place of the posting, from 1.

    A posting that comes to nothing writes none. The journal must be locked. What is hashed, and how: docs/rules/finance.md.
    """
    kept = [(place, posting, lines) for place, posting in enumerate(postings, 1) if (lines := booked_lines(posting))]
    if not kept:
        return {}
    columns: dict[str, list[Any]] = defaultdict(list)
    for nth, (_, posting, lines) in enumerate(kept, 1):
        columns["kinds"].append(posting.kind)
        columns["documents"].append(posting.document)
        columns["document_ids"].append(posting.document_id)
        columns["descriptions"].append(posting.description)
        columns["posted_ons"].append(posting.posted_on)
        columns["source_rows"].append(posting.source_row)
        columns["entries"] += [nth] * len(lines)
        columns["roles"] += lines.keys()
        columns["customer_ids"] += [posting.customer_id] * len(lines)
        columns["amounts"] += lines.values()
    written = sql.rows("finance/insert_entries", Written, company_id=act.company_id, at=act.at, actor_id=act.actor_id, **columns)
    return {kept[entry.place - 1][0]: entry.id for entry in written}


def booked_lines(posting: Posting) -> dict[str, Decimal]:
    """A posting's amounts by role, each role once and none of them zero."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for role, amount in posting.lines:
        amounts[role] += amount
    return {role: amount for role, amount in amounts.items() if amount}


@transaction.atomic
def post_entries(*, act: Act, entries: Sequence[EntryDraft]) -> list[Outcome]:
    """Post entries that no document makes: bank charges, fees, bad debts, corrections.

    An outcome's id is the draft's position (0-based), its document the journal entry. Raises Malformed, and posts
    none, when one does not balance or books on an account that belongs to documents (receivables, stock, tax). Rule:
    docs/rules/finance.md.
    """
    lock_journal(act)

    for position, draft in enumerate(entries):
        fault = fault_in_entry(draft)
        if fault:
            raise Malformed(fault["message"], entry=position, column=fault["column"])

    written = write_entries(
        act,
        [
            Posting(
                draft.kind,
                draft.document,
                draft.document_id,
                draft.description[:200],
                draft.posted_on or act.on,
                draft.lines,
                draft.source_row,
                draft.customer_id,
            )
            for draft in entries
        ],
    )
    return [Outcome(id=position, document_id=written.get(position + 1)) for position in range(len(entries))]
