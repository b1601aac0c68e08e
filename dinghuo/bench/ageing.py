"""How long the ageing of a past day takes over many open and closed items."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.bench.world import NOW, TODAY, know_sizes
from dinghuo.journey.finance.ageing import aged_receivables, summed
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import Company, Customer

SECONDS_ALLOWED = 1
# Statements of the bench that belong to no stage of the journey.
STATEMENTS = frozenset({"write_aged_invoices", "write_aged_receivables", "write_aged_payments", "write_aged_applications"})
# How long ago the days lie that are aged: now, a quarter, half the time and nearly all of it.
SHARES = (Decimal(0), Decimal("0.08"), Decimal("0.5"), Decimal("0.95"))
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Books:
    """How many receivables there are, over how many days and customers; nineteen of twenty are settled after 20 to 69 days."""

    items: int = 1_000_000
    days: int = 1_095
    customers: int = 5_000


def ageing(books: Books, tell: Callable[[str], None]) -> dict[str, Any]:
    """Write the books of a company and age some days of them; seconds are the best of three, each a whole report."""
    tell(f"writing {books.items:,} receivables, with what settled them")
    company = Company.objects.create(code=f"aged-{secrets.token_hex(3)}", name="Ageing", currency_id="CNY", is_generated=True)
    with acting_for(company.id):
        write(company.id, books)
    know_sizes()
    with acting_for(company.id), transaction.atomic():
        days = [aged_on(company.id, books, share) for share in SHARES]
    return {"items": books.items, "customers": books.customers, "seconds_allowed": SECONDS_ALLOWED, "days": days}


def write(company_id: int, books: Books) -> None:
    """Write customers, invoices, receivables, payments and applications, and let the server know their sizes."""
    told = {"company_id": company_id, "at": NOW}
    with transaction.atomic():
        Customer.objects.bulk_create(
            Customer(company_id=company_id, code=f"C{number:05}", name=f"Customer {number}", country_id="CN")
            for number in range(books.customers)
        )
        sql.execute("bench/write_aged_invoices", **told, count=books.items, days=books.days, today=TODAY)
        sql.execute("bench/write_aged_receivables", company_id=company_id, today=TODAY)
        sql.execute("bench/write_aged_payments", **told)
        sql.execute("bench/write_aged_applications", **told)


def aged_on(company_id: int, books: Books, share: Decimal) -> Mapping[str, Any]:
    """One day's ageing: how long it took, of how many customers, and what they owed."""
    on = TODAY - timedelta(days=int(books.days * share))
    seconds = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        rows = aged_receivables(company_id=company_id, on=on)
        seconds.append(time.perf_counter() - began)
    return {"on": on.isoformat(), "seconds": round(min(seconds), 3), "customers": len(rows), "owed": str(summed(rows)["balance"])}


def as_lines(found: Mapping[str, Any]) -> list[str]:
    """What was found, for people."""
    days = [f"  {day['on']}: {day['seconds']:.2f} s, {day['customers']:,} customers owed {day['owed']}" for day in found["days"]]
    return [f"Ageing of a day over {found['items']:,} open and closed items", *days]
