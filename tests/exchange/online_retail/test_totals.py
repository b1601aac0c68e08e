"""A file's totals, on small files against plain sums and on the real one against its published figures."""

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.exchange.online_retail.classify import (
    ChargeKind,
    ChargePlace,
    LineOutcome,
    charge_kind,
    charge_place,
    outcome,
)
from dinghuo.exchange.online_retail.rows import SourceRow, read_rows
from dinghuo.exchange.online_retail.totals import Total, file_totals
from tests.exchange.online_retail.files import HEADER, REAL_FILE, a_row, a_workbook

PROJECT = Path(__file__).parents[3]

needs_the_real_file = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="the public data set is not beside the project (../shared/data/online_retail)"
)

ROWS = st.lists(
    st.builds(
        a_row,
        document=st.sampled_from(["1", "2", "C3", "A4"]),
        code=st.sampled_from(["85048", "POST"]),
        quantity=st.integers(-999_999_999, 999_999_999),
        unit_price=st.decimals(-999_999_999, 999_999_999, places=6).map(str),
    ),
    max_size=40,
)


@given(rows=ROWS)
def test_totals_are_exact_and_those_by_outcome_add_up(rows: list[SourceRow]) -> None:
    totals = file_totals(iter(rows))
    millionths = sum(row.quantity * int(row.unit_price.scaleb(6)) for row in rows)
    assert totals.whole == Total(len(rows), sum(row.quantity for row in rows), Decimal(millionths).scaleb(-6))
    assert totals.documents == len({row.document for row in rows})
    assert set(totals.by_outcome) == set(LineOutcome)
    assert sum(part.lines for part in totals.by_outcome.values()) == len(rows)
    assert sum(part.quantity for part in totals.by_outcome.values()) == totals.whole.quantity
    assert sum(int(part.value.scaleb(6)) for part in totals.by_outcome.values()) == millionths
    for kind, part in totals.by_outcome.items():
        assert part.lines == sum(outcome(row) is kind for row in rows)


@needs_the_real_file
def test_the_real_year_has_the_published_totals() -> None:
    totals = file_totals(read_rows(REAL_FILE))
    assert totals.whole == Total(502_938, 5_265_393, Decimal("9161996.184"))
    assert totals.documents == 27_728
    assert {kind.value: part.lines for kind, part in totals.by_outcome.items()} == {
        "charged": 2_997,
        "returned": 9_269,
        "stock_adjusted": 2_038,
        "sold": 488_634,
        "rejected": 0,
    }


@needs_the_real_file
def test_every_charge_of_the_real_year_has_its_kind_and_place() -> None:
    charged = [row for row in read_rows(REAL_FILE) if outcome(row) is LineOutcome.CHARGED]
    assert len({row.code for row in charged}) == 55
    assert Counter(map(charge_kind, charged)) == {
        ChargeKind.POSTAGE: 1_678,
        ChargeKind.MANUAL: 831,
        ChargeKind.DISCOUNT: 96,
        ChargeKind.VOUCHER: 67,
        ChargeKind.BANK_CHARGES: 63,
        ChargeKind.MARKETPLACE_FEE: 2,
        ChargeKind.ADJUSTMENT: 70,
        ChargeKind.BAD_DEBT: 3,
        ChargeKind.SAMPLE: 39,
        ChargeKind.TEST: 17,
        ChargeKind.PACKAGING: 15,
        ChargeKind.OTHER_ITEM: 116,
    }
    assert Counter(map(charge_place, charged))[ChargePlace.JOURNAL_ENTRY] == 138


@needs_the_real_file
def test_a_part_of_the_real_year_reads_the_same_from_a_workbook(tmp_path: Path) -> None:
    rows = [row for row in read_rows(REAL_FILE) if row.row_number <= 3_000]
    cells = [
        [
            float(row.document) if row.document.isdigit() else row.document,
            float(row.code) if row.code.isdigit() else row.code,
            row.description or None,
            row.quantity,
            row.moment,
            float(row.unit_price),
            float(row.customer) if row.customer else None,
            row.country,
        ]
        for row in rows
    ]
    assert list(read_rows(a_workbook(tmp_path, ("Year 2009-2010", [HEADER, *cells])))) == rows


READ_AND_TELL_PEAK = """
import re, sys
from pathlib import Path
from dinghuo.exchange.online_retail.rows import read_rows
from dinghuo.exchange.online_retail.totals import file_totals
lines = file_totals(read_rows(Path(sys.argv[1]))).whole.lines
print(lines, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@needs_the_real_file
def test_reading_the_real_year_keeps_no_rows_in_memory() -> None:
    # The rows themselves would take more than 150 MiB.
    done = subprocess.run(
        [sys.executable, "-c", READ_AND_TELL_PEAK, REAL_FILE], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    lines, peak_kib = map(int, done.stdout.split())
    assert lines == 502_938
    assert peak_kib < 80 * 1024
