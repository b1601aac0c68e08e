"""The database itself keeps a row inside its company, and history as it was; each check is shown an offence that it finds."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.schema import catalogue
from tests.schema.catalogue import Connection

# People are of no company, and an event or a posting may be about a document of any sort. The tax_id is the customer's at its tax
# office, and a posting's customer is that of its document: a foreign key there would only cost.
REFERENCES_OF_ANOTHER_KIND = ("_by_id", ".actor_id", ".user_id", ".document_id", ".journey_id", ".cause_id", ".event_id")
NO_FOREIGN_KEY = {"customer.tax_id", "journal_line.customer_id"}

LEAKY = """
    CREATE TABLE leaky (id bigserial PRIMARY KEY, company_id int REFERENCES company (id), code text UNIQUE, customer_id bigint);
    CREATE TABLE leaky_line (id bigint, company_id int, leaky_id bigint REFERENCES leaky (id), PRIMARY KEY (company_id, id));
    CREATE VIEW leaky_view AS SELECT id FROM sales_order;
    CREATE FUNCTION leaky_function() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
    GRANT UPDATE ON stock_move TO dinghuo_app;
    GRANT TRUNCATE ON customer TO dinghuo_app;
    ALTER TABLE country OWNER TO dinghuo_app;
"""


@pytest.fixture
def catalog(database_addresses: dict[str, str]) -> Iterator[Connection]:
    """A superuser's connection whose changes are rolled back."""
    with psycopg.connect(database_addresses["superuser"]) as connection:
        yield connection
        connection.rollback()


def test_tables_without_a_company_are_the_marked_ones(catalog: Connection) -> None:
    assert catalogue.tables_without_company(catalog) == catalogue.SHARED
    assert len(catalogue.company_tables(catalog)) > 50


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (catalogue.primary_keys_without_company, ["leaky"]),
        (catalogue.foreign_keys_across_companies, ["leaky_line.leaky_line_leaky_id_fkey"]),
        (catalogue.tables_without_fence, ["leaky", "leaky_line"]),
        (catalogue.views_past_the_fence, ["leaky_view"]),
        (catalogue.functions_past_the_fence, ["leaky_function"]),
        (catalogue.owned_by_application, ["country"]),
    ],
)
def test_nothing_leads_out_of_a_company(catalog: Connection, check: Callable[[Connection], list[str]], planted: list[str]) -> None:
    assert check(catalog) == []
    catalog.execute(LEAKY.encode())
    found = set(check(catalog))
    assert set(planted) <= found
    assert all(name.startswith(("leaky", "country")) for name in found)


def test_every_reference_to_a_company_s_row_is_a_foreign_key(catalog: Connection) -> None:
    def loose() -> set[str]:
        found = catalogue.references_without_foreign_key(catalog)
        return {name for name in found if not name.endswith(REFERENCES_OF_ANOTHER_KIND)}

    assert loose() == NO_FOREIGN_KEY
    catalog.execute(LEAKY.encode())
    assert loose() == NO_FOREIGN_KEY | {"leaky.customer_id", "leaky_line.company_id"}


def test_unique_keys_carry_the_company(catalog: Connection) -> None:
    assert catalogue.unique_keys_without_company(catalog) == catalogue.UNIQUE_AMONG_ALL
    catalog.execute(LEAKY.encode())
    assert ("leaky", "code") in catalogue.unique_keys_without_company(catalog)


def test_the_application_may_only_add_to_history(catalog: Connection) -> None:
    assert catalogue.granted(catalog, "UPDATE, DELETE") & catalogue.APPEND_ONLY == set()
    assert catalogue.granted(catalog, "INSERT") >= catalogue.APPEND_ONLY
    catalog.execute(LEAKY.encode())
    assert catalogue.granted(catalog, "UPDATE, DELETE") & catalogue.APPEND_ONLY == {"stock_move"}


def test_the_application_empties_no_table(catalog: Connection) -> None:
    truncatable = "SELECT name FROM ({}) AS found WHERE has_table_privilege('dinghuo_app', oid, 'TRUNCATE, TRIGGER, REFERENCES')"
    statement = truncatable.format(catalogue.COMPANY_TABLES)
    assert catalogue.names(catalog, statement) == []
    catalog.execute(LEAKY.encode())
    assert "customer" in catalogue.names(catalog, statement)


def test_the_application_role_has_no_rights_of_its_own(catalog: Connection) -> None:
    rights = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles WHERE rolname = %s"
    assert catalog.execute(rights.encode(), ["dinghuo_app"]).fetchall() == [(False,)]


@pytest.mark.parametrize("table", sorted(catalogue.APPEND_ONLY))
@pytest.mark.parametrize("change", ["UPDATE {} SET company_id = company_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_even_the_owner_does_not_rewrite_history(database_addresses: dict[str, str], table: str, change: str) -> None:
    with psycopg.connect(database_addresses["owner"]) as owner:
        with pytest.raises(psycopg.errors.RestrictViolation, match=r"rows of \w+ are only ever added"):
            owner.execute(change.format(table).encode())
        owner.rollback()
