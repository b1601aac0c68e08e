"""Tables for spreadsheets, as CSV or XLSX: one writer for every page that exports."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

FORMATS: Final = ("csv", "xlsx")
# With these a spreadsheet takes a text for a formula.
BEGINS_FORMULA: Final = frozenset("=+-@\t\r")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_MAX: Final = 32_767
# How many rows a list is exported with at most.
EXPORT_MAX: Final = 100_000


def exported(name: str, wanted: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as a file to keep, `xlsx` or else CSV; no text in it is ever run as a formula. Moments are UTC."""
    return as_xlsx(name, columns, rows) if wanted == "xlsx" else as_csv(name, columns, rows)


def as_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """CSV with the mark by which spreadsheets know UTF-8."""
    response = attached(f"{name}.csv", "text/csv; charset=utf-8", "\ufeff")
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return response


def as_xlsx(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A workbook of one sheet, its heading fixed above the rows; numbers and days are cells that spreadsheets reckon with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for row in (columns, *rows):
        sheet.append([cell_of(sheet, value) for value in row])
    kept = BytesIO()
    book.save(kept)
    return attached(f"{name}.xlsx", XLSX, kept.getvalue())


def cell_of(sheet: object, value: object) -> WriteOnlyCell:
    """A cell of the sheet; a text stays one, whatever it begins with, and signs that a workbook cannot hold are left out."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_MAX])
    cell.data_type = "s"
    return cell


def harmless(value: object) -> object:
    """What CSV holds of a value: a text that would begin a formula is quoted, a moment is written as ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return f"'{value}" if isinstance(value, str) and value[:1] in BEGINS_FORMULA else value


def attached(file_name: str, media: str, content: str | bytes) -> HttpResponse:
    """A reply that browsers keep as a file."""
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
