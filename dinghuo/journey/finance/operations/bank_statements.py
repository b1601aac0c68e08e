"""Bank statements come in: each file, statement and line once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.matching.statements import FileDraft, StatementDraft, account_number, line_references
from dinghuo.journey.finance.operations.invoices import Key
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """A bank account that this transaction has locked."""

    id: int
    code: str
    number: str
    currency: str
    is_active: bool
    is_own_currency: bool
    minor_units: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was imported before."""

    id: int
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class PlacedStatement:
    """A statement that was written, by its place in the file, from 1."""

    id: int
    position: int


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A line that was written."""

    id: int
    bank_account_id: int
    external_ref: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: `lines_known` were there before, and were left as they are; `line_ids` are those that are new."""

    file_id: int
    is_known: bool
    statements: int
    lines: int
    lines_known: int
    line_ids: Sequence[int]


@transaction.atomic
def import_statements(*, act: Act, file: FileDraft) -> Imported:
    """Keep a file of bank statements and its lines; money in waits to be matched, all else is set aside.

    A file that was imported before changes nothing, a line that came in another file is not doubled: both are told. Raises
    Malformed for an account that is not the company's, one that is closed, a statement in another currency than its account's, or
    an amount finer than its coins; nothing of the file is then kept. An account in another currency than the company's is kept
    apart. Rule: docs/rules/matching.md.
    """
    accounts = lock_accounts(act, file.statements)

    known = sql.rows("finance/bank_file_known", KnownFile, company_id=act.company_id, sha256=file.sha256)
    if known:
        return Imported(known[0].id, is_known=True, statements=0, lines=0, lines_known=lines_of(file), line_ids=())
    for statement in file.statements:
        refuse_account(file, statement, accounts.get(account_number(statement.account)))

    written = sql.rows(
        "finance/write_bank_file",
        Key,
        company_id=act.company_id,
        actor_id=act.actor_id,
        at=act.at,
        name=file.name[:200],
        format=file.format,
        sha256=file.sha256,
        raw=file.raw,
    )
    if not written:
        # A rival without a line of ours to wait for was faster.
        raise Refused("The file is being imported by somebody else.", code=errors.ALREADY_IMPORTED, file=file.name)
    placed = write_statements(act, written[0].id, file.statements, accounts)
    lines = write_lines(act, file.statements, placed, accounts)

    facts = {"file": file.name, "lines": len(lines), "known": lines_of(file) - len(lines)}
    journal.record(act, "BankFileImported", "bank_file", [Happened(written[0].id, None, facts)])
    return Imported(
        file_id=written[0].id,
        is_known=False,
        statements=len(file.statements),
        lines=len(lines),
        lines_known=lines_of(file) - len(lines),
        line_ids=[line.id for line in lines],
    )


def lines_of(file: FileDraft) -> int:
    """How many lines a file has."""
    return sum(len(statement.lines) for statement in file.statements)


def lock_accounts(act: Act, statements: Sequence[StatementDraft]) -> dict[str, LockedAccount]:
    """Lock the bank accounts that statements are of, by number."""
    numbers = sorted({account_number(statement.account) for statement in statements})
    found = sql.rows("finance/lock_bank_accounts", LockedAccount, company_id=act.company_id, numbers=numbers)
    return {account.number: account for account in found}


def refuse_account(file: FileDraft, statement: StatementDraft, account: LockedAccount | None) -> None:
    """Raise Malformed for a statement that is of none of the company's accounts, or in another currency than its account."""
    facts = {"file": file.name, "place": statement.place, "account": statement.account}
    where = f"{file.name}, {statement.place}" if statement.place else file.name
    if account is None:
        sentence = f"{where}: {statement.account} is no bank account of the company."
        raise Malformed(sentence, code=errors.UNKNOWN_BANK_ACCOUNT, **facts)
    if not account.is_active:
        raise Malformed(f"{where}: the bank account {account.code} is closed.", code=errors.BANK_ACCOUNT_CLOSED, **facts)
    if account.currency != statement.currency:
        sentence = f"{where}: the statement is in {statement.currency}, the bank account {account.code} in {account.currency}."
        raise Malformed(sentence, code=errors.OTHER_CURRENCY, currency=statement.currency, **facts)
    for line in statement.lines:
        if line.amount != round(line.amount, account.minor_units):
            facts["place"] = line.place
            sentence = f"{file.name}, {line.place}: {line.amount} has more than {account.minor_units} decimals."
            raise Malformed(sentence, code=errors.MALFORMED_AMOUNT, **facts)


def write_statements(
    act: Act, file_id: int, statements: Sequence[StatementDraft], accounts: dict[str, LockedAccount]
) -> dict[int, int]:
    """Write a file's statements in one statement; returns their ids by place, from 1."""
    found = sql.rows(
        "finance/write_bank_statements",
        PlacedStatement,
        company_id=act.company_id,
        file_id=file_id,
        account_ids=[accounts[account_number(statement.account)].id for statement in statements],
        numbers=[statement.number[:60] for statement in statements],
        currencies=[statement.currency for statement in statements],
        opened_ons=[statement.opened_on for statement in statements],
        closed_ons=[statement.closed_on for statement in statements],
        openings=[statement.opening_amount for statement in statements],
        closings=[statement.closing_amount for statement in statements],
    )
    return {row.position: row.id for row in found}


def write_lines(
    act: Act, statements: Sequence[StatementDraft], placed: dict[int, int], accounts: dict[str, LockedAccount]
) -> list[WrittenLine]:
    """Write the lines that are not known yet, in one statement."""
    columns: dict[str, list[Any]] = defaultdict(list)
    # Lines are counted over the whole file: alike ones of two statements of one account are two.
    all_lines = [line for statement in statements for line in statement.lines]
    references = iter(line_references(all_lines))
    for place, statement in enumerate(statements, 1):
        account = accounts[account_number(statement.account)]
        for position, line in enumerate(statement.lines, 1):
            columns["statement_ids"].append(placed[place])
            columns["account_ids"].append(account.id)
            columns["positions"].append(position)
            columns["refs"].append(next(references))
            columns["booked_ons"].append(line.booked_on)
            columns["valued_ons"].append(line.valued_on)
            columns["amounts"].append(line.amount)
            columns["currencies"].append(statement.currency)
            columns["payers"].append(line.payer[:200])
            columns["payer_accounts"].append(account_number(line.payer_account)[:60])
            columns["texts"].append(line.reference[:2000])
            columns["bank_references"].append(line.bank_reference[:80])
            columns["raws"].append(line.raw)
            columns["outcomes"].append(
                errors.NOT_INCOMING if line.amount <= 0 else "" if account.is_own_currency else errors.OTHER_CURRENCY
            )
    if not columns:
        return []
    return sql.rows("finance/write_bank_lines", WrittenLine, company_id=act.company_id, at=act.at, **columns)
