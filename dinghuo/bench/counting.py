"""How many statements an operation sends: it must not depend on how many orders it gets, or on how long they are."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from dinghuo.bench import journey
from dinghuo.bench.world import World, some_drafts

# Orders and lines of each: one and many of both.
SIZES = ((1, 5), (30, 5), (1, 100), (30, 100))


@contextmanager
def counted(counts: dict[str, int], operation: str) -> Iterator[None]:
    """Count the statements sent inside the block; BEGIN and COMMIT are not among them."""

    def count(run: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        counts[operation] = counts.get(operation, 0) + 1
        return run(sql, parameters, many, context)

    with connection.execute_wrapper(count):
        yield


def statements(world: World, *, seed: int) -> Mapping[tuple[int, int], Mapping[str, int]]:
    """Statements of each operation, by how many orders it got and of how many lines; each in a transaction of its own."""
    return {
        (orders, lines): statements_of(world, orders=orders, lines=lines, seed=seed + place)
        for place, (orders, lines) in enumerate(SIZES)
    }


def statements_of(world: World, *, orders: int, lines: int, seed: int) -> dict[str, int]:
    """Statements of each operation over one set of orders."""
    counts: dict[str, int] = {}
    drafts = some_drafts(world, orders=orders, lines=lines, seed=seed)
    with counted(counts, "enter_orders"):
        travel = journey.enter(world, drafts)
    for steps in journey.STAGES.values():
        for name, step in steps.items():
            with transaction.atomic(), counted(counts, name):
                step(travel)
    return counts


def growing(found: Mapping[tuple[int, int], Mapping[str, int]]) -> list[str]:
    """The operations that send more statements for more or longer orders."""
    smallest, *others = found.values()
    return sorted({name for other in others for name, count in other.items() if count > smallest[name]})
