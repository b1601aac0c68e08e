"""The whole house on its embedded database: made by one command, mended when the database dies, ended by another."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dinghuo.postgres import places, status, stop
from tests.commands.conftest import Served, command_line, descendants, environment_for, eventually, sign_in

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def embedded() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dinghuo-embedded-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        stop(Path(folder))


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    ran = [sys.executable, "-m", "dinghuo", *arguments]
    return subprocess.run(ran, env=environment_for(home), capture_output=True, text=True, check=False)


def test_the_demo_is_made_served_mended_and_stopped(embedded: Path) -> None:
    made = command(embedded, "demo", "--no-serve", "--days", "20", "--share", "30")
    assert made.returncode == 0, made.stderr
    assert "演示公司" in made.stdout
    assert not status(embedded).running
    again = command(embedded, "demo", "--no-serve")
    assert "was there already" in again.stdout
    assert command(embedded, "check").returncode == 0

    served = Served(environment_for(embedded))
    try:
        assert "Dinghuo is running" in served.first_lines()[0]
        browser = sign_in(served.url, "demo-admin", "yunling-demo-tea")
        assert browser.get("/orders/").url.path == "/orders/"

        postmaster = status(embedded).server_pid
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        eventually(lambda: not command_line(postmaster))
        eventually(served.answers)

        family = descendants(served.process.pid)
        stopped = command(embedded, "stop")
        assert stopped.returncode == 0
        assert served.process.wait(20) == 0
        assert not any(command_line(pid) for pid in family)
        assert not status(embedded).running
        assert not (places.find(embedded).data / "postmaster.pid").exists()
    finally:
        served.end()
