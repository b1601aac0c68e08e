"""What every stock document begins with: its reference, known or new, and its number."""

from collections.abc import Sequence
from dataclasses import dataclass

from dinghuo.kernel import numbering, sql
from dinghuo.kernel.tenancy import Act

SERIES = "stock"


@dataclass(frozen=True, slots=True)
class _Document:
    id: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a caller says about a whole document."""

    reason: str = ""
    external_ref: str | None = None
    is_generated: bool = False


def first_document(act: Act, external_ref: str | None) -> int | None:
    """The document that this reference has made before; rivals with the same reference wait until this transaction ends."""
    if external_ref is None:
        return None
    lock_references(act, [external_ref])
    found = sql.rows("allocation/document_by_reference", _Document, company_id=act.company_id, external_ref=external_ref)
    return found[0].id if found else None


def lock_references(act: Act, external_refs: Sequence[str]) -> None:
    """Make rivals that carry one of these references wait until this transaction ends."""
    sql.execute("allocation/lock_references", company_id=act.company_id, external_refs=list(external_refs))


def next_number(act: Act, prefix: str) -> str:
    """The next number of the stock series, such as GR2026-000017; the series stays locked."""
    number = numbering.take(company_id=act.company_id, series=SERIES, year=act.on.year, count=1)
    return numbering.written(prefix, act.on.year, number)


def lock_series(act: Act) -> None:
    """Keep receipts, transfers and corrections out until this transaction ends, without taking a number."""
    sql.rows("allocation/lock_series", _Document, company_id=act.company_id, year=act.on.year)
