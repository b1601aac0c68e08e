"""Moves a document from state to state: one compare-and-set statement for a whole set, and no other writer.

Each model with a state states its moves in a table `MOVES` beside it; a move that is not in the table is our own mistake and stops
the transaction, a row that is no longer in a state the move starts from is left as it is and not returned.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from dinghuo.kernel import sql
from dinghuo.kernel.models import MovingRow

# Before the values of a move come the ids, the company and the states it may start from.
FIRST_VALUE = 4


def sources(model: type[MovingRow], to: str) -> list[str]:
    """The states from which `to` may be reached; raises AssertionError if there are none."""
    found = sorted(source for source, targets in model.MOVES.items() if to in targets)
    assert found, f"{model.__name__}: no move leads to {to}"
    return found


def move(
    model: type[MovingRow],
    *,
    company_id: int,
    ids: Collection[int],
    to: str,
    only_from: Collection[str] | None = None,
    also: Mapping[str, Any] | None = None,
) -> set[int]:
    """Move rows to a state and return the ids that moved; the rows must be locked by this transaction.

    `only_from` narrows the states a row may come from; it must be part of the table. `also` sets columns that go with the state,
    such as the day it was reached, in the same statement: a CHECK may ask for both at once. A mapping by id among its values
    gives each row its own.
    """
    allowed = sources(model, to)
    if only_from is not None:
        assert set(only_from) <= set(allowed), f"{model.__name__}: {sorted(only_from)} -> {to} is not in the table"
        allowed = sorted(only_from)
    if not ids:
        return set()
    values = {"state": to, **(also or {})}
    own = {name: value for name, value in values.items() if isinstance(value, Mapping)}
    shared = {name: value for name, value in values.items() if name not in own}
    keys = list(ids)
    moved = sql.run(
        statement(model, tuple(shared), tuple(own)),
        int,
        [keys, company_id, allowed, *shared.values(), *([value[key] for key in keys] for value in own.values())],
    )
    return set(moved.fetchall())


@cache
def statement(model: type[MovingRow], shared: Sequence[str], own: Sequence[str]) -> str:
    """The statement that moves rows of a model, setting some columns to one value for all and some to each row's own.

    Its lists are hidden from the planner, who would make a plan for each length: it is one lookup a row, however many they are.
    """
    quote = connection.ops.quote_name
    columns = [f"{quote(name)} = ${place}" for place, name in enumerate(shared, FIRST_VALUE)]
    columns += [f"{quote(name)} = given.{quote(name)}" for name in own]
    arrays = "".join(
        f", (SELECT ${place}::{model._meta.get_field(name).db_type(connection)}[])"
        for place, name in enumerate(own, FIRST_VALUE + len(shared))
    )
    names = "".join(f", {quote(name)}" for name in own)
    return (
        f"UPDATE {quote(model._meta.db_table)} AS moving SET {', '.join(columns)}"
        f" FROM unnest((SELECT $1::bigint[]){arrays}) AS given (id{names})"
        " WHERE moving.company_id = (SELECT $2::int) AND moving.id = given.id AND moving.state = ANY((SELECT $3::text[])::text[])"
        " RETURNING moving.id"
    )
