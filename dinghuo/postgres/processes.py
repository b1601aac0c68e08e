"""Which processes belong to a data folder: the postmaster, and what a killed one left behind."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dinghuo.postgres.accounts import Account


@dataclass(frozen=True)
class PidFile:
    """What a postmaster wrote about itself; the later lines may not be there yet."""

    pid: int
    socket_folder: Path | None
    status: str


def read_pid_file(data_folder: Path) -> PidFile | None:
    """The postmaster.pid of a data folder, or None while there is none or it is still empty."""
    try:
        lines = (data_folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None
    socket_folder = Path(lines[4]) if len(lines) > 4 and lines[4] else None
    return PidFile(pid=pid, socket_folder=socket_folder, status="".join(lines[7:8]).strip())


def command_line(pid: int) -> str:
    """The command line of a process, words joined by spaces; empty for one that has ended.

    A process that ended but was not yet collected by its parent counts as ended.
    """
    if Path("/proc/self/cmdline").exists():
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return os.fsdecode(raw.replace(b"\0", b" ")).strip()
    listing = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    shown = subprocess.run(listing, capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def is_postmaster_of(pid: int, data_folder: Path) -> bool:
    """Whether this very process serves this data folder; a stranger with a reused number does not."""
    line = command_line(pid) + " "
    program, found, _ = line.partition(f" -D {data_folder} ")
    return bool(found) and program.endswith("postgres")


def exists(pid: int) -> bool:
    """Whether a process with this number can be seen, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# The server changes into its data folder and its backends rename themselves "postgres: ...".
# Asked as the server's account, because root in a container may not look into others' processes.
_FIND_ORPHANS = """
for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/cwd" 2>/dev/null)" = "$1" ]; then
        case "$(tr '\\0' ' ' <"$process/cmdline" 2>/dev/null)" in
            "postgres: "*) echo "${process#/proc/}" ;;
        esac
    fi
done
"""


def orphans(data_folder: Path, account: Account) -> list[int]:
    """Backends of this data folder that can be seen; empty on systems without /proc."""
    found = account.run(["/bin/sh", "-c", _FIND_ORPHANS, "sh", str(data_folder)])
    return [int(pid) for pid in found.stdout.split()]


def send(pid: int, signal_number: int) -> None:
    """Send a signal; a process that has ended meanwhile is no error."""
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        return
