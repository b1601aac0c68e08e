"""Bytes as text: UTF-8 with or without its mark, UTF-16 with its mark, GB 18030, else Windows-1252."""

import codecs
import re

from dinghuo.exchange.bank.errors import Fault

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Where every letter beyond ASCII is one of these, the bytes were Chinese; Western text read as GB 18030 scatters over the planes.
CHINESE = re.compile("[\x00-\x7f　-〿一-鿿！-￯]*")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def decoded(raw: bytes, encoding: str = "") -> str:
    """The text of some bytes in the named encoding, or in the first that fits; raises Fault, naming the row."""
    if encoding:
        return in_encoding(raw, encoding)
    if raw.startswith(UTF_16_MARKS):
        return in_encoding(raw, "utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        chinese = raw.decode("gb18030", errors="replace")
        if CHINESE.fullmatch(chinese):
            return chinese
    return in_encoding(raw, "cp1252")


def in_encoding(raw: bytes, encoding: str) -> str:
    """The text in one encoding; raises Fault."""
    try:
        return raw.decode(encoding)
    except LookupError:
        raise Fault("", f"there is no encoding named {encoding!r}") from None
    except UnicodeDecodeError as fault:
        row = raw.count(b"\n", 0, fault.start) + 1
        raise Fault(f"row {row}", f"the bytes are not {encoding}; save the file as UTF-8") from None


def storable(text: str) -> str:
    """A text without the control characters that a database cannot hold or a page would show as boxes."""
    return LONE_SURROGATE.sub("�", CONTROL.sub("", text))
