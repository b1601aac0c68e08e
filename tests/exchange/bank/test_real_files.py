"""Every published statement reads right, or is refused in words that name the row."""

from decimal import Decimal
from pathlib import Path

import pytest

from dinghuo.exchange.bank.errors import StatementRefused
from dinghuo.exchange.bank.reading import read_statements

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "bank_statements" / "mt940_tests"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the published statements lie beside the checkout, not in it")

# Statements, lines, and what all amounts come to: the last closing balance less the first opening one, where one account runs on.
READ = {
    "ASNB/mt940.txt": (31, 8, "56.94"),
    "ASNB/mt940_with_spaces_for_entry_date.txt": (31, 8, "56.94"),
    "betterplace/sepa_mt9401.sta": (26, 97, None),
    "betterplace/with_binary_character.sta": (2, 4, "-179066.75"),
    "jejik/generic.sta": (2, 2, "-20.00"),
    "jejik/rabobank-iban.sta": (2, 4, "-70.00"),
    "jejik/sns.sta": (2, 2, "-25.00"),
    "mBank/mt940.sta": (1, 3, "0.03"),
    "mBank/mt942.sta": (1, 3, "0.03"),
}
# Fragments, statements made up so that they do not add up, and one with a field twice.
REFUSED = {
    "betterplace/amount_formats.sta": "row 1: field :60F: stands outside of a message",
    "betterplace/currency_in_25.sta": "row 1: field :25: stands outside of a message",
    "betterplace/empty_86.sta": "row 1: field :86: stands outside of a message",
    "betterplace/empty_entry_date.sta": "row 1: field :61: stands outside of a message",
    "betterplace/empty_line.sta": "row 2: the statement that begins here has no field :25:",
    "betterplace/missing_crlf_at_end.sta": "row 1: field :62F: stands outside of a message",
    "betterplace/sepa_snippet.sta": "row 25: the balance does not add up",
    "betterplace/sepa_snippet_broken.sta": "row 6: field :25: is there twice, first in row 2",
    "jejik/abnamro.sta": "row 4: the balance does not add up",
    "jejik/ing.sta": "row 4: the balance does not add up",
    "jejik/knab.sta": "row 10: the balance does not add up",
    "jejik/postfinance.sta": "row 15: the balance does not add up",
    "jejik/rabobank.sta": "row 2: the balance does not add up",
    "jejik/triodos.sta": "row 1: the balance does not add up",
    "mBank/with_newline_in_tnr.sta": "row 2: the balance does not add up",
}


def test_no_published_statement_is_left_out() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in {".sta", ".txt"}}
    assert files == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_published_statement_reads_whole(name: str) -> None:
    file = read_statements(name, (FOLDER / name).read_bytes())
    lines = [line for statement in file.statements for line in statement.lines]
    expected_statements, expected_lines, total = READ[name]
    assert (len(file.statements), len(lines)) == (expected_statements, expected_lines)
    if total is not None:
        assert sum(line.amount for line in lines) == Decimal(total)


@pytest.mark.parametrize("name", REFUSED)
def test_a_published_statement_that_is_wrong_is_refused_with_its_row(name: str) -> None:
    with pytest.raises(StatementRefused) as refusal:
        read_statements(name, (FOLDER / name).read_bytes())
    assert REFUSED[name] in str(refusal.value)


def test_a_german_text_gives_payer_account_and_purpose() -> None:
    raw = (FOLDER / "betterplace/sepa_snippet.sta").read_bytes().split(b"-\n")[0]
    (statement,) = read_statements("x", raw).statements
    first = statement.lines[0]
    assert (first.payer, first.payer_account) == ("KARL KAUFMANN", "DE14508800500194785000")
    assert "EREF+EndToEndId TFNR 22 004 00001SVWZ+Verw CTSc-01 BC-PPP TFNr 22 004" in first.reference
    assert (first.amount, first.bank_reference) == (Decimal("50990.05"), "0724710333343453")
