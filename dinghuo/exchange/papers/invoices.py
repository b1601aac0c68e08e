"""Invoices and credit notes as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from dinghuo.exchange.billed_lines import BilledLine, billed_lines
from dinghuo.exchange.papers.columns import number, words
from dinghuo.exchange.papers.figures import day, in_capitals, money, percent, plain
from dinghuo.exchange.papers.letterhead import CHINESE, in_order, joined, letterhead, named, scannable, sender, spoken
from dinghuo.exchange.papers.printing import printed
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing


@dataclass(frozen=True, slots=True)
class Head:
    """An invoice or credit note as it is printed; amounts are signed."""

    id: int
    kind: str
    state: str
    number: str
    customer_code: str
    name: str
    name_zh: str
    address: str
    city: str
    region: str
    postcode: str
    country: str
    country_zh: str
    tax_id: str
    language: str
    order_number: str
    customer_po: str
    shipment_number: str
    issued_on: date
    due_on: date
    currency: str
    minor_units: int
    amount_net: Decimal
    amount_tax: Decimal
    amount_gross: Decimal
    applied: Decimal


def invoices(
    *,
    company_id: int,
    invoice_ids: Sequence[int],
    language: str = "",
    only_customer: int | None = None,
    for_archive: bool = False,
) -> bytes:
    """Invoices and credit notes as one PDF, each in its customer's language unless one is asked for.

    Three statements however many. One `for_archive` is PDF/A-3b, which may carry the e-invoice. Raises Missing when one of them is
    not there, is not `only_customer`'s, or is a draft that a customer asks for.
    """
    asked = {"company_id": company_id, "ids": list(invoice_ids)}
    heads: list[Head] = in_order(invoice_ids, sql.rows("exchange/invoices_to_print", Head, **asked, only_customer=only_customer))
    if missing := sorted(set(invoice_ids) - {head.id for head in heads}):
        raise Missing("There is no such invoice.", ids=missing)
    billed = billed_lines(company_id=company_id, invoice_ids=invoice_ids)
    company = letterhead(company_id)
    papers = []
    for head in heads:
        speaks = spoken(language, head.language, company.language)
        with translation.override(speaks):
            papers.append(paper(head, billed.get(head.id, []), speaks) | {"sender": sender(company, speaks)})
    return printed("invoice", papers, for_archive=for_archive)


def paper(head: Head, lines: Sequence[BilledLine], language: str) -> dict[str, Any]:
    """What the form of an invoice shows, in the language that is active."""
    return {
        "lang": language[:2],
        "title": _("Credit note") if head.kind == "credit_note" else _("Invoice"),
        "number": head.number,
        "qr": scannable(head.number) if head.number else "",
        "void": {"draft": _("Draft"), "dropped": _("Dropped")}.get(head.state, ""),
        "facts": [[label, text] for label, text in facts(head, language) if text],
        "columns": columns(),
        "rows": [row(line, head, language) for line in lines],
        "taxes": [[_("Tax rate"), _("Net"), _("Tax")], *by_rate(lines, head.minor_units)],
        "totals": totals(head, language),
        "pay": _("Please pay to") if head.kind == "invoice" else "",
    }


def facts(head: Head, language: str) -> list[tuple[str, str]]:
    """Label and text of what an invoice tells besides its lines."""
    country = named(head.country, head.country_zh, language)
    return [
        (_("Customer"), f"{named(head.name, head.name_zh, language)} ({head.customer_code})"),
        (_("Issued"), day(head.issued_on)),
        (_("Address"), joined(head.address, head.city, head.region, head.postcode, country)),
        (_("Due"), day(head.due_on) if head.kind == "invoice" else ""),
        (_("Tax id"), head.tax_id),
        (_("Order"), head.order_number),
        (_("Customer PO"), head.customer_po),
        (_("Delivery note"), head.shipment_number),
    ]


def columns() -> list[dict[str, str]]:
    """The columns of an invoice; the name takes what the others leave."""
    left = [number("#"), words(_("Product")), words(_("Name"), "1fr"), number(_("Quantity")), words(_("Unit"))]
    return [*left, number(_("Price")), number(_("Tax rate")), number(_("Net")), number(_("Tax"))]


def row(line: BilledLine, head: Head, language: str) -> list[str]:
    """One line of an invoice; a charge has a description instead of a product."""
    name = named(line.name, line.name_zh, language) or line.description
    unit = named(line.unit, line.unit_zh, language)
    amounts = [money(amount, head.minor_units) for amount in (line.amount_net, line.amount_tax)]
    price = money(line.unit_price, head.minor_units)
    return [str(line.position), line.code, name, plain(line.quantity), unit, price, percent(line.tax_rate), *amounts]


def by_rate(lines: Sequence[BilledLine], minor_units: int) -> list[list[str]]:
    """Net and tax for each tax rate, the lowest first; they add up to the document's, as its lines do."""
    shown = []
    for rate, held in groupby(sorted(lines, key=lambda line: line.tax_rate), lambda line: line.tax_rate):
        part = list(held)
        sums = [sum((getattr(line, name) for line in part), Decimal()) for name in ("amount_net", "amount_tax")]
        shown.append([percent(rate), *(money(amount, minor_units) for amount in sums)])
    return shown


def totals(head: Head, language: str) -> list[list[str]]:
    """Label and text below the lines: net, tax, gross, what is paid and still open; capitals for Chinese yuan."""

    def shown(amount: Decimal) -> str:
        return money(amount, head.minor_units)

    told = [[_("Net"), shown(head.amount_net)], [_("Tax"), shown(head.amount_tax)]]
    told.append([_("Total"), f"{shown(head.amount_gross)} {head.currency}"])
    if language == CHINESE and head.currency == "CNY":
        told.append([_("In capitals"), in_capitals(head.amount_gross)])
    if head.applied:
        told += [[_("Settled"), shown(head.applied)], [_("Open"), shown(head.amount_gross - head.applied)]]
    return told
