"""Builders of Online Retail files and rows, in the three forms in which they are read."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from dinghuo.exchange.online_retail.rows import SourceRow

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
REAL_FILE = Path(__file__).parents[3].parent / "shared" / "data" / "online_retail" / "online_retail_2009-12_2010-11.csv.gz"


def a_line(
    document: str = "489434",
    code: str = "85048",
    description: str = "GLASS BALL",
    quantity: str = "12",
    moment: str = "2009-12-01 07:45:00",
    price: str = "6.95",
    customer: str = "13085",
    country: str = "United Kingdom",
) -> list[str]:
    return [document, code, description, quantity, moment, price, customer, country]


def a_row(**changed: Any) -> SourceRow:
    values: dict[str, Any] = {
        "row_number": 2,
        "document": "489434",
        "code": "85048",
        "description": "GLASS BALL",
        "quantity": 12,
        "moment": datetime.fromisoformat("2009-12-01 07:45"),
        "unit_price": "6.95",
        "customer": "13085",
        "country": "United Kingdom",
    } | changed
    return SourceRow(**values | {"unit_price": Decimal(values["unit_price"])})


def csv_text(lines: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *lines])
    return text.getvalue()


def a_csv(folder: Path, *lines: Sequence[str], header: Sequence[str] = HEADER, name: str = "online.csv") -> Path:
    path = folder / name
    path.write_text(csv_text(lines, header), encoding="utf-8", newline="")
    return path


def a_gzip(folder: Path, *lines: Sequence[str], name: str = "online.csv.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(csv_text(lines).encode()))
    return path


def a_workbook(
    folder: Path, *sheets: tuple[str, Iterable[Sequence[Any]]], name: str = "online.xlsx", from_1904: bool = False
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    if from_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(folder / name)
    return folder / name
