"""Names, numbers and references as they are compared, and the numbers that are one slip of the hand away."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LEGAL_FORMS = frozenset(
    {"LTD", "LIMITED", "CO", "COMPANY", "CORP", "CORPORATION", "INC", "LLC", "PLC", "GMBH", "MBH", "AG", "KG", "OHG", "EK", "UG"}
    | {"BV", "NV", "SA", "SAS", "SARL", "SRL", "SPA", "OY", "AB", "AS", "APS", "THE", "AND", "UND"}
)
CHINESE_FORMS = re.compile("股份有限公司|有限责任公司|有限公司|公司")
WORD = re.compile(r"[^\W_]+")
DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
# Chinese words stand right before a number of ours as well as alone.
PIECE = re.compile(r"\d+|[\u4e00-\u9fff]+|[^\W\d_\u4e00-\u9fff]+")
NUMBER = re.compile(r"([^\d]*)(\d+)")
# Letters that stand for a figure when figures surround them.
LOOKALIKES = str.maketrans("OILSB", "01158")
MISREAD = re.compile(r"\d[\dOILSB]*\d")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of figures or of letters in a text; `follows` says that nothing stands between it and the piece before."""

    text: str
    follows: bool

    @property
    def is_number(self) -> bool:
        """Whether it is figures."""
        return self.text.isdigit()


def normal(text: str) -> str:
    """A text in capitals, with every sign in its usual width."""
    return unicodedata.normalize("NFKC", text).upper()


def pieces(text: str) -> list[Piece]:
    """The runs of figures and of letters of a text that is `normal`, with letters misread for figures put right."""
    found: list[Piece] = []
    last = -1
    for match in PIECE.finditer(MISREAD.sub(lambda letter: letter[0].translate(LOOKALIKES), text)):
        found.append(Piece(match[0], match.start() == last))
        last = match.end()
    return found


def name_key(name: str) -> str:
    """A name as names are compared: without case, signs and legal forms; empty for a name of nothing else."""
    words = [word for word in WORD.findall(DOTTED.sub("", normal(name))) if word not in LEGAL_FORMS]
    return CHINESE_FORMS.sub("", "".join(words))


def number_key(number: str) -> tuple[str, str]:
    """A document's number as letters before, and figures: INV2026-004711 is INV and 2026004711; ('', '') without figures."""
    squeezed = "".join(WORD.findall(normal(number)))
    found = NUMBER.fullmatch(squeezed)
    return (found[1], found[2]) if found else ("", "")


def tail_key(number: str) -> str:
    """What people write of a number when they are brief: its last run of figures without zeros before it."""
    runs = re.findall(r"\d+", number)
    return runs[-1].lstrip("0") if runs else ""


def slips(number: str) -> Iterator[str]:
    """A number and each that has one of its figures left out: two numbers one slip apart share one of these."""
    yield number
    for place in range(len(number)):
        yield number[:place] + number[place + 1 :]


def is_one_slip(written: str, meant: str) -> bool:
    """Whether a number became another by one figure wrong, missing, too many, or two neighbours swapped."""
    if len(written) == len(meant):
        wrong = [place for place, (here, there) in enumerate(zip(written, meant, strict=True)) if here != there]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return written[wrong[0]] == meant[wrong[1]] and written[wrong[1]] == meant[wrong[0]]
        return len(wrong) == 1
    longer, shorter = sorted((written, meant), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def distance_within(one: str, other: str, most: int) -> bool:
    """Whether two texts are at most so many insertions, deletions and replacements apart."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        previous, row = row, [place]
        for column, opposite in enumerate(other, 1):
            row.append(min(previous[column] + 1, row[-1] + 1, previous[column - 1] + (letter != opposite)))
        if min(row) > most:
            return False
    return row[-1] <= most
