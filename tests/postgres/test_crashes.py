"""Whatever was killed, and whenever, the next command finds a database with all it confirmed."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from dinghuo.postgres import ensure_running, processes, status, stop
from dinghuo.postgres.server import State
from tests.postgres.conftest import CALLER_IS_ROOT, Start


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def acknowledged_until_killed(start: Start, home: Path, rows: int) -> int:
    """Have a command write rows, kill it after so many, and say which was the last it confirmed."""
    writer = start("write", home)
    assert writer.stdout
    said = [writer.stdout.readline() for _ in range(rows)]
    writer.kill()
    rest, _ = writer.communicate()
    # The last line may be cut off by the kill; every whole one was confirmed.
    said += [line for line in rest.splitlines() if line.endswith("}")]
    return int(json.loads(said[-1])["acknowledged"])


def written(home: Path) -> list[int]:
    with psycopg.connect(ensure_running(home).owner_url) as session:
        return [number for (number,) in session.execute("SELECT number FROM acknowledged ORDER BY number")]


def killed_round(start: Start, home: Path, rows: int) -> None:
    last = acknowledged_until_killed(start, home, rows)
    kill(ensure_running(home).server_pid)
    found = written(home)
    # The row after the last confirmed one may have been written too, its answer lost.
    assert found == list(range(1, len(found) + 1))
    assert len(found) >= last


def test_confirmed_rows_survive_the_kill_of_application_and_server(start: Start, home: Path) -> None:
    for rows in (5, 50, 200):
        killed_round(start, home, rows)


@pytest.mark.long
def test_confirmed_rows_survive_twenty_rounds_of_kills(start: Start, home: Path) -> None:
    for rows in range(20):
        killed_round(start, home, 20 + 37 * rows)


def test_a_server_killed_with_all_its_backends_is_started_again(start: Start, home: Path) -> None:
    last = acknowledged_until_killed(start, home, 20)
    pid = ensure_running(home).server_pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for each in (pid, *map(int, children)):
        kill(each)
    assert len(written(home)) >= last
    assert ensure_running(home).server_pid != pid


def test_a_busy_backend_of_a_killed_server_is_ended(home: Path) -> None:
    connection = ensure_running(home)
    with psycopg.connect(connection.owner_url) as busy:
        backend = busy.info.backend_pid
        asking = threading.Thread(target=count_for_ever, args=(busy,))
        asking.start()
        wait_until_busy(connection.superuser_url, backend)
        kill(connection.server_pid)
        again = ensure_running(home)
        asking.join()
    assert again.server_pid != connection.server_pid
    assert processes.command_line(backend) == ""
    assert written_is_possible(again.owner_url)


def count_for_ever(session: psycopg.Connection[tuple[object, ...]]) -> None:
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b")


def wait_until_busy(url: str, backend: int) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        question = "SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s"
        while session.execute(question, [backend]).fetchone() != (True,):
            time.sleep(0.01)


def written_is_possible(url: str) -> bool:
    with psycopg.connect(url) as session:
        return session.execute("CREATE TABLE again ()").statusmessage == "CREATE TABLE"


@pytest.mark.parametrize("after_ms", [20, 80, 150, 250, 350, 450, 550, 700])
def test_a_first_start_killed_at_any_moment_is_repaired(start: Start, new_home: Path, after_ms: int) -> None:
    command = start("ensure", new_home)
    assert command.stdout
    # Before it, at most, the programs are copied to where the account can reach them.
    said = [command.stdout.readline()]
    while "copying_binaries" in said[-1]:
        said.append(command.stdout.readline())
    assert "initialising" in said[-1]
    time.sleep(after_ms / 1000)
    command.kill()
    with psycopg.connect(ensure_running(new_home).application_url) as session:
        assert session.execute("SELECT current_user").fetchone() == ("dinghuo_app",)
    stop(new_home)
    ensure_running(new_home)
    leftovers = [each.name for each in (new_home / "postgres" / "server").iterdir()]
    assert [name for name in leftovers if name.startswith("making-")] == []


def test_an_initdb_that_was_cut_off_is_cleared_away(home: Path) -> None:
    server = home / "postgres" / "server"
    # As kill -9 of the whole machine leaves it: an unfinished folder, not yet under its name.
    (server / "data").rename(server / "making-0badc0de")
    assert ensure_running(home).data_folder.exists()
    assert not (server / "making-0badc0de").exists()


def test_roles_that_were_cut_off_are_made_by_the_next_start(home: Path) -> None:
    connection = ensure_running(home)
    with psycopg.connect(connection.superuser_url, autocommit=True) as session:
        session.execute("REVOKE ALL ON SCHEMA public FROM dinghuo_app")
        session.execute("REVOKE ALL ON DATABASE dinghuo FROM dinghuo_app")
        session.execute("DROP ROLE dinghuo_app")
        session.execute("ALTER ROLE dinghuo_owner PASSWORD 'unfinished'")
    (home / "postgres" / "provisioned").unlink()
    for url in (ensure_running(home).application_url, connection.owner_url):
        with psycopg.connect(url) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)


def a_stranger(home: Path) -> subprocess.Popen[bytes]:
    """A process of the server's own account, the only kind that PostgreSQL mistakes for a server."""
    owner = (home / "postgres" / "server").stat()
    uid, gid = (owner.st_uid, owner.st_gid) if CALLER_IS_ROOT else (None, None)
    return subprocess.Popen(["sleep", "600"], user=uid, group=gid)


def test_a_stale_pid_file_does_not_keep_the_server_from_starting(home: Path) -> None:
    connection = ensure_running(home)
    pid_file = connection.data_folder / "postmaster.pid"
    left = pid_file.read_text()
    stop(home)
    pid_file.write_text(left)
    assert status(home).state == State.STOPPED
    assert ensure_running(home).server_pid != connection.server_pid


def test_a_process_number_taken_over_by_a_stranger_fools_nobody(home: Path) -> None:
    connection = ensure_running(home)
    socket_lock = connection.socket_folder / ".s.PGSQL.5432.lock"
    left = [(path, path.read_text()) for path in (connection.data_folder / "postmaster.pid", socket_lock)]
    stop(home)
    stranger = a_stranger(home)
    try:
        for path, text in left:
            path.write_text(text.replace(str(connection.server_pid), str(stranger.pid), 1))
        assert status(home).state == State.STOPPED
        assert stop(home) is False
        assert ensure_running(home).server_pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_lost_its_socket_folder_is_started_again(home: Path) -> None:
    connection = ensure_running(home)
    shutil.rmtree(connection.socket_folder)
    assert status(home).state == State.CUT_OFF
    again = ensure_running(home)
    with psycopg.connect(again.application_url) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_copy_of_a_running_home_is_a_database_of_its_own(shelf: Path) -> None:
    name = "long-" * 30
    original = ensure_running(shelf / name)
    subprocess.run(["cp", "-a", shelf / name, shelf / f"{name}-copy"], check=True)
    copy = ensure_running(shelf / f"{name}-copy")
    assert copy.server_pid != original.server_pid
    assert copy.socket_folder != original.socket_folder
    assert stop(shelf / f"{name}-copy")
    assert ensure_running(shelf / name).server_pid == original.server_pid
