"""Imports go one way, and import-linter sees the ones that hide."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.style import tree


def broken_contracts(folder: Path) -> list[str]:
    """The contracts of pyproject.toml that the package in a folder breaks."""
    command: list[str | Path] = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]


@pytest.fixture
def a_copy(tmp_path: Path) -> Path:
    """The package's modules and contracts, in a folder where an offence can be planted."""
    shutil.copytree(tree.PACKAGE, tmp_path / "dinghuo", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(tree.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_package_breaks_no_contract() -> None:
    assert broken_contracts(tree.ROOT) == []


@pytest.mark.parametrize(
    "planted",
    [
        "from dinghuo.journey.finance import models as finance\n",
        "def f() -> None:\n    from dinghuo.journey.finance import models\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from dinghuo.journey.finance import models\n",
        "import dinghuo.postgres.server\n",
    ],
    ids=["plain", "inside a function", "for types only", "the embedded server"],
)
def test_an_import_against_the_way_is_found(a_copy: Path, planted: str) -> None:
    module = a_copy / "dinghuo" / "journey" / "ordering" / "planted.py"
    module.write_text(planted, encoding="utf-8")
    assert len(broken_contracts(a_copy)) == 1
