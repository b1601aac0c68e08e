"""Figures as papers write them, alike in every language, and sums in Chinese capitals."""

from datetime import date
from decimal import Decimal
from typing import Final

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿")
CAPITALS_BELOW: Final = Decimal(10) ** 12


def money(amount: Decimal, minor_units: int) -> str:
    """An amount or unit price with its currency's decimals: 1,234.50; digits beyond them are shown, never dropped."""
    fits = amount == round(amount, minor_units)
    return f"{amount:,.{minor_units}f}" if fits else plain(amount)


def plain(number: Decimal) -> str:
    """A number with its thousands grouped and without trailing zeros."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(fraction: Decimal) -> str:
    """A rate: 0.13 is 13 %."""
    return f"{plain(fraction * 100)} %"


def day(on: date | None) -> str:
    """A business date, in the form that sorts; nothing for none."""
    return on.isoformat() if on else ""


def in_capitals(amount: Decimal) -> str:
    """An amount in yuan in the capitals that Chinese papers write against forgery: 1,002.50 is 壹仟零贰元伍角整.

    Exact to the fen; raises ValueError for finer amounts and from a trillion up. The form is that of the People's Bank's rules for
    filling in bills: zeros between digits are read once, a sum without fen ends in 整.
    """
    fen = abs(amount) * 100
    if fen != int(fen) or abs(amount) >= CAPITALS_BELOW:
        raise ValueError(f"{amount} cannot be written in capitals")
    yuan, rest = divmod(int(fen), 100)
    words = (whole_in_capitals(yuan) + "元" if yuan else "") + parts_in_capitals(*divmod(rest, 10), after_yuan=yuan > 0)
    return ("负" if amount < 0 else "") + (words or "零元整")


def parts_in_capitals(jiao: int, fen: int, *, after_yuan: bool) -> str:
    """Jiao and fen in capitals, as they follow the yuan."""
    if not jiao and not fen:
        return "整" if after_yuan else ""
    if not fen:
        return f"{DIGITS[jiao]}角整"
    if not jiao:
        return f"{'零' if after_yuan else ''}{DIGITS[fen]}分"
    return f"{DIGITS[jiao]}角{DIGITS[fen]}分"


def whole_in_capitals(number: int) -> str:
    """A whole number above zero in capitals, read in groups of four digits."""
    written: list[str] = []
    gap = False
    for place in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**place % 10_000
        if group:
            # One zero stands for all that are missing between two digits.
            is_apart = bool(written) and (gap or group < 1_000)
            written.append(("零" if is_apart else "") + group_in_capitals(group) + GROUPS[place])
        gap = not group
    return "".join(written)


def group_in_capitals(group: int) -> str:
    """Four digits above zero in capitals, without leading and trailing zeros."""
    written: list[str] = []
    gap = False
    for place in range(len(PLACES) - 1, -1, -1):
        digit = group // 10**place % 10
        if digit:
            written.append(("零" if written and gap else "") + DIGITS[digit] + PLACES[place])
        gap = not digit
    return "".join(written)
