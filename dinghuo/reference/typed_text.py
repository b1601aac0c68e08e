"""What people type into forms: blanks around it, full-width signs, thousands that are grouped."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

PLAIN: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")


def cleaned(text: str, length: int) -> str:
    """A typed text without surrounding blanks, cut to what its column holds; full-width digits and letters become plain ones."""
    return unicodedata.normalize("NFKC", text.replace("\x00", "")).strip()[:length]


def number(text: str) -> Decimal | None:
    """A number as people type it, or None: thousands may be grouped by commas, but 1,5 is no number, since it could mean two."""
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    return Decimal(plain) if PLAIN.fullmatch(plain) else None
