"""Runs the .sql files that lie beside the code that uses them.

`rows("allocation/serve_lines", LineServed, ...)` runs `sql/serve_lines.sql` of the stage `allocation`. Parameters are bound by the
server, never pasted. Each statement's result columns must be the row type's fields, in order: checked on the first run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from django.db import connection, transaction
from psycopg import RawCursor

from dinghuo.kernel.postgresql.base import DatabaseWrapper

PACKAGE = Path(__file__).resolve().parent.parent


R = TypeVar("R")
# Above so many elements a list is a set, and the statement is planned for it alone: the plan that is kept is one for few.
FEW_MAX = 200
COMPANY = "%(company_id)s::INT"
IDS = re.compile(r"= ANY\((%\(\w+\)s::BIGINT\[\])\)")
PARAMETER = re.compile(r"%(?:\((?P<name>\w+)\)s|%)")
_matching: set[tuple[str, type[Any]]] = set()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the server takes it, its parameters numbered, once for few and once for a set; their names in that order."""

    for_few: str
    for_sets: str
    names: tuple[str, ...]


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


@cache
def statement(name: str) -> Statement:
    """The statement with each parameter as `$1` and so on; one that is named twice has one number.

    The company is hidden from the planner, as the policies hide it: knowing it, it would look for that company's share in the
    statistics, find none for a company newer than the last ANALYZE, and plan for no rows. For few, ids are hidden as well: seeing
    that there is one, the planner would find a plan for one so much cheaper than a plan for some that it never kept any.
    """
    names: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        if found["name"] is None:
            return "%"
        if found["name"] not in names:
            names.append(found["name"])
        return f"${names.index(found['name']) + 1}"

    hidden = text(name).replace(COMPANY, f"(SELECT {COMPANY})")
    few = IDS.sub(r"= ANY((SELECT \1)::BIGINT[])", hidden)
    return Statement(PARAMETER.sub(numbered, few), PARAMETER.sub(numbered, hidden), tuple(names))


def rows(name: str, row: type[R], /, **parameters: Any) -> list[R]:
    """Run a statement and return each of its rows as a `row`."""
    cursor = _run_file(name, row, parameters)
    if (name, row) not in _matching:
        _columns_match(name, row, tuple(column.name for column in cursor.description or ()))
    return cursor.fetchall()


def execute(name: str, /, **parameters: Any) -> int:
    """Run a statement and return how many rows it wrote."""
    return _run_file(name, tuple, parameters).rowcount


def run(text: str, row: Any, parameters: Sequence[Any]) -> RawCursor[Any]:
    """Run a statement with numbered parameters; the cursor gives each row as a `row`, until the statement runs again."""
    cursor = cast(DatabaseWrapper, connection).statement_cursor(text, row)
    raw = cast("RawCursor[Any]", cursor.cursor)
    if _are_few(parameters):
        cursor.execute(text, parameters)
        return raw
    threshold = raw.connection.prepare_threshold
    raw.connection.prepare_threshold = None
    try:
        cursor.execute(text, parameters)
    finally:
        raw.connection.prepare_threshold = threshold
    return raw


def run_script(name: str, /, using: str = "default") -> None:
    """Run a file of schema statements inside a migration."""
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(text(name))


def _run_file(name: str, row: Any, parameters: dict[str, Any]) -> RawCursor[Any]:
    known = statement(name)
    values = [parameters[parameter] for parameter in known.names]
    return run(known.for_few if _are_few(values) else known.for_sets, row, values)


def _are_few(parameters: Sequence[Any]) -> bool:
    return max([len(value) for value in parameters if type(value) is list], default=0) <= FEW_MAX


def _columns_match(name: str, row: type[Any], columns: tuple[str, ...]) -> None:
    expected = tuple(field.name for field in fields(row))
    assert expected == columns, f"{name} returns {columns}, {row.__name__} takes {expected}"
    _matching.add((name, row))
