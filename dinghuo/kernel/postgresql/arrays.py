"""Lists as PostgreSQL reads them: one text, whose type the statement states by its cast.

psycopg looks at each element to find a type for the list, and tells lists of small numbers, of large ones and of none apart; for a
statement that takes twelve lists that is most of its cost here, and each combination would be prepared anew.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import DataError
from psycopg.adapt import Dumper

NULL = "NULL"
WHOLE_NUMBERS = {int}


class ListDumper(Dumper):
    """Writes a list for a parameter with a cast such as `$1::BIGINT[]`."""

    def dump(self, obj: list[Any]) -> bytes:
        """The list as text; raises DataError for an element that has no text here, such as a list or bytes."""
        return literal(obj).encode()


def literal(elements: list[Any]) -> str:
    """A list as PostgreSQL's array literal; None is NULL."""
    if set(map(type, elements)) == WHOLE_NUMBERS:
        return f"{{{','.join(map(str, elements))}}}"
    return f"{{{','.join([NULL if element is None else written(element) for element in elements])}}}"


def written(element: Any) -> str:
    """One element of an array literal."""
    write = WRITERS.get(type(element))
    if write is not None:
        return write(element)
    if isinstance(element, str):
        return quoted(element)
    raise DataError(f"a list of {type(element).__name__} cannot be a parameter")


def quoted(text: str) -> str:
    """A text as an element, in which no comma or brace means anything."""
    if "\0" in text:
        raise DataError("text fields cannot contain NUL (0x00) bytes")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


WRITERS: Mapping[type[Any], Callable[[Any], str]] = {
    int: str,
    str: quoted,
    Decimal: str,
    bool: str,
    float: repr,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
