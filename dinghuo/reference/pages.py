"""The pages of the master data, and the choices that forms offer while somebody types."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed, Missing, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.reference import queries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import tell_refusal
from dinghuo.reference.api.customers import Customer
from dinghuo.reference.api.products import Product
from dinghuo.reference.models import Company, Country
from dinghuo.reference.operations import change_company
from dinghuo.reference.operations.company import AUTOMATIC, LETTERHEAD
from dinghuo.reference.paging import PAGE, asked, page_of

LABELS: Final[Mapping[str, StrOrPromise]] = {
    "name": gettext_lazy("Name"),
    "name_zh": gettext_lazy("Name in Chinese"),
    "address": gettext_lazy("Address"),
    "city": gettext_lazy("City"),
    "postcode": gettext_lazy("Postcode"),
    "phone": gettext_lazy("Phone"),
    "tax_id": gettext_lazy("Tax id"),
    "bank_name": gettext_lazy("Bank"),
    "bank_account": gettext_lazy("Bank account"),
    "auto_release": gettext_lazy("Review submitted orders and release those that pass every rule"),
    "auto_allocate": gettext_lazy("Give stock to released orders"),
    "auto_notice": gettext_lazy("Make shipping notices for what is allocated"),
    "auto_invoice": gettext_lazy("Draft invoices for what has left"),
    "finance_confirms": gettext_lazy("Let finance confirm drafts before they are posted"),
}


@page(needs="customers.read")
def customers(request: MemberRequest) -> HttpResponse:
    """The customers by code, with what each owes."""
    wanted = asked(request, "q")
    rows = queries.customers_page(
        company_id=request.act.company_id, wanted=wanted, after_code=asked(request, "after"), count=PAGE + 1
    )
    return render(request, "reference/customers.html", {"page": page_of(rows, lambda row: row.code), "wanted": wanted})


@page(needs="customers.read")
def customer(request: MemberRequest, customer_id: int) -> HttpResponse:
    """One customer with all that is agreed with it."""
    only = {"after": 0, "count": 1, "only_id": customer_id, "code": None}
    found = sql.rows("reference/customers_after", Customer, company_id=request.act.company_id, **only)
    if not found:
        raise Missing("There is no such customer.", id=customer_id)
    return render(request, "reference/customer.html", {"customer": found[0]})


@page(needs="products.read")
def product(request: MemberRequest, product_id: int) -> HttpResponse:
    """One product with all that orders of it are judged by."""
    only = {"after": 0, "count": 1, "only_id": product_id, "code": None}
    found = sql.rows("reference/products_after", Product, company_id=request.act.company_id, **only)
    if not found:
        raise Missing("There is no such product.", id=product_id)
    return render(request, "reference/product.html", {"product": found[0]})


@page(needs="company.write", methods=["GET", "POST"])
def company(request: MemberRequest) -> HttpResponse:
    """The form of the letterhead and of the steps that run by themselves; sent, it changes them."""
    if request.method != "POST":
        row = Company.objects.get(id=request.act.company_id)
        return company_form(request, {name: getattr(row, name) for name in (*LETTERHEAD, *AUTOMATIC)})
    typed = typed_company(request)
    faults = company_faults(typed)
    if faults:
        return company_form(request, typed, faults, status=422)
    try:
        with_retries(change_company, act=request.act, fields=typed)
    except (Malformed, Refused) as refusal:
        tell_refusal(request, refusal)
        return company_form(request, typed, status=422)
    messages.success(request, _("The settings were saved."))
    return redirect("company-settings")


def typed_company(request: MemberRequest) -> dict[str, Any]:
    """The form as it was sent, trimmed; a box that is not ticked is not sent."""
    typed: dict[str, Any] = {name: request.POST.get(name, "").replace("\x00", "").strip() for name in LETTERHEAD}
    return typed | {name: name in request.POST for name in AUTOMATIC}


def company_faults(typed: Mapping[str, Any]) -> list[str]:
    """The parts of the letterhead that do not fit their columns; a company has a name."""
    return [name for name, most in LETTERHEAD.items() if len(typed[name]) > most or (name == "name" and not typed[name])]


@transaction.atomic
def company_form(
    request: MemberRequest, typed: Mapping[str, Any], faults: Sequence[str] = (), *, status: int = 200
) -> HttpResponse:
    """The form with what was typed."""
    context = {
        "letterhead": [
            (name, LABELS[name], typed[name], most, name in faults) for name, most in LETTERHEAD.items() if name != "country"
        ],
        "automatic": [(name, LABELS[name], typed[name]) for name in AUTOMATIC],
        "country": typed["country"],
        "countries": Country.objects.order_by("code"),
        "is_faulty": bool(faults),
    }
    return render(request, "reference/company.html", context, status=status)


@page(needs="products.read")
def products(request: MemberRequest) -> HttpResponse:
    """The products by code, with their list price."""
    wanted = asked(request, "q")
    rows = queries.products_page(
        company_id=request.act.company_id, wanted=wanted, after_code=asked(request, "after"), count=PAGE + 1
    )
    return render(request, "reference/products.html", {"page": page_of(rows, lambda row: row.code), "wanted": wanted})


@page(needs="customers.read")
def customer_choices(request: MemberRequest) -> HttpResponse:
    """What a text typed into a customer field may mean, as buttons."""
    found = queries.customers_matching(company_id=request.act.company_id, wanted=asked(request, "customer_text"))
    return render(request, "reference/_choices.html", {"choices": found})


@page(needs="products.read")
def product_choices(request: MemberRequest) -> HttpResponse:
    """What a text typed into a product field may mean, as buttons."""
    found = queries.products_matching(company_id=request.act.company_id, wanted=asked(request, "product"))
    return render(request, "reference/_choices.html", {"choices": found})
