"""What no statement may hold is refused, whole, in words that name the row or the element."""

import io
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinghuo.exchange.bank.errors import StatementRefused
from dinghuo.exchange.bank.reading import Table, read_statements
from tests.exchange.bank.files import camt, details, entry, mt940

MAPPING = {
    "delimiter": ";", "decimal": ",", "day_format": "%d.%m.%Y",
    "columns": {"booked_on": "Datum", "amount": "Betrag", "payer": "Name", "reference": ["Zweck 1", "Zweck 2"], "balance": "Saldo"},
}  # fmt: skip
TABLE = Table("6222", "CNY", MAPPING)
HEADER = "Datum;Betrag;Name;Zweck 1;Zweck 2;Saldo"


def refusal(raw: bytes, table: Table | None = None) -> str:
    with pytest.raises(StatementRefused) as found:
        read_statements("file", raw, table)
    assert found.value.status == 422
    return str(found.value)


def csv(*rows: str) -> bytes:
    return "\n".join(["Umsätze;;;;;", HEADER, *rows]).encode()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            mt940(":61:260302C10,00NTRFX"),
            "row 1: the balance does not add up: 100.00 at the opening and 1 lines of 10.00 make 110.00",
        ),
        (mt940(":61:261302C10,00NTRFX"), "row 5: 261302 is no day"),
        (mt940(":61:260302X10,00NTRFX"), "row 5: '260302X10,00NTRFX' is no line of a statement"),
        (mt940(":99:?"), "row 5: there is no field :99: in a statement"),
        (mt940(":60F:C260301CNY1,"), "row 5: field :60F: is there twice, first in row 4"),
        (mt940(opening="C260301CNYabc"), "row 4: 'C260301CNYabc' is no balance"),
        (mt940(closing="C260302EUR100,00"), "row 1: the statement opens in CNY and closes in EUR"),
        (b"", "the file is empty"),
        (b"hello", "says nothing of its account"),
    ],
)
def test_a_wrong_mt940_is_refused_with_its_row(raw: bytes, words: str) -> None:
    assert words in refusal(raw)


BILLION_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (camt([entry()], head=BILLION_LAUGHS), "declares a document type or entities"),
        (camt([entry()], head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "declares a document type or entities"),
        (camt([entry()], head='<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">'), "declares a document type or entities"),
        (b"<a>" * 10_000, "more than 40 deep"),
        (b"<Document><BkToCstmrStmt>", "row 1, column 26: the XML is not well formed"),
        (b"<Document><pain/></Document>", "the document is no CAMT"),
        (camt([entry()], closing="11.00"), "Stmt 1: the balance does not add up"),
        (camt([entry(currency="EUR")]), "Stmt 1/Ntry 1/Amt: the entry is in EUR, the account in CNY"),
        (camt([entry(), entry(amount="ten")]), "Stmt 1/Ntry 2/Amt: 'ten' is no amount"),
        (camt([entry(amount="NaN")]), "Stmt 1/Ntry 1/Amt: 'NaN' is no amount"),
        (camt([entry(side="UP")]), "Stmt 1/Ntry 1/CdtDbtInd: 'UP' is neither CRDT nor DBIT"),
        (camt([entry().replace("2026-03-02", "2026-02-30")]), "Stmt 1/Ntry 1/BookgDt: '2026-02-30' is no day"),
        (camt([entry(inner=f"<NtryDtls>{details('4.00', 'A', '')}{details('5.00', 'B', '')}</NtryDtls>")]),
         "Stmt 1/Ntry 1: its 2 transactions come to 9.00, but the entry to 10.00"),
        (camt([entry()]).replace(b"OPBD", b"XXXX"), "no opening balance (OPBD)"),
        ('<?xml version="1.0" encoding="ascii"?><Document>ü</Document>'.encode(), "XML is not well formed"),
    ],
)  # fmt: skip
def test_a_wrong_camt_is_refused_with_its_element(raw: bytes, words: str) -> None:
    assert words in refusal(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (csv("02.03.2026;abc;A;x;y;1,00"), "row 3, column amount: 'abc' is no number"),
        (csv("2026-03-32;1,00;A;x;y;1,00"), "row 3, column booked_on: '2026-03-32' is no day written %d.%m.%Y"),
        (csv("02.03.2026;1,00;A;x;y;1,00", "02.03.2026;1,00;A"), "row 4: the row has 3 cells, the header 6"),
        (csv("02.03.2026;1,00;A;x;y;1,00", "03.03.2026;2,00;A;x;y;9,00"), "row 4: the balance does not add up"),
        (csv("02.03.2026;;A;x;y;1,00"), "row 3, column amount: the cell is empty"),
        (csv("02.03.2026;1e999;A;x;y;1,00"), "row 3, column amount: '1e999' is no amount of money"),
        (b"a;b\n1;2\n", "no row among the first 30 has the titles of the mapping: Datum"),
        (b"PK\x03\x04 no workbook", "is not a readable .xlsx workbook"),
    ],
)
def test_a_wrong_table_is_refused_with_its_row(raw: bytes, words: str) -> None:
    assert words in refusal(raw, TABLE)


@pytest.mark.parametrize(
    "mapping", [{}, {"columns": {"amount": "x"}}, {"columns": {"booked_on": "x", "amount": "y", "colour": "z"}}]
)
def test_a_mapping_that_makes_no_sense_is_told(mapping: dict[str, Any]) -> None:
    assert "mapping" in refusal(csv("x"), Table("6222", "CNY", mapping))


def test_rows_may_be_newest_first_and_columns_joined() -> None:
    raw = csv("03.03.2026;2,00;甲公司;INV;0001;3,00", "02.03.2026;1,00;乙公司;x;;1,00")
    (statement,) = read_statements("file", raw, TABLE).statements
    assert [(line.payer, line.reference, str(line.amount)) for line in statement.lines] == [
        ("甲公司", "INV 0001", "2.00"), ("乙公司", "x", "1.00"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_each_usual_encoding(encoding: str) -> None:
    raw = (HEADER + "\n02.03.2026;1,00;杭州华盛商贸有限公司;货款;;1,00\n").encode(encoding)
    (statement,) = read_statements("file", raw, TABLE).statements
    assert statement.lines[0].payer == "杭州华盛商贸有限公司"


def test_a_workbook_is_read_like_a_table() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER.split(";"), ["02.03.2026", "1,50", "Lotus", "INV2026-000001", "", "1,50"]):
        sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    (statement,) = read_statements("file", saved.getvalue(), TABLE).statements
    assert [(line.payer, line.reference, str(line.amount)) for line in statement.lines] == [("Lotus", "INV2026-000001", "1.50")]


def test_a_batch_becomes_a_line_for_each_of_its_transactions() -> None:
    batch = entry(inner=f"<NtryDtls>{details('4.00', 'A', 'INV1')}{details('6.00', 'B', 'INV2')}</NtryDtls>")
    (statement,) = read_statements("file", camt([batch])).statements
    assert [(line.payer, line.reference, str(line.amount)) for line in statement.lines] == [
        ("A", "INV1", "4.00"), ("B", "INV2", "6.00"),
    ]  # fmt: skip
    assert statement.lines[0].payer_account == "GB29NWBK60161331926819"


def test_what_is_only_pending_is_left_for_the_statement_that_books_it() -> None:
    (statement,) = read_statements("file", camt([entry(), entry("99.00", status="PDNG")])).statements
    assert len(statement.lines) == 1


def test_a_reversed_credit_takes_money_away_and_the_entry_day_may_lie_in_another_year() -> None:
    lines = [":61:2601020102C50,NTRFNONREF", ":61:2601021231RC20,NRTINONREF", ":61:251231    RD7,NTRFNONREF"]
    (statement,) = read_statements("file", mt940(*lines, closing="C260102CNY137,00")).statements
    assert [(str(line.booked_on), str(line.amount)) for line in statement.lines] == [
        ("2026-01-02", "50"), ("2025-12-31", "-20"), ("2025-12-31", "7"),
    ]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(alphabet=":0126FMC8-,EUR\n<>/Ntry;", max_size=300).map(str.encode))
def test_no_bytes_break_a_reader(raw: bytes) -> None:
    for given_raw in (raw, b":20:X\n:25:1\n" + raw, b"<Document><BkToCstmrStmt><Stmt>" + raw):
        with suppress(StatementRefused):
            read_statements("file", given_raw, TABLE)
