"""Commands share one server; it stops when it is told to, or when its last holder leaves."""

import json
import subprocess
from pathlib import Path

import psycopg
import pytest

from dinghuo.postgres import ensure_running, hold, status, stop
from dinghuo.postgres.server import State
from tests.postgres.conftest import Start, last_word


def running(home: Path) -> bool:
    return status(home).running


def holding(start: Start, home: Path) -> subprocess.Popen[str]:
    """A command that holds the server until its input is closed."""
    holder = start("hold", home)
    assert holder.stdout
    assert "server_pid" in json.loads(holder.stdout.readline())
    return holder


def let_go(holder: subprocess.Popen[str]) -> None:
    holder.communicate()
    assert holder.returncode == 0


def test_the_server_outlives_the_command_that_started_it(start: Start, home: Path) -> None:
    said = last_word(start("ensure", home))
    assert running(home)
    assert ensure_running(home).server_pid == said["server_pid"]


def test_stop_says_whether_there_was_something_to_stop(new_home: Path) -> None:
    assert stop(new_home) is False
    assert not new_home.exists()
    ensure_running(new_home)
    assert stop(new_home) is True
    assert stop(new_home) is False


def test_asking_for_the_status_makes_nothing(new_home: Path) -> None:
    assert status(new_home).state == State.STOPPED
    assert not new_home.exists()


def test_stop_ends_open_sessions_and_loses_nothing_confirmed(home: Path) -> None:
    with psycopg.connect(ensure_running(home).owner_url, autocommit=True) as session:
        session.execute("CREATE TABLE kept AS SELECT 1 AS number")
        assert stop(home)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    with psycopg.connect(ensure_running(home).owner_url) as session:
        assert session.execute("SELECT number FROM kept").fetchone() == (1,)


def test_a_held_server_stops_with_its_only_holder(home: Path) -> None:
    with hold(home) as connection:
        assert running(home)
        assert connection.server_pid
    assert not running(home)


def test_a_held_server_stops_when_the_block_fails(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(home):
        raise ZeroDivisionError
    assert not running(home)


def test_a_kept_server_is_left_running_by_its_holders(home: Path) -> None:
    ensure_running(home)
    with hold(home):
        pass
    assert running(home)


def test_a_held_server_that_is_then_kept_stays(home: Path) -> None:
    with hold(home):
        ensure_running(home)
    assert running(home)


def test_a_server_held_after_a_stop_is_not_kept(home: Path) -> None:
    ensure_running(home)
    stop(home)
    with hold(home):
        assert not status(home).kept
    assert not running(home)


def test_the_last_holder_stops_the_server(start: Start, home: Path) -> None:
    first, second, third = holding(start, home), holding(start, home), holding(start, home)
    let_go(second)
    assert running(home)
    let_go(first)
    assert running(home)
    let_go(third)
    assert not running(home)


def test_a_killed_holder_no_longer_counts(start: Start, home: Path) -> None:
    killed, other = holding(start, home), holding(start, home)
    killed.kill()
    killed.wait()
    assert running(home)
    let_go(other)
    assert not running(home)


def test_a_server_left_by_a_killed_holder_stops_with_the_next_one(start: Start, home: Path) -> None:
    killed = holding(start, home)
    killed.kill()
    killed.wait()
    assert running(home)
    with hold(home):
        pass
    assert not running(home)


def test_holders_that_come_and_go_at_once_all_get_a_server(start: Start, home: Path) -> None:
    holders = [start("hold", home) for _ in range(6)]
    for holder in holders:
        let_go(holder)
    assert not running(home)
