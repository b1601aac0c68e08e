"""The page of figures: a period's sales, customers, products, service and cash, each leading to its documents."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dinghuo.journey.analytics import queries
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import asked, read_day

AGE_LABELS = {
    "current": gettext_lazy("not due yet"),
    "1-30": gettext_lazy("1 to 30 days"),
    "31-60": gettext_lazy("31 to 60 days"),
    "61-90": gettext_lazy("61 to 90 days"),
    "over-90": gettext_lazy("over 90 days"),
}


@page(needs="analytics.read")
def analytics(request: MemberRequest) -> HttpResponse:
    """A period's figures; without one asked for, the twelve months up to the newest order."""
    company_id = request.act.company_id
    newest = queries.newest_order_day(company_id=company_id) or request.act.on
    until = read_day(asked(request, "until")) or month_end(newest)
    first = min(read_day(asked(request, "from")) or year_before(until), until)
    months, customers = queries.invoiced(company_id=company_id, issued_from=first, issued_until=until)
    products = queries.products_sold(company_id=company_id, ordered_from=first, ordered_until=until)
    served = queries.lines_served(company_id=company_id, ordered_from=first, ordered_until=until)
    cash_months, cash = queries.order_to_cash(company_id=company_id, issued_from=first, issued_until=until)
    ages = queries.receivable_ages(company_id=company_id, on_day=request.act.on)
    lines, waited = sum(row.lines for row in served), sum(row.lines_waited for row in served)
    context = {
        "first": first,
        "until": until,
        "months": [(row, month_end(row.month)) for row in months if row.month],
        "customers": customers,
        "served": [(row, month_end(row.month)) for row in served],
        "products": products,
        "cash_months": [(row, month_end(row.month)) for row in cash_months if row.month],
        "cash": cash,
        "ages": ages,
        "net": sum((row.net for row in months), Decimal(0)),
        "fill_rate": Decimal(lines - waited) / lines if lines else None,
        "owed": sum((age.open_amount for age in ages), Decimal(0)),
        "charts": charts(months, served, ages),
    }
    return render(request, "analytics/dashboard.html", context)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def year_before(until: date) -> date:
    """The first day of the twelve months that end with a day's month."""
    return date(until.year, 1, 1) if until.month == 12 else date(until.year - 1, until.month + 1, 1)


def charts(months: Any, served: Any, ages: Any) -> dict[str, Any]:
    """What the charts draw: numbers as strings, and the address that each bar leads to."""
    spans = [(row, f"from={row.month}&until={month_end(row.month)}") for row in months]
    return {
        "language": "ZH" if (get_language() or "").startswith("zh") else "EN",
        "sales": {
            "labels": [f"{row.month:%Y-%m}" for row in months],
            "series": [
                {"name": _("Invoiced"), "values": [str(row.invoiced) for row in months]},
                {"name": _("Credited"), "values": [str(row.credited) for row in months]},
            ],
            "links": [f"{reverse('finance')}?{span}" for _row, span in spans],
        },
        "service": {
            "most": 100,
            "labels": [f"{row.month:%Y-%m}" for row in served],
            "series": [
                {"name": _("Served at once, %"), "values": [f"{row.fill_rate * 100:.1f}" for row in served]},
            ],
            "links": [f"{reverse('orders')}?issue=waited&from={row.month}&until={month_end(row.month)}" for row in served],
        },
        "ages": {
            "labels": [str(AGE_LABELS[age.age]) for age in ages],
            "series": [{"name": _("Open"), "values": [str(age.open_amount) for age in ages]}],
            "links": [f"{reverse('receivables')}?age={age.age}" for age in ages],
        },
    }
