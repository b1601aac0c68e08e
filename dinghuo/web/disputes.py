"""The buttons of disputes on the page of receivables; what they change for orders on hold comes at once."""

from decimal import Decimal

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dinghuo.journey.finance.models import SalesInvoice
from dinghuo.journey.finance.operations import DisputeDraft, close_disputes, open_disputes
from dinghuo.journey.reactions import run_ready
from dinghuo.kernel.errors import Missing, Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform, tell_refusal
from dinghuo.reference.typed_text import cleaned, number
from dinghuo.web.order_form import NUMBER_MAX

TEXT_MAX = 300
AMOUNT_MAX = Decimal(10**12)


@page(needs="invoices.write", methods=["POST"])
def open_dispute(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """Mark an invoice as disputed, all that is open of it without an amount; orders held because it is late are judged again."""
    refuse_unknown(request.act, invoice_id)
    typed = cleaned(request.POST.get("amount", ""), NUMBER_MAX)
    amount = number(typed) if typed else None
    if typed and (amount is None or not 0 < amount < AMOUNT_MAX or amount != round(amount, 3)):
        tell_refusal(request, Refused("", code="malformed_amount"))
        return redirect("receivables")
    draft = DisputeDraft(invoice_id, cleaned(request.POST.get("reason", ""), TEXT_MAX), amount)
    if perform(request, open_disputes, done=_("The invoice is disputed; it counts as late no more."), drafts=[draft]):
        run_ready(act=request.act, only=["review_again"])
    return redirect("receivables")


@transaction.atomic
def refuse_unknown(act: Act, invoice_id: int) -> None:
    """Raise Missing for an invoice that the company does not have."""
    if not SalesInvoice.objects.filter(company_id=act.company_id, id=invoice_id).exists():
        raise Missing("There is no such invoice.", id=invoice_id)


@page(needs="invoices.write", methods=["POST"])
def close_dispute(request: MemberRequest, dispute_id: int) -> HttpResponse:
    """End a dispute with what came of it; what is open of the invoice may be late again."""
    said = cleaned(request.POST.get("resolution", ""), TEXT_MAX)
    if perform(request, close_disputes, done=_("The dispute was closed."), dispute_ids=[dispute_id], resolution=said):
        run_ready(act=request.act, only=["review_again"])
    return redirect("receivables")
