"""Runs the .sql files that lie beside the code that uses them.

`rows("allocation/serve_lines", LineServed, ...)` runs `sql/serve_lines.sql` of the stage `allocation`. Parameters are bound by the
server, never pasted. Each statement's result columns must be the row type's fields, in order: checked on the first run.
"""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import connection, transaction

PACKAGE = Path(__file__).resolve().parent.parent


class Row(Protocol):
    """A frozen dataclass that one result row fills."""

    __dataclass_fields__: Any

    def __init__(self, *values: Any) -> None:
        """Take the columns in order."""


R = TypeVar("R")


@cache
def text(name: str) -> str:
    """The statement's text; `name` is "stage/statement"."""
    return path(name).read_text(encoding="utf-8")


def path(name: str) -> Path:
    """Where the statement's file lies; raises FileNotFoundError for an unknown name."""
    owner, statement = name.split("/")
    for folder in (PACKAGE / owner, PACKAGE / "journey" / owner):
        found = folder / "sql" / f"{statement}.sql"
        if found.exists():
            return found
    raise FileNotFoundError(name)


def rows(name: str, row: type[R], /, **parameters: Any) -> list[R]:
    """Run a statement and return each of its rows as a `row`."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), parameters)
        _columns_match(name, row, tuple(column.name for column in cursor.description or ()))
        return [row(*values) for values in cursor.fetchall()]


def execute(name: str, /, **parameters: Any) -> int:
    """Run a statement and return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), parameters)
        return int(cursor.rowcount)


def run_script(name: str, /, using: str = "default") -> None:
    """Run a file of schema statements inside a migration."""
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(text(name))


@cache
def _columns_match(name: str, row: type[Any], columns: tuple[str, ...]) -> None:
    expected = tuple(field.name for field in fields(row))
    assert expected == columns, f"{name} returns {columns}, {row.__name__} takes {expected}"
