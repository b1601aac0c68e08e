"""The site's secret key: made once, kept in a file of the caller's alone."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from dinghuo.kernel.errors import Refused
from dinghuo.postgres import default_home
from dinghuo.postgres.places import make_folders

VARIABLE: Final = "DINGHUO_SECRET_KEY"
LENGTH_MIN: Final = 40


def key_file() -> Path:
    """Where the generated key lies."""
    return default_home() / "secret-key"


def secret_key() -> str:
    """The key that signs sessions: the environment's, else the one in the home folder, made on first use.

    Raises Refused for a key that is too short, and for a file that others can read.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return long_enough(given, f"{VARIABLE} must hold at least {LENGTH_MIN} random characters. 至少需要 40 个随机字符。")
    path = key_file()
    if not path.exists():
        make_key(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"Others can read {path}. Run `chmod 600` on it. 其他用户可读取该文件，请执行 `chmod 600`。", code="key_open")
    return long_enough(path.read_text(encoding="ascii").strip(), f"{path} holds no key; remove the file. 密钥文件无效，请删除。")


def long_enough(key: str, sentence: str) -> str:
    """The key, or Refused with the sentence when it is too short to be safe."""
    if len(key) < LENGTH_MIN:
        raise Refused(sentence, code="key_too_short")
    return key


def make_key(path: Path) -> None:
    """Write a new key; of two commands that do so at once the first one's stays."""
    make_folders(path.parent, mode=0o711 if os.geteuid() == 0 else 0o700)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, unlike a rename, never replaces what a rival has put there.
        os.link(partial, path)
    except FileExistsError:
        return
    finally:
        partial.unlink()
