"""A server that could lose what it confirmed, or that is too old, is refused with a sentence."""

import inspect
import os
import pwd
import shutil
import string
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dinghuo.postgres import (
    Connection,
    durability_findings,
    ensure_running,
    errors,
    require_supported_server,
    server_version,
    status,
)
from dinghuo.postgres.accounts import Account
from dinghuo.postgres.errors import DurabilityOff, LauncherError, ServerTooOld, ServerUnreachable, StartFailed
from dinghuo.postgres.messages import TEXTS, Notice
from tests.postgres.conftest import CALLER_IS_ROOT


def with_settings(home: Path, *lines: str) -> Path:
    """A stopped home whose settings file was edited by its user; returns the file."""
    path = home / "postgres" / "server" / "data" / "postgresql.conf"
    path.write_text("\n".join([path.read_text(), *lines, ""]))
    return path


def test_a_fresh_server_keeps_its_promises(connection: Connection) -> None:
    with psycopg.connect(connection.application_url) as session:
        assert durability_findings(session) == []


def test_a_server_that_could_lose_confirmed_rows_is_refused_and_stopped(home: Path) -> None:
    path = with_settings(home, "fsync = off", "full_page_writes = off", "wal_level = minimal", "max_wal_senders = 0")
    with pytest.raises(DurabilityOff) as refusal:
        ensure_running(home)
    assert "fsync = off, full_page_writes = off, wal_level = minimal" in str(refusal.value)
    assert not status(home).running
    path.write_text(path.read_text().partition("fsync = off")[0])
    assert ensure_running(home).server_pid


def test_a_role_that_does_not_wait_for_its_commits_is_refused(home: Path) -> None:
    connection = ensure_running(home)
    with psycopg.connect(connection.superuser_url) as session:
        session.execute("ALTER ROLE dinghuo_app SET synchronous_commit = off")
    with pytest.raises(DurabilityOff, match="synchronous_commit = off"):
        ensure_running(home)
    # It ran before this command asked, so others may be using it.
    assert status(home).running


def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    with_settings(home, "shared_buffers = 'a lot'")
    with pytest.raises(StartFailed, match="shared_buffers"):
        ensure_running(home)


def test_the_version_of_a_server_is_told(connection: Connection) -> None:
    url = connection.application_url
    assert server_version(url) // 10000 == 18
    assert require_supported_server(url) == server_version(url)


def test_a_server_that_does_not_answer_is_named_without_its_password(shelf: Path) -> None:
    with pytest.raises(ServerUnreachable) as refusal:
        server_version(f"postgresql://someone:s3cret@/shop?host={shelf}")
    assert str(shelf) in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.fixture
def server_15(shelf: Path) -> Iterator[str]:
    """The address of a PostgreSQL 15, where its programs are installed."""
    programs = next((path.parent for path in map(Path, _candidates_15()) if path.exists()), None)
    if programs is None:
        pytest.skip("no PostgreSQL 15 installed here to be refused")
    folder = shelf / "fifteen"
    folder.mkdir()
    entry = pwd.getpwnam("nobody") if CALLER_IS_ROOT else pwd.getpwuid(os.geteuid())
    account = Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, foreign=CALLER_IS_ROOT)
    os.chown(folder, account.uid, account.gid)
    data = f"--pgdata={folder}/data"
    made = account.run([f"{programs}/initdb", data, "--username=shop", "--auth=trust", "--no-sync"])
    assert made.returncode == 0, made.stderr
    control = [f"{programs}/pg_ctl", data, "-w", "-l", f"{folder}/log"]
    started = account.run([*control, "-o", f"-c listen_addresses= -k {folder} -F", "start"])
    assert started.returncode == 0, started.stderr
    yield f"postgresql://shop@/postgres?host={folder}"
    account.run([*control, "-m", "immediate", "stop"])


def _candidates_15() -> list[str]:
    found = shutil.which("postgres")
    beside = [os.path.realpath(found)] if found else []
    return [path for path in ["/usr/lib/postgresql/15/bin/postgres", *beside] if "/15/" in path]


def test_a_server_older_than_sixteen_is_refused(server_15: str) -> None:
    with pytest.raises(ServerTooOld, match=r"^PostgreSQL 16 or newer is needed; this is 15\.\d+\.$"):
        require_supported_server(server_15)


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, LauncherError)]
    codes = {each.code for each in classes if each is not LauncherError}
    assert codes <= set(TEXTS)
    assert len(codes) == len(classes) - 1
    for english, chinese in TEXTS.values():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert fields[0] == fields[1]
        assert any(ord(letter) > 0x4E00 for letter in chinese)


def test_a_sentence_is_told_in_the_readers_language() -> None:
    assert Notice("stopping", {"seconds": 3}).in_language("en") == "PostgreSQL is stopping (3 s)."
    assert Notice("stopping", {"seconds": 3}).in_language("zh-hans") == "PostgreSQL 正在停止（3 秒）。"
    assert ServerTooOld(found="15.18").in_language("zh-Hans") == "需要 PostgreSQL 16 或更高版本；当前为 15.18。"
