"""What pages export, as CSV and as XLSX: the same rows, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.reference.exports import exported
from dinghuo.reference.models import Customer
from tests.web.site import Goods, Site

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
WHY = {"reason_code": "paid", "reason": '=HYPERLINK("http://x")'}


def sheet_of(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content)).active


def cells(content: bytes) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet_of(content).iter_rows()]


def table(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_numbers_days_and_moments_stay_what_they_are() -> None:
    at = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    row = ["订单", Decimal("12.50"), 7, date(2026, 3, 2), at, None, True]
    columns = [str(place) for place in range(len(row))]
    assert cells(exported("x", "xlsx", columns, [row]).content)[1] == [
        "订单", 12.5, 7, at.replace(hour=0, minute=0, tzinfo=None), at.replace(tzinfo=None), None, True,
    ]  # fmt: skip
    assert table(exported("x", "csv", columns, [row]))[1] == [
        "订单", "12.50", "7", "2026-03-02", "2026-03-02T01:30:00+00:00", "", "True",
    ]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_begin_a_formula_is_a_text(text: str) -> None:
    (cell,) = list(sheet_of(exported("x", "xlsx", ["a"], [[text]]).content).iter_rows())[1]
    assert cell.data_type == "s"
    assert str(cell.value).strip() == text.strip()
    assert exported("x", "csv", ["a"], [[text]]).content.decode("utf-8-sig").splitlines()[1].strip('"').startswith("'")


def test_signs_that_a_workbook_cannot_hold_are_left_out() -> None:
    long = "x" * 40_000
    assert cells(exported("x", "xlsx", ["a", "b"], [["a\x00b\x1fc", long]]).content)[1] == ["abc", long[:32_767]]


def test_an_amount_below_zero_stays_a_number() -> None:
    assert table(exported("x", "csv", ["a"], [[Decimal("-5.00")]]))[1] == ["-5.00"]


EXPORTED = ["/review/?shown=all", "/review/lines/?", "/review/touchless/?", "/review/decisions/?", "/settings/rules/?"]


@pytest.mark.parametrize("address", EXPORTED)
def test_a_page_exports_the_same_rows_in_both_formats(site: Site, goods: Goods, address: str) -> None:
    with site.acting():
        line_id = SalesOrderLine.objects.get(order_id=goods.short).pk
        Customer.objects.filter(id=SalesOrder.objects.get(id=goods.held).customer_id).update(code="=cmd")
    credit, admin = site.clients["credit"], site.clients["admin"]
    credit.post("/review/lines/hold/", {**WHY, "line": line_id})
    if "shown" not in address:
        credit.post("/review/release/", {**WHY, "order": goods.held})
    as_csv, as_xlsx = (admin.get(f"{address}&format={each}") for each in ("csv", "xlsx"))
    assert as_xlsx["Content-Type"].endswith("spreadsheetml.sheet")
    assert as_xlsx["Content-Disposition"].endswith('.xlsx"')
    rows, sheet = table(as_csv), cells(as_xlsx.content)
    assert rows[0] == sheet[0]
    assert len(rows) == len(sheet) > 1
    assert all(cell.data_type != "f" for row in sheet_of(as_xlsx.content).iter_rows() for cell in row)
    assert not any(value.startswith(("=", "@")) for row in rows for value in row)
    page = admin.get(address).content.decode()
    assert "format=csv" in page
    assert "format=xlsx" in page
