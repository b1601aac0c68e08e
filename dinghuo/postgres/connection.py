"""How to reach the embedded database: one address per role, all over the private Unix socket."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

SUPERUSER: Final = "postgres"
OWNER: Final = "dinghuo_owner"
APPLICATION: Final = "dinghuo_app"
DATABASE: Final = "dinghuo"

# The port only names the socket file: the server listens on no network address.
PORT: Final = 5432


@dataclass(frozen=True)
class Connection:
    """Addresses of one running server.

    `owner_url` is for migrations, `application_url` for everything that serves people,
    `superuser_url` for set-up and diagnosis. Each holds a password and is left out of `repr`.
    """

    data_folder: Path
    socket_folder: Path
    port: int
    server_pid: int
    owner_url: str = field(repr=False)
    application_url: str = field(repr=False)
    superuser_url: str = field(repr=False)


def socket_url(role: str, password: str, database: str, socket_folder: Path) -> str:
    """A postgresql:// address over a Unix socket, every part quoted as libpq reads it."""
    host = quote(str(socket_folder), safe="")
    return f"postgresql://{quote(role, safe='')}:{quote(password, safe='')}@/{quote(database, safe='')}?host={host}&port={PORT}"
