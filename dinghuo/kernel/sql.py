"""Runs the .sql files that lie beside the code that uses them.

`rows("allocation/serve_lines", LineServed, ...)` runs `sql/serve_lines.sql` of the stage `allocation`. Parameters are bound by the
server, never pasted. Each statement's result columns must be the row type's fields, in order: checked on the first run.
"""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

PACKAGE = Path(__file__).resolve().parent.parent


R = TypeVar("R")
_matching: set[tuple[str, type[Any]]] = set()

JSONB = 3802
"""PostgreSQL's number of the type jsonb."""


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
        columns = cursor.description or ()
        _columns_match(name, row, tuple(column.name for column in columns))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        # Django leaves jsonb as text, since its own fields read it.
        documents = [place for place, column in enumerate(columns) if column.type_code == JSONB]
        if documents:
            found = [_with_documents(values, documents) for values in found]
        return [row(*values) for values in found]


def execute(name: str, /, **parameters: Any) -> int:
    """Run a statement and return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(text(name), parameters)
        return int(cursor.rowcount)


def run_script(name: str, /, using: str = "default") -> None:
    """Run a file of schema statements inside a migration."""
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(text(name))


def _columns_match(name: str, row: type[Any], columns: tuple[str, ...]) -> None:
    if (name, row) in _matching:
        return
    expected = tuple(field.name for field in fields(row))
    assert expected == columns, f"{name} returns {columns}, {row.__name__} takes {expected}"
    _matching.add((name, row))


def _with_documents(values: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    read = list(values)
    for place in places:
        read[place] = None if read[place] is None else json.loads(read[place])
    return tuple(read)
