"""What ties a child process to its supervisor.

The child's standard input is a pipe that the supervisor never writes to: its end means that the supervisor is gone, however it
went, and the child with everything it started goes too.
"""

import os
import signal
import threading
import time
from typing import Final

from dinghuo.serving import GRACE_SECONDS

STANDARD_INPUT: Final = 0


def follow_supervisor() -> None:
    """End this process and its own when the supervisor has ended: in order if it can, by force after the time of grace."""
    threading.Thread(target=_wait_and_end, name="leash", daemon=True).start()


def _wait_and_end() -> None:
    # Not through sys.stdin: its lock would be held for ever, and be in the way of forks and of the interpreter's end.
    while os.read(STANDARD_INPUT, 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)
