"""The page of the orders that wait for a person's decision."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.review.queries import held_orders
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import PAGE, asked, day_cursor, page_of, read_day_cursor


@page(needs="orders.read")
def review(request: MemberRequest) -> HttpResponse:
    """The orders on hold, the longest waiting first, each with what holds it."""
    after = read_day_cursor(asked(request, "after"), (date.min, 0))
    rows = held_orders(company_id=request.act.company_id, after=after, count=PAGE + 1)
    return render(request, "review/held.html", {"page": page_of(rows, lambda row: day_cursor(row.ordered_on, row.id))})
