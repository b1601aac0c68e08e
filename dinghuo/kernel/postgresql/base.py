"""The database backend of the project: PostgreSQL, with the company named in the same round trip as BEGIN.

Row-level security reads the setting ``app.company``. Setting it in a statement of its own would cost a round trip for each
transaction, and a transaction that forgot it would see nothing; here it cannot be forgotten.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Connection, RawCursor
from psycopg.rows import args_row
from psycopg.types.json import JsonbLoader
from psycopg.types.numeric import Int8Dumper

from dinghuo.kernel import tenancy

# More than there are statements: one that is thrown out would be planned again, and take a round trip to go.
PREPARED_MAX = 1_000


class NumberedDebugCursor(CursorDebugWrapper):
    """Logs a statement with numbered parameters as it is: Django would look for other placeholders in it."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run the statement and put its text into the log of queries."""
        with self.debug_sql(sql, params):
            return CursorWrapper.execute(self, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions carry the acting company, and which keeps a cursor for each statement file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[tuple[str, Any], RawCursor[Any]] = {}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect, with room for every statement to stay prepared."""
        made: Connection[Any] = super().get_new_connection(conn_params)
        made.prepared_max = PREPARED_MAX
        self._kept = {}
        return made

    def statement_cursor(self, statement: str, row: Any) -> CursorWrapper:
        """A cursor for one statement with numbered parameters ($1) that makes a `row` of each result row.

        It is kept with the connection, and with it what psycopg has learnt about the statement's types.
        """
        self.ensure_connection()
        kept = self._kept.get((statement, row))
        if kept is None:
            kept = RawCursor(self.connection, row_factory=args_row(row))
            # One type for all whole numbers: a statement is prepared once, and not once for small and once for large ids.
            kept.adapters.register_dumper(int, Int8Dumper)
            kept.adapters.register_loader("jsonb", JsonbLoader)
            self._kept[statement, row] = kept
        return NumberedDebugCursor(kept, self) if self.queries_logged else CursorWrapper(kept, self)

    def _start_transaction_under_autocommit(self) -> None:
        """Open a transaction; Django calls this instead of turning autocommit off."""
        company_id = tenancy.acting_company()
        begin = "BEGIN"
        if company_id is not None:
            # Two statements without parameters travel as one message; int() keeps the text ours.
            begin = f"BEGIN; SELECT set_config('app.company', '{int(company_id)}', true)"
        with self.wrap_database_errors:
            self.connection.execute(begin, prepare=False)
