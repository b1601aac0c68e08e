"""What the reader makes of good files, and that the three kinds of file say the same."""

import gzip
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.online_retail.rows import SourceRow, open_source, read_rows
from tests.exchange.online_retail.files import HEADER, a_csv, a_gzip, a_line, a_row, a_workbook, csv_text

OTHER_HEADER = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]


def rows_of(path: Path) -> list[SourceRow]:
    return list(read_rows(path))


def the_row(path: Path) -> SourceRow:
    (row,) = rows_of(path)
    return row


def as_cells(line: list[str]) -> list[Any]:
    """A line as Excel holds it: numbers as binary fractions, moments as dates, nothing where there is nothing."""
    document, code, description, quantity, moment, price, customer, country = line
    return [
        float(document) if document.isdigit() else document,
        float(code) if code.isdigit() else code,
        description or None,
        float(quantity),
        datetime.fromisoformat(moment),
        float(price),
        float(customer) if customer else None,
        country,
    ]


def test_a_line_becomes_a_typed_row(tmp_path: Path) -> None:
    assert the_row(a_csv(tmp_path, a_line())) == a_row()


def test_the_other_published_spelling_of_the_header_is_read(tmp_path: Path) -> None:
    assert the_row(a_csv(tmp_path, a_line(), header=OTHER_HEADER)) == a_row()


@pytest.mark.parametrize("seed", range(3))
def test_columns_may_stand_in_any_order_among_others(tmp_path: Path, seed: int) -> None:
    order = random.Random(seed).sample(range(8), 8)
    header = ["", *(HEADER[place] for place in order), "Remark", "Remark"]
    line = ["0", *(a_line()[place] for place in order), "x", "y"]
    assert the_row(a_csv(tmp_path, line, header=header)) == a_row()


def test_a_code_keeps_its_blank_and_a_document_its_letters(tmp_path: Path) -> None:
    row = the_row(a_csv(tmp_path, a_line(document=" c489434", code="47503J ")))
    assert (row.document, row.code) == (" c489434", "47503J ")


def test_a_description_loses_its_outer_blanks_only(tmp_path: Path) -> None:
    assert the_row(a_csv(tmp_path, a_line(description='  7"  BALL, "RED" '))).description == '7"  BALL, "RED"'


def test_a_price_is_exactly_as_written(tmp_path: Path) -> None:
    row = the_row(a_csv(tmp_path, a_line(price="-0.0010")))
    assert str(row.unit_price) == "-0.0010"


@pytest.mark.parametrize(("written", "read"), [("", ""), ("13085.0", "13085"), (" 13085 ", "13085"), ("K-12", "K-12")])
def test_a_customer_loses_what_a_spreadsheet_added(tmp_path: Path, written: str, read: str) -> None:
    assert the_row(a_csv(tmp_path, a_line(customer=written))).customer == read


@pytest.mark.parametrize("moment", ["2009-12-01 07:45", "2009-12-01T07:45:00", "2009-12-01 07:45:00"])
def test_an_iso_moment_is_read_with_or_without_seconds(tmp_path: Path, moment: str) -> None:
    assert the_row(a_csv(tmp_path, a_line(moment=moment))) == a_row()


@pytest.mark.parametrize(
    ("decisive", "read"), [("13/1/2010 8:26", "2010-01-12 09:05:07"), ("1/13/2010 8:26", "2010-12-01 09:05:07")]
)
def test_a_date_with_slashes_is_read_by_what_the_file_leaves_open(tmp_path: Path, decisive: str, read: str) -> None:
    lines = [a_line(moment="12/1/2010 9:05:07"), a_line(moment=decisive), a_line(moment="2010-05-06 10:00")]
    rows = rows_of(a_csv(tmp_path, *lines))
    assert [str(row.moment) for row in rows] == [read, "2010-01-13 08:26:00", "2010-05-06 10:00:00"]


def test_a_field_over_two_lines_counts_as_one_row(tmp_path: Path) -> None:
    rows = rows_of(a_csv(tmp_path, a_line(description="GLASS\nBALL"), a_line()))
    assert [(row.row_number, row.description) for row in rows] == [(2, "GLASS\nBALL"), (3, "GLASS BALL")]


def test_blank_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    path = tmp_path / "online.csv"
    header, line = csv_text([a_line()]).splitlines()
    path.write_text(f"\n{header}\n\n{line}\n,,,,,,,\n{line}\n\n")
    assert [row.row_number for row in rows_of(path)] == [4, 6]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(tmp_path: Path, end: str) -> None:
    path = tmp_path / "online.csv"
    path.write_text(csv_text([a_line(), a_line()]).replace("\n", end), newline="")
    assert len(rows_of(path)) == 2


def test_the_mark_of_utf_8_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "online.csv"
    path.write_text(csv_text([a_line(description="£ 茶 🍵")]), encoding="utf-8-sig")
    assert the_row(path).description == "£ 茶 🍵"


def test_the_ending_of_the_name_may_be_in_capitals(tmp_path: Path) -> None:
    assert the_row(a_csv(tmp_path, a_line(), name="ONLINE.CSV")) == a_row()
    assert the_row(a_gzip(tmp_path, a_line(), name="ONLINE.CSV.GZ")) == a_row()


def test_a_gzip_file_of_several_parts_is_read_whole(tmp_path: Path) -> None:
    path = a_gzip(tmp_path, a_line())
    path.write_bytes(path.read_bytes() + gzip.compress(csv_text([a_line()]).split("\n", 1)[1].encode()))
    assert len(rows_of(path)) == 2


def test_the_three_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    lines = [
        a_line(),
        a_line(document="C489435", code="79323P", quantity="-3", price="0.001"),
        a_line(code="47503J ", description="", customer="", price="0"),
        a_line(code="gift_0001_10", description=" £10 茶 ", quantity="999999999", price="999999999.999"),
        a_line(moment="2010-11-30 23:59:59", price="25111.09", country="EIRE"),
    ]
    from_text = rows_of(a_csv(tmp_path, *lines))
    assert len(from_text) == 5
    assert rows_of(a_gzip(tmp_path, *lines)) == from_text
    assert rows_of(a_workbook(tmp_path, ("Year 1", [HEADER, *map(as_cells, lines)]))) == from_text
    assert rows_of(a_workbook(tmp_path, ("Texts", [HEADER, *lines]))) == from_text


def test_the_first_sheet_with_the_header_is_read_and_named(tmp_path: Path) -> None:
    year = [HEADER, a_line()]
    sheets = [("Notes", [["A note"]]), ("Empty", []), ("Year 1", year), ("Year 2", [HEADER, a_line(), a_line()])]
    source = open_source(a_workbook(tmp_path, *sheets))
    assert (source.file, source.sheet, source.other_sheets) == ("online.xlsx", "Year 1", ("Notes", "Empty", "Year 2"))
    assert list(source.rows) == [a_row()]


def test_a_workbook_counts_rows_as_excel_shows_them(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Year 1", [[], [], HEADER, a_line(), [], a_line()]))
    assert [row.row_number for row in rows_of(path)] == [4, 6]


def test_a_workbook_more_than_one_batch_long_is_read_whole(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Year 1", [HEADER, *(a_line(quantity=str(number)) for number in range(2_500))]))
    assert [row.quantity for row in rows_of(path)] == list(range(2_500))


@pytest.mark.parametrize(
    ("stored", "price"), [(6.949999999999999, "6.95"), (0.1 + 0.2, "0.3"), (1e-05, "0.00001"), (1e-07, "0"), (3, "3")]
)
def test_a_price_that_excel_holds_has_at_most_six_decimals(tmp_path: Path, stored: float, price: str) -> None:
    cells = as_cells(a_line())
    cells[5] = stored
    assert the_row(a_workbook(tmp_path, ("Year 1", [HEADER, cells]))).unit_price == Decimal(price)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (40148.322916666664, "2009-12-01 07:45:00"),
        (40148, "2009-12-01 00:00:00"),
        (date(2009, 12, 1), "2009-12-01 00:00:00"),
        ("1/13/2010 8:26", "2010-01-13 08:26:00"),
    ],
)
def test_a_workbook_may_hold_a_day_number_or_a_text(tmp_path: Path, cell: Any, moment: str) -> None:
    cells = as_cells(a_line())
    cells[4] = cell
    assert str(the_row(a_workbook(tmp_path, ("Year 1", [HEADER, cells]))).moment) == moment


def test_a_workbook_may_count_its_days_from_1904(tmp_path: Path) -> None:
    by_number = as_cells(a_line())
    by_number[4] = 40148.322916666664 - 1462
    path = a_workbook(tmp_path, ("Year 1", [HEADER, as_cells(a_line()), by_number]), from_1904=True)
    assert [str(row.moment) for row in rows_of(path)] == ["2009-12-01 07:45:00"] * 2


def test_every_second_of_a_day_survives_excel(tmp_path: Path) -> None:
    moments = [
        f"2010-06-01 {hour:02}:{minute:02}:{second:02}" for hour in (0, 7, 23) for minute in range(60) for second in (0, 1, 59)
    ]
    path = a_workbook(tmp_path, ("Year 1", [HEADER, *(as_cells(a_line(moment=moment)) for moment in moments)]))
    assert [str(row.moment) for row in rows_of(path)] == moments


def test_a_reader_that_stops_early_leaves_no_process_behind(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Year 1", [HEADER, *(a_line() for _ in range(5_000))]))
    rows = read_rows(path)
    assert next(rows) == a_row()
    children = Path("/proc/self/task").glob("*/children")
    assert any(each.read_text().strip() for each in Path("/proc/self/task").glob("*/children"))
    del rows
    assert not any(each.read_text().strip() for each in children)


def test_nothing_is_read_before_the_header_is_found_good(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        open_source(a_csv(tmp_path, a_line(), header=HEADER[:7]))
