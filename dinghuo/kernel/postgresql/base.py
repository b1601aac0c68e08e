"""The database backend of the project: PostgreSQL, with the company named in the same round trip as BEGIN.

Row-level security reads the setting ``app.company``. Setting it in a statement of its own would cost a round trip for each
transaction, and a transaction that forgot it would see nothing; here it cannot be forgotten.
"""

from django.db.backends.postgresql import base

from dinghuo.kernel import tenancy


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions carry the acting company."""

    def _start_transaction_under_autocommit(self) -> None:
        """Open a transaction; Django calls this instead of turning autocommit off."""
        company_id = tenancy.acting_company()
        begin = "BEGIN"
        if company_id is not None:
            # Two statements without parameters travel as one message; int() keeps the text ours.
            begin = f"BEGIN; SELECT set_config('app.company', '{int(company_id)}', true)"
        with self.wrap_database_errors:
            self.connection.execute(begin, prepare=False)
