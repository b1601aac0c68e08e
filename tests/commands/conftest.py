"""`dinghuo` commands as processes of their own, on a fresh database of the tests' server."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.own_database import as_environment, own_database

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60

Dinghuo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def own_addresses(database_addresses: dict[str, str], django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A database that these tests fill with rows that stay; Django of this process acts on it too."""
    with django_db_blocker.unblock(), own_database(database_addresses) as addresses:
        yield addresses


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home without a database of its own."""
    with tempfile.TemporaryDirectory(prefix="dinghuo-home-") as folder:
        yield Path(folder)


@pytest.fixture
def environment(own_addresses: dict[str, str], home: Path) -> dict[str, str]:
    return environment_for(home) | as_environment(own_addresses)


def environment_for(home: Path) -> dict[str, str]:
    """The tests' environment without what would lead a command elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DINGHUO_", "DATABASE_URL"))}
    return kept | {"DINGHUO_HOME": str(home), "PYTHONPATH": str(ROOT), "DINGHUO_PROCESSES": "1"}


@pytest.fixture
def dinghuo(environment: dict[str, str]) -> Dinghuo:
    """Run a command to its end."""

    def run(*arguments: str, text_in: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dinghuo", *arguments]
        return subprocess.run(command, env=environment | more, input=text_in, capture_output=True, text=True, check=False)

    return run


class Served:
    """A supervisor and the site that it serves."""

    def __init__(self, environment: dict[str, str], *, command: str = "serve") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dinghuo", command, "--port", str(self.port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def first_lines(self) -> list[str]:
        """What it says once the site answers, in two languages."""
        assert self.process.stdout is not None
        return [self.process.stdout.readline(), self.process.stdout.readline()]

    def answers(self) -> bool:
        """Whether the site answers with the database behind it."""
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def child(self, name: str) -> int:
        """The process number of the site or the worker; 0 while there is none."""
        return next((pid for pid in children(self.process.pid) if f"dinghuo.serving.{name}" in command_line(pid)), 0)

    def end(self) -> None:
        """End it and all that it started, by force if need be."""
        family = descendants(self.process.pid)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for pid in family:
            if command_line(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Callable[..., Served]]:
    """Start a supervisor and wait until its site answers."""
    started: list[Served] = []

    def start(**more: str) -> Served:
        served = Served(environment | more)
        started.append(served)
        assert served.url in served.first_lines()[0]
        eventually(served.answers)
        return served

    yield start
    for served in started:
        served.end()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def eventually(condition: Callable[[], object]) -> None:
    """Wait until something is so; fails after a minute."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "waited a minute in vain"
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == pid:
            found.append(int(folder.name))
    return found


def descendants(pid: int) -> list[int]:
    return [each for child in children(pid) for each in (child, *descendants(child))]


def command_line(pid: int) -> str:
    """The command line of a process, empty once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def sign_in(url: str, name: str, password: str) -> httpx.Client:
    """A browser that has signed in; the home page is where it lands."""
    browser = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
    form = browser.get("/sign-in/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token is not None
    answer = browser.post(
        "/sign-in/", data={"login": name, "password": password, "csrfmiddlewaretoken": token[1]}, headers={"Referer": url}
    )
    assert answer.status_code == 200
    return browser
