"""What `dinghuo doctor` looks at: the files of the installation, and the database that it runs on."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from dinghuo.kernel import sql
from dinghuo.postgres import durability_findings, places, require_supported_server
from dinghuo.serving.keys import key_file

PACKAGE: Final = Path(__file__).resolve().parent.parent
FREE_BYTES_MIN: Final = 1024**3
TIME_ZONES: Final = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York")
ASSETS: Final = (
    "web/static/vendor/tabler/tabler.min.css",
    "web/static/vendor/tabler/tabler.min.js",
    "web/static/vendor/echarts/echarts.min.js",
    "web/static/vendor/noto-sans-sc/index.css",
    "exchange/papers/fonts/noto-sans-sc/NotoSansSC_400Regular.ttf",
    "locale/zh_Hans/LC_MESSAGES/django.mo",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at: whether it is as it should be, and what was found."""

    name: str
    ok: bool
    found: str


@dataclass(frozen=True, slots=True)
class Right:
    """Something that the application's role has and must not have."""

    right_found: str
    subject: str


def installation(home: Path) -> Iterator[Looked]:
    """Look at what lies on the disk."""
    yield disk_space(home)
    yield time_zones()
    missing = [name for name in ASSETS if not (PACKAGE / name).exists()]
    fonts = len(list(PACKAGE.glob("web/static/vendor/noto-sans-sc/files/*.woff2")))
    yield Looked("assets", not missing and fonts > 0, f"missing: {', '.join(missing)}" if missing else f"{fonts} font files")
    for path in (places.find(home).passwords, key_file()):
        if path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Looked(path.name, mode & 0o077 == 0, f"{path} has mode {mode:o}")


def disk_space(home: Path) -> Looked:
    """Whether there is room to write on."""
    there = next(each for each in (home, *home.parents) if each.exists())
    free = shutil.disk_usage(there).free
    return Looked("disk", free >= FREE_BYTES_MIN, f"{free / 1024**3:.1f} GiB free at {there}")


def time_zones() -> Looked:
    """Whether the machine knows the zones that companies keep their calendars in."""
    unknown = []
    for name in TIME_ZONES:
        try:
            ZoneInfo(name)
        except ZoneInfoNotFoundError:
            unknown.append(name)
    return Looked("time zones", not unknown, f"unknown: {', '.join(unknown)}; install tzdata" if unknown else "known")


def server(address: str) -> Iterator[Looked]:
    """Look at the server: its version, and whether it keeps what it confirms. Raises LauncherError for one that is too old."""
    version = require_supported_server(address)
    yield Looked("server", True, f"PostgreSQL {version // 10000}.{version % 10000}")
    with psycopg.connect(address) as connection:
        lost = durability_findings(connection)
        encoding = connection.info.parameter_status("server_encoding")
    yield Looked("durability", not lost, ", ".join(lost) or "confirmed means kept")
    yield Looked("encoding", encoding == "UTF8", str(encoding))


def database() -> Iterator[Looked]:
    """Look at the tables: whether they are of this release, and whether the application's role is kept inside its fence."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    waiting = ", ".join(f"{step.app_label}.{step.name}" for step, _ in plan)
    yield Looked("migrations", not plan, f"waiting: {waiting}; run dinghuo migrate" if plan else "all applied")
    found = sql.rows("serving/rights_of_application", Right)
    yield Looked(
        "rights", not found, "; ".join(f"{row.right_found} {row.subject}" for row in found) or "the application owns nothing"
    )
