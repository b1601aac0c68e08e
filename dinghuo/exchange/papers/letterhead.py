"""Who sends a paper, and in which language it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import segno
from django.conf import settings

from dinghuo.kernel import sql

CHINESE: Final = "zh-hans"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The company as it stands at the head of its papers; `country` is the name in English."""

    name: str
    name_zh: str
    address: str
    city: str
    postcode: str
    country: str
    country_zh: str
    phone: str
    tax_id: str
    bank_name: str
    bank_account: str
    language: str
    rounding: str


def letterhead(company_id: int) -> Letterhead:
    """The company's letterhead."""
    (found,) = sql.rows("exchange/letterhead", Letterhead, company_id=company_id)
    return found


def spoken(*wanted: str) -> str:
    """The first of some languages that papers can speak; Chinese when none of them is one."""
    known = {code for code, _name in settings.LANGUAGES}
    return next((language for language in wanted if language in known), CHINESE)


def named(name: str, name_zh: str, language: str) -> str:
    """A name in the paper's language; whoever has no Chinese name keeps the one it has."""
    return name_zh or name if language == CHINESE else name or name_zh


def joined(*parts: str) -> str:
    """An address in one line, without what is missing."""
    return ", ".join(part for part in parts if part)


def sender(company: Letterhead, language: str) -> dict[str, Any]:
    """What a form shows of the company."""
    country = named(company.country, company.country_zh, language)
    return {
        "name": named(company.name, company.name_zh, language),
        "address": joined(company.address, company.city, company.postcode, country),
        "phone": company.phone,
        "tax_id": company.tax_id,
        "bank": joined(company.bank_name, company.bank_account),
    }


def scannable(text: str) -> str:
    """A QR code of a document's number, as SVG: what a scanner reads from the paper is what stands on it."""
    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def in_order(ids: Sequence[int], found: Sequence[Any]) -> list[Any]:
    """The documents in the order they were asked for, each once."""
    by_id = {document.id: document for document in found}
    return [by_id[wanted] for wanted in dict.fromkeys(ids) if wanted in by_id]
