"""Lists as files for spreadsheets: CSV, and workbooks in the form of Excel."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | date | Decimal | int | None

EXPORT_MAX: Final = 100_000
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet takes for the beginning of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_file(kind: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table as a file to keep: a workbook for `xlsx`, else CSV. Text never becomes a formula in either."""
    return as_workbook(name, columns, rows) if kind == "xlsx" else as_csv(name, columns, rows)


def as_csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table as UTF-8 text; spreadsheets know it by the mark at its start."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return response


def as_workbook(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table as a workbook with one sheet, its first row fixed; numbers stay numbers and days stay days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([in_workbook(value) for value in row])
    written = BytesIO()
    book.save(written)
    response = HttpResponse(written.getvalue(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def harmless(value: Cell) -> Cell:
    """A value that no spreadsheet takes for a formula; numbers are written without their trailing zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def in_workbook(value: Cell) -> Cell:
    """A value as a cell takes it; control signs, which no workbook may hold, are left out."""
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value
