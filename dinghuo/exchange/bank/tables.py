"""Statements as tables, CSV or XLSX: which column holds what is told by the bank account's mapping, which is data.

A mapping names the columns by their titles and says how days and numbers are written; the rules and an example stand in
docs/rules/matching.md. Where a column holds the balance after each row, the rows must lead from one to the next.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from dinghuo.exchange.bank.errors import Fault
from dinghuo.exchange.bank.texts import decoded, storable
from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.online_retail.limits import Limits
from dinghuo.exchange.online_retail.workbook import open_workbook
from dinghuo.exchange.online_retail.workbook_child import header_key
from dinghuo.journey.finance.matching.statements import LineDraft, StatementDraft

LIMITS = Limits(file_bytes=10 * 1024 * 1024, unpacked_bytes=200 * 1024 * 1024, rows=100_000)
COLUMNS = frozenset(
    {"booked_on", "valued_on", "amount", "credit", "debit", "payer", "payer_account", "reference", "bank_reference"}
    | {"balance", "currency"}
)
SETTINGS = frozenset({"encoding", "delimiter", "day_format", "decimal", "thousands", "columns"})
HEADER_WITHIN = 30
AMOUNT_MAX = Decimal("999999999999999")
DECIMALS = 3
ISO_MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the table: its number in the file, and its cells by what they hold."""

    row: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        """A cell without blanks around it; empty where the mapping has no such column."""
        return self.cells.get(name, "").strip()


def fault_in_mapping(mapping: Any) -> str | None:
    """What is wrong with a mapping, in words, or None."""
    if not isinstance(mapping, dict) or not isinstance(mapping.get("columns"), dict):
        return "a mapping has an object named columns"
    unknown = sorted(set(mapping) - SETTINGS) + sorted(set(mapping["columns"]) - COLUMNS)
    if unknown:
        return f"a mapping knows nothing named {unknown[0]}"
    titles = [title for titles in mapping["columns"].values() for title in titles_of(titles)]
    others = [value for name, value in mapping.items() if name != "columns"]
    if not all(isinstance(value, str) and value for value in [*titles, *others]):
        return "titles and settings of a mapping are texts"
    if len(mapping.get("delimiter", ";")) != 1:
        return "a delimiter is one character"
    columns = set(mapping["columns"])
    if "booked_on" not in columns or not columns & {"amount", "credit"}:
        return "a mapping names the columns booked_on and amount, or credit and debit"
    return None


def titles_of(given: Any) -> list[Any]:
    """The titles of a column: one text, or a list whose cells are read one after the other."""
    return given if isinstance(given, list) else [given]


def read_table(raw: bytes, mapping: Mapping[str, Any], account: str, currency: str, *, is_workbook: bool) -> list[StatementDraft]:
    """The one statement that a table is; raises Fault that names the row."""
    fault = fault_in_mapping(mapping)
    if fault:
        raise Fault("", fault)
    rows = workbook_rows(raw, mapping) if is_workbook else csv_rows(raw, mapping)
    lines, balances = [], []
    for record in records(rows, mapping):
        given = record.get("currency")
        if given and given.upper() != currency:
            raise Fault(f"row {record.row}", f"the line is in {given}, the account in {currency}")
        lines.append(line_of(record, mapping))
        balances.append(number_of(record, "balance", mapping))
    check_balances(lines, balances)
    days = [line.booked_on for line in lines]
    first, last = (min(days), max(days)) if days else (None, None)
    return [StatementDraft(place="", account=account, currency=currency, lines=lines, opened_on=first, closed_on=last)]


def csv_rows(raw: bytes, mapping: Mapping[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their numbers; raises Fault."""
    text = decoded(raw, mapping.get("encoding", ""))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.get("delimiter", ";"), strict=True)
    try:
        yield from enumerate(reader, 1)
    except csv.Error as fault:
        raise Fault(f"row {reader.line_num}", f"the CSV cannot be read: {fault}") from None


def workbook_rows(raw: bytes, mapping: Mapping[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """The rows of an XLSX file's table with their numbers; raises Fault."""
    header = [[header_key(title) for title in titles_of(titles)] for titles in mapping["columns"].values()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xlsx"
        path.write_bytes(raw)
        try:
            yield from enumerate(open_workbook(path, LIMITS, header).records, 1)
        except FileRefused as refusal:
            raise Fault(f"row {refusal.row}" if refusal.row else "", refusal.problem) from None


def records(rows: Iterator[tuple[int, list[str]]], mapping: Mapping[str, Any]) -> Iterator[Record]:
    """The rows below the header as records; raises Fault when no row has all the titles, or a row is of another width."""
    wanted = {name: titles_of(titles) for name, titles in mapping["columns"].items()}
    places: dict[str, list[int]] | None = None
    width = 0
    for row, cells in rows:
        if places is None:
            places = places_of(cells, wanted)
            width = len(cells)
            if places is None and row >= HEADER_WITHIN:
                break
        elif any(cell.strip() for cell in cells):
            if len(cells) < width:
                raise Fault(f"row {row}", f"the row has {len(cells)} cells, the header {width}")
            yield Record(row, {name: " ".join(cells[place] for place in found) for name, found in places.items()})
    if places is None:
        titles = ", ".join(str(title) for titles in wanted.values() for title in titles)
        raise Fault("", f"no row among the first {HEADER_WITHIN} has the titles of the mapping: {titles}")


def places_of(cells: Sequence[str], wanted: Mapping[str, list[str]]) -> dict[str, list[int]] | None:
    """Where each wanted column stands in a row of titles, or None when the row is not that."""
    places = {header_key(cell): place for place, cell in reversed(list(enumerate(cells)))}
    keys = {name: [header_key(title) for title in titles] for name, titles in wanted.items()}
    if not all(key in places for titles in keys.values() for key in titles):
        return None
    return {name: [places[key] for key in titles] for name, titles in keys.items()}


def line_of(record: Record, mapping: Mapping[str, Any]) -> LineDraft:
    """A row as a line; raises Fault."""
    booked_on = day_of(record, "booked_on", mapping)
    return LineDraft(
        place=f"row {record.row}",
        booked_on=booked_on,
        valued_on=day_of(record, "valued_on", mapping) if record.get("valued_on") else booked_on,
        amount=amount_of(record, mapping),
        payer=storable(record.get("payer"))[:200],
        payer_account=storable(record.get("payer_account")),
        reference=storable(record.get("reference"))[:2000],
        bank_reference=storable(record.get("bank_reference"))[:80],
    )


def amount_of(record: Record, mapping: Mapping[str, Any]) -> Decimal:
    """A row's amount: its own sign, or credit less debit; raises Fault."""
    if "amount" in mapping["columns"]:
        amount = number_of(record, "amount", mapping)
        if amount is None:
            raise Fault(f"row {record.row}, column amount", "the cell is empty")
        return amount
    credit, debit = number_of(record, "credit", mapping), number_of(record, "debit", mapping)
    if credit is None and debit is None:
        raise Fault(f"row {record.row}, column credit", "neither credit nor debit is filled in")
    return (credit or Decimal(0)) - abs(debit or Decimal(0))


def number_of(record: Record, name: str, mapping: Mapping[str, Any]) -> Decimal | None:
    """A cell as a number, or None where it is empty; raises Fault."""
    text = record.get(name).replace(" ", "").replace("\xa0", "")
    if not text:
        return None
    decimal = mapping.get("decimal", ".")
    plain = text.replace(mapping.get("thousands", "," if decimal == "." else "."), "").replace(decimal, ".")
    # A trailing minus is how some banks write money out.
    plain = f"-{plain[:-1]}" if plain.endswith("-") else plain
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise Fault(f"row {record.row}, column {name}", f"{text[:40]!r} is no number") from None
    if not number.is_finite() or abs(number) > AMOUNT_MAX or number != round(number, DECIMALS):
        raise Fault(f"row {record.row}, column {name}", f"{text[:40]!r} is no amount of money")
    return number


def day_of(record: Record, name: str, mapping: Mapping[str, Any]) -> date:
    """A cell as a day; a workbook's own dates are read as they are; raises Fault."""
    text = record.get(name)
    written = mapping.get("day_format", "%Y-%m-%d")
    for form in (written, ISO_MOMENT):
        try:
            return datetime.strptime(f"{text} +0000", f"{form} %z").date()
        except ValueError:
            continue
    raise Fault(f"row {record.row}, column {name}", f"{text[:40]!r} is no day written {written}")


def check_balances(lines: Sequence[LineDraft], balances: Sequence[Decimal | None]) -> None:
    """Refuse rows whose balances do not follow from one another, oldest first or newest first; raises Fault."""
    if len(lines) < 2 or None in balances:
        return
    known = [balance for balance in balances if balance is not None]
    down = [place for place in range(1, len(lines)) if known[place] - lines[place].amount != known[place - 1]]
    up = [place for place in range(1, len(lines)) if known[place - 1] - lines[place - 1].amount != known[place]]
    if down and up:
        place = max(down[0], up[0])
        raise Fault(lines[place].place, f"the balance does not add up: {known[place]} after {lines[place].amount}")
