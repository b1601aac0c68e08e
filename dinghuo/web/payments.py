"""Taking a customer's payment on a page."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.finance import lists
from dinghuo.journey.finance.models import Payment
from dinghuo.journey.finance.operations import take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.reactions import run_ready
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import Customer
from dinghuo.reference.paging import asked, read_day, read_id
from dinghuo.reference.typed_text import cleaned, number
from dinghuo.web import words
from dinghuo.web.templatetags.figures import typed as as_typed


@dataclass(slots=True)
class TypedPayment:
    """The form as it was filled in, and what is wrong with it."""

    customer: str = ""
    customer_text: str = ""
    customer_name: str = ""
    invoice: str = ""
    amount: str = ""
    method: str = "bank_transfer"
    received_on: str = ""
    reference: str = ""
    token: str = ""
    fault: str = ""


@page(needs="payments.take", methods=["GET", "POST"])
def new_payment(request: MemberRequest) -> HttpResponse:
    """The form for a payment, filled in for the invoice that the address names; sent, it takes and applies the payment."""
    if request.method != "POST":
        return form(request, proposed(request.act, read_id(asked(request, "invoice"))))
    typed = read(request)
    draft = draft_of(request.act, typed)
    if draft is None:
        return form(request, typed, status=422)
    (outcome,) = with_retries(take_payments, act=request.act, payments=[draft])
    if not outcome.done:
        typed.fault = words.refusal(outcome.code, outcome.facts)
        return form(request, typed, status=409)
    run_ready(act=request.act, only=["review_again"])
    messages.success(request, _("The payment was taken."))
    return redirect("payments")


def proposed(act: Act, invoice_id: int | None) -> TypedPayment:
    """The form before anything was typed: for an invoice, its customer and what is open of it."""
    typed = TypedPayment(received_on=act.on.isoformat(), token=str(uuid.uuid4()))
    if invoice_id is None:
        return typed
    head = lists.invoice(company_id=act.company_id, invoice_id=invoice_id)
    if head is None:
        raise Missing("There is no such invoice.", id=invoice_id)
    typed.invoice, typed.reference = str(head.id), head.number or ""
    typed.customer, typed.customer_text, typed.customer_name = str(head.customer_id), head.customer_code, words.name(head)
    typed.amount = as_typed(head.amount_gross - head.applied)
    return typed


def read(request: MemberRequest) -> TypedPayment:
    """The form as it was sent."""
    lengths = {"customer": 20, "customer_text": 100, "invoice": 20, "amount": 40, "method": 20, "received_on": 10, "token": 36}
    values = {name: cleaned(request.POST.get(name, ""), length) for name, length in lengths.items()}
    return TypedPayment(**values, reference=cleaned(request.POST.get("reference", ""), 140))


@transaction.atomic
def draft_of(act: Act, typed: TypedPayment) -> PaymentDraft | None:
    """The payment that the form asks to take, or None when something in it is wrong."""
    ours = Customer.objects.filter(company_id=act.company_id)
    chosen = ours.filter(id=read_id(typed.customer) or 0).first() or ours.filter(code=typed.customer_text).first()
    typed.customer_name = words.name(chosen) if chosen else ""
    amount, received_on = number(typed.amount), read_day(typed.received_on)
    if chosen is None:
        typed.fault = _("Which customer? Choose one from the list, or type its code.")
    elif amount is None or amount <= Decimal(0):
        typed.fault = _("The amount must be a number above zero.")
    elif received_on is None:
        typed.fault = _("On which day did the money come?")
    if chosen is None or amount is None or received_on is None or typed.fault:
        return None
    invoice_id = read_id(typed.invoice)
    return PaymentDraft(
        customer_id=chosen.pk,
        amount=amount,
        method=typed.method,
        received_on=received_on,
        reference=typed.reference,
        external_ref=f"page:{typed.token}" if typed.token else None,
        invoice_ids=[invoice_id] if invoice_id else [],
    )


def form(request: MemberRequest, typed: TypedPayment, *, status: int = 200) -> HttpResponse:
    """The form with what was typed."""
    return render(request, "finance/new_payment.html", {"typed": typed, "methods": Payment.Method.choices}, status=status)
