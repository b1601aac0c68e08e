"""A file of statements, whatever its format: found out from its first bytes, read by its reader, checked to add up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dinghuo.exchange.bank.camt import read_camt
from dinghuo.exchange.bank.errors import Fault, StatementRefused
from dinghuo.exchange.bank.mt940 import read_mt940
from dinghuo.exchange.bank.tables import read_table
from dinghuo.exchange.bank.texts import UTF_16_MARKS, decoded
from dinghuo.journey.finance.matching.statements import FileDraft, StatementDraft, fault_in_balance

FILE_BYTES_MAX = 50 * 1024 * 1024
LINES_MAX = 100_000
ZIP_MARK = b"PK\x03\x04"
HEAD_BYTES = 4096
FIELD = re.compile(r"(?:^|[\r\n]):(?:20|25|60F|61|62F|86):")


@dataclass(frozen=True, slots=True)
class Table:
    """What a file without its own account number is read with: the account, its currency and its mapping."""

    account: str
    currency: str
    mapping: Mapping[str, Any]


def read_statements(name: str, raw: bytes, table: Table | None = None) -> FileDraft:
    """The statements of a file; `table` says how to read a CSV or XLSX file and is not needed for others.

    Raises StatementRefused, which names the row or element, for anything that is wrong with any part of the file.
    """
    try:
        if len(raw) > FILE_BYTES_MAX:
            raise Fault("", f"the file is larger than {FILE_BYTES_MAX:,} bytes")
        kind = kind_of(raw)
        statements = read_as(kind, raw, table)
        if sum(len(statement.lines) for statement in statements) > LINES_MAX:
            raise Fault("", f"the file holds more than {LINES_MAX:,} lines")
        for statement in statements:
            fault = fault_in_balance(statement)
            if fault:
                raise Fault(statement.place, fault)
    except Fault as fault:
        raise StatementRefused(name, fault.place, fault.problem) from None
    return FileDraft(name, kind, raw, statements)


def kind_of(raw: bytes) -> str:
    """Which format a file is in: mt940, camt, xlsx, or else csv."""
    if raw.startswith(ZIP_MARK):
        return "xlsx"
    head = raw[:HEAD_BYTES]
    text = head.decode("utf-16" if head.startswith(UTF_16_MARKS) else "latin-1", errors="replace")
    if text.lstrip("\xef\xbb\xbf\ufeff \r\n\t").startswith("<"):
        return "camt"
    return "mt940" if FIELD.search(text) else "csv"


def read_as(kind: str, raw: bytes, table: Table | None) -> list[StatementDraft]:
    """Read a file of a format; raises Fault."""
    if not raw.strip():
        raise Fault("", "the file is empty")
    if kind == "camt":
        return read_camt(raw)
    if kind == "mt940":
        return read_mt940(decoded(raw))
    if table is None:
        raise Fault("", f"a file of format {kind} says nothing of its account: name one that has a mapping")
    return read_table(raw, table.mapping, table.account, table.currency, is_workbook=kind == "xlsx")
