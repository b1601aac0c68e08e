"""Where a bench runs: a database of its own when it may make one, else new companies in the database at hand."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db import connections
from psycopg import sql as names
from psycopg.conninfo import make_conninfo

from dinghuo.kernel.setup import prepare_database
from dinghuo.web import databases


@dataclass(frozen=True, slots=True)
class Place:
    """The database of a bench: its name, the application's address of it, and whether it is dropped afterwards."""

    database: str
    address: str
    is_own: bool


@contextmanager
def somewhere(administrator: str, application: str, owner: str) -> Iterator[Place]:
    """A migrated database for the length of a bench, with Django connected to it.

    `administrator` makes the database; where it may not, the one at hand is used, and what the bench writes stays there: the
    journal and the ledger are append-only for everybody.
    """
    database = f"dinghuo_bench_{os.getpid()}"
    with psycopg.connect(administrator, autocommit=True) as admin:
        if not made(admin, database, role=owner_role(owner)):
            yield Place(str(connections["default"].settings_dict["NAME"]), application, is_own=False)
            return
        before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
        own = make_conninfo(application, dbname=database)
        try:
            connect(own, make_conninfo(owner, dbname=database))
            prepare_database()
            yield Place(database, own, is_own=True)
        finally:
            for alias, settings in before.items():
                connections[alias].close()
                connections.settings[alias].update(settings)
            admin.execute(names.SQL("DROP DATABASE {} WITH (FORCE)").format(names.Identifier(database)))


def made(admin: psycopg.Connection[tuple[object, ...]], database: str, *, role: str) -> bool:
    """Make a database for the owner's role; False where this user may not."""
    try:
        admin.execute(names.SQL("CREATE DATABASE {} OWNER {}").format(names.Identifier(database), names.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def owner_role(owner: str) -> str:
    """The role that an address of the owner signs in with."""
    with psycopg.connect(owner) as session:
        return str(session.info.user)


def connect(application: str, owner: str) -> None:
    """Point both of Django's aliases at one database."""
    for alias, address in (("default", application), ("owner", owner)):
        connections[alias].close()
        connections.settings[alias].update(databases.database(address))
