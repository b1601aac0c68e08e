"""Killed at any moment, program or server: what was confirmed is there, and nothing is half done."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dinghuo.postgres import ensure_running, stop
from tests.postgres.conftest import open_shelf, search_path
from tests.style.tree import ROOT

TRADER = Path(__file__).with_name("trader.py")
TRADERS = 2


def start(action: str, home: Path) -> subprocess.Popen[str]:
    """A trader in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(TRADER), action, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": search_path(), "PATH": os.environ["PATH"]},
    )


def finish(process: subprocess.Popen[str], said: Sequence[str] = ()) -> str:
    """Let a trader end and return what it printed."""
    output, complaints = process.communicate("".join(said))
    assert process.returncode == 0, complaints
    return output


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of its own with a company that can trade."""
    with open_shelf() as shelf:
        finish(start("prepare", shelf / "home"))
        yield shelf / "home"
        stop(shelf / "home")


def first_word(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    word = process.stdout.readline()
    assert word, process.communicate()
    return word


def whole_lines(text: str) -> list[str]:
    """The lines that were written whole; a kill may cut the last one."""
    return [line for line in text.splitlines(keepends=True) if line.endswith("}\n")]


def kill_server(home: Path) -> None:
    """Kill the postmaster and all of its backends at once."""
    pid = ensure_running(home).server_pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        os.kill(each, signal.SIGKILL)


def killed(home: Path, action: str, seconds: float, *, server: bool, traders: int = TRADERS) -> dict[str, Any]:
    """Have traders work for a while, kill them and perhaps the server, and return what a later look finds of what they named."""
    running = [start(action, home) for _ in range(traders)]
    said = [first_word(trader) for trader in running]
    time.sleep(seconds)
    if server:
        kill_server(home)
    for trader in running:
        trader.kill()
        said += whole_lines(trader.communicate()[0])
    found: dict[str, Any] = json.loads(finish(start("check", home), said))
    assert found["named"] == len(said)
    return found


def nothing_is_lost(found: dict[str, Any]) -> None:
    assert found["checked"] > 20
    assert (found["missing"], found["broken"]) == ([], [])


@pytest.mark.parametrize("number", range(3))
def test_what_was_confirmed_survives_a_kill(home: Path, number: int) -> None:
    chance = random.Random(number)
    nothing_is_lost(killed(home, "trade", chance.uniform(0.05, 0.8), server=number > 0))


@pytest.mark.long
@pytest.mark.parametrize("number", range(3, 23))
def test_what_was_confirmed_survives_each_of_twenty_kills(home: Path, number: int) -> None:
    chance = random.Random(number)
    nothing_is_lost(killed(home, "trade", chance.uniform(0.05, 3), server=number % 2 == 0))


def test_a_program_that_confirms_before_its_commit_is_found_out(home: Path) -> None:
    """The harness itself: it must be able to see a loss."""
    found = killed(home, "boast", 0, server=False, traders=1)
    assert len(found["missing"]) == 1
    assert found["missing"][0].startswith("payment ")
    assert found["broken"] == []
