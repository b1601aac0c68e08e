"""Papers for people: a PDF in the browser."""

from datetime import date

from django.http import HttpResponse

from dinghuo.exchange.papers.delivery_notes import Form, delivery_notes
from dinghuo.exchange.papers.invoices import invoices
from dinghuo.exchange.papers.printing import PAPERS_MAX
from dinghuo.journey.shipping.lists import shipments_in_work
from dinghuo.journey.shipping.models import ShipmentState
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import asked
from dinghuo.reference.routes import Pdf


@page(needs="shipments.read")
def delivery_note(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """One shipment's delivery note."""
    pdf = delivery_notes(
        company_id=request.act.company_id, shipment_ids=[shipment_id], form=form_of(request), language=asked(request, "language")
    )
    return shown(pdf, f"delivery-note-{shipment_id}")


@page(needs="shipments.read")
def delivery_notes_due(request: MemberRequest) -> HttpResponse:
    """The delivery notes of all that is due to leave, the first planned first, at most 1,000 of them."""
    act = request.act
    state = ShipmentState.NOTICE.value
    due = shipments_in_work(company_id=act.company_id, state=state, due_on=act.on, after=(date.min, 0), count=PAPERS_MAX)
    if not due:
        raise Missing("Nothing is due to leave.")
    ids = [shipment.id for shipment in due]
    return shown(delivery_notes(company_id=act.company_id, shipment_ids=ids, form=form_of(request)), f"delivery-notes-{act.on}")


@page(needs="invoices.read")
def invoice(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """One invoice or credit note."""
    pdf = invoices(company_id=request.act.company_id, invoice_ids=[invoice_id], language=asked(request, "language"))
    return shown(pdf, f"invoice-{invoice_id}")


@page(needs="portal.read")
def own_delivery_note(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """A delivery note of the customer's own."""
    whose = own_customer(request)
    pdf = delivery_notes(company_id=request.act.company_id, shipment_ids=[shipment_id], only_customer=whose)
    return shown(pdf, f"delivery-note-{shipment_id}")


@page(needs="portal.read")
def own_invoice(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """An invoice of the customer's own."""
    whose = own_customer(request)
    return shown(
        invoices(company_id=request.act.company_id, invoice_ids=[invoice_id], only_customer=whose), f"invoice-{invoice_id}"
    )


def own_customer(request: MemberRequest) -> int:
    """The customer whose papers the member may see; raises Missing for a member who is no customer's."""
    if request.membership.customer_id is None:
        raise Missing("There is no such customer.")
    return request.membership.customer_id


def form_of(request: MemberRequest) -> Form:
    """The form that is asked for; A4 when none is, or one that does not exist."""
    return "slip" if asked(request, "form") == "slip" else "a4"


def shown(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, and saves under a name that says what it is."""
    response = HttpResponse(pdf, content_type=Pdf.media)
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
