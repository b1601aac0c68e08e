"""Start, share and stop the embedded PostgreSQL of a home folder."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from dinghuo.postgres import accounts, binaries, cluster, places, server
from dinghuo.postgres.accounts import Account, Report
from dinghuo.postgres.connection import Connection
from dinghuo.postgres.errors import DurabilityOff, HomeUnreachable, NoSpace, NotWritable
from dinghuo.postgres.external import durability_findings
from dinghuo.postgres.locks import locked, try_lock
from dinghuo.postgres.messages import Notice
from dinghuo.postgres.places import Place
from dinghuo.postgres.server import State


@dataclass(frozen=True)
class Status:
    """What the server of a home is doing, for `dinghuo doctor` and `dinghuo stop`."""

    state: State
    data_folder: Path
    socket_folder: Path | None
    server_pid: int | None
    kept: bool

    @property
    def running(self) -> bool:
        """Whether the server answers."""
        return self.state == State.RUNNING


def _silent(_: Notice) -> None:
    """Report to nobody."""


def ensure_running(home: Path, *, report: Report = _silent) -> Connection:
    """The database of a home, started if need be; it runs on until `stop`.

    Any number of commands may ask at once: one starts the server, all get a working connection.
    `report` is told what takes long. Raises LauncherError.
    """
    with _plain_errors(home):
        folder = places.prepare(home)
        with _launching(folder, report):
            return _ensure(folder, report, keep=True)


@contextmanager
def hold(home: Path, *, report: Report = _silent) -> Iterator[Connection]:
    """The database of a home for the duration of a block.

    A server that had to be started for it is stopped by the last of the commands that hold it,
    also when others were killed. One that `ensure_running` keeps is left running.
    Raises LauncherError.
    """
    with _plain_errors(home):
        folder = places.prepare(home)
        place = places.find(home)
    try:
        # Before the launch lock: the last user to leave holds both while it stops the server.
        with locked(place.users_lock, shared=True, waiting=lambda: _tell_waiting(report)):
            with _plain_errors(home), _launching(folder, report):
                connection = _ensure(folder, report, keep=False)
            yield connection
    finally:
        with _launching(folder, report):
            _stop_unless_used(places.find(home), report)


def stop(home: Path, *, report: Report = _silent) -> bool:
    """Stop the database of a home, whoever uses it; False if it was not running.

    Raises LauncherError when it belongs to another account.
    """
    place = places.find(home)
    if not place.folder.exists():
        return False
    with _plain_errors(home):
        folder = places.prepare(home)
        with _launching(folder, report):
            return _stop(place, report)


def status(home: Path) -> Status:
    """What the database of a home is doing; makes and changes nothing. Raises NotWritable."""
    place = places.find(home)
    with _plain_errors(home):
        sight = server.look(place)
        return Status(
            state=sight.state,
            data_folder=place.data,
            socket_folder=sight.socket_folder,
            server_pid=sight.pid,
            kept=place.kept.exists(),
        )


def _ensure(folder: Path, report: Report, *, keep: bool) -> Connection:
    """Bring the server of a folder up under the launch lock and look at its promises."""
    place = places.find(folder.parent)
    before = server.look(place).state
    account = accounts.serving(place.server, report)
    if before != State.RUNNING:
        place = _start(folder, account, report)
    if before == State.STOPPED:
        # A mark that outlived the server it was for, through a crash of the machine.
        place.kept.unlink(missing_ok=True)
    if keep:
        place.kept.touch(mode=0o600)
    connection = _connection(place, account)
    try:
        _refuse_lost_promises(connection)
    except DurabilityOff:
        if before != State.RUNNING:
            _stop(place, report)
        raise
    return connection


def _start(folder: Path, account: Account, report: Report) -> Place:
    place = places.settle(folder, account, report)
    programs = binaries.usable_by(account, place.base, report)
    cluster.initialise(place, account, programs, report)
    cluster.apply_settings(place, account, programs)
    server.bring_up(place, account, programs, report)
    return place


def _connection(place: Place, account: Account) -> Connection:
    """The addresses of the running server, its roles made if that was cut off before."""
    sight = server.look(place)
    if sight.socket_folder is None or sight.pid is None:
        raise RuntimeError(f"the server of {place.data} went away while it was set up")
    # Whoever could swap this folder could pose as the server and collect passwords.
    if not places.is_private(sight.socket_folder, account):
        raise HomeUnreachable(account=account.name, path=sight.socket_folder)
    cluster.provision(place, sight.socket_folder)
    return cluster.connection_to(place, sight.socket_folder, sight.pid)


def _refuse_lost_promises(connection: Connection) -> None:
    """Raise DurabilityOff if either working role could lose what it was told is done."""
    # Asked as each role: a setting may be attached to a role or to the database.
    for url in (connection.application_url, connection.owner_url):
        with psycopg.connect(url) as session:
            findings = durability_findings(session)
        if findings:
            raise DurabilityOff(findings=", ".join(findings))


def _stop(place: Place, report: Report) -> bool:
    place.kept.unlink(missing_ok=True)
    account = accounts.serving(place.server, report)
    stopped = server.bring_down(place, account, report)
    places.forget_socket_folder(place)
    return stopped


def _stop_unless_used(place: Place, report: Report) -> None:
    if place.kept.exists():
        return
    with locked(place.users_lock, shared=True, waiting=lambda: None) as users:
        # Turned into a lock of its own only if no other command holds its share.
        if try_lock(users):
            _stop(place, report)


@contextmanager
def _launching(folder: Path, report: Report) -> Iterator[None]:
    with locked(folder / "launch.lock", waiting=lambda: _tell_waiting(report)):
        yield


def _tell_waiting(report: Report) -> None:
    report(Notice("waiting_for_command", {}))


@contextmanager
def _plain_errors(home: Path) -> Iterator[None]:
    """Turn the operating system's refusals into sentences that say what to do."""
    try:
        yield
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if error.filename else home
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoSpace(path=path) from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}:
            raise NotWritable(path=path) from error
        raise
