"""What a bank's text about a line holds: who paid, from which account, and what for."""

import re
from dataclasses import dataclass

from stdnum import iban

# 166?00GUTSCHRIFT?20...: a three-digit kind, then a sign of the bank's choice before each two-digit code.
CODED = re.compile(r"\d{3}([^0-9A-Za-z\s])(?=\d\d)")
# /NAME/.../REMI/...: words in capitals between slashes.
WORDS = "EREF ORDP BENM NAME ID ADDR REMI CDTRREFTP CDTRREF ISDT IBAN BIC CSID MARF TRTP PREF ULTD ULTB PURP TRCD SVCL"
SLASHED = re.compile(f"/({WORDS.replace(' ', '|')})/")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b")
NAMED = re.compile(r"\b(?:NAAM|NAME|OD|AUFTRAGGEBER|NOM)\s*:\s*([^;/:]+)", re.IGNORECASE)
UNSTRUCTURED = re.compile(r"^/?(?:USTD|STRD)//?")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a text says: what for, and who paid from which account, both empty where it does not say."""

    text: str
    payer: str = ""
    account: str = ""


def purpose(text: str) -> Purpose:
    """What a text says, in whichever of the three ways it is written."""
    coded = CODED.match(text)
    if coded:
        return of_codes(text, coded[1])
    if SLASHED.search(text):
        return of_words(text)
    name = NAMED.search(text)
    return Purpose(" ".join(text.split()), tidy(name[1]) if name else "", first_iban(text))


def of_codes(text: str, sign: str) -> Purpose:
    """A text of two-digit codes: 20 to 29 and 60 to 63 the purpose, 31 the account, 32 and 33 the name."""
    parts = re.split(re.escape(sign) + r"(\d\d)", text)[1:]
    found: dict[str, str] = {}
    for code, value in zip(parts[::2], parts[1::2], strict=True):
        found[code] = found.get(code, "") + value
    said = "".join(value for code, value in found.items() if "20" <= code <= "29" or "60" <= code <= "63")
    payer = found.get("32", "") + found.get("33", "")
    return Purpose(" ".join(said.split()), tidy(payer), found.get("31", "").replace(" ", ""))


def of_words(text: str) -> Purpose:
    """A text of words between slashes."""
    parts = SLASHED.split(text)
    found: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(word, value.strip("/ "))
    reference = UNSTRUCTURED.sub("", found.get("REMI", "")).strip("/ ")
    said = " ".join(part for part in (parts[0].strip(), found.get("EREF", ""), reference, found.get("CDTRREF", "")) if part)
    return Purpose(" ".join(said.split()), tidy(found.get("NAME", "")), found.get("IBAN", "") or first_iban(text))


def first_iban(text: str) -> str:
    """The first valid IBAN of a text, or an empty text."""
    return next((candidate for candidate in IBAN.findall(text) if iban.is_valid(candidate)), "")


def tidy(name: str) -> str:
    """A name with single blanks."""
    return " ".join(name.split())
