"""Keeps the embedded database up for as long as the supervisor runs: nothing else watches it."""

import os
import threading
from typing import Final

import structlog

from dinghuo.postgres import LauncherError, Notice, default_home, hold, status

LOOK_EVERY_SECONDS: Final = 2.0

log = structlog.get_logger("dinghuo.serving")


def is_embedded() -> bool:
    """Whether the database is the embedded one and so ours to keep up."""
    return not os.environ.get("DATABASE_URL")


def keep_up(ending: threading.Event) -> None:
    """Bring a crashed server back until told to end; the caller holds the database already.

    A server of one's own is somebody else's to watch: then this does nothing.
    """
    if is_embedded():
        threading.Thread(target=_watch, args=(ending,), name="database", daemon=True).start()


def _watch(ending: threading.Event) -> None:
    home = default_home()
    while not ending.wait(LOOK_EVERY_SECONDS):
        try:
            if status(home).running:
                continue
            log.warning("database_gone")
            # Held anew for a moment only: whoever holds it in this process keeps the server from stopping afterwards.
            with hold(home, report=_tell):
                log.warning("database_back")
        except (LauncherError, OSError) as fault:
            log.error("database_not_back", reason=str(fault))


def _tell(notice: Notice) -> None:
    log.info("database", notice=notice.in_language())
