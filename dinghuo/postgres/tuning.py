"""The server's settings: chosen for one wholesaler's load on the memory of this machine."""

import os
import shutil
from pathlib import Path
from typing import Final

from dinghuo.postgres.binaries import Binaries

# Raised with every change of the settings below, so that existing data folders take them over.
SETTINGS_RELEASE: Final = 1
_MEGABYTE: Final = 1024 * 1024
_SMALL_SHARED_MEMORY_MB: Final = 1024


def settings_header(binaries: Binaries) -> str:
    """The first line of the settings file, by which a later release sees that it must be renewed."""
    return f"# Written by Dinghuo, settings {SETTINGS_RELEASE}, PostgreSQL {binaries.version}."


def settings_text(binaries: Binaries) -> str:
    """The whole settings file; what a user adds to the end of postgresql.conf wins over it."""
    settings = _settings(memory_mb())
    if binaries.has_library("pg_stat_statements"):
        settings["shared_preload_libraries"] = "pg_stat_statements"
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    note = "# Replaced on upgrade: write your own settings into postgresql.conf instead."
    return "\n".join([settings_header(binaries), note, *lines, ""])


def memory_mb() -> int:
    """The memory that this process may count on: the machine's, or less in a container."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MEGABYTE
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text(encoding="ascii")) // _MEGABYTE)
        except (OSError, ValueError):
            # No such limit, or the word "max".
            continue
    return total


def _settings(memory: int) -> dict[str, str]:
    """The settings by name, for a machine with so many megabytes of memory."""
    shared = min(max(memory // 8, 256), 4096, max(memory // 4, 64))
    chosen = {
        "max_connections": "100",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(memory * 5 // 8, shared)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_compression": "on",
        "min_wal_size": "256MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "track_io_timing": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Seven files, one a weekday, each overwritten after a week: the log cannot fill the disk.
        "logging_collector": "on",
        "log_directory": "../log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
    }
    if _shared_memory_is_small():
        chosen["dynamic_shared_memory_type"] = "sysv"
    return chosen


def _shared_memory_is_small() -> bool:
    """Whether /dev/shm is too small for parallel queries, as it is in containers by default."""
    folder = Path("/dev") / "shm"
    if not folder.is_dir():
        return False
    return shutil.disk_usage(folder).total // _MEGABYTE < _SMALL_SHARED_MEMORY_MB
