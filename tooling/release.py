"""Renews the locks and builds the wheel."""

from pathlib import Path

from tooling import environment
from tooling.environment import LOCKS, ROOT, VENV, VENV_PYTHON, run_or_fail, say

# What each lock is made from. A later one is bound to the versions of base.lock, so that a venv can hold both.
LOCK_SOURCES: dict[str, list[str]] = {
    "base": ["pyproject.toml", "--group", "build"],
    "dev": ["pyproject.toml", "--group", "dev", "--constraint", "requirements/base.lock"],
    "node": ["--group", "node"],
}

# One lock for every platform and every Python from 3.11 on; no addresses, so that it serves behind any mirror.
COMPILE = [
    "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "./dev lock",
]  # fmt: skip


def renew_locks(arguments: list[str]) -> int:
    """Write the locks anew from pyproject.toml and package.json; `--upgrade` moves to the newest releases allowed."""
    environment.prepare(development=True)
    # uv writes the locks and is needed for nothing else, so it is not in them.
    run_or_fail([VENV_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"])
    upgrade = ["--upgrade"] if "--upgrade" in arguments else []
    for name, sources in LOCK_SOURCES.items():
        say(f"Resolving requirements/{name}.lock ...")
        run_or_fail([VENV / "bin" / "uv", *COMPILE, *sources, *upgrade, "--output-file", LOCKS / f"{name}.lock"])
    say("Resolving package-lock.json ...")
    npm: list[str | Path] = [VENV_PYTHON, "-m", "tooling.assets", "update" if upgrade else "install", "--package-lock-only"]
    run_or_fail(npm)
    environment.prepare(development=True)
    return 0


def build_wheel() -> int:
    """Build the wheel, page assets and translations inside, into dist/."""
    environment.prepare(development=True)
    say("Building the wheel ...")
    options: list[str | Path] = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", ROOT / "dist"]
    run_or_fail([VENV_PYTHON, "-m", "pip", "wheel", *options, ROOT])
    newest = max((ROOT / "dist").glob("dinghuo-*.whl"), key=lambda wheel: wheel.stat().st_mtime)
    print(newest.relative_to(ROOT))
    return 0
