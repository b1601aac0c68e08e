"""The rows of an Online Retail file, streamed and typed; the first thing wrong in the file is a FileRefused.

The files in circulation differ in small ways that are all read here: two spellings of the header, columns in any
order, `.csv`, `.csv.gz` and `.xlsx`, numbers that passed through a spreadsheet. What they say is kept: codes and
document numbers letter by letter (`47503J ` with its blank is another code than `47503J`), prices to the last digit.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

from dinghuo.exchange.online_retail.errors import BadValue, FileRefused, file_name, shown
from dinghuo.exchange.online_retail.fields import Moments, customer_number, stored_price, whole_number, written_price
from dinghuo.exchange.online_retail.limits import LIMITS, Limits
from dinghuo.exchange.online_retail.text_file import archive_refusal, text_records
from dinghuo.exchange.online_retail.workbook import open_workbook
from dinghuo.exchange.online_retail.workbook_child import header_key

# Each column by its name in refusals, with its spellings in the published files as `header_key` gives them.
COLUMNS = {
    "InvoiceNo": ("invoiceno", "invoice"),
    "StockCode": ("stockcode",),
    "Description": ("description",),
    "Quantity": ("quantity",),
    "InvoiceDate": ("invoicedate",),
    "UnitPrice": ("unitprice", "price"),
    "CustomerID": ("customerid",),
    "Country": ("country",),
}
# Only a hint in a refusal: a file is not read by guessing its separator.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of the file.

    `row_number` is the row a spreadsheet shows (the header is row 1; a field that spans lines does not count them).
    `quantity` is in pieces, `unit_price` in the file's currency exactly as written, `moment` the local time of the
    wholesaler, without a zone as in the file. `customer` is empty where the line names nobody. Outer blanks are gone
    from `description`, `customer` and `country` only.
    """

    row_number: int
    document: str
    code: str
    description: str
    quantity: int
    moment: datetime
    unit_price: Decimal
    customer: str
    country: str


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file: its name, for a workbook the sheet that is read and those that are not, its rows (read once)."""

    file: str
    sheet: str
    other_sheets: tuple[str, ...]
    rows: Iterator[SourceRow]


@dataclass(frozen=True, slots=True)
class Records:
    """A file's records as texts, with what is peculiar to the kind of file."""

    sheet: str
    other_sheets: tuple[str, ...]
    epoch: datetime | None
    price: Callable[[str], Decimal]
    texts: Generator[list[str], None, None]


def read_rows(path: Path, limits: Limits = LIMITS) -> Iterator[SourceRow]:
    """The file's rows in order; raises FileRefused at the first row that cannot be read."""
    return open_source(path, limits).rows


def open_source(path: Path, limits: Limits = LIMITS) -> Source:
    """Open a file and read its header; raises FileRefused if it is missing, too large, or not of this kind."""
    file = file_name(path)
    check_file(path, limits)
    records = open_records(path, limits)
    try:
        header_row, header = first_record(file, records.texts)
        positions = column_positions(file, header, header_row)
    except FileRefused as refused:
        records.texts.close()
        raise archive_refusal(path, limits) or refused from None

    def all_moments() -> Iterator[str]:
        """Every date text of the file, by a second reading."""
        position = positions[list(COLUMNS).index("InvoiceDate")]
        with closing(open_records(path, limits).texts) as again:
            yield from (record[position] for record in again if len(record) > position)

    # Rows are read as they are asked for, but a wrong header is refused now, before the caller begins anything.
    read = RowReader(
        positions=positions,
        width=len(header),
        moments=Moments(all_moments, records.epoch),
        price=records.price,
        limits=limits,
    )
    rows = typed_rows(file, records.texts, header_row=header_row, read=read)
    return Source(file, records.sheet, records.other_sheets, rows=blaming_the_archive(path, limits, rows))


def check_file(path: Path, limits: Limits) -> None:
    """Refuse what is not a file of a readable kind and size; raises FileRefused."""
    file = file_name(path)
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        raise FileRefused(file, "there is no such file") from None
    if not path.is_file():
        raise FileRefused(file, "is not a file")
    if not path.name.lower().endswith((".csv", ".csv.gz", ".xlsx")):
        raise FileRefused(file, "its name does not end in .csv, .csv.gz or .xlsx")
    if size == 0:
        raise FileRefused(file, "is empty")
    if size > limits.file_bytes:
        raise FileRefused(file, f"is longer than {limits.file_bytes:,} bytes")


def open_records(path: Path, limits: Limits) -> Records:
    """The records of a text file or a workbook, by the ending of its name."""
    if path.name.lower().endswith(".xlsx"):
        book = open_workbook(path, limits, list(COLUMNS.values()))
        return Records(book.sheet, book.other_sheets, epoch=book.epoch, price=stored_price, texts=book.records)
    return Records("", (), epoch=None, price=written_price, texts=text_records(path, limits))


def first_record(file: str, texts: Iterator[list[str]]) -> tuple[int, list[str]]:
    """The first record that is not blank, with its row number; raises FileRefused when there is none."""
    for row_number, record in enumerate(texts, 1):
        if any(record):
            return row_number, record
    raise FileRefused(file, "is empty")


def column_positions(file: str, header: Sequence[str], row: int) -> tuple[int, ...]:
    """Where each of COLUMNS stands in the header, in any order; raises FileRefused for one missing or there twice."""
    keys = [header_key(name) for name in header]
    positions = []
    for column, spellings in COLUMNS.items():
        found = [position for position, key in enumerate(keys) if key in spellings]
        # Two columns of one meaning may differ, and nothing says which one counts.
        if len(found) > 1:
            names = " and ".join(shown(header[position]) for position in found)
            raise FileRefused(file, f"is there twice, as {names}", row=row, column=column)
        if not found:
            raise FileRefused(file, "is missing" + separator_hint(header), row=row, column=column)
        positions.extend(found)
    return tuple(positions)


def separator_hint(header: Sequence[str]) -> str:
    """The likely reason when the whole header is one field."""
    for mark, name in SEPARATORS.items():
        if len(header) == 1 and mark in header[0]:
            return f"; fields are separated by {name} here, not by commas"
    return ""


class RowReader:
    """Makes a typed row of a record of texts."""

    def __init__(
        self,
        *,
        positions: tuple[int, ...],
        width: int,
        moments: Moments,
        price: Callable[[str], Decimal],
        limits: Limits,
    ) -> None:
        self.limits = limits
        self._pick = itemgetter(*positions)
        self._width = width
        self._moment = moments.read
        self._price = price

    def row(self, row_number: int, record: list[str]) -> SourceRow:
        """The record's row; raises BadValue."""
        if len(record) != self._width or max(map(len, record)) > self.limits.field_characters:
            raise self._bad_shape(record)
        # By position and in one step: this line runs half a million times for a year of trade.
        document, code, description, quantity, moment, price, customer, country = self._pick(record)
        # A line without a number or a code has no place in any document, whatever the rest of it says.
        if not document or not code:
            raise BadValue("StockCode" if document else "InvoiceNo", "is empty")
        return SourceRow(
            row_number,
            document,
            code,
            description.strip(),
            whole_number(quantity),
            self._moment(moment),
            self._price(price),
            customer_number(customer),
            country.strip(),
        )

    def _bad_shape(self, record: list[str]) -> BadValue:
        if len(record) != self._width:
            return BadValue("", f"has {counted(len(record), 'field')} where the header has {self._width}")
        longest = max(record, key=len)
        column = next((name for name, value in zip(COLUMNS, self._pick(record), strict=True) if value is longest), "")
        return BadValue(column, f"a field is longer than {self.limits.field_characters:,} characters")


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 field, 7 fields."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def blaming_the_archive(path: Path, limits: Limits, rows: Iterator[SourceRow]) -> Iterator[SourceRow]:
    """The rows as they are; a refusal names the archive around the text instead of the row when that is what is damaged."""
    try:
        yield from rows
    except FileRefused as refused:
        raise archive_refusal(path, limits) or refused from None


def refuse_unless_blank(file: str, row_number: int, record: Sequence[str], bad: BadValue) -> None:
    """Refuse the file for a record that cannot be read, unless it has nothing in it; raises FileRefused."""
    if any(record):
        raise FileRefused(file, bad.problem, row=row_number, column=bad.column or None) from None


def typed_rows(file: str, records: Generator[list[str], None, None], *, header_row: int, read: RowReader) -> Iterator[SourceRow]:
    """The rows below the header; blank ones are skipped but counted, as spreadsheets do. Raises FileRefused."""
    last_good, last = 0, header_row + read.limits.rows
    row_of = read.row
    with closing(records):
        for row_number, record in enumerate(records, header_row + 1):
            if row_number > last:
                raise FileRefused(file, f"has more than {read.limits.rows:,} rows", row=row_number)
            try:
                yield row_of(row_number, record)
                last_good = row_number
            except BadValue as bad:
                refuse_unless_blank(file, row_number, record, bad)
    if not last_good:
        raise FileRefused(file, "has no row below its header")
