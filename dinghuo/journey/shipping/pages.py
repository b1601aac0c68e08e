"""The pages of shipping: what is to leave and where it is, one shipment's way, labels that wait, and events without a shipment."""

from collections.abc import Callable, Sequence
from datetime import date

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.journey.shipping.lists import (
    LABEL_QUEUE,
    ShipmentRow,
    events_of_shipment,
    label_file,
    labels,
    shipments_in_work,
    shipments_latest,
    unclaimed_events,
    where_now,
)
from dinghuo.journey.shipping.models import Shipment, ShipmentState, ShippingLabel
from dinghuo.journey.shipping.operations import (
    cancel_labels,
    change_carrier,
    decide_label,
    give_up_labels,
    order_labels,
    retry_labels,
)
from dinghuo.journey.shipping.tracking_states import NUMBER_MAX
from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.models import Carrier
from dinghuo.reference.paging import ID_MAX, PAGE, Page, asked, day_cursor, page_of, read_day_cursor, read_id

# What the tabs show: a state, and whether only what is planned up to today.
DUE = "due"


@page(needs="shipments.read")
def shipping(request: MemberRequest) -> HttpResponse:
    """Shipments by state; those in work by their planned day, the others the newest first."""
    view = asked(request, "state") or DUE
    context = {"page": shown(request, view), "view": view, "wanted": asked(request, "q"), "states": ShipmentState.choices}
    return render(request, "shipping/list.html", context)


@page(needs="shipments.read")
def parcel(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """One shipment: where it is, every word of its carrier, and its labels."""
    company_id = request.act.company_id
    shipments = Shipment.objects.select_related("order", "carrier", "warehouse")
    shipment = shipments.filter(company_id=company_id, id=shipment_id).first()
    if shipment is None:
        raise Missing("There is no such shipment.", id=shipment_id)
    events = events_of_shipment(company_id=company_id, shipment_id=shipment_id)
    found = labels(company_id=company_id, before=ID_MAX, count=PAGE, only_shipment=shipment_id)
    is_wanted = all(label.state in {"given_up", "cancelled"} for label in found)
    context = {
        "shipment": shipment,
        "events": events,
        "status": where_now(events),
        "labels": found,
        "carriers": carriers_of(company_id),
        "may_order": shipment.state == ShipmentState.NOTICE and is_wanted,
    }
    return render(request, "shipping/parcel.html", context)


@page(needs="shipments.read")
def label_queue(request: MemberRequest) -> HttpResponse:
    """Labels that no carrier has made yet, and why; and events whose tracking number no shipment has."""
    company_id, before = request.act.company_id, read_id(asked(request, "after"), ID_MAX) or ID_MAX
    rows = labels(company_id=company_id, before=before, count=PAGE + 1, states=LABEL_QUEUE)
    context = {
        "page": page_of(rows, lambda row: str(row.id)),
        "unclaimed": unclaimed_events(company_id=company_id, before_id=ID_MAX, count=PAGE),
        "carriers": carriers_of(company_id),
    }
    return render(request, "shipping/labels.html", context)


@page(needs="shipments.read")
def label_paper(request: MemberRequest, label_id: int) -> HttpResponse:
    """A label as its carrier made it, to print."""
    body = label_file(company_id=request.act.company_id, label_id=label_id)
    is_pdf = body.startswith(b"%PDF")
    response = HttpResponse(body, content_type="application/pdf" if is_pdf else "application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="label-{label_id}.{"pdf" if is_pdf else "zpl"}"'
    return response


@page(needs="shipments.write", methods=["POST"])
def order_label(request: MemberRequest, key: int) -> HttpResponse:
    """Ask the shipment's carrier for a label."""
    perform(request, order_labels, done=_("The label is asked for."), shipment_ids=[key])
    return redirect("parcel", key)


def on_label(operation: Callable[..., Sequence[Outcome]], done: StrOrPromise) -> Callable[..., HttpResponse]:
    """The view that runs an operation on one label and goes back to its shipment."""

    @page(needs="shipments.write", methods=["POST"])
    def view(request: MemberRequest, key: int) -> HttpResponse:
        perform(request, operation, done=done, label_ids=[key])
        return back_to_shipment(request, key)

    return view


retry = on_label(retry_labels, _("The label is tried again."))
give_up = on_label(give_up_labels, _("The label is given up."))
cancel = on_label(cancel_labels, _("The carrier is told to cancel the label."))


@page(needs="shipments.write", methods=["POST"])
def decide(request: MemberRequest, key: int) -> HttpResponse:
    """Say what became of a label in doubt: the number typed, or none."""
    number = request.POST.get("tracking_number", "").strip()
    if len(number) > NUMBER_MAX or not number.isascii() or not number.isprintable() or " " in number:
        raise Malformed("A tracking number has at most 80 letters and digits.", column="tracking_number")
    perform(request, decide_label, done=_("The doubt is settled."), label_id=key, tracking_number=number)
    return back_to_shipment(request, key)


@page(needs="shipments.write", methods=["POST"])
def choose_carrier(request: MemberRequest, key: int) -> HttpResponse:
    """Give a label up and ask another carrier."""
    carrier_id = read_id(request.POST.get("carrier", ""), 0)
    perform(request, change_carrier, done=_("Another carrier is asked."), label_id=key, carrier_id=carrier_id or 0)
    return back_to_shipment(request, key)


def back_to_shipment(request: MemberRequest, label_id: int) -> HttpResponse:
    """Go back to the page of a label's shipment; raises Missing when there is no such label."""
    with transaction.atomic():
        found = ShippingLabel.objects.filter(company_id=request.act.company_id, id=label_id).values_list("shipment_id", flat=True)
        shipment_id = found.first()
    if shipment_id is None:
        raise Missing("There is no such label.", id=label_id)
    return redirect("parcel", shipment_id)


def carriers_of(company_id: int) -> list[Carrier]:
    """The carriers that may be chosen."""
    return list(Carrier.objects.filter(company_id=company_id, is_active=True).order_by("code")[:PAGE])


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
