"""Brings a database up to date: migrations by the owner, and what the application role may do with shared tables."""

from django.core.management import call_command
from django.db import connections

from dinghuo.kernel import sql
from dinghuo.kernel.schema import APPLICATION_ROLE


def prepare_database(*, using: str = "owner", verbosity: int = 0) -> None:
    """Migrate to the newest tables and grant the application role the tables that belong to no company.

    Company tables are granted by their own migrations, each as much as it needs.
    """
    call_command("migrate", database=using, verbosity=verbosity, interactive=False)
    with connections[using].cursor() as cursor:
        cursor.execute(sql.text("kernel/shared_tables"))
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            quoted = connections[using].ops.quote_name(table)
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted} TO {APPLICATION_ROLE}")


def is_prepared(*, using: str = "owner") -> bool:
    """Whether the database has tables at all."""
    return "company" in connections[using].introspection.table_names()
