"""Turns connection addresses into Django's database settings.

Two aliases share one database: `default` is the application role, which owns nothing and is bound by row-level security; `owner`
migrates. Addresses come from the environment, where `dinghuo.cli` puts them after it has started or found a server.
"""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

APPLICATION_ADDRESS = "DINGHUO_APPLICATION_DATABASE"
OWNER_ADDRESS = "DINGHUO_OWNER_DATABASE"
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
