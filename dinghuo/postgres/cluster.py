"""The data folder: made once, whole or not at all, with its passwords, roles and database.

Every step may be cut off by a crash: the data folder gets its name only when complete, the
passwords are on disk before it, and roles are made again by statements that bear repeating.
"""

import errno
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg

from dinghuo.postgres.accounts import Account, Report
from dinghuo.postgres.binaries import Binaries
from dinghuo.postgres.connection import (
    APPLICATION,
    DATABASE,
    OWNER,
    PORT,
    SUPERUSER,
    Connection,
    socket_url,
)
from dinghuo.postgres.errors import (
    InitialisationFailed,
    NoSpace,
    OtherMajorVersion,
    PasswordsLost,
)
from dinghuo.postgres.external import statement
from dinghuo.postgres.messages import Notice
from dinghuo.postgres.places import Place, sync_folder, write_record
from dinghuo.postgres.tuning import settings_header, settings_text

# Raised with every change of the roles or rights below.
PROVISION_RELEASE: Final = "1"
ROLES: Final = (SUPERUSER, OWNER, APPLICATION)

# The character types decide what pg_trgm takes for a letter: under plain C no Chinese word is one.
_CHARACTER_TYPES: Final = ("C.UTF-8", "en_US.UTF-8", "UTF-8")

_WRITE_FILE: Final = 'umask 077; cat >"$1.new" && mv -f "$1.new" "$1"'
_INCLUDE: Final = "include_if_exists = 'dinghuo.conf'"


def initialise(place: Place, account: Account, binaries: Binaries, report: Report) -> None:
    """Make the data folder if there is none; clear away what an interrupted attempt left.

    Raises OtherMajorVersion, InitialisationFailed, NoSpace.
    """
    for leftover in place.server.glob("making-*"):
        # An initdb that outlived its killed launcher may still be writing; the next start goes on.
        account.run(["/bin/rm", "-rf", str(leftover)])
    if place.data.exists():
        _refuse_other_major_version(place.data, binaries)
        return
    report(Notice("initialising", {"path": place.data}))
    passwords = read_passwords(place) or _make_passwords(place)
    making = place.server / f"making-{secrets.token_hex(4)}"
    _checked(account, ["/bin/mkdir", "-m", "700", str(making)], place)
    _write(account, making / "password", passwords[SUPERUSER], place)
    _initdb(making, account, binaries, place)
    # Below initdb's own lines, so that ours win, and above whatever a user adds at the end.
    original = (making / "data" / "postgresql.conf").read_text(encoding="utf-8")
    _write(account, making / "data" / "postgresql.conf", f"{original}\n{_INCLUDE}\n", place)
    place.provisioned.unlink(missing_ok=True)
    _checked(account, ["/bin/mv", str(making / "data"), str(place.data)], place)
    sync_folder(place.server)
    account.run(["/bin/rm", "-rf", str(making)])


def apply_settings(place: Place, account: Account, binaries: Binaries) -> None:
    """Write our settings beside the user's, if they are absent or of another release."""
    path = place.data / "dinghuo.conf"
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        written = ""
    if written.partition("\n")[0] != settings_header(binaries):
        _write(account, path, settings_text(binaries), place)


def read_passwords(place: Place) -> dict[str, str]:
    """The passwords by role; empty while there are none. Raises PasswordsLost for a damaged file."""
    try:
        content = json.loads(place.passwords.read_text(encoding="utf-8"))
        return {role: str(content[role]) for role in ROLES}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        reason = f"damaged: {error}"
        raise PasswordsLost(data=place.data, path=place.passwords, reason=reason) from error


def connection_to(place: Place, socket_folder: Path, pid: int) -> Connection:
    """The addresses of a running server. Raises PasswordsLost."""
    passwords = read_passwords(place)
    if not passwords:
        raise PasswordsLost(data=place.data, path=place.passwords, reason="no such file")
    return Connection(
        data_folder=place.data,
        socket_folder=socket_folder,
        port=PORT,
        server_pid=pid,
        owner_url=socket_url(OWNER, passwords[OWNER], DATABASE, socket_folder),
        application_url=socket_url(APPLICATION, passwords[APPLICATION], DATABASE, socket_folder),
        superuser_url=socket_url(SUPERUSER, passwords[SUPERUSER], DATABASE, socket_folder),
    )


def provision(place: Place, socket_folder: Path) -> None:
    """Make the roles and the database `dinghuo` if an earlier start did not come that far.

    Raises PasswordsLost.
    """
    if _provisioned_release(place) == PROVISION_RELEASE:
        return
    passwords = read_passwords(place)
    first = socket_url(SUPERUSER, passwords.get(SUPERUSER, ""), "postgres", socket_folder)
    try:
        with psycopg.connect(first, autocommit=True) as connection:
            # The server goes on with the statement of a command that was killed meanwhile.
            connection.execute(statement("take_turn"))
            for role in (OWNER, APPLICATION):
                _run_written(connection, "role_statements", {"role": role, "password": passwords[role]})
            make_database(connection, DATABASE)
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            raise
        reason = "wrong password"
        raise PasswordsLost(data=place.data, path=place.passwords, reason=reason) from error
    grant_access(socket_url(SUPERUSER, passwords[SUPERUSER], DATABASE, socket_folder), DATABASE)
    write_record(place.provisioned, {"release": PROVISION_RELEASE})


def make_database(connection: psycopg.Connection[Any], database: str) -> None:
    """Make a database that the owner role owns, unless it exists; the connection is a superuser's."""
    _run_written(connection, "missing_database", {"database": database, "owner": OWNER})


def grant_access(superuser_url: str, database: str) -> None:
    """Let the owner make tables in a database and the application role enter it, and nobody else."""
    facts = {"database": database, "owner": OWNER, "application": APPLICATION}
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(statement("take_turn"))
        _run_written(connection, "access_statements", facts)


def failure(output: str, path: Path) -> NoSpace | None:
    """The error class for what PostgreSQL's programs print, where there is a better one than theirs."""
    full = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT))
    return NoSpace(path=path) if any(words in output for words in full) else None


def _refuse_other_major_version(data: Path, binaries: Binaries) -> None:
    found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(binaries.major):
        raise OtherMajorVersion(path=data, found=found, brought=binaries.major)


def _make_passwords(place: Place) -> dict[str, str]:
    passwords = {role: secrets.token_urlsafe(32) for role in ROLES}
    write_record(place.passwords, passwords)
    return passwords


def _initdb(making: Path, account: Account, binaries: Binaries, place: Place) -> None:
    command = [
        binaries.program("initdb"),
        f"--pgdata={making / 'data'}",
        f"--username={SUPERUSER}",
        f"--pwfile={making / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        "--no-instructions",
    ]
    for character_type in _CHARACTER_TYPES:
        done = account.run([*command, f"--lc-ctype={character_type}"])
        output = done.stdout + done.stderr
        if done.returncode == 0:
            return
        if "invalid locale name" not in output:
            break
    raise failure(output, place.data) or InitialisationFailed(path=place.data, output=output.strip())


def _write(account: Account, path: Path, text: str, place: Place) -> None:
    _checked(account, ["/bin/sh", "-c", _WRITE_FILE, "sh", str(path)], place, text_in=text)


def _checked(account: Account, command: list[str], place: Place, *, text_in: str = "") -> None:
    """Run a command in the account's folder, as the account: root must not follow its links."""
    done = account.run(command, text_in=text_in)
    if done.returncode != 0:
        output = done.stderr.strip()
        raise failure(output, place.data) or InitialisationFailed(path=place.data, output=output)


def _provisioned_release(place: Place) -> str:
    try:
        return str(json.loads(place.provisioned.read_text(encoding="utf-8"))["release"])
    except (OSError, ValueError, KeyError):
        return ""


def _run_written(connection: psycopg.Connection[Any], name: str, facts: Mapping[str, str]) -> None:
    """Run the statements that a statement writes: DDL takes no parameters of its own."""
    for (written,) in connection.execute(statement(name), facts).fetchall():
        connection.execute(written)
