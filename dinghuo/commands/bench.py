"""`dinghuo bench`: how fast the journey is, against the same rows written by hand-made SQL."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dinghuo.bench.counting import growing
from dinghuo.bench.place import Place, somewhere
from dinghuo.bench.run import Plan, as_data, as_text, bench
from dinghuo.bench.scarcity import Scarcity, as_lines, scarcity
from dinghuo.postgres import default_home, hold
from dinghuo.web import databases

DIFFERENCES_SHOWN = 20
PRODUCTS_MIN = 100


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when both ways wrote different rows, statements grow with their input, or an event is not there once."""
    plan = Plan(rounds=arguments.rounds, orders=arguments.orders, events=arguments.events)
    with place() as where:
        tell(where_it_runs(where))
        found = bench(where, plan, tell)
        data = as_data(where, plan, found)
        scarce = None if arguments.lines == 0 else scarcity(scarcity_plan(arguments.lines), tell)
    data["scarcity"] = scarce
    text = [*as_text(plan, found), *([] if scarce is None else ["", *as_lines(scarce)])]
    print(json.dumps(data, indent=2) if arguments.json else "\n".join(text))
    for difference in found.differences[:DIFFERENCES_SHOWN]:
        tell(f"not the same rows: {difference}")
    for operation in growing(found.counts):
        tell(f"statements grow with the input: {operation}")
    is_whole = not (found.intake.lost or found.intake.doubled)
    return 0 if is_whole and not found.differences and not growing(found.counts) else 1


def scarcity_plan(lines: int) -> Scarcity:
    """What to measure of scarce stock: at full size half a million lines, everything else in proportion."""
    whole = Scarcity()
    share = lines / whole.lines
    return Scarcity(
        lines=lines,
        products=max(round(whole.products * share), PRODUCTS_MIN),
        batch_lines=max(round(whole.batch_lines * share), PRODUCTS_MIN),
        beside=max(round(whole.beside * share), 1),
        hot_orders=max(round(whole.hot_orders * share), whole.workers),
    )


@contextmanager
def place() -> Iterator[Place]:
    """A database for the bench, on the server that this command is connected to."""
    owner, application = os.environ[databases.OWNER_ADDRESS], os.environ[databases.APPLICATION_ADDRESS]
    if os.environ.get("DATABASE_URL"):
        with somewhere(owner, application, owner) as found:
            yield found
        return
    with hold(default_home()) as embedded, somewhere(embedded.superuser_url, application, owner) as found:
        yield found


def where_it_runs(where: Place) -> str:
    """Where the bench writes, and what stays of it."""
    if where.is_own:
        return f"measuring in a database of its own, {where.database}, dropped afterwards"
    return f"no right to make a database: measuring in {where.database}; four companies named bench-* stay there"


def tell(sentence: str) -> None:
    """Say what is being done, beside the figures."""
    print(f"dinghuo: {sentence}", file=sys.stderr)
