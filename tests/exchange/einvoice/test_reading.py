"""Reading what others send: real examples, and files that mean harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.exchange.einvoice.reading import BYTES_MAX, NotAnEInvoice, read

EXAMPLES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "e_documents"
FILES = sorted(EXAMPLES.glob("**/*.[xX][mM][lL]"))

BILLION_LAUGHS = b"""<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Invoice>&b;</Invoice>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>"""


@pytest.mark.skipif(not FILES, reason="the shared data are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_published_examples_are_read_and_add_up(path: Path) -> None:
    document = read(path.read_bytes())
    assert document.number
    assert document.seller.name
    assert document.lines
    assert document.gross == document.net + document.tax
    assert sum(part.basis for part in document.taxes) == document.net


@pytest.mark.parametrize("harm", [BILLION_LAUGHS, EXTERNAL])
def test_a_document_type_declaration_is_refused(harm: bytes) -> None:
    with pytest.raises(NotAnEInvoice) as refused:
        read(harm)
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (b"", "no XML"),
        (b"hello", "no XML"),
        (b"<a><b></a>", "no XML"),
        (b"<Order/>", "neither UBL nor CII"),
        (b"<Invoice/>", "day of issue"),
        (b"<CrossIndustryInvoice/>", "four parts"),
        (b"<a>" * 200_000, "no XML"),
        (b" " * (BYTES_MAX + 1), "larger"),
    ],
    ids=["empty", "text", "broken", "order", "bare invoice", "bare cii", "deep", "large"],
)
def test_what_is_no_e_invoice_is_refused_in_words(xml: bytes, told: str) -> None:
    with pytest.raises(NotAnEInvoice, match=told):
        read(xml)


UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
HEAD = f'<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2" xmlns:cbc="{UBL}CommonBasicComponents-2">'


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999999999", "one", "1,5"])
def test_a_sum_that_is_no_usable_number_is_named(number: str) -> None:
    total = f"<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>{number}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>"
    xml = f"{HEAD}<cbc:ID>1</cbc:ID><cbc:IssueDate>2026-01-01</cbc:IssueDate>{total}</Invoice>"
    with pytest.raises(NotAnEInvoice) as refused:
        read(xml.encode())
    assert refused.value.facts["element"] == "cbc:TaxInclusiveAmount"


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_no_bytes_bring_the_reader_down(raw: bytes) -> None:
    with pytest.raises(NotAnEInvoice):
        read(raw)
