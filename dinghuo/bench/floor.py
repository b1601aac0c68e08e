"""The same rows by hand-made SQL: psycopg alone, as the application's role, with nothing checked that a constraint does not check.

A stage is a list of statement files, each with the same four parameters at most. They run in two ways: one by one, prepared, in
one transaction; and as one call of a function that holds them all, which is the least that a round trip can cost.
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
PARAMETERS = {"company_id": "INT", "order_ids": "BIGINT[]", "at": "TIMESTAMPTZ", "on": "DATE"}


class Floor:
    """A connection that writes a world's journey by hand."""

    def __init__(self, address: str, world: World) -> None:
        self.world = world
        self.connection: psycopg.Connection[Any] = psycopg.connect(address, autocommit=True)
        self.connection.prepare_threshold = 0
        self.cursors = {name: psycopg.RawCursor(self.connection) for names in STAGES.values() for name in names}
        self.begin = f"BEGIN; SELECT set_config('app.company', '{world.act.company_id}', true)"

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def stage(self, name: str, order_ids: Sequence[int]) -> None:
        """Run a stage's statements one by one in a transaction."""
        values = self.values(order_ids)
        self.connection.execute(self.begin, prepare=False)
        for file in STAGES[name]:
            statement = sql.statement(f"bench/{file}")
            self.cursors[file].execute(statement.text, [values[parameter] for parameter in statement.names])
        self.connection.execute("COMMIT")

    def values(self, order_ids: Sequence[int]) -> dict[str, Any]:
        """The parameters that statements may name."""
        act = self.world.act
        return {"company_id": act.company_id, "order_ids": list(order_ids), "at": act.at, "on": act.on}


class OneCall(Floor):
    """The same, with each stage as one call of a function of this session's own."""

    def __init__(self, address: str, world: World) -> None:
        super().__init__(address, world)
        self.connection.execute("SELECT set_config('app.company', %s, false)", [str(world.act.company_id)])
        for name in STAGES:
            self.connection.execute(function_of(name))
        self.calls = {name: psycopg.RawCursor(self.connection) for name in STAGES}

    def stage(self, name: str, order_ids: Sequence[int]) -> None:
        """Call a stage's function; alone in its transaction, it commits with the call."""
        self.calls[name].execute(f"SELECT pg_temp.floor_{name}($1, $2, $3, $4)", list(self.values(order_ids).values()))


def function_of(stage: str) -> bytes:
    """The definition of a stage's function: its statement files one after the other."""
    places = {parameter: f"${place}" for place, parameter in enumerate(PARAMETERS, 1)}
    bodies = [sql.PARAMETER.sub(lambda found: places[found["name"]], sql.text(f"bench/{file}")) for file in STAGES[stage]]
    body = ";\n".join(bodies)
    kinds = ", ".join(PARAMETERS.values())
    return f"CREATE FUNCTION pg_temp.floor_{stage}({kinds}) RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN\n{body};\nEND $$".encode()
