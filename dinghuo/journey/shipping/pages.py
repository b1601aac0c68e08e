"""The page of shipments: what is to leave, what is on the road, what has arrived."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.shipping.lists import ShipmentRow, shipments_in_work, shipments_latest
from dinghuo.journey.shipping.models import ShipmentState
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.paging import ID_MAX, PAGE, Page, asked, day_cursor, page_of, read_day_cursor, read_id

# What the tabs show: a state, and whether only what is planned up to today.
DUE = "due"


@page(needs="shipments.read")
def shipping(request: MemberRequest) -> HttpResponse:
    """Shipments by state; those in work by their planned day, the others the newest first."""
    view = asked(request, "state") or DUE
    context = {"page": shown(request, view), "view": view, "wanted": asked(request, "q"), "states": ShipmentState.choices}
    return render(request, "shipping/list.html", context)


def shown(request: MemberRequest, view: str) -> Page[ShipmentRow]:
    """One page of the wanted shipments."""
    company_id, wanted, after = request.act.company_id, asked(request, "q"), asked(request, "after")
    if not wanted and view in {DUE, ShipmentState.NOTICE, ShipmentState.DISPATCHED}:
        rows = shipments_in_work(
            company_id=company_id,
            state=ShipmentState.NOTICE.value if view == DUE else view,
            due_on=request.act.on if view == DUE else date.max,
            after=read_day_cursor(after, (date.min, 0)),
            count=PAGE + 1,
        )
        return page_of(rows, lambda row: day_cursor(row.planned_on, row.id))
    states = [view] if view in ShipmentState.values else ShipmentState.values
    before_id = read_id(after, ID_MAX) or ID_MAX
    latest = shipments_latest(company_id=company_id, states=states, wanted=wanted, before_id=before_id, count=PAGE + 1)
    return page_of(latest, lambda row: str(row.id))
