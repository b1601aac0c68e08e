"""One PostgreSQL server for the whole run, and a migrated database for each process, made from a template."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql as names
from psycopg.conninfo import make_conninfo

from dinghuo.journey.review.operations import install_rules
from dinghuo.kernel import tenancy
from dinghuo.kernel.setup import prepare_database
from dinghuo.postgres import hold
from dinghuo.reference.models import Company
from dinghuo.web import databases
from tests import builders

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".test-server"


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """Addresses of a server by role: that of `DINGHUO_TEST_SERVER` (a superuser's), else an embedded one of our own."""
    given = os.environ.get("DINGHUO_TEST_SERVER")
    if given:
        with psycopg.connect(given, autocommit=True) as connection:
            for role in ("dinghuo_owner", "dinghuo_app"):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(names.SQL("CREATE ROLE {} LOGIN").format(names.Identifier(role)))
        yield {
            "superuser": given,
            "owner": make_conninfo(given, user="dinghuo_owner"),
            "application": make_conninfo(given, user="dinghuo_app"),
        }
        return
    with hold(HOME) as embedded:
        yield {
            "superuser": embedded.superuser_url,
            "owner": embedded.owner_url,
            "application": embedded.application_url,
        }


def schema_fingerprint() -> str:
    """Changes whenever a migration or a schema script does."""
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("dinghuo/**/migrations/*.py"), *ROOT.glob("dinghuo/**/sql/create_*.sql")]):
        digest.update(path.read_bytes())
    digest.update((ROOT / "dinghuo/kernel/schema.py").read_bytes())
    return digest.hexdigest()[:12]


def point_django_at(addresses: dict[str, str], database: str) -> None:
    """Give both of Django's aliases the addresses of one database."""
    for alias, role in (("default", "application"), ("owner", "owner")):
        connections[alias].close()
        connections.settings[alias].update(databases.database(make_conninfo(addresses[role], dbname=database)))


def make_template(addresses: dict[str, str], admin: psycopg.Connection[Any], template: str) -> None:
    """Migrate a template database once for each schema, under a lock that parallel processes share."""
    admin.execute("SELECT pg_advisory_lock(4711)")
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
        building = f"{template}_building"
        admin.execute(names.SQL("DROP DATABASE IF EXISTS {}").format(names.Identifier(building)))
        admin.execute(names.SQL("CREATE DATABASE {} OWNER dinghuo_owner").format(names.Identifier(building)))
        point_django_at(addresses, building)
        prepare_database()
        connections.close_all()
        admin.execute(names.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(names.Identifier, (building, template))))
    admin.execute("SELECT pg_advisory_unlock(4711)")


@pytest.fixture(scope="session")
def database_addresses(django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """The addresses of this process's own database, made from the template and dropped at the end."""
    with server() as addresses, psycopg.connect(addresses["superuser"], autocommit=True) as admin, django_db_blocker.unblock():
        template = f"dinghuo_template_{schema_fingerprint()}"
        make_template(addresses, admin, template)
        name = f"dinghuo_test_{os.getpid()}"
        admin.execute(names.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(names.Identifier, (name, template))))
        point_django_at(addresses, name)
        yield {role: make_conninfo(address, dbname=name) for role, address in addresses.items()}
        connections.close_all()
        admin.execute(names.SQL("DROP DATABASE {} WITH (FORCE)").format(names.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(database_addresses: dict[str, str]) -> None:
    """What pytest-django calls before the first test that needs the database."""


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real transactions that commit: for tests that race. Rows stay, so such a test makes a company of its own."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture
def company(db: None) -> Iterator[Company]:
    """A company with rules in force, for which the test acts; everything is rolled back."""
    made = builders.a_company()
    with tenancy.acting_for(made.id):
        install_rules(act=builders.an_act(made))
        yield made


@pytest.fixture
def act(company: Company) -> tenancy.Act:
    """Somebody acting for the company on the tests' day."""
    return builders.an_act(company)
