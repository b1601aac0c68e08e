"""Long lists by the page: each page says where it ended, and the next one starts there, however deep it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from django.http import HttpRequest

T = TypeVar("T")

PAGE: Final = 50
ID_MAX: Final = 2**63 - 1
TEXT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows to show, and the cursor of those after them (empty at the end)."""

    rows: Sequence[T]
    following: str


def page_of(rows: Sequence[T], cursor: Callable[[T], str], size: int = PAGE) -> Page[T]:
    """Cut a page from rows that were asked for with one more than its size: the surplus row says that there is a next page."""
    shown = rows[:size]
    return Page(rows=shown, following=cursor(shown[-1]) if len(rows) > size else "")


def day_cursor(on: date, key: int) -> str:
    """Where a list by day and id ended."""
    return f"{on.isoformat()}.{key}"


def read_day_cursor(text: str, start: tuple[date, int]) -> tuple[date, int]:
    """Where to go on in a list by day and id; from the start when the text is no cursor."""
    day, _, key = text.partition(".")
    on = read_day(day)
    return (on, int(key)) if on and key.isascii() and key.isdigit() and int(key) <= ID_MAX else start


def read_id(text: str, otherwise: int | None = None) -> int | None:
    """An id as somebody may have typed it, or the given value."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= ID_MAX else otherwise


def read_day(text: str) -> date | None:
    """A date in the form 2026-11-23, or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def asked(request: HttpRequest, name: str) -> str:
    """A parameter of the address: trimmed, at most 100 characters, without the character that no database takes."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:TEXT_MAX]
