"""Brings a database up to date: migrations by the owner, and what the application role may do with shared tables."""

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from dinghuo.kernel import sql
from dinghuo.kernel.schema import APPLICATION_ROLE

MIGRATION_LOCK = 4712


def prepare_database(*, using: str = "owner", verbosity: int = 0) -> None:
    """Migrate to the newest tables and grant the application role the tables that belong to no company.

    Company tables are granted by their own migrations, each as much as it needs.
    """
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with connections[using].cursor() as cursor:
        # Two commands that start at once migrate one after the other.
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        call_command("migrate", database=using, verbosity=verbosity, interactive=False)
        cursor.execute(sql.text("kernel/shared_tables"))
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            quoted = connections[using].ops.quote_name(table)
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {quoted} TO {APPLICATION_ROLE}")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
