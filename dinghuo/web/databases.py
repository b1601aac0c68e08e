"""Turns connection addresses into Django's database settings.

Two aliases share one database: `default` is the application role, which owns nothing and is bound by row-level security; `owner`
migrates. Addresses come from the environment, where `dinghuo.cli` puts them after it has started or found a server.
"""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dinghuo.kernel.errors import Refused
from dinghuo.postgres import require_supported_server

APPLICATION_ADDRESS = "DINGHUO_APPLICATION_DATABASE"
OWNER_ADDRESS = "DINGHUO_OWNER_DATABASE"
APPLICATION_ROLE = "dinghuo_app"
PLAIN = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database(address: str, *, connections: int = 0) -> dict[str, Any]:
    """Django's settings for one libpq address; with `connections`, through a pool of at most that many."""
    parts = {name: str(value) for name, value in conninfo_to_dict(address).items()}
    settings: dict[str, Any] = {PLAIN[name]: value for name, value in parts.items() if name in PLAIN}
    options: dict[str, Any] = {name: value for name, value in parts.items() if name not in PLAIN}
    # Statements are bound by the server and, after a few runs on one connection, planned once.
    options |= {"server_side_binding": True, "prepare_threshold": 3}
    if connections:
        options["pool"] = {"min_size": 1, "max_size": connections, "timeout": 10}
    return {"ENGINE": "dinghuo.kernel.postgresql", "OPTIONS": options, **settings}


def on_your_server(url: str, owner_url: str | None) -> tuple[str, str]:
    """The owner's and the application's addresses on a server of the user's own, 16 or newer.

    With one address for both, the application signs in with it and takes the role `dinghuo_app`, which owns nothing; the role is
    made if it is missing. Raises LauncherError for an old or unreachable server, Refused when the role cannot be made.
    """
    require_supported_server(url)
    if owner_url:
        require_supported_server(owner_url)
        return owner_url, url
    with psycopg.connect(url, autocommit=True) as connection:
        role = sql.Identifier(APPLICATION_ROLE)
        try:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOBYPASSRLS").format(role))
            if connection.execute("SELECT pg_has_role(%s, 'SET')", [APPLICATION_ROLE]).fetchone() != (True,):
                connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        except psycopg.errors.InsufficientPrivilege as fault:
            user = connection.info.user
            raise Refused(
                f"{user} may not make or take the role {APPLICATION_ROLE}, which owns no table. As an administrator run:"
                f" CREATE ROLE {APPLICATION_ROLE} NOLOGIN; (if it is missing) GRANT {APPLICATION_ROLE} TO {user};",
                code="role_missing",
            ) from fault
    return url, make_conninfo(url, options=f"-c role={APPLICATION_ROLE}")
