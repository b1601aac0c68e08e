"""Lists reach the server as they are, whatever is in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError
from hypothesis import given
from hypothesis import strategies as some

from dinghuo.kernel import sql
from dinghuo.kernel.postgresql.arrays import literal


@dataclass(frozen=True, slots=True)
class Echo:
    """What came back."""

    came_back: list[Any]


def echo(elements: list[Any], kind: str) -> list[Any]:
    (row,) = sql.run(f"SELECT $1::{kind}[] AS came_back", Echo, [elements]).fetchall()
    return list(row.came_back)


@pytest.mark.parametrize(
    ("kind", "elements"),
    [
        ("bigint", []),
        ("bigint", [1, -(2**40), 32_768]),
        ("bigint", [None, 7, None]),
        ("text", ["", "NULL", "null", None, "a,b", '"', "\\", "{x}", " ", "订货", "it's", "two\nlines\ttabbed"]),
        ("numeric", [Decimal("1.230000"), Decimal("-0.5"), Decimal("1E+3"), None]),
        ("boolean", [True, False, None]),
        ("date", [date(2026, 3, 2), None]),
        ("timestamptz", [datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC), None]),
    ],
)
def test_a_list_comes_back_as_it_went(db: None, kind: str, elements: list[Any]) -> None:
    assert echo(elements, kind) == elements


def test_any_texts_come_back_as_they_went(db: None) -> None:
    texts = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]))

    @given(some.lists(texts | some.none()))
    def every(elements: list[str | None]) -> None:
        assert echo(elements, "text") == elements

    every()


def test_a_nul_character_is_refused_as_the_server_would(db: None) -> None:
    with pytest.raises(DataError):
        echo(["a\0b"], "text")


def test_a_list_inside_a_list_is_refused_instead_of_misread(db: None) -> None:
    with pytest.raises(DataError):
        echo([[1]], "bigint")


def test_numbers_alone_are_written_without_quotes() -> None:
    assert (literal([1, 2]), literal(["1"]), literal([])) == ("{1,2}", '{"1"}', "{}")
