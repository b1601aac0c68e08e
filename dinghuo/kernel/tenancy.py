"""Which company the running code acts for.

The choice lives in a context variable, so threads and tasks never share it. The database backend turns it into the setting that
row-level security compares with; without a company, company tables show no row at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

_company: ContextVar[int | None] = ContextVar("company", default=None)


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, for which company, and when: `at` is the moment in UTC, `on` the company's business date."""

    company_id: int
    at: datetime
    on: date
    actor_id: int | None = None


def acting_company() -> int | None:
    """The company that the running code acts for, or None outside of any."""
    return _company.get()


@contextmanager
def acting_for(company_id: int | None) -> Iterator[None]:
    """Act for one company inside the block; None acts for nobody and sees no company's rows."""
    token = _company.set(company_id)
    tell_open_transaction(company_id)
    try:
        yield
    finally:
        _company.reset(token)
        if not connection.needs_rollback:
            tell_open_transaction(_company.get())


def tell_open_transaction(company_id: int | None) -> None:
    """Name the company to a transaction that is open already; one that opens later is told by its BEGIN."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.company', %s, true)", ["" if company_id is None else str(company_id)])
