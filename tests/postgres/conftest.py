"""Homes to start servers in, and commands of their own process and user to start them."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dinghuo.postgres import Connection, ensure_running, places, stop

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(__file__).with_name("command.py")
CALLER_IS_ROOT = os.geteuid() == 0

# A disk in memory makes these many first starts several times faster; kills leave it as it was.
MEMORY_DISK = Path("/dev/shm")
ROOMY = MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > 2_000_000_000
SCRATCH = MEMORY_DISK if ROOMY else Path(tempfile.gettempdir())

needs_root = pytest.mark.skipif(not CALLER_IS_ROOT, reason="only root has another account run the server")


def remove(home: Path) -> None:
    """Stop a home's server and remove whatever was made for it, wherever it lies."""
    place = places.find(home)
    if place.folder.stat().st_uid == os.geteuid():
        stop(home)
    shutil.rmtree(place.base, ignore_errors=True)


@contextmanager
def open_shelf() -> Iterator[Path]:
    """A new folder that every account may enter; servers whose homes it holds are stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dinghuo-test-", dir=SCRATCH))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        for lock in folder.glob("**/postgres/launch.lock"):
            remove(lock.parent.parent)
        shutil.rmtree(folder)


@pytest.fixture
def shelf() -> Iterator[Path]:
    """A folder for homes and what else a test needs."""
    with open_shelf() as folder:
        yield folder


@pytest.fixture
def new_home(shelf: Path) -> Path:
    """A home that is still to be made."""
    return shelf / "new-home"


@pytest.fixture(scope="session")
def pattern() -> Iterator[Path]:
    """A stopped home, to be copied: a copy takes a tenth of the time of a first start."""
    with open_shelf() as folder:
        ensure_running(folder / "home")
        stop(folder / "home")
        yield folder / "home"


@pytest.fixture
def home(shelf: Path, pattern: Path) -> Path:
    """A stopped home with a database."""
    subprocess.run(["cp", "-a", pattern, shelf / "home"], check=True)
    return shelf / "home"


@pytest.fixture(scope="module")
def connection(pattern: Path) -> Iterator[Connection]:
    """A running server for the tests that only ask it something."""
    with open_shelf() as folder:
        subprocess.run(["cp", "-a", pattern, folder / "home"], check=True)
        yield ensure_running(folder / "home")


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command in a process of its own; those still running at the end are killed."""
    running: list[subprocess.Popen[str]] = []

    def start_one(
        action: str, home: Path, *, python: str = sys.executable, path: str = "", user: tuple[int, int] | None = None
    ) -> subprocess.Popen[str]:
        uid, gid = user or (None, None)
        process = subprocess.Popen(
            [python, str(COMMAND), action, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PYTHONPATH": f"{path}{os.pathsep}{search_path()}", "PATH": os.environ["PATH"]},
            user=uid,
            group=gid,
            extra_groups=[] if user else None,
        )
        running.append(process)
        return process

    yield start_one
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def search_path() -> str:
    return os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("-packages"))])


def last_word(process: subprocess.Popen[str]) -> dict[str, object]:
    """What a command said last, once it has ended."""
    said, complaints = process.communicate()
    assert said, complaints
    word: dict[str, object] = json.loads(said.splitlines()[-1])
    return word


class Ordinary:
    """An ordinary user of this machine, and a Python that it can run."""

    def __init__(self, uid: int, gid: int, python: str) -> None:
        self.uid = uid
        self.gid = gid
        self.python = python

    def run(self, start: Start, action: str, home: Path) -> dict[str, object]:
        """Run a command as this user and return what it said last."""
        user = (self.uid, self.gid) if CALLER_IS_ROOT else None
        return last_word(start(action, home, python=self.python, user=user))


@pytest.fixture
def ordinary() -> Ordinary:
    """The caller, or `nobody` when root runs the tests."""
    if not CALLER_IS_ROOT:
        return Ordinary(os.geteuid(), os.getegid(), sys.executable)
    nobody = pwd.getpwnam("nobody")
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            tried = subprocess.run(
                [python, "-c", "import dinghuo.postgres"],
                user=nobody.pw_uid,
                group=nobody.pw_gid,
                extra_groups=[],
                cwd="/",
                env={"PYTHONPATH": search_path()},
                capture_output=True,
                check=False,
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return Ordinary(nobody.pw_uid, nobody.pw_gid, python)
    pytest.skip("no Python here that an ordinary user could run with this checkout's packages")


@pytest.fixture
def ordinary_home(shelf: Path, ordinary: Ordinary) -> Path:
    """A home in a folder of the ordinary user's own."""
    folder = shelf / "of-the-user"
    folder.mkdir(mode=0o700)
    if CALLER_IS_ROOT:
        os.chown(folder, ordinary.uid, ordinary.gid)
    return folder / "home"
