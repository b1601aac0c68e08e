"""The pages of invoices and credit notes, of what is owed, and of payments."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.finance import lists
from dinghuo.journey.finance.ageing import AGES, due_between
from dinghuo.journey.finance.lists import InvoiceRow, InvoiceSearch
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import ID_MAX, PAGE, Page, asked, day_cursor, page_of, read_day, read_day_cursor, read_id
from dinghuo.reference.queries import customer_ids_matching

NARROWING = ("kind", "customer", "from", "until")


@page(needs="invoices.read")
def finance(request: MemberRequest) -> HttpResponse:
    """Posted documents or drafts, latest first, by kind, customer and day."""
    view = "draft" if asked(request, "state") == "draft" else "posted"
    context = {"page": documents(request, view), "view": view, "asked": {name: asked(request, name) for name in NARROWING}}
    return render(request, "finance/invoices.html", context)


def documents(request: MemberRequest, state: str) -> Page[InvoiceRow]:
    """One page of the wanted invoices and credit notes."""
    before_on, before_id = read_day_cursor(asked(request, "after"), (date.max, ID_MAX))
    kind = asked(request, "kind")
    search = InvoiceSearch(
        kinds=(kind,) if kind in {"invoice", "credit_note"} else ("invoice", "credit_note"),
        issued_from=read_day(asked(request, "from")) or date.min,
        issued_until=read_day(asked(request, "until")) or date.max,
        customer_ids=customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer")),
        before_on=before_on,
        before_id=before_id,
    )
    rows = lists.invoices(company_id=request.act.company_id, state=state, search=search, count=PAGE + 1)
    return page_of(rows, lambda row: day_cursor(row.issued_on, row.id))


@page(needs="invoices.read")
def invoice(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """One invoice or credit note with its lines."""
    head = lists.invoice(company_id=request.act.company_id, invoice_id=invoice_id)
    if head is None:
        raise Missing("There is no such invoice.", id=invoice_id)
    lines = lists.invoice_lines(company_id=request.act.company_id, invoice_id=invoice_id)
    return render(request, "finance/invoice.html", {"invoice": head, "lines": lines})


@page(needs="invoices.read")
def receivables(request: MemberRequest) -> HttpResponse:
    """What customers owe, the longest due first, by age and customer."""
    age = asked(request, "age")
    rows = lists.open_receivables(
        company_id=request.act.company_id,
        due=due_between(age, request.act.on),
        customer_ids=customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer")),
        after=read_day_cursor(asked(request, "after"), (date.min, 0)),
        count=PAGE + 1,
    )
    context = {
        "page": page_of(rows, lambda row: day_cursor(row.due_on, row.id)),
        "age": age,
        "ages": tuple(AGES),
        "customer": asked(request, "customer"),
        "today": request.act.on,
    }
    return render(request, "finance/receivables.html", context)


@page(needs="payments.read")
def payments(request: MemberRequest) -> HttpResponse:
    """Payments, the newest first."""
    rows = lists.payments(
        company_id=request.act.company_id,
        customer_ids=customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer")),
        before_id=read_id(asked(request, "after"), ID_MAX) or ID_MAX,
        count=PAGE + 1,
    )
    context = {"page": page_of(rows, lambda row: str(row.id)), "customer": asked(request, "customer")}
    return render(request, "finance/payments.html", context)
