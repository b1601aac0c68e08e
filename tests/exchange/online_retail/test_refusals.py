"""Every way in which a file can be wrong, and the sentence it is answered with."""

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinghuo.exchange.online_retail.errors import FileRefused
from dinghuo.exchange.online_retail.limits import LIMITS, Limits
from dinghuo.exchange.online_retail.rows import open_source, read_rows
from dinghuo.exchange.online_retail.workbook import early_end
from dinghuo.kernel.errors import Malformed
from tests.exchange.online_retail.files import HEADER, a_csv, a_gzip, a_line, a_workbook, csv_text


def refusal(path: Path, limits: Limits = LIMITS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        list(read_rows(path, limits))
    return caught.value


def sentence(path: Path, limits: Limits = LIMITS) -> str:
    return str(refusal(path, limits))


def written(folder: Path, content: bytes, name: str = "online.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_refusal_names_file_row_and_column_for_people_and_programs(tmp_path: Path) -> None:
    refused = refusal(a_csv(tmp_path, *[a_line()] * 15, a_line(quantity="12a")))
    assert str(refused) == "online.csv, row 17, column Quantity: '12a' is not a whole number."
    assert isinstance(refused, Malformed)
    assert refused.facts == {"file": "online.csv", "row": 17, "column": "Quantity"}


# Values


@pytest.mark.parametrize("value", ["12a", "1e5", "NaN", "1,5", "12.0", "1_000", "", " 12", "+12", "--1", "0x1f", "١٢", "½", "-"])
def test_a_quantity_that_is_no_whole_number_is_refused(tmp_path: Path, value: str) -> None:
    assert sentence(a_csv(tmp_path, a_line(quantity=value))) == (
        f"online.csv, row 2, column Quantity: {value!r} is not a whole number."
    )


def test_a_quantity_has_nine_digits_at_most(tmp_path: Path) -> None:
    lines = [a_line(quantity="-999999999"), a_line(quantity="1000000000")]
    assert sentence(a_csv(tmp_path, *lines)) == "online.csv, row 3, column Quantity: '1000000000' has more than 9 digits."


@pytest.mark.parametrize("value", ["12a", "1e5", "NaN", "Infinity", "1,5", "1_000", "", " 1", ".5", "5.", "£5", "١", "--1"])
def test_a_price_that_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    assert sentence(a_csv(tmp_path, a_line(price=value))) == (f"online.csv, row 2, column UnitPrice: {value!r} is not a number.")


def test_a_price_has_nine_digits_and_six_decimals_at_most(tmp_path: Path) -> None:
    good = a_line(price="-999999999.999999")
    problem = "online.csv, row 3, column UnitPrice: '0.1234567' has more than 6 decimals."
    assert sentence(a_csv(tmp_path, good, a_line(price="0.1234567"))) == problem
    problem = "online.csv, row 3, column UnitPrice: '1000000000.5' has more than 9 digits before the point."
    assert sentence(a_csv(tmp_path, good, a_line(price="1000000000.5"))) == problem


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "'' is not a date and time like 2010-12-31 08:45"),
        ("2010-12-31", "'2010-12-31' is not a date and time like 2010-12-31 08:45"),
        ("31.12.2010 08:45", "'31.12.2010 08:45' is not a date and time like 2010-12-31 08:45"),
        ("40148.32", "'40148.32' is not a date and time like 2010-12-31 08:45"),
        ("2010-02-29 08:45", "'2010-02-29 08:45' is not a day and time that exists"),
        ("2010-12-31 24:45", "'2010-12-31 24:45' is not a day and time that exists"),
        ("1899-12-31 08:45", "'1899-12-31 08:45' lies outside the years 1900 to 2199"),
        ("2200-01-01 08:45", "'2200-01-01 08:45' lies outside the years 1900 to 2199"),
    ],
)
def test_a_date_that_is_none_is_refused(tmp_path: Path, value: str, problem: str) -> None:
    lines = [a_line(), a_line(moment=value)]
    assert sentence(a_csv(tmp_path, *lines)) == f"online.csv, row 3, column InvoiceDate: {problem}."


def test_dates_that_could_be_read_two_ways_are_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(), a_line(moment="12/1/2010 8:26"), a_line(moment="1/2/2010 8:26"))
    assert sentence(path) == (
        "online.csv, row 3, column InvoiceDate: '12/1/2010 8:26' may put the day or the month first, "
        "and no date in the file tells which; write 2010-12-31 08:45."
    )


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path, *(a_line(moment=moment) for moment in ("1/2/2010 8:26", "13/1/2010 8:26", "1/14/2010 8:26")))
    assert sentence(path) == (
        "online.csv, row 2, column InvoiceDate: the day comes first in '13/1/2010 8:26' and the month in '1/14/2010 8:26'."
    )


def test_a_date_with_slashes_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(moment="13/1/2010 8:26"), a_line(moment="31/2/2010 8:26"))
    assert sentence(path) == ("online.csv, row 3, column InvoiceDate: '31/2/2010 8:26' is not a day and time that exists.")


def test_a_line_without_document_or_code_is_refused(tmp_path: Path) -> None:
    assert sentence(a_csv(tmp_path, a_line(document=""))) == "online.csv, row 2, column InvoiceNo: is empty."
    assert sentence(a_csv(tmp_path, a_line(code=""))) == "online.csv, row 2, column StockCode: is empty."


def test_a_long_or_unprintable_value_is_quoted_short_and_on_one_line(tmp_path: Path) -> None:
    problem = sentence(a_csv(tmp_path, a_line(quantity="\n\x1b" + "9" * 500)))
    assert problem == f"online.csv, row 2, column Quantity: '\\n\\x1b{'9' * 38}'... is not a whole number."


# Shape


@pytest.mark.parametrize("column", HEADER)
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    header = [name if name != column else "Other" for name in HEADER]
    assert sentence(a_csv(tmp_path, a_line(), header=header)) == f"online.csv, row 1, column {column}: is missing."


@pytest.mark.parametrize(("other", "column"), [("Price", "UnitPrice"), ("invoice_no", "InvoiceNo"), ("Country", "Country")])
def test_a_column_that_is_there_twice_is_named(tmp_path: Path, other: str, column: str) -> None:
    assert sentence(a_csv(tmp_path, [*a_line(), ""], header=[*HEADER, other])) == (
        f"online.csv, row 1, column {column}: is there twice, as {column!r} and {other!r}."
    )


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_recognised(tmp_path: Path, mark: str, name: str) -> None:
    path = written(tmp_path, csv_text([a_line()]).replace(",", mark).encode())
    assert sentence(path).endswith(f"is missing; fields are separated by {name} here, not by commas.")


@pytest.mark.parametrize(("line", "count"), [(a_line()[:7], "7 fields"), ([*a_line(), "x"], "9 fields"), (["x"], "1 field")])
def test_too_few_or_too_many_fields_are_refused(tmp_path: Path, line: Sequence[str], count: str) -> None:
    assert sentence(a_csv(tmp_path, a_line(), line)) == f"online.csv, row 3: has {count} where the header has 8."


def test_a_quotation_mark_that_is_never_closed_is_refused_where_it_opens(tmp_path: Path) -> None:
    text = csv_text([a_line(), a_line(), a_line()]).replace("GLASS", '"GLASS', 2).replace('"GLASS', "GLASS", 1)
    assert sentence(written(tmp_path, text.encode())) == ("online.csv, row 3: a quotation mark is opened here and never closed.")


def test_text_behind_a_closing_quotation_mark_is_refused(tmp_path: Path) -> None:
    text = csv_text([a_line(), a_line()]).replace("GLASS BALL", '"GLASS" BALL')
    assert sentence(written(tmp_path, text.encode())) == ("online.csv, row 2: there is text behind a closing quotation mark.")


@pytest.mark.parametrize("place", [2, 7])
def test_a_field_has_ten_thousand_characters_at_most(tmp_path: Path, place: int) -> None:
    def line(length: int) -> list[str]:
        return [*a_line()[:place], "x" * length, *a_line()[place + 1 :]]

    assert len(list(read_rows(a_csv(tmp_path, line(10_000))))) == 1
    assert sentence(a_csv(tmp_path, line(10_001))) == (
        f"online.csv, row 2, column {HEADER[place]}: a field is longer than 10,000 characters."
    )


def test_a_field_as_long_as_a_file_is_refused(tmp_path: Path) -> None:
    text = csv_text([a_line()] * 5_000).replace("GLASS", '"GLASS', 1)
    assert sentence(written(tmp_path, text.encode())) == (
        "online.csv, row 2: a field is longer than 10,000 characters; a quotation mark may never be closed."
    )


# Files


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert sentence(tmp_path / "online.csv") == "online.csv: there is no such file."
    assert sentence(tmp_path / "\0.csv") == r"'\x00.csv': there is no such file."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "online.csv").mkdir()
    assert sentence(tmp_path / "online.csv") == "online.csv: is not a file."


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(), name="online.xls")
    assert sentence(path) == "online.xls: its name does not end in .csv, .csv.gz or .xlsx."


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert sentence(written(tmp_path, content)) == "online.csv: is empty."
    assert sentence(written(tmp_path, gzip.compress(content), "online.csv.gz")) == "online.csv.gz: is empty."


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    assert sentence(a_csv(tmp_path)) == "online.csv: has no row below its header."
    assert sentence(a_csv(tmp_path, [""] * 8)) == "online.csv: has no row below its header."


def test_a_gzip_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = a_gzip(tmp_path, *(a_line(document=str(number)) for number in range(20_000))).read_bytes()
    cut = written(tmp_path, whole[: len(whole) // 2], "online.csv.gz")
    refused = refusal(cut)
    assert "the compressed file ends too early: it was cut off." in str(refused)
    assert refused.row is not None
    assert 1_000 < refused.row < 19_000


def test_a_gzip_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert sentence(written(tmp_path, csv_text([a_line()]).encode(), "online.csv.gz")) == "online.csv.gz: is not a gzip file."


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(a_gzip(tmp_path, *(a_line(document=str(number)) for number in range(20_000))).read_bytes())
    for place in range(50, len(whole), len(whole) // 15):
        damaged = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        assert "the compressed file is damaged" in sentence(written(tmp_path, bytes(damaged), "online.csv.gz"))


@pytest.mark.parametrize(
    ("description", "encoding", "hint"),
    [
        ("CAFÉ £5 LIGHT", "latin-1", "Latin-1 or Windows-1252"),
        ("TEA “BEST” – £2", "cp1252", "Latin-1 or Windows-1252"),
        ("玻璃圣诞球灯饰", "gb18030", "GB18030 (Chinese Windows)"),
    ],
)
def test_another_encoding_is_refused_with_the_place_and_a_guess(tmp_path: Path, description: str, encoding: str, hint: str) -> None:
    content = csv_text([a_line(), a_line(description=description)]).encode(encoding)
    offset = next(place for place, byte in enumerate(content) if byte > 127)
    expected = f"row 3, column Description: byte {offset} is not UTF-8; it looks like {hint}: save it as CSV UTF-8."
    assert sentence(written(tmp_path, content)) == f"online.csv, {expected}"
    assert sentence(written(tmp_path, gzip.compress(content), "online.csv.gz")) == f"online.csv.gz, {expected}"


def test_the_place_of_a_wrong_byte_is_found_far_into_a_file(tmp_path: Path) -> None:
    content = csv_text([a_line(description="茶" * 20)] * 9_000).encode() + csv_text([a_line()]).encode().replace(
        b"BALL", b"B\xe9LL"
    )
    refused = refusal(written(tmp_path, content))
    assert (refused.row, refused.column) == (9_003, "Description")
    assert f"byte {content.index(0xE9, content.rindex(b'GLASS')):,} " in str(refused)


def test_a_letter_cut_in_half_at_the_end_is_refused(tmp_path: Path) -> None:
    content = csv_text([a_line(country="茶")]).encode().rstrip(b"\n")[:-1]
    assert f"row 2, column Country: byte {len(content) - 2} is not UTF-8" in sentence(written(tmp_path, content))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    content = csv_text([a_line()]).encode(encoding)
    assert sentence(written(tmp_path, content)) == (
        "online.csv: is UTF-16 text or no text at all, not UTF-8; save it as CSV UTF-8."
    )


def test_a_nul_byte_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = a_csv(tmp_path, a_line(), a_line(country="United\0Kingdom"))
    assert sentence(path) == "online.csv, row 3, column Country: holds a NUL byte, which no text has."


# Limits


def test_the_limits_are_those_declared() -> None:
    assert (LIMITS.rows, LIMITS.file_bytes, LIMITS.field_characters) == (5_000_000, 2**30, 10_000)


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "xlsx"])
def test_a_file_has_as_many_rows_as_the_limit_and_not_one_more(tmp_path: Path, kind: str) -> None:
    lines = [a_line()] * 3
    make = {"csv": a_csv, "csv.gz": a_gzip, "xlsx": lambda folder, *rows: a_workbook(folder, ("Year", [HEADER, *rows]))}
    path = make[kind](tmp_path, *lines)
    assert len(list(read_rows(path, replace(LIMITS, rows=3)))) == 3
    assert "has more than 2 rows." in sentence(path, replace(LIMITS, rows=2))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_has_as_many_bytes_as_the_limit_and_not_one_more(tmp_path: Path, kind: str) -> None:
    path = a_csv(tmp_path, a_line()) if kind == "csv" else a_workbook(tmp_path, ("Year", [HEADER, a_line()]))
    size = path.stat().st_size
    assert len(list(read_rows(path, replace(LIMITS, file_bytes=size)))) == 1
    assert sentence(path, replace(LIMITS, file_bytes=size - 1)) == f"online.{kind}: is longer than {size - 1:,} bytes."


def test_a_gzip_file_unpacks_to_as_many_bytes_as_the_limit_and_not_one_more(tmp_path: Path) -> None:
    lines = [a_line()] * 5_000
    size = len(csv_text(lines).encode())
    path = a_gzip(tmp_path, *lines)
    assert len(list(read_rows(path, replace(LIMITS, file_bytes=size)))) == 5_000
    assert f"is longer than {size - 1:,} bytes when unpacked." in sentence(path, replace(LIMITS, file_bytes=size - 1))


def test_a_workbook_unpacks_to_as_many_bytes_as_the_limit_and_not_one_more(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Year", [HEADER, a_line()]))
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    assert len(list(read_rows(path, replace(LIMITS, unpacked_bytes=size)))) == 1
    assert sentence(path, replace(LIMITS, unpacked_bytes=size - 1)) == f"online.xlsx: unpacks to more than {size - 1:,} bytes."


def test_a_workbook_has_as_many_columns_as_the_limit_and_not_one_more(tmp_path: Path) -> None:
    def book(columns: int) -> Path:
        more = range(columns - 8)
        return a_workbook(tmp_path, ("Year", [[*HEADER, *(f"Extra {each}" for each in more)], [*a_line(), *("x" for _ in more)]]))

    assert len(list(read_rows(book(64)))) == 1
    assert sentence(book(65)) == "online.xlsx: has a sheet of 65 columns where 64 are the most; keep the table alone."


# Workbooks


@pytest.mark.parametrize(
    "content", [b"x", b"PK\x03\x04", csv_text([a_line()]).encode(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_a_workbook_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    assert sentence(written(tmp_path, content, "online.xlsx")) == "online.xlsx: is not a readable .xlsx workbook."


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "online.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert sentence(tmp_path / "online.xlsx") == "online.xlsx: is not a readable .xlsx workbook."


def test_a_workbook_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = a_workbook(tmp_path, ("Year", [HEADER, a_line()])).read_bytes()
    for end in range(0, len(whole), 500):
        path = written(tmp_path, whole[: end + 1], "online.xlsx")
        assert sentence(path) == "online.xlsx: is not a readable .xlsx workbook."


def test_a_workbook_without_a_row_is_refused(tmp_path: Path) -> None:
    assert sentence(a_workbook(tmp_path, ("Year", []))) == "online.xlsx: is empty: no sheet has a row."


def test_a_workbook_without_the_header_is_refused_by_column(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Notes", [["A note"]]), ("Year", [["Code", "Count"], ["1", "2"]]))
    assert sentence(path) == "online.xlsx, row 1, column InvoiceNo: is missing."


@pytest.mark.parametrize(
    ("place", "cell", "problem"),
    [
        (3, 12.5, "column Quantity: '12.5' is not a whole number"),
        (3, "12a", "column Quantity: '12a' is not a whole number"),
        (3, True, "column Quantity: 'TRUE' is not a whole number"),
        (3, 1e15, "column Quantity: '1000000000000000' has more than 9 digits"),
        (3, None, "column Quantity: '' is not a whole number"),
        (4, 12, "column InvoiceDate: '12' is not a date"),
        (4, 999_999, "column InvoiceDate: '999999' lies outside the years 1900 to 2199"),
        (4, "soon", "column InvoiceDate: 'soon' is not a date and time like 2010-12-31 08:45"),
        (5, "6,95", "column UnitPrice: '6,95' is not a number"),
        (
            5,
            1e300,
            "column UnitPrice: '1000000000000000052504760255204420248704'... has more than 9 digits before the point",
        ),
        (5, "#N/A", "column UnitPrice: the cell holds an error, not a value"),
        (6, "#REF!", "column CustomerID: the cell holds an error, not a value"),
        (2, "#VALUE!", "column Description: the cell holds an error, not a value"),
    ],
)
def test_a_bad_cell_is_refused_by_row_and_column(tmp_path: Path, place: int, cell: Any, problem: str) -> None:
    line = [*a_line()[:place], cell, *a_line()[place + 1 :]]
    assert sentence(a_workbook(tmp_path, ("Year", [HEADER, a_line(), line]))) == f"online.xlsx, row 3, {problem}."


def test_an_error_far_down_a_sheet_is_found(tmp_path: Path) -> None:
    lines = [a_line() for _ in range(9_000)]
    lines[8_500][6] = "#N/A"
    path = a_workbook(tmp_path, ("Notes", [["#N/A"]]), ("Year", [HEADER, *lines]), ("More", [["#N/A"] * 9]))
    assert sentence(path) == "online.xlsx, row 8502, column CustomerID: the cell holds an error, not a value."


def test_an_error_in_a_column_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    path = a_workbook(tmp_path, ("Year", [["Sum", *HEADER], ["#N/A", *a_line()]]))
    assert len(list(read_rows(path))) == 1


TIME_LIMITED = """
from dinghuo.exchange.online_retail import workbook_child
workbook_child.CPU_SECONDS_AT_LEAST = 1
workbook_child.limit_process(0)
while True:
    pass
"""


def test_a_workbook_that_takes_too_long_costs_a_sentence() -> None:
    ended = subprocess.run([sys.executable, "-c", TIME_LIMITED], cwd=Path(__file__).parents[3], check=False)
    assert early_end(ended.returncode).startswith("takes longer to read than a workbook of its size should")


SHEET = "xl/worksheets/sheet1.xml"


def altered(path: Path, change: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """The workbook with some of its parts replaced."""
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", compression) as new:
        for part in old.namelist():
            new.writestr(part, change.get(part, old.read(part)))
    return path


def a_sheet(cells: bytes, dimension: bytes = b"") -> bytes:
    name = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b"<worksheet " + name + b">" + dimension + b"<sheetData>" + cells + b"</sheetData></worksheet>"


A_CELL_FAR_AWAY = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def test_a_cell_far_outside_the_table_costs_a_sentence_and_no_process(tmp_path: Path) -> None:
    path = altered(a_workbook(tmp_path, ("Year", [HEADER, a_line()])), {SHEET: a_sheet(A_CELL_FAR_AWAY)})
    assert sentence(path) == (
        "online.xlsx: needs more memory than its size explains, as with a cell far outside the table; keep the table alone."
    )


def test_a_sheet_that_says_it_is_too_wide_is_not_opened(tmp_path: Path) -> None:
    sheet = a_sheet(A_CELL_FAR_AWAY, dimension=b'<dimension ref="A1:XFD1048576"/>')
    path = altered(a_workbook(tmp_path, ("Year", [HEADER, a_line()])), {SHEET: sheet})
    assert sentence(path) == "online.xlsx: has a sheet of 16,384 columns where 64 are the most; keep the table alone."


def test_a_sheet_that_lies_about_its_extent_is_refused_all_the_same(tmp_path: Path) -> None:
    sheet = a_sheet(A_CELL_FAR_AWAY, dimension=b'<dimension ref="A1:H2"/>')
    path = altered(a_workbook(tmp_path, ("Year", [HEADER, a_line()])), {SHEET: sheet})
    assert "needs more memory than its size explains" in sentence(path)


def test_a_part_packed_beyond_reason_is_not_unpacked(tmp_path: Path) -> None:
    path = altered(a_workbook(tmp_path, ("Year", [HEADER, a_line()])), {SHEET: a_sheet(b" " * 20_000_000)})
    assert sentence(path) == "online.xlsx: holds a part packed more than 200 times, as no real table is."


def test_a_workbook_that_is_not_well_formed_is_refused(tmp_path: Path) -> None:
    path = altered(a_workbook(tmp_path, ("Year", [HEADER, a_line()])), {SHEET: b"<worksheet><sheetData><row>"})
    assert isinstance(refusal(path), FileRefused)


# Fuzz


FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SLOW_FUZZ = settings(FUZZ, max_examples=25)
GOOD_TEXT = csv_text([a_line(), a_line(description='7" BALL')]).encode()


def read_or_refused(path: Path) -> None:
    """Read a file to its end; a refusal is fine, any other exception is what the fuzz looks for."""
    with suppress(FileRefused):
        assert all(row.document and row.code for row in open_source(path).rows)


@FUZZ
@given(content=st.binary(max_size=300))
def test_random_bytes_are_refused_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    read_or_refused(written(tmp_path, content))
    read_or_refused(written(tmp_path, content, "online.csv.gz"))


@FUZZ
@given(place=st.integers(0, len(GOOD_TEXT)), length=st.integers(0, 6), content=st.binary(max_size=12))
def test_a_good_file_with_some_bytes_changed_is_read_or_refused(tmp_path: Path, place: int, length: int, content: bytes) -> None:
    changed = GOOD_TEXT[:place] + content + GOOD_TEXT[place + length :]
    read_or_refused(written(tmp_path, changed))
    packed = gzip.compress(GOOD_TEXT, mtime=0)
    read_or_refused(written(tmp_path, packed[:place] + content + packed[place + length :], "online.csv.gz"))


@FUZZ
@given(line=st.lists(st.text(max_size=12), min_size=7, max_size=9))
def test_a_line_of_random_texts_is_read_or_refused(tmp_path: Path, line: list[str]) -> None:
    text = csv_text([line])
    read_or_refused(written(tmp_path, text.encode("utf-8", "surrogatepass")))


@SLOW_FUZZ
@given(share=st.floats(0, 1), content=st.binary(min_size=1, max_size=12))
def test_a_workbook_with_some_bytes_changed_is_read_or_refused(tmp_path: Path, share: float, content: bytes) -> None:
    whole = a_workbook(tmp_path, ("Year", [HEADER, a_line()])).read_bytes()
    place = int(share * len(whole))
    read_or_refused(written(tmp_path, whole[:place] + content + whole[place + len(content) :], "online.xlsx"))
