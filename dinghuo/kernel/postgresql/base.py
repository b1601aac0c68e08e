"""The database backend of the project: PostgreSQL, with the company named in the same round trip as BEGIN.

Row-level security reads the setting ``app.company``. Setting it in a statement of its own would cost a round trip for each
transaction, and a transaction that forgot it would see nothing; here it cannot be forgotten.

BEGIN, SAVEPOINT and RELEASE wait for the statement that comes next and travel before it as one message: an operation inside
another costs no round trip of its own, and a transaction that did nothing is never begun.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Connection, RawCursor
from psycopg.rows import args_row
from psycopg.types.json import JsonbLoader
from psycopg.types.numeric import Int8Dumper

from dinghuo.kernel import tenancy
from dinghuo.kernel.postgresql.arrays import ListDumper

# More than there are statements: one that is thrown out would be planned again, and take a round trip to go.
PREPARED_MAX = 1_000
BEGIN = "BEGIN"


class NumberedDebugCursor(CursorDebugWrapper):
    """Logs a statement with numbered parameters as it is: Django would look for other placeholders in it."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run the statement and put its text into the log of queries."""
        with self.debug_sql(sql, params):
            return CursorWrapper.execute(self, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions carry the acting company, and which keeps a cursor for each statement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[tuple[str, Any], RawCursor[Any]] = {}
        self._unsent: list[str] = []

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Connect, with room for every statement to stay prepared."""
        made: Connection[Any] = super().get_new_connection(conn_params)
        made.prepared_max = PREPARED_MAX
        self._kept, self._unsent = {}, []
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
            kept.adapters.register_dumper(list, ListDumper)
            kept.adapters.register_loader("jsonb", JsonbLoader)
            self._kept[statement, row] = kept
        return NumberedDebugCursor(kept, self) if self.queries_logged else CursorWrapper(kept, self)

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor, which may run things that Django does not know of, such as COPY."""
        self.send_unsent()
        return super().create_cursor(name)

    def validate_no_broken_transaction(self) -> None:
        """What Django calls before each statement."""
        super().validate_no_broken_transaction()
        self.send_unsent()

    def send_unsent(self) -> None:
        """Send what the next statement must come after."""
        if self._unsent:
            # Statements without parameters travel as one message.
            together = "; ".join(self._unsent)
            self._unsent = []
            with self.wrap_database_errors:
                self.connection.execute(together, prepare=False)

    def _start_transaction_under_autocommit(self) -> None:
        """Open a transaction; Django calls this instead of turning autocommit off."""
        company_id = tenancy.acting_company()
        self._unsent = [BEGIN]
        if company_id is not None:
            # int() keeps the text ours.
            self._unsent.append(f"SELECT set_config('app.company', '{int(company_id)}', true)")

    def _set_autocommit(self, autocommit: bool) -> None:
        if self.connection.autocommit != autocommit:
            with self.wrap_database_errors:
                self.connection.autocommit = autocommit

    def _savepoint(self, sid: str) -> None:
        self._unsent.append(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        made = self.ops.savepoint_create_sql(sid)
        if made in self._unsent:
            del self._unsent[self._unsent.index(made) :]
        else:
            self._unsent.append(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        made = self.ops.savepoint_create_sql(sid)
        if made in self._unsent:
            del self._unsent[self._unsent.index(made) + 1 :]
        else:
            # Whatever waits was begun after this savepoint, and goes with it.
            self._unsent = [self.ops.savepoint_rollback_sql(sid)]
            self.send_unsent()

    def _commit(self) -> None:
        if not self._forget_unsent() and self.connection is not None:
            with self.wrap_database_errors:
                self.connection.commit()

    def _rollback(self) -> None:
        if not self._forget_unsent() and self.connection is not None:
            with self.wrap_database_errors:
                self.connection.rollback()

    def _forget_unsent(self) -> bool:
        """Forget what the end of a transaction makes needless; tells whether the transaction had not begun yet."""
        is_new = BEGIN in self._unsent
        self._unsent = []
        return is_new
