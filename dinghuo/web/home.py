"""The first page: what needs a person, and what each stage of the journey holds."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from dinghuo.reference.access import SIGNED_IN, MemberRequest, page
from dinghuo.web import queries
from dinghuo.web.context import entries


@dataclass(frozen=True, slots=True)
class Count:
    """A count of the home page: the work it counts, its stage, and the list that shows it."""

    name: str
    stage: str
    label: StrOrPromise
    page: str
    query: str = ""
    needs: str = "home.read"
    asks_person: bool = False
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A count as the page shows it."""

    label: StrOrPromise
    url: str
    count: int
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class StageOfHome:
    """A stage with its counts."""

    title: StrOrPromise
    icon: str
    url: str
    tiles: list[Tile]


COUNTS: Final = (
    Count("drafts", "orders", _("Drafts"), "orders", "state=draft"),
    Count("submitted", "orders", _("Submitted"), "orders", "state=submitted"),
    Count("released", "orders", _("Released"), "orders", "state=released"),
    Count("held", "review", _("Orders on hold"), "review", asks_person=True, is_urgent=True),
    Count("short", "allocation", _("Lines that wait for stock"), "orders", "issue=short", asks_person=True),
    Count("to_dispatch", "shipping", _("Shipments due to leave"), "shipping", asks_person=True),
    Count("planned", "shipping", _("Planned for later"), "shipping", "state=notice"),
    Count("on_the_road", "shipping", _("On the road"), "shipping", "state=dispatched"),
    Count(
        "invoice_drafts", "finance", _("Invoices to confirm"), "finance", "state=draft", needs="invoices.read", asks_person=True
    ),
    Count("open_receivables", "finance", _("Open receivables"), "receivables", needs="invoices.read"),
    Count(
        "overdue", "finance", _("Receivables overdue"), "receivables", "age=overdue", needs="invoices.read",
        asks_person=True, is_urgent=True,
    ),
    Count("feedback", "tracking", _("Feedback without an answer"), "tracking", "open=1", asks_person=True, is_urgent=True),
)  # fmt: skip


@page(needs=SIGNED_IN)
def home(request: MemberRequest) -> HttpResponse:
    """What needs a person and what each stage holds; a customer's user goes to its own orders."""
    member = getattr(request, "membership", None)
    if member is None:
        return render(request, "web/home.html")
    if not member.may("home.read"):
        return redirect("portal")
    waiting = queries.work_waiting(request.act)
    open_counts = [count for count in COUNTS if member.may(count.needs)]
    stages = [
        StageOfHome(
            title=entry.title,
            icon=entry.icon,
            url=entry.url,
            tiles=[tile(count, waiting) for count in open_counts if count.stage == entry.page],
        )
        for entry in entries()
        if entry.is_stage and member.may(entry.needs)
    ]
    needed = [tile(count, waiting) for count in open_counts if count.asks_person]
    return render(request, "web/home.html", {"needed": needed, "stages": stages})


def tile(count: Count, waiting: dict[str, int]) -> Tile:
    """A count with its number and the address of its list."""
    url = reverse(count.page) + (f"?{count.query}" if count.query else "")
    return Tile(label=count.label, url=url, count=waiting[count.name], is_urgent=count.is_urgent)
