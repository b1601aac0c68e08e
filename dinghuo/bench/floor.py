"""The same rows by hand-made SQL: psycopg alone, as the application's role, with nothing checked that a constraint does not check.

A stage is a list of statement files, each with the same four parameters. They run in two ways: one by one, prepared, in one
transaction; and as one call of a function that holds them all, which is the least that a round trip can cost. Single orders run on
plans made once, sets on plans that the server chooses to keep or to make anew: each is the faster way there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from dinghuo.bench.world import World
from dinghuo.kernel import sql

STAGES: Mapping[str, Sequence[str]] = {
    "review": ("release_orders", "write_reviews", "write_findings", "record_release"),
    "allocate": ("write_run", "allocate", "count_allocated", "take_stock", "record_allocation"),
    "notice": (
        "take_shipment_numbers",
        "write_shipments",
        "write_shipment_lines",
        "write_bookings",
        "write_promises",
        "record_notice",
    ),
    "dispatch": (
        "deliver_shipments",
        "write_stock_documents",
        "write_moves",
        "lower_stock",
        "count_shipped",
        "write_packages",
        "track_shipments",
        "record_delivery",
    ),
    "invoice": (
        "take_invoice_numbers",
        "write_invoices",
        "write_invoice_lines",
        "count_invoiced",
        "bill_orders",
        "write_receivables",
        "book_invoices",
        "book_invoice_lines",
        "mark_stock_posted",
        "book_stock",
        "book_stock_lines",
        "record_invoices",
    ),
    "pay": (
        "take_payment_numbers",
        "write_payments",
        "apply_payments",
        "settle_receivables",
        "book_payments",
        "book_payment_lines",
        "record_payments",
        "complete_orders",
        "record_completion",
        "write_notifications",
    ),
}
PARAMETERS = {"company_id": "INT", "order_ids": "BIGINT[]", "at": "TIMESTAMPTZ", "today": "DATE"}


class Floor:
    """A connection that writes a world's journey by hand."""

    def __init__(self, address: str, world: World) -> None:
        self.world = world
        self.connection: psycopg.Connection[Any] = psycopg.connect(address, autocommit=True)
        self.connection.prepare_threshold = 0
        self.statements: Mapping[str, str] = {}
        self.cursors = {name: psycopg.RawCursor(self.connection) for names in STAGES.values() for name in names}
        self.begin = f"BEGIN; SELECT set_config('app.company', '{world.act.company_id}', true)"

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def expect(self, *, orders: int) -> None:
        """Get ready for stages over so many orders."""
        mode = "force_generic_plan" if orders == 1 else "auto"
        self.connection.execute("SELECT set_config('plan_cache_mode', %s, false)", [mode])
        self.statements = {file: numbered(file, for_sets=orders > 1) for files in STAGES.values() for file in files}

    def stage(self, name: str, order_ids: Sequence[int]) -> None:
        """Run a stage's statements one by one in a transaction."""
        values = self.values(order_ids)
        self.connection.execute(self.begin, prepare=False)
        for file in STAGES[name]:
            self.cursors[file].execute(self.statements[file], values)
        self.connection.execute("COMMIT")

    def values(self, order_ids: Sequence[int]) -> list[Any]:
        """The parameters that statements may name."""
        act = self.world.act
        return [act.company_id, list(order_ids), act.at, act.on]


class OneCall(Floor):
    """The same, with each stage as one call of a function of this session's own."""

    def __init__(self, address: str, world: World) -> None:
        super().__init__(address, world)
        self.connection.execute("SELECT set_config('app.company', %s, false)", [str(world.act.company_id)])
        self.calls = {name: psycopg.RawCursor(self.connection) for name in STAGES}

    def expect(self, *, orders: int) -> None:
        """Get ready, with functions of the statements as they are for so many orders."""
        super().expect(orders=orders)
        for name, files in STAGES.items():
            self.connection.execute(function_of(name, [self.statements[file] for file in files]).encode())

    def stage(self, name: str, order_ids: Sequence[int]) -> None:
        """Call a stage's function; alone in its transaction, it commits with the call."""
        self.calls[name].execute(f"SELECT pg_temp.floor_{name}($1, $2, $3, $4)", self.values(order_ids))


def numbered(file: str, *, for_sets: bool) -> str:
    """A statement with its parameters by their place; for a set, whose plans look at values, the company is hidden.

    The server would look for its share in statistics that may be older than the company. Where plans are kept none is looked at.
    """
    places = {parameter: f"${place}" for place, parameter in enumerate(PARAMETERS, 1)}
    text = sql.text(f"bench/{file}")
    shown = text.replace(sql.COMPANY, f"(SELECT {sql.COMPANY})") if for_sets else text
    return sql.PARAMETER.sub(lambda found: places[found["name"]], shown)


def function_of(stage: str, statements: Sequence[str]) -> str:
    """The definition of a stage's function: its statements one after the other."""
    body = ";\n".join(statements)
    kinds = ", ".join(PARAMETERS.values())
    return f"CREATE OR REPLACE FUNCTION pg_temp.floor_{stage}({kinds}) RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN\n{body};\nEND $$"
