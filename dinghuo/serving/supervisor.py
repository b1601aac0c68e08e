"""Starts the children, starts them again when they die, and ends them together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

import structlog
from django.db import connections

from dinghuo.postgres import default_home
from dinghuo.serving import GRACE_SECONDS, database, keys
from dinghuo.serving.register import registered

LOOK_EVERY_SECONDS: Final = 0.1
PAUSE_SECONDS_MIN: Final = 0.5
PAUSE_SECONDS_MAX: Final = 30.0
# A child that lived this long starts with a clean record.
HEALTHY_AFTER_SECONDS: Final = 60.0

log = structlog.get_logger("dinghuo.serving")


@dataclass(slots=True)
class Child:
    """One child: its command, the process that runs it now, and how often in a row it died young."""

    name: str
    arguments: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    start_at: float = 0.0
    early_deaths: int = field(default=0)

    def start(self, environment: dict[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone and its group can be ended whole."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.arguments], stdin=subprocess.PIPE, env=environment, start_new_session=True
        )
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        """Whether its process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> None:
        """Clear away what a dead child left running, and settle when it starts again: later each time it dies young."""
        assert self.process is not None
        code = self.process.returncode
        self.end_group()
        now = time.monotonic()
        self.early_deaths = 0 if now - self.started > HEALTHY_AFTER_SECONDS else self.early_deaths + 1
        pause = min(PAUSE_SECONDS_MIN * 2 ** max(self.early_deaths - 1, 0), PAUSE_SECONDS_MAX)
        self.start_at = now + pause
        log.error("process_died", name=self.name, exit_code=code, again_in_seconds=pause)

    def ask_to_end(self) -> None:
        """Ask it to end what it is doing and go."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end_group(self) -> None:
        """End by force whatever is left of it and of the processes that it started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


def site(host: str, port: int) -> Child:
    """The web server as a child."""
    return Child("web", ("dinghuo.serving.site", host, str(port)))


def worker() -> Child:
    """The worker as a child."""
    return Child("worker", ("dinghuo.serving.worker",))


def environment_of_children(host: str) -> dict[str, str]:
    """What children find in their environment: the database's addresses are there already, put there by `dinghuo.cli`.

    Raises Refused when there is no safe secret key.
    """
    found = {**os.environ, keys.VARIABLE: keys.secret_key(), "DINGHUO_SERVING": "1"}
    if host and "DINGHUO_ALLOWED_HOSTS" not in found:
        found["DINGHUO_ALLOWED_HOSTS"] = ",".join(sorted({"localhost", "127.0.0.1", "[::1]", host}))
    if sys.stderr.isatty():
        # At a terminal the address should stay in sight; a log collector gets a line for each request.
        found.setdefault("DINGHUO_LOG_LEVEL", "WARNING")
    return found


def supervise(children: Sequence[Child], *, host: str = "", when_up: Callable[[], bool] = lambda: True) -> None:
    """Run children until SIGINT or SIGTERM; `when_up` is asked until it says that it has told of the start.

    The caller holds the database for as long as this runs.
    """
    environment = environment_of_children(host)
    # Only children talk to the database; what brought it up to date is done with it.
    connections.close_all()
    with signals() as ending, ExitStack() as around:
        if database.is_embedded():
            around.enter_context(registered(default_home()))
        database.keep_up(ending)
        try:
            watch(children, environment, ending, when_up)
        finally:
            end(children)


def watch(children: Sequence[Child], environment: dict[str, str], ending: threading.Event, when_up: Callable[[], bool]) -> None:
    """Start what is to be started, again and again, until told to end."""
    told = False
    while not ending.is_set():
        for child in children:
            if child.has_ended():
                child.bury()
            if child.process is None and time.monotonic() >= child.start_at:
                child.start(environment)
        told = told or when_up()
        ending.wait(LOOK_EVERY_SECONDS)


def end(children: Sequence[Child]) -> None:
    """Ask all children at once, wait for the time of grace, then end by force what is left."""
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + GRACE_SECONDS
    for child in children:
        if child.process is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
        child.end_group()


@contextmanager
def signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, instead of breaking off whatever runs."""
    ending = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
