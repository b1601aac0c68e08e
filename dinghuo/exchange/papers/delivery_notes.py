"""Delivery notes 送货单: what a customer signs for, on A4 or as the three-part slip of dot-matrix printers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, Literal

from django.utils import translation
from django.utils.translation import gettext as _

from dinghuo.exchange.papers.columns import number, words
from dinghuo.exchange.papers.figures import day, in_capitals, money, plain
from dinghuo.exchange.papers.letterhead import CHINESE, in_order, joined, letterhead, named, scannable, sender, spoken
from dinghuo.exchange.papers.printing import printed
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing

Form = Literal["a4", "slip"]

# The file of forms/ for each form, and whether it shows prices: the slip is what the driver collects money on.
FORMS: Final[dict[Form, tuple[str, bool]]] = {"a4": ("delivery_note", False), "slip": ("delivery_slip", True)}


@dataclass(frozen=True, slots=True)
class Head:
    """A shipment as its delivery note shows it."""

    id: int
    number: str
    state: str
    order_number: str
    customer_po: str
    customer_code: str
    name: str
    name_zh: str
    contact: str
    phone: str
    language: str
    ship_to_name: str
    ship_to_address: str
    ship_to_city: str
    ship_to_region: str
    ship_to_postcode: str
    country: str
    country_zh: str
    warehouse: str
    warehouse_zh: str
    carrier: str
    carrier_zh: str
    tracking_number: str
    planned_on: date
    dispatched_on: date | None
    expected_on: date
    weight_kg: Decimal
    packages: int
    currency: str
    minor_units: int


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of a delivery note; `amount` is before tax."""

    shipment_id: int
    position: int
    code: str
    name: str
    name_zh: str
    lot: str
    quantity: Decimal
    unit: str
    unit_zh: str
    unit_price: Decimal
    amount: Decimal


def delivery_notes(
    *,
    company_id: int,
    shipment_ids: Sequence[int],
    form: Form = "a4",
    language: str = "",
    only_customer: int | None = None,
) -> bytes:
    """The delivery notes of shipments as one PDF, each in its customer's language unless one is asked for.

    Three statements however many shipments. Raises Missing when one of them is not there, or is not `only_customer`'s.
    """
    found = sql.rows("exchange/delivery_notes", Head, company_id=company_id, ids=list(shipment_ids), only_customer=only_customer)
    heads: list[Head] = in_order(shipment_ids, found)
    if missing := sorted(set(shipment_ids) - {head.id for head in heads}):
        raise Missing("There is no such shipment.", ids=missing)
    company = letterhead(company_id)
    asked = {"company_id": company_id, "ids": list(shipment_ids), "rounding": company.rounding}
    lines = sql.rows("exchange/delivery_note_lines", Goods, **asked)
    goods = {shipment_id: list(held) for shipment_id, held in groupby(lines, lambda line: line.shipment_id)}
    file, with_prices = FORMS[form]
    papers = []
    for head in heads:
        speaks = spoken(language, head.language, company.language)
        with translation.override(speaks):
            held = goods.get(head.id, [])
            papers.append(paper(head, held, speaks, with_prices) | {"sender": sender(company, speaks)})
    return printed(file, papers)


def paper(head: Head, goods: Sequence[Goods], language: str, with_prices: bool) -> dict[str, Any]:
    """What the form of a delivery note shows, in the language that is active."""
    decimals = head.minor_units if with_prices else None
    has_lots = any(line.lot for line in goods)
    return {
        "lang": language[:2],
        "title": _("Delivery note"),
        "number": head.number,
        "qr": scannable(head.number),
        "void": _("Cancelled") if head.state == "cancelled" else "",
        "facts": [[label, text] for label, text in facts(head, language) if text],
        "columns": columns(with_prices, has_lots),
        "rows": [row(line, language, decimals, has_lots) for line in goods],
        "totals": totals(head, goods, language, with_prices),
        "remarks": _("Missing, damaged or refused goods: please note them here before you sign."),
        "signatures": [_("Prepared by"), _("Driver"), _("Received by"), _("Date")],
        "copies": _("White: sender · Red: customer · Yellow: signed, back to sender"),
    }


def facts(head: Head, language: str) -> list[tuple[str, str]]:
    """Label and text of what a delivery note tells besides the goods."""
    own_names = {"", head.name, head.name_zh}
    name = named(head.name, head.name_zh, language) if head.ship_to_name in own_names else head.ship_to_name
    country = named(head.country, head.country_zh, language)
    return [
        (_("Deliver to"), name),
        (_("Order"), head.order_number),
        (_("Address"), joined(head.ship_to_address, head.ship_to_city, head.ship_to_region, head.ship_to_postcode, country)),
        (_("Customer PO"), head.customer_po),
        (_("Contact"), joined(head.contact, head.phone)),
        (_("Customer"), head.customer_code),
        (_("Warehouse"), named(head.warehouse, head.warehouse_zh, language)),
        (_("Carrier"), joined(named(head.carrier, head.carrier_zh, language), head.tracking_number)),
        (_("Dispatched"), day(head.dispatched_on)) if head.dispatched_on else (_("Planned"), day(head.planned_on)),
        (_("Expected"), day(head.expected_on)),
    ]


def columns(with_prices: bool, has_lots: bool) -> list[dict[str, str]]:
    """The columns of goods; the name takes what the others leave."""
    shown = [number("#"), words(_("Product")), words(_("Name"), "1fr")]
    shown += [words(_("Lot"))] if has_lots else []
    shown += [number(_("Quantity")), words(_("Unit"))]
    return shown + ([number(_("Price")), number(_("Net"))] if with_prices else [])


def row(line: Goods, language: str, decimals: int | None, has_lots: bool) -> list[str]:
    """One line of goods; without prices when there are no decimals to show them in."""
    name, unit = named(line.name, line.name_zh, language), named(line.unit, line.unit_zh, language)
    shown = [str(line.position), line.code, name, *([line.lot] if has_lots else []), plain(line.quantity), unit]
    if decimals is not None:
        shown += [money(line.unit_price, decimals), money(line.amount, decimals)]
    return shown


def totals(head: Head, goods: Sequence[Goods], language: str, with_prices: bool) -> list[list[str]]:
    """Label and text below the goods: units, weight, packages, and on a slip the value, in capitals for Chinese yuan."""
    quantity = sum((line.quantity for line in goods), Decimal())
    told = [[_("Total quantity"), plain(quantity)]]
    if head.weight_kg:
        told.append([_("Weight"), f"{plain(head.weight_kg)} kg"])
    if head.packages:
        told.append([_("Packages"), str(head.packages)])
    if with_prices:
        value = sum((line.amount for line in goods), Decimal())
        told.append([_("Value before tax"), f"{money(value, head.minor_units)} {head.currency}"])
        if language == CHINESE and head.currency == "CNY":
            told.append([_("In capitals"), in_capitals(value)])
    return told
