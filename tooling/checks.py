"""`./dev test`: the checks that read the code, then the tests that run it."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tooling import environment
from tooling.environment import ROOT, VENV, say


@dataclass(frozen=True)
class Check:
    """A command of the venv that passes or fails; it is left out while there is no file of its kind."""

    command: str
    arguments: tuple[str, ...]
    reads: str = "dinghuo/**/*.py"


CHECKS = (
    Check("ruff", ("check", ".")),
    Check("ruff", ("format", "--check", ".")),
    Check("mypy", ()),
    Check("lint-imports", ("--no-cache",)),
    Check("sqlfluff", ("lint", "--processes", "2", "--disable-progress-bar", "dinghuo"), reads="dinghuo/**/*.sql"),
    Check("djlint", ("--lint", "--quiet", "dinghuo"), reads="dinghuo/**/templates/**/*.html"),
)


def run_all(arguments: list[str]) -> int:
    """Run every check and then pytest, whatever came before; the exit code is 0 only when all passed."""
    environment.prepare(development=True)
    bring_chromium()
    failed = [check for check in CHECKS if not passes(check)]
    tests = run_tests(arguments)
    for check in failed:
        say(f"Failed before the tests: {check.command} {' '.join(check.arguments)}")
    return tests or bool(failed)


def passes(check: Check) -> bool:
    """Run one check; its output is shown only when it fails."""
    if next(ROOT.glob(check.reads), None) is None:
        return True
    began = time.monotonic()
    command: list[str | Path] = [VENV / "bin" / check.command, *check.arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{check.command} {' '.join(check.arguments)}: {verdict} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def run_tests(arguments: list[str]) -> int:
    """Run pytest in two processes, each with a database of its own; `--long` adds the tests that take minutes.

    Everything else is pytest's own, `-n 0` for a single process included.
    """
    chosen = [argument for argument in arguments if argument != "--long"]
    if "--long" in arguments:
        chosen = ["-m", "long or not long", *chosen]
    sys.stdout.flush()
    return environment.python("-m", "pytest", "-n", "2", *chosen)


def bring_chromium() -> None:
    """Install Debian's Chromium for the browser tests where we may; elsewhere those tests say what is missing."""
    if shutil.which("chromium") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    say("Installing Chromium for the browser tests ...")
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, check=False, env=settings, capture_output=True)
    if done.returncode:
        say("Chromium could not be installed; try: apt-get install chromium")
