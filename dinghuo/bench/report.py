"""What a bench found, as data and as small tables."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import connection

from dinghuo import __version__
from dinghuo.bench import journey
from dinghuo.bench.race import ENTER, PRODUCT, Times
from dinghuo.bench.reviewing import Reviewed

# What may cost or save time on the server, and so belongs to the figures.
SETTINGS = (
    "server_version",
    "shared_buffers",
    "work_mem",
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "wal_compression",
    "data_checksums",
    "max_wal_size",
    "random_page_cost",
    "jit",
)
FLOORS = {"by_hand": "by hand", "one_call": "one call"}

Races = Mapping[int, Mapping[str, Times]]
Counts = Mapping[tuple[int, int], Mapping[str, int]]


def machine() -> dict[str, Any]:
    """The machine under the figures; the server is on it unless the address names another."""
    model = next((line.partition(":")[2].strip() for line in cpu_lines() if line.startswith("model name")), platform.machine())
    return {
        "system": platform.platform(),
        "processor": model,
        "processors": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "python": platform.python_version(),
        "dinghuo": __version__,
    }


def cpu_lines() -> list[str]:
    """What Linux tells of its processors; nothing elsewhere."""
    told = Path("/proc/cpuinfo")
    return told.read_text(encoding="utf-8").splitlines() if told.exists() else []


def server() -> dict[str, str]:
    """The server's version and the settings that matter here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) AS asked (name)", [list(SETTINGS)])
        return dict(cursor.fetchall())


def figures(races: Races) -> dict[str, Any]:
    """Milliseconds an order, orders a second and ratios, by lines of an order."""
    return {str(lines): figures_of(times) for lines, times in races.items()}


def figures_of(times: Mapping[str, Times]) -> dict[str, Any]:
    """The figures of one size: each way's own, and the product's ratio to each floor."""
    ours = times[PRODUCT].journey_ms()
    ways = {
        way: {
            "ms": round(each.journey_ms(), 3),
            "orders_per_second": round(1000 / each.journey_ms(), 1),
            "stages_ms": {stage: round(each.stage_ms(stage), 3) for stage in journey.STAGES},
        }
        for way, each in times.items()
    }
    ratios = {f"ratio_to_{floor}": round(ours / times[floor].journey_ms(), 2) for floor in FLOORS if floor in times}
    return {**ways, "enter_ms": round(times[PRODUCT].stage_ms(ENTER), 3), **ratios}


def counts_by_operation(counts: Counts) -> dict[str, dict[str, int]]:
    """Statements of each operation, by size."""
    operations = {name for found in counts.values() for name in found}
    order = [ENTER_OPERATION, *(name for steps in journey.STAGES.values() for name in steps)]
    return {
        name: {f"{orders} x {lines}": found.get(name, 0) for (orders, lines), found in counts.items()}
        for name in order
        if name in operations
    }


ENTER_OPERATION = "enter_orders"


def race_table(title: str, races: Races) -> list[str]:
    """One row a size: milliseconds, orders a second, and the ratios to the floors."""
    rows: list[tuple[str, ...]] = [("lines", "product ms", "by hand ms", "one call ms", "product orders/s", "ratio", "to one call")]
    for lines, times in races.items():
        found = figures_of(times)
        rows.append((str(lines), *(cell(found, way, "ms") for way in (PRODUCT, *FLOORS)), cell(found, PRODUCT, "orders_per_second"),
                     f"{found['ratio_to_by_hand']:.2f}", f"{found['ratio_to_one_call']:.2f}"))  # fmt: skip
    return [title, *table(rows)]


def stage_table(title: str, races: Races) -> list[str]:
    """Milliseconds an order of each stage, product / by hand, one column a size."""
    rows = [("stage", *(f"{lines} lines" for lines in races))]
    rows.append((ENTER, *(f"{times[PRODUCT].stage_ms(ENTER):.2f}" for times in races.values())))
    for stage in journey.STAGES:
        found = (f"{times[PRODUCT].stage_ms(stage):.2f} / {times['by_hand'].stage_ms(stage):.2f}" for times in races.values())
        rows.append((stage, *found))
    return [title, *table(rows)]


def count_table(counts: Counts) -> list[str]:
    """One row an operation, one column a size."""
    rows = [("operation", *(f"{orders} x {lines}" for orders, lines in counts))]
    rows += [(name, *map(str, found.values())) for name, found in counts_by_operation(counts).items()]
    return ["Statements an operation, by orders x lines", *table(rows)]


def review_figures(reviews: Sequence[Reviewed]) -> list[dict[str, Any]]:
    """Seconds of each review measured by itself, with its ratio to the statements by hand."""
    return [
        {
            **asdict(row),
            "seconds": round(row.seconds, 3),
            "by_hand_seconds": round(row.by_hand_seconds, 3),
            "ratio_to_by_hand": round(row.seconds / row.by_hand_seconds, 2),
        }
        for row in reviews
    ]


def review_table(reviews: Sequence[Reviewed]) -> list[str]:
    """One row a review: seconds, those by hand, the ratio and the statements sent."""
    rows: list[tuple[str, ...]] = [("orders x lines", "rules", "product s", "by hand s", "ratio", "statements")]
    for row in reviews:
        ratio = f"{row.seconds / row.by_hand_seconds:.2f}"
        seconds = (f"{row.seconds:.2f}", f"{row.by_hand_seconds:.2f}", ratio)
        rows.append((f"{row.orders} x {row.lines}", str(row.rules), *seconds, str(row.statements)))
    return ["Review alone, every rule with its finding", *table(rows)]


def cell(found: Mapping[str, Any], way: str, figure: str) -> str:
    """A figure as a table shows it."""
    return f"{found[way][figure]:.2f}" if figure == "ms" else f"{found[way][figure]:.0f}"


def table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Rows as lines of text: the first column to the left, figures to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        first, *others = (text.rjust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *others])
