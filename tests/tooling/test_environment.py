"""The set-up does nothing twice, repairs what was interrupted and lets one at a time in."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tooling import assets, environment

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with locks, where pip's work is only written down."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "requirements").mkdir()
    for name in ("base", "dev", "node"):
        (tmp_path / "requirements" / f"{name}.lock").write_text(f"{name}\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "LOCKS", tmp_path / "requirements")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "VENV_PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "UNFINISHED", tmp_path / ".venv" / "dinghuo-unfinished")
    monkeypatch.setattr(environment, "STAMPS", tmp_path / ".venv" / "dinghuo-stamps")
    return tmp_path


@pytest.fixture
def steps(a_project: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands a set-up runs, by what they are about; a made venv holds an interpreter."""
    ran: list[str] = []

    def write_down(command: list[str | Path]) -> None:
        words = [str(part) for part in command]
        ran.append(next(word for word in words if word in {"venv", "-r", "--editable"}))
        if "venv" in words:
            shutil.rmtree(environment.VENV, ignore_errors=True)
            environment.VENV_PYTHON.parent.mkdir(parents=True)
            environment.VENV_PYTHON.symlink_to(sys.executable)
            environment.VENV_PYTHON.with_name("pip").write_text(f"#!{environment.VENV_PYTHON}\n")

    monkeypatch.setattr(environment, "run_or_fail", write_down)
    monkeypatch.setattr(assets, "are_fresh", lambda: True)
    monkeypatch.setattr(assets, "stale_catalogues", list)
    return ran


def test_a_first_set_up_does_every_step_and_a_second_none(steps: list[str]) -> None:
    environment.prepare()
    assert steps == ["venv", "-r", "--editable"]

    environment.prepare()
    assert steps == ["venv", "-r", "--editable"]


def test_what_runs_needs_no_development_tools_and_they_come_on_top(steps: list[str]) -> None:
    environment.prepare()
    environment.prepare(development=True)
    assert steps == ["venv", "-r", "--editable", "-r"]


def test_the_development_tools_hold_what_runs(steps: list[str]) -> None:
    environment.prepare(development=True)
    environment.prepare()
    assert steps == ["venv", "-r", "--editable"]


def test_a_changed_lock_is_installed_again_and_nothing_else(steps: list[str], a_project: Path) -> None:
    environment.prepare()
    (a_project / "requirements" / "base.lock").write_text("newer\n")
    environment.prepare()
    assert steps == ["venv", "-r", "--editable", "-r"]


def test_an_interrupted_installation_is_done_again_from_the_start(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    write_down = environment.run_or_fail

    def interrupt(command: list[str | Path]) -> None:
        write_down(command)
        if "--editable" in command:
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run_or_fail", interrupt)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare()
    assert environment.UNFINISHED.exists()

    monkeypatch.setattr(environment, "run_or_fail", write_down)
    environment.prepare()
    assert steps == ["venv", "-r", "--editable", "venv", "-r", "--editable"]


def test_a_venv_of_another_python_is_not_trusted(steps: list[str]) -> None:
    environment.prepare()
    environment.VENV_PYTHON.unlink()
    environment.VENV_PYTHON.write_text("#!/bin/sh\necho 3 10\n")
    environment.VENV_PYTHON.chmod(0o755)
    assert not environment.venv_is_sound()


def test_a_moved_venv_is_made_anew(steps: list[str], a_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare()
    assert environment.venv_is_sound()
    moved = environment.VENV.rename(a_project / "moved")
    monkeypatch.setattr(environment, "VENV", moved)
    monkeypatch.setattr(environment, "VENV_PYTHON", moved / "bin" / "python")
    assert not environment.venv_is_sound()


def test_the_stamps_of_another_folder_do_not_count(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment.prepare()
    assert environment.is_ready(development=False)
    elsewhere = environment.ROOT / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(environment, "ROOT", elsewhere)
    assert not environment.is_ready(development=False)


def test_a_failed_step_tells_its_command_and_its_output(a_project: Path) -> None:
    with pytest.raises(environment.SetUpFailed, match=r"exit code 3(.|\n)*no such shelf"):
        environment.run_or_fail([sys.executable, "-c", "print('no such shelf'); raise SystemExit(3)"])


def test_a_second_set_up_waits_for_the_first(a_project: Path) -> None:
    waiter = (
        "import sys; sys.path[0] = sys.argv[1]\n"
        "from pathlib import Path\n"
        "from tooling import environment\n"
        "environment.ROOT = Path(sys.argv[2])\n"
        "with environment.one_at_a_time():\n"
        "    print('in', Path(sys.argv[2], 'done').exists())\n"
    )
    with environment.one_at_a_time():
        second = subprocess.Popen(
            [sys.executable, "-c", waiter, ROOT, a_project], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        (a_project / "done").touch()
    assert second.communicate()[0] == "in True\n"


def test_a_step_that_outlives_a_killed_set_up_keeps_the_next_one_waiting(a_project: Path) -> None:
    with environment.one_at_a_time():
        step = subprocess.Popen(["/bin/sleep", "60"], close_fds=False)
    other = os.open(a_project, os.O_RDONLY)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        step.kill()
        step.wait()
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(other)


def test_an_unusable_python_is_named_in_a_sentence() -> None:
    done = subprocess.run(
        [ROOT / "dev", "help"],
        env={**os.environ, "PYTHON": "/nowhere/python3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "PYTHON=/nowhere/python3 does not run, or is older than Python 3.11."


def a_machine(folder: Path, **programs: str) -> Path:
    """A folder with a copy of ./dev and, as the whole PATH, the programs it may use; each is a line of shell."""
    folder.joinpath("dev").write_bytes((ROOT / "dev").read_bytes())
    for name in ("dirname", "touch"):
        found = next(place for place in ("/usr/bin", "/bin") if Path(place, name).exists())
        folder.joinpath(name).symlink_to(Path(found, name))
    for name, line in programs.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    return folder


def run_dev(machine: Path) -> subprocess.CompletedProcess[str]:
    """Run the machine's ./dev help with nothing but its own programs."""
    command: list[str | Path] = ["/bin/sh", machine / "dev", "help"]
    return subprocess.run(command, env={"PATH": str(machine)}, capture_output=True, text=True, check=False)


# A Python of Debian's: new enough, but its venv comes with a package that is not installed yet.
PYTHON_WITHOUT_VENV = 'case "$*" in *ensurepip*) test -e "${0%/*}/installed" ;; *sys.path*) echo it runs ;; esac'


def test_without_any_python_a_sentence_tells_what_is_needed(tmp_path: Path) -> None:
    done = run_dev(a_machine(tmp_path, python3="exit 1"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr


def test_a_python_without_venv_is_completed_by_root_on_debian(tmp_path: Path) -> None:
    install = 'test "$1" = update || touch "${0%/*}/installed"'
    machine = a_machine(tmp_path, python3=PYTHON_WITHOUT_VENV, id="echo 0", apt_get=install)
    done = run_dev(machine)
    assert (done.returncode, done.stdout) == (0, "it runs\n")


def test_a_python_without_venv_is_a_sentence_to_others(tmp_path: Path) -> None:
    done = run_dev(a_machine(tmp_path, python3=PYTHON_WITHOUT_VENV, id="echo 1000"))
    assert done.returncode == 1
    assert "has no venv module. On Debian or Ubuntu: apt-get install python3-venv" in done.stderr


def test_an_unknown_command_is_answered_with_the_list_of_commands() -> None:
    done = subprocess.run([ROOT / "dev", "serv"], cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("./dev has no command 'serv'.")
    assert "usage: ./dev COMMAND" in done.stderr
