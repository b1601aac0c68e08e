"""What any PostgreSQL server is asked: whether it is new enough and keeps what it confirms."""

from importlib import resources
from typing import Any, Final, LiteralString

import psycopg

from dinghuo.postgres.errors import ServerTooOld, ServerUnreachable

SERVER_VERSION_MIN: Final = 160000


def statement(name: str) -> LiteralString:
    """The text of one of the launcher's own SQL files."""
    file = resources.files("dinghuo.postgres").joinpath("sql", f"{name}.sql")
    return file.read_text(encoding="utf-8")


def server_version(url: str) -> int:
    """The version of the server at an address, as PostgreSQL counts: 180006 for 18.6.

    Raises ServerUnreachable.
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            return connection.info.server_version
    except psycopg.OperationalError as error:
        raise ServerUnreachable(reason=str(error).strip()) from error


def require_supported_server(url: str) -> int:
    """The version of the server at an address, which must be 16 or newer.

    Raises ServerTooOld, ServerUnreachable.
    """
    version = server_version(url)
    if version < SERVER_VERSION_MIN:
        raise ServerTooOld(found=_readable(version))
    return version


def durability_findings(connection: psycopg.Connection[Any]) -> list[str]:
    """The settings under which a confirmed transaction could be lost; empty when all is well.

    Each finding is `name = value`, as a person would look it up. Source: PostgreSQL 18, chapters
    19.5 (write-ahead log) and 28.1 (reliability).
    """
    with connection.cursor() as cursor:
        rows = cursor.execute(statement("durability_findings")).fetchall()
    return [f"{name} = {value}" for name, value in rows]


def _readable(version: int) -> str:
    # Before version 10 the first two numbers were the major version; both forms end well enough.
    return f"{version // 10000}.{version % 10000}"
