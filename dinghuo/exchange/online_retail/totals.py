"""Exact totals of a file, line by line: the figures that a replay's documents must add up to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

from dinghuo.exchange.online_retail.classify import LineOutcome, outcome
from dinghuo.exchange.online_retail.rows import SourceRow

# A value has at most 9 + 15 digits and a file 5,000,000 lines: 31 digits. Were that ever wrong, the sum would fail
# and not round.
EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class Total:
    """Lines, their pieces, and their value in the file's currency: the sum of quantity times unit price, unrounded."""

    lines: int
    quantity: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class FileTotals:
    """A file's totals, whole and by outcome (every outcome is there); `documents` counts different document numbers."""

    documents: int
    whole: Total
    by_outcome: Mapping[LineOutcome, Total]


class Tally:
    """Totals in the making. It keeps the document numbers, some 100 bytes each, and no row."""

    def __init__(self) -> None:
        self._documents: set[str] = set()
        self._lines = dict.fromkeys(LineOutcome, 0)
        self._quantity = dict.fromkeys(LineOutcome, 0)
        self._value = dict.fromkeys(LineOutcome, Decimal(0))

    def add(self, row: SourceRow) -> LineOutcome:
        """Count a row under its outcome, and say which that is."""
        # The fused product and sum keeps every digit: the default context would round beyond 28.
        found = outcome(row)
        self._documents.add(row.document)
        self._lines[found] += 1
        self._quantity[found] += row.quantity
        self._value[found] = EXACT.fma(row.unit_price, row.quantity, self._value[found])
        return found

    def totals(self) -> FileTotals:
        """The totals of all rows added so far."""
        by_outcome = {kind: Total(self._lines[kind], self._quantity[kind], self._value[kind]) for kind in LineOutcome}
        value = Decimal(0)
        for part in self._value.values():
            value = EXACT.add(value, part)
        return FileTotals(
            documents=len(self._documents),
            whole=Total(sum(self._lines.values()), sum(self._quantity.values()), value),
            by_outcome=by_outcome,
        )


def file_totals(rows: Iterable[SourceRow]) -> FileTotals:
    """The totals of a whole file, read once."""
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally.totals()
