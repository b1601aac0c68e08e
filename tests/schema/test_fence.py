"""Row-level security is the second fence: with every filter of ours gone, the database still shows a company its own rows alone."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from psycopg import sql

from tests.schema import catalogue
from tests.schema.catalogue import Connection

OURS, THEIRS = 900_001, 900_002

REQUIRED_COLUMNS = """
    SELECT attname::text, format_type(atttypid, atttypmod)
      FROM pg_attribute
     WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef AND attidentity = ''
       AND attname <> 'company_id'
"""
CHECKS = """
    SELECT conrelid::regclass::text, conname::text
      FROM pg_constraint
     WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


def some_value(kind: str) -> Any:
    """A value that a column of this type takes."""
    if kind.endswith("[]"):
        return "{}"
    if kind.startswith(("bigint", "integer", "smallint", "numeric")):
        return 1
    if kind.startswith("timestamp") or kind == "date":
        return "2026-01-01"
    return {"jsonb": "{}", "boolean": "true"}.get(kind, "x")


def plant(connection: Connection, table: str, company_id: int) -> None:
    """Insert a row of a company with as little as the table demands."""
    columns: dict[str, Any] = {"company_id": company_id}
    for name, kind in connection.execute(REQUIRED_COLUMNS, [table]).fetchall():
        columns[name] = company_id if name == "id" else some_value(kind)
        if kind == "bytea":
            # Unique among all companies, where it is a token's.
            columns[name] = str(company_id).encode()
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )
    connection.execute(statement, list(columns.values()))


@pytest.fixture(scope="module")
def planted(database_addresses: dict[str, str]) -> Iterator[Connection]:
    """A connection with a row of each of two companies in every company table; all is rolled back."""
    with psycopg.connect(database_addresses["superuser"]) as connection:
        # Without triggers no foreign key asks for a parent, and without CHECKs any value will do.
        connection.execute("SET session_replication_role = replica")
        for table, name in connection.execute(CHECKS).fetchall():
            connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
        for table in catalogue.company_tables(connection):
            plant(connection, table, OURS)
            plant(connection, table, THEIRS)
        yield connection
        connection.rollback()


def act_as(connection: Connection, company_id: int | None) -> None:
    """Be the application, acting for a company or for none."""
    connection.execute("SET LOCAL ROLE dinghuo_app")
    connection.execute("SELECT set_config('app.company', %s, true)", ["" if company_id is None else str(company_id)])


def companies_seen(connection: Connection, table: str) -> set[int]:
    statement = sql.SQL("SELECT DISTINCT company_id FROM {}").format(sql.Identifier(table))
    return {row[0] for row in connection.execute(statement)}


def tables() -> list[str]:
    """Every company table, by Django's account; the catalogue's own list is compared with it below."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.attname == "company_id" for field in model._meta.concrete_fields)
    )


def test_the_list_of_company_tables_is_complete(planted: Connection) -> None:
    assert tables() == catalogue.company_tables(planted)


@pytest.mark.parametrize("table", tables())
def test_a_company_sees_its_own_rows_and_no_other_s(planted: Connection, table: str) -> None:
    with planted.transaction(force_rollback=True):
        assert companies_seen(planted, table) >= {OURS, THEIRS}
        act_as(planted, OURS)
        assert companies_seen(planted, table) == {OURS}


@pytest.mark.parametrize("table", tables())
def test_without_a_company_nothing_is_seen(planted: Connection, table: str) -> None:
    with planted.transaction(force_rollback=True):
        act_as(planted, None)
        seen = companies_seen(planted, table)
        assert seen >= {OURS, THEIRS} if table in catalogue.READ_AT_SIGN_IN else seen == set()


@pytest.mark.parametrize("table", tables())
def test_a_row_for_another_company_is_refused(planted: Connection, table: str) -> None:
    with planted.transaction(force_rollback=True):
        act_as(planted, OURS)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), planted.transaction():
            plant(planted, table, THEIRS)


@pytest.mark.parametrize("table", sorted(set(tables()) - catalogue.APPEND_ONLY))
def test_a_row_cannot_be_given_to_another_company(planted: Connection, table: str) -> None:
    move = sql.SQL("UPDATE {} SET company_id = %s").format(sql.Identifier(table))
    with planted.transaction(force_rollback=True):
        act_as(planted, OURS)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), planted.transaction():
            planted.execute(move, [THEIRS])


def test_the_fence_is_what_hides_the_rows(planted: Connection) -> None:
    with planted.transaction(force_rollback=True):
        planted.execute("ALTER TABLE customer DISABLE ROW LEVEL SECURITY")
        act_as(planted, OURS)
        assert companies_seen(planted, "customer") >= {OURS, THEIRS}
