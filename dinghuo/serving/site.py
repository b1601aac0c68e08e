"""The site as a process: `python -m dinghuo.serving.site HOST PORT`."""

import os
import sys
from typing import Final

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from dinghuo.serving import GRACE_SECONDS
from dinghuo.serving.leash import follow_supervisor

CORES: Final = os.cpu_count() or 1
PROCESSES: Final = int(os.environ.get("DINGHUO_PROCESSES", "0")) or min(CORES, 4)
# Threads mostly wait for the database; many more than cores only pass the interpreter's lock around.
THREADS: Final = int(os.environ.get("DINGHUO_THREADS", "0")) or min(2 * CORES + 1, 9)


def main(host: str, port: int) -> None:
    """Serve until told to stop: a few processes, each with threads that share a pool of connections."""
    follow_supervisor()
    Server(
        "dinghuo.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        # Ends before the supervisor would end it by force.
        workers_kill_timeout=GRACE_SECONDS - 3,
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
