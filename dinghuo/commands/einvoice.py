"""`dinghuo einvoice`: writes the posted documents of some days as e-invoices and checks each by the official rules."""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from dinghuo.exchange.einvoice.cii import cii
from dinghuo.exchange.einvoice.gathering import einvoices
from dinghuo.exchange.einvoice.model import EInvoice
from dinghuo.exchange.einvoice.ubl import ubl
from dinghuo.exchange.einvoice.validation import findings
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import companies

AT_ONCE = 200
SYNTAXES = {"ubl": ubl, "cii": cii}


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted document."""

    id: int


def run(arguments: argparse.Namespace) -> int:
    """Write and check; exit status 1 when a document breaks a rule."""
    syntaxes = list(SYNTAXES) if arguments.syntax == "both" else [arguments.syntax]
    told: Counter[str] = Counter()
    for company in companies(arguments.company):
        for document in documents(company.id, arguments.from_day, arguments.until):
            told.update(checked(document, syntaxes, arguments.out))
    print(f"{told['written']} e-invoices checked by the official rules: {told['fatal']} errors, {told['warning']} warnings")
    return 1 if told["fatal"] else 0


def checked(document: EInvoice, syntaxes: list[str], folder: Path | None) -> Counter[str]:
    """Write a document in each syntax, print what it breaks, and count errors and warnings."""
    told = Counter(written=len(syntaxes))
    for syntax in syntaxes:
        xml = SYNTAXES[syntax](document)
        if folder:
            save(folder / f"{document.number}.{syntax}.xml", xml)
        for broken in findings(xml):
            told["fatal" if broken.is_fatal else "warning"] += 1
            if broken.is_fatal:
                print(f"{document.number} {syntax}: {broken.rule} {broken.told}")
    return told


def documents(company_id: int, first: date, last: date) -> Iterator[EInvoice]:
    """The company's documents posted for these days, both included."""
    with acting_for(company_id), transaction.atomic():
        posted = sql.rows("exchange/posted_between", Posted, company_id=company_id, from_on=first, until_on=last)
        for start in range(0, len(posted), AT_ONCE):
            yield from einvoices(company_id=company_id, invoice_ids=[each.id for each in posted[start : start + AT_ONCE]])


def save(path: Path, xml: bytes) -> None:
    """Write a document to a file, whose folder is made if it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(xml)
