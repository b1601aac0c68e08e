"""Figures on papers, and sums in Chinese capitals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.exchange.papers.figures import DIGITS, in_capitals, money, percent, plain

VALUES = {"拾": 10, "佰": 100, "仟": 1_000, "万": 10_000, "亿": 100_000_000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("15.01", "壹拾伍元零壹分"),
        ("100.10", "壹佰元壹角整"),
        ("1002.50", "壹仟零贰元伍角整"),
        ("10005", "壹万零伍元整"),
        ("100000001", "壹亿零壹元整"),
        ("5000600070", "伍拾亿零陆拾万零柒拾元整"),
        ("-12.34", "负壹拾贰元叁角肆分"),
    ],
)
def test_a_sum_in_capitals(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words


def read_back(words: str) -> Decimal:
    """The amount that capitals say: digits times places, group by group."""
    sign, words = (-1, words[1:]) if words.startswith("负") else (1, words)
    yuan, _, parts = words.rpartition("元") if "元" in words else ("", "", words)
    total = group = digit = 0
    for letter in yuan:
        if letter in DIGITS:
            digit = DIGITS.index(letter)
        elif VALUES[letter] < 10_000:
            group, digit = group + digit * VALUES[letter], 0
        else:
            total, group, digit = total + (group + digit) * VALUES[letter], 0, 0
    fen = 0
    for letter in parts:
        if letter in DIGITS:
            digit_of_part = DIGITS.index(letter)
        elif letter in "角分":
            fen += digit_of_part * (10 if letter == "角" else 1)
    return sign * (Decimal(total + group + digit) + Decimal(fen) / 100)


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_capitals_say_the_amount(fen: int) -> None:
    amount = Decimal(fen) / 100
    words = in_capitals(amount)
    assert read_back(words) == amount
    assert "零零" not in words


@pytest.mark.parametrize("amount", ["0.001", "1000000000000"])
def test_what_cannot_be_written_in_capitals_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="capitals"):
        in_capitals(Decimal(amount))


def test_no_digit_is_dropped() -> None:
    shown = money(Decimal("1234.5"), 2), money(Decimal("0.0125"), 2), money(Decimal("1234"), 0), plain(Decimal("1200.500"))
    assert shown == ("1,234.50", "0.0125", "1,234", "1,200.5")
    assert percent(Decimal("0.1300")) == "13 %"
