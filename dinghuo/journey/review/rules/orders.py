"""What an order as a whole must be like: its customer, its value, its address, its dates, and whether it came before."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum import get_cc_module
from stdnum.cn import uscc

from dinghuo.journey.review.rules.facts import Case, OrderFacts
from dinghuo.journey.review.rules.kinds import Figures, Parameters
from dinghuo.journey.review.rules.outside import earliest_end, fits_region

ZERO = Decimal(0)
ADDRESS_PARTS = ("name", "address", "city", "country", "region", "postcode")
PARTS_ASKED = ["name", "address", "city", "country"]
PO_BOX = re.compile(r"\bP\.?\s*O\.?\s*BOX\b|邮政信箱|邮箱", re.IGNORECASE)
WEEK = 7
HOURS = 24


def customer_figures(case: Case, _parameters: Parameters) -> Figures:
    """Whether the customer is blocked (E2.11)."""
    return {"blocked": case.order.customer_blocked}


def customer_is_blocked(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """A blocked customer's order waits."""
    return bool(figures["blocked"])


def discount_figures(case: Case, parameters: Parameters) -> Figures:
    """What the order's discounts take off its goods, as a share, and what whoever entered it may give (E2.3)."""
    goods, discount, roles = case.order.goods_net, case.order.discount_net, sorted(case.order.entered_by_roles)
    share = round(discount / goods, 4) if goods > 0 else ZERO
    return {"discount": discount, "goods": goods, "share": share, "roles": roles, "share_allowed": share_allowed(roles, parameters)}


def share_allowed(roles: Sequence[str], parameters: Parameters) -> Decimal:
    """The share that somebody of these roles may take off: the most that one of them may, the rule's own without any named."""
    named = [parameters.get(f"share_max_{role}") for role in roles]
    return max((Decimal(share) for share in named if share is not None), default=Decimal(parameters["share_max"]))


def discount_is_too_high(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The discount is above the share that whoever entered the order may give."""
    return Decimal(figures["discount"]) > Decimal(figures["goods"]) * share_allowed(figures.get("roles", ()), parameters)


def value_figures(case: Case, parameters: Parameters) -> Figures:
    """What the order comes to, beside the least (E2.4) or the small amount (E1.13) that the rule names."""
    return {"order": case.order.amount_gross, "minimum": parameters["minimum"]}


def is_below_minimum(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The order comes to less than the minimum."""
    return Decimal(figures["order"]) < Decimal(parameters["minimum"])


def same_po_figures(case: Case, parameters: Parameters) -> Figures:
    """Other orders with the same PO number, spaces, punctuation and case aside; the customer says whether it matters (E2.7)."""
    return {
        "po": case.order.customer_po,
        "matters": case.order.po_must_be_unique is not False,
        "others": [other.number for other in case.same_po if other.hours_apart <= parameters["days"] * HOURS],
    }


def is_repeated(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """An order with this PO number is there already."""
    return bool(figures["matters"] and figures["others"])


def alike_figures(case: Case, parameters: Parameters) -> Figures:
    """The likest other order for the same address: lines that both have, by product and quantity, over all lines (E2.8)."""
    alike = [other for other in case.alike if other.hours_apart <= parameters["hours"]]
    if not alike:
        return {"other": None, "likeness": ZERO, "hours_apart": None}
    other = max(alike, key=lambda found: (found.likeness, -found.order_id))
    return {"other": other.number, "likeness": other.likeness, "hours_apart": other.hours_apart}


def is_too_alike(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The likeness reaches the share that makes an order suspicious."""
    return figures["other"] is not None and Decimal(figures["likeness"]) >= Decimal(parameters["likeness"])


def address_figures(case: Case, parameters: Parameters) -> Figures:
    """The parts of the ship-to that are missing, whether its postcode fits, whether it is a PO box, and the weight (E2.9)."""
    order = case.order
    missing = [part for part in parameters["parts"] if not getattr(order, f"ship_to_{part}").strip()]
    return {
        "missing": missing,
        "postcode": order.ship_to_postcode,
        "postcode_fits": fits_region(order.ship_to_postcode, order.ship_to_country, order.ship_to_region),
        "po_box": PO_BOX.search(order.ship_to_address) is not None,
        "weight_kg": sum((line.ordered * line.weight_kg for line in case.lines), ZERO),
    }


def address_is_poor(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """A part is missing, the postcode is not one of its region, or freight, heavier than a parcel, would go to a PO box."""
    if figures["missing"] or figures.get("postcode_fits") is False:
        return True
    # Goods whose weight nobody knows are freight until somebody does.
    is_parcel = 0 < Decimal(figures.get("weight_kg", 0)) <= Decimal(parameters.get("parcel_kg_max", 0))
    return bool(figures["po_box"] and not parameters["po_box_allowed"] and not is_parcel)


def tax_id_figures(case: Case, _parameters: Parameters) -> Figures:
    """The customer's tax id and whether its form and check digits are those of its country (E2.10)."""
    return {
        "tax_id": case.order.tax_id,
        "country": case.order.customer_country,
        "is_valid": is_valid_tax_id(case.order.tax_id, case.order.customer_country),
    }


def is_valid_tax_id(tax_id: str, country: str) -> bool | None:
    """Whether a tax id's form and check digits are right, by python-stdnum; None for none, or a country without a known form."""
    if not tax_id:
        return None
    known = uscc if country == "CN" else get_cc_module(country, "vat") or get_cc_module(country, "tin")
    return None if known is None else bool(known.is_valid(tax_id))


def tax_id_is_bad(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The id is wrong, or there is none where one is required."""
    return figures["is_valid"] is False or (parameters["required"] and not figures["tax_id"])


def date_figures(case: Case, _parameters: Parameters) -> Figures:
    """The requested day, the earliest by lead time, the next receiving day, and until when prices hold (E2.12)."""
    order = case.order
    lead = max((line.lead_time_days or 0 for line in case.lines), default=0)
    earliest = case.today + timedelta(days=lead)
    until = earliest_end(line.price_until for line in case.lines)
    figures: Figures = {"requested_on": None, "earliest_on": earliest.isoformat(), "offered_on": None}
    figures["prices_until"] = None if until is None else until.isoformat()
    figures["ordered_on"] = order.ordered_on.isoformat()
    if order.requested_on is None:
        return figures
    offered = next_receiving_day(max(order.requested_on, earliest), order.receiving_days)
    return figures | {"requested_on": order.requested_on.isoformat(), "offered_on": offered.isoformat()}


def next_receiving_day(day: date, receiving_days: str) -> date:
    """The day itself, or the first after it on which goods are received; `receiving_days` are ISO weekdays, as in "12345"."""
    for ahead in range(WEEK):
        if not receiving_days or str((day + timedelta(days=ahead)).isoweekday()) in receiving_days:
            return day + timedelta(days=ahead)
    return day


def date_cannot_be_met(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """Another day than the requested one has to be offered, or a price has ended by then."""
    asked, until = figures["requested_on"], figures.get("prices_until")
    if until is not None and (asked or figures["ordered_on"]) > until:
        return True
    return asked is not None and figures["offered_on"] != asked


def currency_figures(case: Case, _parameters: Parameters) -> Figures:
    """The order's currency and payment terms (E2.15)."""
    order: OrderFacts = case.order
    return {"currency": order.currency, "company_currency": order.company_currency, "terms_days": order.payment_terms_days}


def currency_is_not_allowed(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The currency is neither the company's nor one of those allowed, or the terms are longer than any."""
    allowed = {figures["company_currency"], *parameters["currencies"]}
    return figures["currency"] not in allowed or figures["terms_days"] > parameters["terms_days_max"]
