"""A bank statement as every reader gives it, whatever file it came in, and what makes a statement one that adds up."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOT_IN_A_NUMBER = re.compile(r"[^0-9A-Z]")
NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED"})


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line of a statement; money in is positive. `place` is where it stands in its file, as a refusal names it."""

    place: str
    booked_on: date
    valued_on: date
    amount: Decimal
    payer: str = ""
    payer_account: str = ""
    reference: str = ""
    bank_reference: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement of one account; `account` is the number as the bank writes it, balances are None where the format has none."""

    place: str
    account: str
    currency: str
    lines: Sequence[LineDraft]
    number: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    opening_amount: Decimal | None = None
    closing_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file of statements: its bytes, their SHA-256 in hexadecimal, and what a reader made of them."""

    name: str
    format: str
    raw: bytes
    statements: Sequence[StatementDraft]

    @property
    def sha256(self) -> str:
        """What tells the file from every other."""
        return hashlib.sha256(self.raw).hexdigest()


def account_number(text: str) -> str:
    """An account's number as numbers are compared: letters and digits only, in capitals."""
    return NOT_IN_A_NUMBER.sub("", text.upper())


def fault_in_balance(statement: StatementDraft) -> str | None:
    """What is wrong with a statement's balances, in words, or None: opening and lines must come to closing, to the cent."""
    if statement.opening_amount is None or statement.closing_amount is None:
        return None
    total = sum((line.amount for line in statement.lines), Decimal(0))
    found = statement.opening_amount + total
    if found == statement.closing_amount:
        return None
    return (
        f"the balance does not add up: {statement.opening_amount} at the opening and {len(statement.lines)} lines of {total}"
        f" make {found}, but the closing balance is {statement.closing_amount}"
    )


def line_references(lines: Sequence[LineDraft]) -> list[str]:
    """What tells each line from every other of its account, in the lines' order.

    The bank's own reference, where it gave one, else all that the line says; lines that are alike in one file are counted, so
    that two equal payments of one day are two, and the same file read in another month's export finds them again.
    """
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        said = line.bank_reference if line.bank_reference.upper() not in NO_REFERENCE else words_of(line)
        text = f"{line.booked_on.isoformat()}|{line.amount.normalize():f}|{said}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        seen[digest] += 1
        found.append(f"{digest}-{seen[digest]}")
    return found


def words_of(line: LineDraft) -> str:
    """All that a line says, in a form in which two banks' line breaks do not tell it from itself."""
    return "|".join("".join(text.split()) for text in (line.payer, line.payer_account, line.reference))
