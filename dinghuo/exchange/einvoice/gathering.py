"""Fills the standard's model from posted invoices and credit notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from dinghuo.exchange.billed_lines import BilledLine, billed_lines
from dinghuo.exchange.einvoice.model import (
    CREDIT_NOTE,
    EXPORT,
    INTRA_COMMUNITY,
    INVOICE,
    STANDARD,
    ZERO,
    EInvoice,
    Line,
    Party,
    TaxPart,
)
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.reference.models import Company

# Whose supplies to each other are intra-community ones; XI is Northern Ireland, EL how Greece writes itself in tax numbers.
UNION: Final = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL",
    "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
PREFIXES: Final = {"GR": {"EL"}, "GB": {"GB", "XI"}}
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Head:
    """A posted document as the database tells it."""

    id: int
    kind: str
    number: str
    issued_on: date
    due_on: date
    currency: str
    amount_net: Decimal
    amount_tax: Decimal
    amount_gross: Decimal
    applied: Decimal
    name: str
    address: str
    city: str
    postcode: str
    country: str
    tax_id: str
    contact: str
    phone: str
    email: str
    order_number: str
    customer_po: str
    delivery_note: str
    delivered_on: date | None
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_postcode: str
    ship_to_country: str
    preceding: Sequence[str]


class SellerUnknown(Malformed):
    """The company's letterhead lacks what every e-invoice must name."""

    code = "letterhead_incomplete"


def einvoices(*, company_id: int, invoice_ids: Sequence[int], only_customer: int | None = None) -> list[EInvoice]:
    """Posted documents in the standard's model, by id; three statements however many.

    Raises Missing when one of them is not there, not posted or not `only_customer`'s; SellerUnknown when the company has no
    country, no address or no tax number.
    """
    asked = {"company_id": company_id, "ids": list(invoice_ids)}
    heads = sql.rows("exchange/einvoice_heads", Head, **asked, only_customer=only_customer)
    if missing := sorted(set(invoice_ids) - {head.id for head in heads}):
        raise Missing("There is no such posted invoice.", ids=missing)
    seller, account, bank = seller_of(Company.objects.get(id=company_id))
    billed = billed_lines(company_id=company_id, invoice_ids=invoice_ids)
    return [document(head, billed.get(head.id, []), seller, account, bank) for head in heads]


def seller_of(company: Company) -> tuple[Party, str, str]:
    """The company as seller, its bank account and bank; raises SellerUnknown."""
    lacking = [name for name in ("country", "address", "tax_id") if not getattr(company, name)]
    if lacking:
        raise SellerUnknown("The company's letterhead lacks what an e-invoice must name.", lacking=lacking)
    place = {"street": company.address, "city": company.city, "postcode": company.postcode, "country": company.country}
    seller = Party(name=company.name, **place, **numbers(company.tax_id, company.country), phone=company.phone)
    return seller, company.bank_account.replace(" ", ""), company.bank_name


def numbers(tax_id: str, country: str) -> dict[str, str]:
    """A tax number as what it is: a VAT identifier bears its country's prefix (BR-CO-09), any other is a registration."""
    bare = tax_id.replace(" ", "").upper()
    return {"vat_id": bare} if bare[:2] in PREFIXES.get(country, {country}) else {"registration": bare}


def document(head: Head, billed: Sequence[BilledLine], seller: Party, account: str, bank: str) -> EInvoice:
    """One posted document in the standard's model; a credit note's amounts change their sign."""
    is_credit_note = head.kind == "credit_note"
    sign = Decimal(-1 if is_credit_note else 1)
    contact = {"contact": head.contact, "phone": head.phone, "email": head.email}
    place = {"street": head.address, "city": head.city, "postcode": head.postcode, "country": head.country}
    buyer = Party(name=head.name, **place, **(numbers(head.tax_id, head.country) if head.tax_id else {}), **contact)
    untaxed = category_without_tax(seller, buyer)
    return EInvoice(
        number=head.number,
        type_code=CREDIT_NOTE if is_credit_note else INVOICE,
        issued_on=head.issued_on,
        due_on=None if is_credit_note else head.due_on,
        currency=head.currency,
        seller=seller,
        buyer=buyer,
        lines=tuple(line_of(line, sign, untaxed) for line in billed),
        taxes=tax_parts(billed, sign, untaxed),
        net=sign * head.amount_net,
        tax=sign * head.amount_tax,
        gross=sign * head.amount_gross,
        paid=sign * head.applied,
        buyer_reference=head.customer_po or head.order_number,
        order_number=head.order_number,
        delivery_note=head.delivery_note,
        delivered_on=head.delivered_on,
        delivered_to=delivered_to(head),
        preceding=tuple(head.preceding),
        account="" if is_credit_note else account,
        bank=bank,
        terms="To be set against what is owed" if is_credit_note else "",
    )


def delivered_to(head: Head) -> Party | None:
    """Where the goods went; None for a document without a shipment."""
    if head.delivered_on is None:
        return None
    place = {"street": head.ship_to_address, "city": head.ship_to_city, "postcode": head.ship_to_postcode}
    return Party(name=head.ship_to_name or head.name, **place, country=head.ship_to_country or head.country)


def category_without_tax(seller: Party, buyer: Party) -> str:
    """Why a line at 0 % bears no tax: supply inside the union, export, or a zero rate at home.

    A seller without a VAT identifier can claim neither of the first two (BR-G-02, BR-IC-02).
    """
    if not seller.vat_id or seller.country == buyer.country:
        return ZERO
    if {seller.country, buyer.country} <= UNION:
        return INTRA_COMMUNITY if buyer.vat_id else ZERO
    return EXPORT


def line_of(line: BilledLine, sign: Decimal, untaxed: str) -> Line:
    """One line; a price below zero, as discounts and vouchers have, becomes a quantity below zero (BR-27)."""
    flip = -1 if line.unit_price < 0 else 1
    return Line(
        id=str(line.position),
        name=line.name or line.name_zh or line.description or line.kind,
        code=line.code,
        quantity=sign * flip * line.quantity,
        unit=line.unit_code,
        price=flip * line.unit_price,
        net=sign * line.amount_net,
        category=STANDARD if line.tax_rate else untaxed,
        percent=line.tax_rate * HUNDRED,
    )


def tax_parts(billed: Sequence[BilledLine], sign: Decimal, untaxed: str) -> tuple[TaxPart, ...]:
    """Net and tax of each category and rate; they add up to the document's, since both are sums of its lines."""
    parts = []
    by_rate = sorted(billed, key=lambda line: line.tax_rate)
    for rate, held in groupby(by_rate, lambda line: line.tax_rate):
        lines = list(held)
        basis = sum((line.amount_net for line in lines), Decimal())
        tax = sum((line.amount_tax for line in lines), Decimal())
        parts.append(TaxPart(STANDARD if rate else untaxed, rate * HUNDRED, sign * basis, sign * tax))
    return tuple(parts)
