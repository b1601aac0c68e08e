"""E-invoices over the API: UBL and CII of posted documents, the hybrid PDF, and reading what others send."""

from dataclasses import dataclass
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from dinghuo.exchange.einvoice.cii import cii
from dinghuo.exchange.einvoice.gathering import einvoices
from dinghuo.exchange.einvoice.hybrid import factur_x
from dinghuo.exchange.einvoice.reading import read
from dinghuo.exchange.einvoice.ubl import ubl
from dinghuo.exchange.einvoice.validation import findings, is_valid
from dinghuo.exchange.papers.invoices import invoices
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.models import Company
from dinghuo.reference.routes import Pdf, Xml, route
from dinghuo.reference.wire import Asked, Id, Money, Text

router = Router(tags=["e-invoices"])

XML_CHARACTERS_MAX = 5_000_000
FINDINGS_TOLD = 100


class SyntaxWanted(Asked):
    """In which of the standard's two syntaxes."""

    syntax: Literal["ubl", "cii"] = "ubl"


class Received(Asked):
    """An e-invoice as text."""

    xml: Annotated[str, Text(most=XML_CHARACTERS_MAX), Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a document breaks; `rule` is empty for the schema."""

    rule: str
    place: str
    told: str
    is_fatal: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What an e-invoice says, whether it is valid by the official schema and rules, and whether it names this company as seller."""

    number: str
    type_code: str
    issued_on: str
    currency: str
    seller: str
    buyer: str
    net: Money
    tax: Money
    gross: Money
    payable: Money
    lines_count: int
    is_ours: bool
    is_valid: bool
    findings: list[Broken]


@route(router, "GET /invoices/{invoice_id}/e-invoice", needs=("invoices.read", "portal.read"))
def get_electronic_invoice(request: ApiRequest, invoice_id: Id, wanted: Query[SyntaxWanted]) -> Xml:
    """Get a posted invoice or credit note as EN 16931 in UBL 2.1 or CII; a customer's token gets its own.

    Refused with `letterhead_incomplete` until the company's country, address and tax number are known.
    """
    (document,) = einvoices(company_id=request.act.company_id, invoice_ids=[invoice_id], only_customer=request.only_customer)
    return Xml(ubl(document) if wanted.syntax == "ubl" else cii(document))


@route(router, "GET /invoices/{invoice_id}/factur-x", needs=("invoices.read", "portal.read"))
def get_hybrid_invoice(request: ApiRequest, invoice_id: Id) -> Pdf:
    """Get a posted invoice as a PDF that carries its own CII (Factur-X, ZUGFeRD); a customer's token gets its own."""
    company_id, ids, only_customer = request.act.company_id, [invoice_id], request.only_customer
    (document,) = einvoices(company_id=company_id, invoice_ids=ids, only_customer=only_customer)
    pdf = invoices(company_id=company_id, invoice_ids=ids, only_customer=only_customer, for_archive=True)
    return Pdf(factur_x(pdf, cii(document)))


@route(router, "POST /e-invoices/check", needs="invoices.read")
def check_electronic_invoice(request: ApiRequest, received: Received) -> Told:
    """Read an e-invoice in UBL or CII and check it by the official schema and rules; nothing is kept.

    Refuses `not_an_e_invoice`, naming element or line.
    """
    raw = received.xml.encode()
    document = read(raw)
    found = findings(raw)
    own_number = Company.objects.get(id=request.act.company_id).tax_id
    return Told(
        number=document.number,
        type_code=document.type_code,
        issued_on=document.issued_on.isoformat(),
        currency=document.currency,
        seller=document.seller.name,
        buyer=document.buyer.name,
        net=document.net,
        tax=document.tax,
        gross=document.gross,
        payable=document.payable,
        lines_count=len(document.lines),
        is_ours=own_number != "" and own_number in {document.seller.vat_id, document.seller.registration},
        is_valid=is_valid(found),
        findings=[Broken(one.rule, one.place, one.told, one.is_fatal) for one in found[:FINDINGS_TOLD]],
    )
