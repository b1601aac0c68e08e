"""The account that the server runs under: the caller's own, or an unprivileged one for root."""

import errno
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from dinghuo.postgres.errors import AccountUnnamed, CannotBecomeAccount, WrongOwner
from dinghuo.postgres.messages import Notice

SERVICE_ACCOUNT: Final = "dinghuo"

Report = Callable[[Notice], None]

# Nothing of the caller's environment reaches the server: PG* variables and locales would change it.
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """An account of this machine; `foreign` when processes must change to it first."""

    name: str
    uid: int
    gid: int
    foreign: bool

    def run(
        self,
        command: list[str],
        *,
        text_in: str = "",
        handed_on: tuple[int, ...] = (),
        own_session: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account and wait for it; the exit code is the caller's to judge.

        `handed_on` are descriptors that the command inherits. Raises CannotBecomeAccount.
        """
        identity = _Identity(user=self.uid, group=self.gid, extra_groups=[])
        try:
            return subprocess.run(
                command,
                input=text_in,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                cwd="/",
                env=_ENVIRONMENT,
                pass_fds=handed_on,
                start_new_session=own_session,
                **(identity if self.foreign else {}),
            )
        except OSError as error:
            # EACCES is about the command; EPERM and EINVAL come from changing the account.
            if self.foreign and error.errno in {errno.EPERM, errno.EINVAL}:
                raise CannotBecomeAccount(account=self.name, reason=error.strerror) from error
            raise

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can change into a folder, found out by doing it."""
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0

    def can_run(self, program: Path) -> bool:
        """Whether the account can execute a program with all the libraries it loads."""
        try:
            return self.run([str(program), "--version"]).returncode == 0
        except (PermissionError, FileNotFoundError):
            return False


def name_of(uid: int) -> str:
    """The name of a user number, or the number itself where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def serving(server_folder: Path, report: Report) -> Account:
    """The account that serves a data folder: its present owner's, the caller's, or root's choice.

    Root's choice is the system account `dinghuo`, made if it is missing, or `nobody` where
    accounts cannot be made. Raises WrongOwner, AccountUnnamed.
    """
    caller = os.geteuid()
    owner = _owner(server_folder)
    if caller != 0:
        if owner not in {None, caller}:
            raise WrongOwner(path=server_folder, owner=name_of(owner or 0), caller=name_of(caller))
        return _account(caller, foreign=False)
    if owner:
        return _account(owner, foreign=True)
    return _service_account(report)


def _owner(folder: Path) -> int | None:
    try:
        return folder.lstat().st_uid
    except FileNotFoundError:
        return None


def _account(uid: int, *, foreign: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        # initdb looks its own user up by number and gives up without a name.
        raise AccountUnnamed(uid=uid) from error
    gid = entry.pw_gid if foreign else os.getegid()
    return Account(name=entry.pw_name, uid=uid, gid=gid, foreign=foreign)


def _service_account(report: Report) -> Account:
    uid = _uid_of(SERVICE_ACCOUNT)
    if uid is None:
        _make_service_account()
        # Looked up again whatever useradd said: a rival command may have made it first.
        uid = _uid_of(SERVICE_ACCOUNT)
    if uid:
        return _account(uid, foreign=True)
    report(Notice("nobody_account", {}))
    nobody = _uid_of("nobody")
    if not nobody:
        raise CannotBecomeAccount(account=SERVICE_ACCOUNT, reason="no such account")
    return _account(nobody, foreign=True)


def _uid_of(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _make_service_account() -> None:
    useradd = shutil.which("useradd", path=_ENVIRONMENT["PATH"])
    if useradd is None:
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = shutil.which("nologin", path=_ENVIRONMENT["PATH"]) or "/bin/false"
    subprocess.run([useradd, *options, "--shell", shell, SERVICE_ACCOUNT], capture_output=True, check=False)
