"""A database for tests whose rows stay: made from the migrated template, dropped at the end."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections
from psycopg import sql as names
from psycopg.conninfo import make_conninfo

from dinghuo.web import databases
from tests.conftest import schema_fingerprint

_serial = itertools.count(1)


@contextmanager
def own_database(addresses: dict[str, str]) -> Iterator[dict[str, str]]:
    """Addresses by role of a fresh database on the server that the tests use; Django is led there and back."""
    name = names.Identifier(f"dinghuo_own_{os.getpid()}_{next(_serial)}")
    template = names.Identifier(f"dinghuo_template_{schema_fingerprint()}")
    with psycopg.connect(addresses["superuser"], autocommit=True) as admin:
        admin.execute(names.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        own = {role: make_conninfo(address, dbname=name.as_string().strip('"')) for role, address in addresses.items()}
        point_at(own)
        try:
            yield own
        finally:
            point_at(addresses)
            admin.execute(names.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def point_at(addresses: dict[str, str]) -> None:
    """Give both of Django's aliases their addresses."""
    for alias, role in (("default", "application"), ("owner", "owner")):
        connections[alias].close()
        connections.settings[alias].update(databases.database(addresses[role]))


def as_environment(addresses: dict[str, str]) -> dict[str, str]:
    """What tells a `dinghuo` command of its own process to use the database."""
    return {"DATABASE_URL": addresses["application"], "DINGHUO_OWNER_DATABASE_URL": addresses["owner"]}
