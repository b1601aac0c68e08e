"""The pages of what customers owed on a day: by customer and age, and the documents behind each figure."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dinghuo.journey.finance.ageing import (
    COLUMNS,
    CREDIT,
    UNAPPLIED,
    Aged,
    ItemsWanted,
    OpenItem,
    aged_receivables,
    amounts_of,
    open_items,
    summed,
)
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.exports import as_csv
from dinghuo.reference.models import Customer
from dinghuo.reference.paging import PAGE, asked, day_cursor, page_of, read_day, read_day_cursor
from dinghuo.reference.queries import customer_ids_matching

EXPORT_MAX: Final = 1_000_000
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
LABELS = {
    "current": gettext_lazy("not due yet"),
    "1-30": gettext_lazy("1 to 30 days"),
    "31-60": gettext_lazy("31 to 60 days"),
    "61-90": gettext_lazy("61 to 90 days"),
    "over-90": gettext_lazy("over 90 days"),
    "credit_notes": gettext_lazy("Credit notes left"),
    "unapplied": gettext_lazy("Money not applied"),
}


@page(needs="invoices.read")
def ageing(request: MemberRequest) -> HttpResponse:
    """What each customer owed at the end of a day by how long it was overdue then; today's figures without a day."""
    on, customer = day_of(request), asked(request, "customer")
    wanted = customer_ids_matching(company_id=request.act.company_id, wanted=customer)
    rows = aged_receivables(company_id=request.act.company_id, on=on, customer_ids=wanted)
    if asked(request, "format") == "csv":
        return ageing_csv(on, rows)
    after = asked(request, "after")
    shown = [row for row in rows if row.code > after][: PAGE + 1] if after else rows[: PAGE + 1]
    sums = summed(rows)
    context = {
        "on": on,
        "customer": customer,
        "columns": COLUMNS,
        "customers": len(rows),
        "sums": [(column, sums[column]) for column in COLUMNS],
        "balance": sums["balance"],
        "page": page_of(shown, lambda row: row.code),
        "charts": chart(on, customer, sums),
    }
    return render(request, "finance/ageing.html", context)


@page(needs="invoices.read")
def ageing_items(request: MemberRequest) -> HttpResponse:
    """The documents behind a figure of the ageing, with what was open of each that day."""
    on, column, code = day_of(request), asked(request, "age"), asked(request, "code")
    customer_ids = (
        of_code(request, code)
        if code
        else customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer"))
    )
    as_file = asked(request, "format") == "csv"
    wanted = ItemsWanted(
        on=on,
        column=column if column in COLUMNS else "",
        customer_ids=customer_ids,
        after=(date.min, 0) if as_file else read_day_cursor(asked(request, "after"), (date.min, 0)),
    )
    rows = open_items(company_id=request.act.company_id, wanted=wanted, count=EXPORT_MAX if as_file else PAGE + 1)
    if as_file:
        return items_csv(on, rows)
    context = {
        "on": on,
        "age": wanted.column,
        "code": code,
        "customer": asked(request, "customer"),
        "page": page_of(rows, lambda row: day_cursor(row.due_on, row.document_id)),
    }
    return render(request, "finance/ageing_items.html", context)


def day_of(request: MemberRequest) -> date:
    """The day that was asked for, or today."""
    on = read_day(asked(request, "on"))
    return on if on is not None and EARLIEST <= on <= LATEST else request.act.on


def of_code(request: MemberRequest, code: str) -> list[int]:
    """The customer of a code: none when there is none."""
    return list(Customer.objects.filter(company_id=request.act.company_id, code=code).values_list("id", flat=True))


def chart(on: date, customer: str, sums: Any) -> dict[str, Any]:
    """What the chart draws: a bar an age, and the address that it leads to; what we owe them lies below the axis."""
    signs = [1 if column not in {CREDIT, UNAPPLIED} else -1 for column in COLUMNS]
    links = [
        reverse("ageing-items") + "?" + urlencode({"on": on.isoformat(), "age": column, "customer": customer}) for column in COLUMNS
    ]
    return {
        "language": "ZH" if (get_language() or "").startswith("zh") else "EN",
        "ages": {
            "labels": [str(LABELS[column]) for column in COLUMNS],
            "series": [
                {"name": _("Open"), "values": [str(sign * sums[column]) for sign, column in zip(signs, COLUMNS, strict=True)]}
            ],
            "links": links,
        },
    }


def ageing_csv(on: date, rows: Sequence[Aged]) -> HttpResponse:
    """The whole ageing of a day, a customer a row."""
    told = ((row.code, row.name, row.name_zh, *amounts_of(row), row.balance) for row in rows)
    return as_csv(f"ageing-{on}", ("customer", "name", "name_zh", *COLUMNS, "balance"), told)


def items_csv(on: date, rows: Sequence[OpenItem]) -> HttpResponse:
    """The documents behind a figure, one a row."""
    told = (
        (row.kind, row.number, row.customer_code, row.issued_on, row.due_on, row.currency, row.amount, row.open_amount)
        for row in rows
    )
    return as_csv(f"open-items-{on}", ("kind", "number", "customer", "issued_on", "due_on", "currency", "amount", "open"), told)
