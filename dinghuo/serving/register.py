"""Which supervisors serve from a home, so that `dinghuo stop` can end them: a locked file for each, named by process number."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dinghuo.postgres.locks import is_free, locked
from dinghuo.postgres.places import make_folders

WAIT_SECONDS: Final = 25.0


def folder_of(home: Path) -> Path:
    """Where supervisors of a home put their files."""
    return home / "serving"


@contextmanager
def registered(home: Path) -> Iterator[None]:
    """Be listed as serving inside the block; the lock goes with the process, the file at the end or with the next look."""
    make_folders(folder_of(home), mode=0o700)
    path = folder_of(home) / str(os.getpid())
    try:
        with locked(path, waiting=lambda: None):
            yield
    finally:
        path.unlink(missing_ok=True)


def supervisors(home: Path) -> list[int]:
    """The process numbers of the supervisors that run; files of those that were killed are removed."""
    running = []
    for path in folder_of(home).glob("[0-9]*"):
        if is_free(path):
            path.unlink(missing_ok=True)
        else:
            running.append(int(path.name))
    return sorted(running)


def end_supervisors(home: Path) -> list[int]:
    """Ask every supervisor of a home to end and wait until they have; returns those that were asked."""
    asked = supervisors(home)
    for pid in asked:
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + WAIT_SECONDS
    while supervisors(home) and time.monotonic() < until:
        time.sleep(0.1)
    return asked
