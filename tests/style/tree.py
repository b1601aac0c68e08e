"""Which files the house style is held on."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "dinghuo"


def relative(path: Path) -> str:
    """Return a file's name as a complaint gives it."""
    return path.relative_to(ROOT).as_posix()


def python_of_package() -> list[Path]:
    """Return the package's own code; migrations are written by Django and kept as they are."""
    return [path for path in sorted(PACKAGE.glob("**/*.py")) if "migrations" not in path.parts]


def python_of_tooling() -> list[Path]:
    """Return the code that sets up, checks and builds."""
    return [*sorted((ROOT / "tooling").glob("*.py")), ROOT / "hatch_build.py"]


def python_of_tests() -> list[Path]:
    """Return the tests and what they are built with."""
    return sorted((ROOT / "tests").glob("**/*.py"))


def sql_files() -> list[Path]:
    """Return the statements that lie beside the code."""
    return sorted(PACKAGE.glob("**/sql/*.sql"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def files_in_git() -> list[Path]:
    """Return every file that is committed or about to be: all that git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in sorted(set(listing.split("\0"))) if name and (ROOT / name).is_file()]
