"""The server process: seen as it is, started, waited for, and stopped.

A lock file is handed to the postmaster and so to every process it forks. The kernel keeps it
locked until the last of them has ended, which no process number, reused or stale, can imitate.
"""

import os
import signal
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from psycopg import pq

from dinghuo.postgres import places, processes
from dinghuo.postgres.accounts import Account, Report
from dinghuo.postgres.binaries import Binaries
from dinghuo.postgres.cluster import failure
from dinghuo.postgres.connection import PORT
from dinghuo.postgres.errors import StartFailed
from dinghuo.postgres.locks import is_free, open_lock_file, try_lock
from dinghuo.postgres.messages import Notice
from dinghuo.postgres.places import Place

_PAUSE_SECONDS: Final = 0.05
_REPORT_EVERY_SECONDS: Final = 2.0
# Backends see within moments that their postmaster is gone, unless they are deep in a query.
_ORPHANS_ASKED_AFTER_SECONDS: Final = 2.0
_ORPHANS_TOLD_AFTER_SECONDS: Final = 5.0
# Only for a server that was started by hand, without our lock, and killed.
_FOREIGN_REMAINS_SECONDS: Final = 60.0
_TAIL_LINES: Final = 15

_SPAWN: Final = '"$@" >start.log 2>&1 </dev/null &'
_REMAINS: Final = ("pre-existing shared memory block", 'lock file "')


class State(StrEnum):
    """What a data folder's server is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    ORPHANED = "orphaned"
    CUT_OFF = "cut off"


@dataclass(frozen=True)
class Sight:
    """One look at a server; `pid` and `socket_folder` are there while a postmaster is."""

    state: State
    pid: int | None = None
    socket_folder: Path | None = None


def look(place: Place) -> Sight:
    """What the server of a place is doing now; changes nothing."""
    written = processes.read_pid_file(place.data)
    alive = not is_free(place.server_lock)
    if written is None:
        return Sight(State.ORPHANED if alive else State.STOPPED)
    ours = processes.is_postmaster_of(written.pid, place.data)
    if not ours and not alive:
        return Sight(State.STOPPED)
    sight = Sight(State.STARTING, written.pid, written.socket_folder)
    answer = _ping(written.socket_folder)
    if answer == pq.Ping.OK:
        return replace(sight, state=State.RUNNING)
    if written.status == "stopping":
        return replace(sight, state=State.STOPPING)
    if not ours:
        return Sight(State.ORPHANED)
    if written.status == "ready" and not _socket(written.socket_folder).exists():
        return replace(sight, state=State.CUT_OFF)
    return sight


def bring_up(place: Place, account: Account, binaries: Binaries, report: Report) -> Sight:
    """Start the server if it does not run and wait, however long recovery takes, until it answers.

    The caller holds the launch lock. Raises StartFailed, NoSpace.
    """
    waiting = _Waiting(place, account, report)
    spawned = False
    while True:
        sight = look(place)
        if sight.state == State.RUNNING:
            return sight
        if sight.state == State.STOPPED:
            if spawned:
                _judge_failure(place, account, waiting.seconds)
            spawned = _spawn(place, account, binaries)
        elif sight.state == State.CUT_OFF and sight.pid:
            report(Notice("cut_off", {}))
            processes.send(sight.pid, signal.SIGINT)
        waiting.pause(sight.state)


def bring_down(place: Place, account: Account, report: Report) -> bool:
    """Stop the server and wait until its last process has ended; False if none ran.

    Open transactions are rolled back, what was confirmed is on disk. The caller holds the lock.
    """
    waiting = _Waiting(place, account, report)
    asked: int | None = None
    ran = False
    while (sight := look(place)).state != State.STOPPED:
        ran = True
        # Asked once a postmaster: a second SIGINT would change nothing.
        if sight.pid and sight.pid != asked:
            processes.send(sight.pid, signal.SIGINT)
            asked = sight.pid
        waiting.pause(State.STOPPING if sight.pid else sight.state)
    return ran


class _Waiting:
    """One wait: pauses, tells now and then what is waited for, and ends orphans that linger."""

    def __init__(self, place: Place, account: Account, report: Report) -> None:
        self._place = place
        self._account = account
        self._report = report
        self._began = time.monotonic()
        self._told = self._began
        self._orphaned_since: float | None = None

    @property
    def seconds(self) -> float:
        """How long this wait has lasted."""
        return time.monotonic() - self._began

    def pause(self, state: State) -> None:
        now = time.monotonic()
        if now - self._told >= _REPORT_EVERY_SECONDS:
            self._told = now
            self._report(Notice(self._code(state), {"seconds": round(self.seconds)}))
        if state != State.ORPHANED:
            self._orphaned_since = None
        elif self._orphaned_since is None:
            self._orphaned_since = now
        else:
            self._end_orphans(now - self._orphaned_since)
        time.sleep(_PAUSE_SECONDS)

    def _code(self, state: State) -> str:
        if state == State.STARTING and self.seconds > 2 * _REPORT_EVERY_SECONDS:
            return "recovering"
        named = {State.STOPPING: "stopping", State.ORPHANED: "orphaned"}
        return named.get(state, "starting")

    def _end_orphans(self, orphaned_seconds: float) -> None:
        """Ask backends without a postmaster to end, then tell them; their memory is lost anyway."""
        if orphaned_seconds < _ORPHANS_ASKED_AFTER_SECONDS:
            return
        asked = orphaned_seconds < _ORPHANS_TOLD_AFTER_SECONDS
        for pid in processes.orphans(self._place.data, self._account):
            processes.send(pid, signal.SIGTERM if asked else signal.SIGQUIT)


def _spawn(place: Place, account: Account, binaries: Binaries) -> bool:
    """Start a postmaster in a session of its own, which init takes over when the shell has ended.

    False if some process of a server has come to light since the last look.
    """
    lock = open_lock_file(place.server_lock)
    try:
        if not try_lock(lock):
            return False
        folder = places.socket_folder(place, account)
        _clear_false_traces(place, account, folder)
        quoted = str(folder).replace('"', '""')
        command = [
            *("/bin/sh", "-c", f'cd -- "$0" && {{ {_SPAWN} }}', str(place.server)),
            *(binaries.program("postgres"), "-D", str(place.data)),
            # On the command line nothing in a settings file can open the server to a network.
            *("-c", "listen_addresses=", "-c", f"port={PORT}"),
            *("-c", f'unix_socket_directories="{quoted}"', "-c", "unix_socket_permissions=0700"),
        ]
        done = account.run(command, handed_on=(lock,), own_session=True)
        if done.returncode != 0:
            raise failure(done.stderr, place.data) or StartFailed(path=place.data, output=done.stderr.strip())
        return True
    finally:
        os.close(lock)


def _clear_false_traces(place: Place, account: Account, folder: Path) -> None:
    """Remove lock files whose process number now belongs to a stranger; PostgreSQL would refuse.

    A number that belongs to nobody is left: PostgreSQL checks for remains before it takes over.
    """
    written = processes.read_pid_file(place.data)
    if written is None or not processes.exists(written.pid):
        return
    if processes.is_postmaster_of(written.pid, place.data):
        return
    # Not the socket folder that the file names: in a copied home that is the original's, in use.
    socket = _socket(folder)
    traces = [place.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")]
    account.run(["/bin/rm", "-f", *map(str, traces)])


def _judge_failure(place: Place, account: Account, seconds: float) -> None:
    """Raise what kept a spawned server from starting, or return when a new attempt is due."""
    output = _last_words(place, account)
    if any(words in output for words in _REMAINS) and seconds < _FOREIGN_REMAINS_SECONDS:
        return
    raise failure(output, place.data) or StartFailed(path=place.data, output=output)


def _last_words(place: Place, account: Account) -> str:
    """The end of what the server wrote, to its starter and then to the newest of its log files."""
    script = (
        'cd -- "$1" && tail -n "$2" start.log && '
        '{ newest=$(ls -t log 2>/dev/null | head -n 1); [ -z "$newest" ] || '
        'tail -n "$2" "log/$newest"; }'
    )
    command = ["/bin/sh", "-c", script, "sh", str(place.server), str(_TAIL_LINES)]
    return account.run(command).stdout.strip()


def _socket(folder: Path | None) -> Path:
    return (folder or Path("/nonexistent")) / f".s.PGSQL.{PORT}"


def _ping(folder: Path | None) -> pq.Ping:
    """Ask as pg_isready does: "starting up" is an answer, silence is none."""
    if folder is None or not _socket(folder).exists():
        return pq.Ping.NO_RESPONSE
    host = str(folder).replace("\\", "\\\\").replace("'", "\\'")
    address = f"host='{host}' port={PORT} user=postgres dbname=postgres connect_timeout=5"
    return pq.Ping(pq.PGconn.ping(os.fsencode(address)))
