"""Papers over the API: delivery notes and invoices as PDF."""

from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from dinghuo.exchange.papers.delivery_notes import delivery_notes
from dinghuo.exchange.papers.invoices import invoices
from dinghuo.exchange.papers.printing import PAPERS_MAX
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import Pdf, route
from dinghuo.reference.wire import Asked, BodyId, Id

router = Router(tags=["papers"])


class PaperWanted(Asked):
    """How a paper speaks: the customer's own language when none is named."""

    language: Literal["", "zh-hans", "en"] = ""


class NoteWanted(PaperWanted):
    """Which form a delivery note has: A4, or the three-part slip with prices."""

    form: Literal["a4", "slip"] = "a4"


class NotesWanted(NoteWanted):
    """Which delivery notes are printed, in this order."""

    ids: Annotated[list[BodyId], Field(min_length=1, max_length=PAPERS_MAX)]


@route(router, "GET /shipments/{shipment_id}/delivery-note", needs=("shipments.read", "portal.read"))
def print_delivery_note(request: ApiRequest, shipment_id: Id, wanted: Query[NoteWanted]) -> Pdf:
    """Print a shipment's delivery note as PDF; a customer's token prints its own."""
    pdf = delivery_notes(
        company_id=request.act.company_id,
        shipment_ids=[shipment_id],
        form=wanted.form,
        language=wanted.language,
        only_customer=request.only_customer,
    )
    return Pdf(pdf)


@route(router, "POST /delivery-notes/print", needs="shipments.read")
def print_delivery_notes(request: ApiRequest, wanted: NotesWanted) -> Pdf:
    """Print up to 1,000 delivery notes as one PDF, in the order of their ids. A wrong one is named: `unknown_shipment`."""
    company_id = request.act.company_id
    try:
        return Pdf(delivery_notes(company_id=company_id, shipment_ids=wanted.ids, form=wanted.form, language=wanted.language))
    except Missing as missing:
        raise Malformed("Some shipments are not known.", code="unknown_shipment", column="ids", **missing.facts) from missing


@route(router, "GET /invoices/{invoice_id}/pdf", needs=("invoices.read", "portal.read"))
def print_invoice(request: ApiRequest, invoice_id: Id, wanted: Query[PaperWanted]) -> Pdf:
    """Print an invoice or credit note as PDF; a customer's token prints its own that are posted."""
    company_id, only_customer = request.act.company_id, request.only_customer
    return Pdf(invoices(company_id=company_id, invoice_ids=[invoice_id], language=wanted.language, only_customer=only_customer))
