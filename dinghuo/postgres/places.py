"""Where everything lies: the caller's files, the server's files, and the socket between them.

    home/postgres/              the caller's: locks, passwords, records
        server/                 the account's, mode 0700: data, log, socket
        binaries-18.6.3/        only where the account cannot reach the installed programs

As root the account must be able to walk to `server`. Where home lies under a private folder it
cannot, and `server` goes below /var/lib/dinghuo/private instead; a record in home says where.
"""

import json
import os
import secrets
import stat
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dinghuo.postgres.accounts import Account, Report, name_of
from dinghuo.postgres.connection import PORT
from dinghuo.postgres.errors import HomeUnreachable, OpenToOthers, WrongOwner
from dinghuo.postgres.messages import Notice

# What a socket's address holds, less the closing zero byte.
SOCKET_PATH_BYTES_MAX: Final = 103 if sys.platform == "darwin" else 107
SYSTEM_HOME: Final = Path("/var/lib/dinghuo")


@dataclass(frozen=True)
class Place:
    """The folders of one home; `base` differs from `folder` only for root's private homes."""

    folder: Path
    base: Path

    @property
    def server(self) -> Path:
        """The folder that belongs to the server's account."""
        return self.base / "server"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder; there only once it is complete."""
        return self.server / "data"

    @property
    def launch_lock(self) -> Path:
        """Held while a command starts, stops or sets up the server."""
        return self.folder / "launch.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server's own processes as long as any of them lives."""
        return self.folder / "server.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by the commands that use the server for their own duration."""
        return self.folder / "users.lock"

    @property
    def passwords(self) -> Path:
        """The generated passwords of the three roles."""
        return self.folder / "passwords.json"

    @property
    def kept(self) -> Path:
        """There while the server is to outlive the commands that use it."""
        return self.folder / "kept"

    @property
    def provisioned(self) -> Path:
        """Names the set-up release whose roles and database are complete."""
        return self.folder / "provisioned"

    @property
    def socket_record(self) -> Path:
        """Names the short socket folder of a home whose own path is too long."""
        return self.folder / "socket-folder.json"


def default_home() -> Path:
    """The folder of Dinghuo's data: $DINGHUO_HOME, else where this platform keeps such data."""
    chosen = os.environ.get("DINGHUO_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if os.geteuid() == 0:
        return SYSTEM_HOME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "dinghuo"
    shared = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The XDG specification asks to ignore a relative path.
    return (shared if shared.is_absolute() else Path.home() / ".local" / "share") / "dinghuo"


def find(home: Path) -> Place:
    """The places of a home as they are, without making anything."""
    folder = home.expanduser().resolve() / "postgres"
    return Place(folder=folder, base=_recorded_base(folder) or folder)


def prepare(home: Path) -> Path:
    """Make the caller's folder in a home; folders that were there before stay as they are.

    Raises WrongOwner, OpenToOthers, or OSError.
    """
    folder = home.expanduser().resolve() / "postgres"
    # Root's folders are entered by the account; anyone else's are nobody else's business.
    make_folders(folder, mode=0o711 if os.geteuid() == 0 else 0o700)
    facts = folder.lstat()
    if facts.st_uid != os.geteuid():
        owner, caller = name_of(facts.st_uid), name_of(os.geteuid())
        raise WrongOwner(path=folder, owner=owner, caller=caller)
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OpenToOthers(path=folder)
    return folder


def make_folders(folder: Path, *, mode: int) -> None:
    """Make a folder and those above it that are missing, each with this mode whatever the umask."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        try:
            each.mkdir()
        except FileExistsError:
            # A rival command made it between the look and the making, with the same mode.
            continue
        each.chmod(mode)


def settle(folder: Path, account: Account, report: Report) -> Place:
    """Choose where the server's files go and make their folder, owned by the account.

    Raises HomeUnreachable, or OSError.
    """
    place = Place(folder=folder, base=_choose_base(folder, account, report))
    if not account.can_enter(place.base):
        raise HomeUnreachable(account=account.name, path=place.base)
    place.server.mkdir(mode=0o700, exist_ok=True)
    # Also repairs a folder whose maker was killed before it could hand it over.
    if account.foreign and place.server.lstat().st_uid == os.geteuid():
        os.chown(place.server, account.uid, account.gid, follow_symlinks=False)
    return place


def socket_folder(place: Place, account: Account) -> Path:
    """A private folder, owned by the account, whose socket path fits into an address.

    Raises HomeUnreachable when no folder short enough may be used.
    """
    own = place.server / "socket"
    if _fits(own):
        account.run(["/bin/mkdir", "-p", "-m", "700", str(own)])
        return own
    recorded = _read_record(place.socket_record)
    # A copied home carries the record of the original, whose socket must stay untouched.
    if recorded.get("data") == str(place.data):
        known = Path(recorded["folder"])
        if is_private(known, account) and account.can_enter(known):
            return known
    short = _make_short_folder(account)
    write_record(place.socket_record, {"data": str(place.data), "folder": str(short)})
    return short


def forget_socket_folder(place: Place) -> None:
    """Remove the short socket folder of a stopped server, if it has one; that of another stays."""
    recorded = _read_record(place.socket_record)
    if recorded.get("data") != str(place.data):
        return
    # Gone already, or with something in it that is not ours: either way the next start makes another.
    with suppress(OSError):
        Path(recorded["folder"]).rmdir()
    place.socket_record.unlink(missing_ok=True)


def is_private(folder: Path, account: Account) -> bool:
    """Whether this is a real folder of the account that nobody else may enter."""
    try:
        facts = folder.lstat()
    except OSError:
        return False
    private = stat.S_IMODE(facts.st_mode) & 0o077 == 0
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == account.uid and private


def write_record(path: Path, content: dict[str, str]) -> None:
    """Write a small file of the caller's, mode 0600, whole or not at all, even through a crash."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_record(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _recorded_base(folder: Path) -> Path | None:
    recorded = _read_record(folder / "location.json")
    if not recorded:
        return None
    written_for, base = Path(recorded["folder"]), Path(recorded["base"])
    # A moved home keeps its data; a copy of a home must not share the original's.
    copied = written_for != folder and (written_for / "location.json").exists()
    return base if base.is_dir() and not copied else None


def _choose_base(folder: Path, account: Account, report: Report) -> Path:
    recorded = _recorded_base(folder)
    if recorded:
        return recorded
    if account.can_enter(folder):
        return folder
    # Data that was reachable before is not abandoned for an empty database elsewhere.
    if (folder / "server" / "data").exists():
        raise HomeUnreachable(account=account.name, path=folder)
    base = SYSTEM_HOME / "private" / secrets.token_hex(8)
    make_folders(base, mode=0o711)
    write_record(folder / "location.json", {"folder": str(folder), "base": str(base)})
    report(Notice("data_elsewhere", {"account": account.name, "home": folder, "path": base}))
    return base


def _fits(folder: Path) -> bool:
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    # libpq takes a comma for the start of the next host.
    return len(path) <= SOCKET_PATH_BYTES_MAX and b"," not in path


def _make_short_folder(account: Account) -> Path:
    candidates = [Path(tempfile.gettempdir()), Path("/") / "tmp"]
    if account.foreign:
        candidates.insert(0, Path("/run"))
    for parent in candidates:
        if not _is_safe_parent(parent) or not _fits(parent / "dinghuo-12345678"):
            continue
        short = Path(tempfile.mkdtemp(prefix="dinghuo-", dir=parent))
        if account.foreign:
            os.chown(short, account.uid, account.gid)
        if account.can_enter(short):
            return short
        short.rmdir()
    raise HomeUnreachable(account=account.name, path=candidates[-1])


def _is_safe_parent(folder: Path) -> bool:
    try:
        mode = folder.stat().st_mode
    except OSError:
        return False
    # In a shared folder without the sticky bit anyone could put another folder in its place.
    shared = bool(mode & stat.S_IWOTH)
    return os.access(folder, os.W_OK) and (not shared or bool(mode & stat.S_ISVTX))
