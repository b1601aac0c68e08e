"""The wheel holds all that the package needs, and installs where nothing else is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.style import tree
from tooling import assets

ROOT = tree.ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the tree as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    options: list[str | Path] = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, ROOT], check=True, capture_output=True)
    (built,) = folder.glob("dinghuo-*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    ours = {name for path in tree.files_in_git() if (name := tree.relative(path)).startswith("dinghuo/")}
    assert ours - held == set()


def test_the_wheel_holds_what_is_built_and_not_in_git(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    homes = (assets.VENDOR, assets.FONTS)
    vendored = {tree.relative(path) for home in homes for path in home.glob("**/*") if path.is_file()}
    compiled = {tree.relative(path.with_suffix(".mo")) for path in tree.PACKAGE.glob("**/locale/**/*.po")}
    assert vendored
    assert (vendored | compiled) - held == set()


def test_the_wheel_holds_nothing_of_the_workshop(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"dinghuo"}


@pytest.mark.long
def test_the_wheel_runs_in_a_fresh_venv(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements" / "base.lock"], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)

    done = subprocess.run(
        [tmp_path / "venv" / "bin" / "dinghuo", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout
