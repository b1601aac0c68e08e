"""Makes .venv from the locks and puts the project into it, doing only what changed since the last time.

Standard library only: this runs before anything is installed.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tooling import assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"

# pip cannot take a half-done installation back, so while it runs this file says that the venv is not to be trusted.
UNFINISHED = VENV / "dinghuo-unfinished"
STAMPS = VENV / "dinghuo-stamps"


class SetUpFailed(Exception):
    """A step of the set-up did not succeed; the message is for the person at the terminal."""


def say(line: str) -> None:
    """Tell what is being done, on stderr: stdout belongs to the command that follows."""
    print(line, file=sys.stderr, flush=True)


def prepare(*, development: bool = False) -> None:
    """Bring the venv and the page assets up to date; nothing is done twice.

    With `development`, the tools for checks and tests come too.
    """
    if is_ready(development=development):
        return
    with one_at_a_time():
        if not venv_is_sound():
            make_venv()
        install_packages("dev" if development else "base")
        install_project()
        build_assets()


def is_ready(*, development: bool) -> bool:
    """Whether every step has been done with the inputs as they are now."""
    return (
        not UNFINISHED.exists()
        and is_stamped("base")
        and (not development or is_stamped("dev"))
        and is_stamped("project")
        and assets.are_fresh()
        and not assets.stale_catalogues()
    )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the project folder's lock, so that two ./dev at once do not write into one venv.

    The lock is the kernel's and goes away with its holder, however that ends; a step that outlives a killed ./dev still holds it.
    """
    handle = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(handle, True)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another ./dev is setting up this folder; waiting for it ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def venv_is_sound() -> bool:
    """Whether the venv was left complete, stands where it was made and is of the Python that was asked for."""
    if UNFINISHED.exists() or not VENV_PYTHON.exists():
        return False
    pip = VENV / "bin" / "pip"
    # A script of a venv names its interpreter by the full path, so a venv that was moved or copied is broken.
    if not pip.exists() or bytes(VENV) not in pip.read_bytes():
        return False
    probe = "import sys, pip; print(*sys.version_info[:2])"
    found = subprocess.run([VENV_PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    return found.stdout.split() == [str(part) for part in sys.version_info[:2]]


def make_venv() -> None:
    """Create the venv afresh, throwing away what was left of an interrupted one."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    say(f"Making .venv with Python {version} ...")
    # Not sys.executable, which may be the very interpreter that is about to be cleared away.
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    run_or_fail([base, "-m", "venv", "--clear", VENV])


def install_packages(level: str) -> None:
    """Install one of the two locks, `base` (to run) or `dev` (to check and test too)."""
    if is_stamped(level):
        return
    say(f"Installing the packages of requirements/{level}.lock (the first time takes a minute or two) ...")
    pip_install("--require-hashes", "-r", LOCKS / f"{level}.lock")
    # dev.lock holds all of base.lock in the same versions, so whoever has it has both.
    for name in {"base", level}:
        stamp(name)


def install_project() -> None:
    """Put the project itself into the venv, editable, and with it the dinghuo command."""
    if is_stamped("project"):
        return
    pip_install("--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp("project")


def build_assets() -> None:
    """Bring the files that pages need into the package: vendored css, js and fonts, and compiled translations."""
    if not assets.are_fresh():
        if not assets.npm_on_path():
            say("Bringing Node.js, since there is no npm here ...")
            pip_install("--require-hashes", "-r", LOCKS / "node.lock")
        say("Fetching the page assets of package-lock.json ...")
        run_or_fail([VENV_PYTHON, "-m", "tooling.assets"])
    if assets.stale_catalogues():
        run_or_fail([VENV_PYTHON, "-m", "tooling.catalogues"])


def inputs_digest(name: str) -> str:
    """Everything a step's result depends on, as one hash; the folder is part of it, since a venv cannot be moved."""
    source = ROOT / "pyproject.toml" if name == "project" else LOCKS / f"{name}.lock"
    return hashlib.sha256(source.read_bytes() + bytes(ROOT)).hexdigest()


def is_stamped(name: str) -> bool:
    """Whether the step was done with the inputs as they are now."""
    path = STAMPS / name
    return path.exists() and path.read_text() == inputs_digest(name)


def stamp(name: str) -> None:
    """Remember that the step was done with the inputs as they are now."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(inputs_digest(name))


def pip_install(*arguments: str | Path) -> None:
    """Install into the venv; an interruption is remembered and repaired by the next set-up."""
    UNFINISHED.touch()
    run_or_fail([VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])
    UNFINISHED.unlink()


def run_or_fail(command: Sequence[str | Path]) -> None:
    """Run a step of the set-up in the project folder; its output is shown only when it fails."""
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, cwd=ROOT, stdout=pipe, stderr=both, text=True, check=False, close_fds=False)
    if done.returncode:
        words = " ".join(str(part) for part in command)
        raise SetUpFailed(f"this step failed (exit code {done.returncode}):\n  {words}\n{done.stdout}")


def python(*arguments: str) -> int:
    """Run the venv's Python in the project folder, its output going straight to the terminal."""
    return subprocess.run([VENV_PYTHON, *arguments], cwd=ROOT, check=False).returncode
