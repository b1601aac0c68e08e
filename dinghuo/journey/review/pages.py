"""The reviewer's pages: what waits, one order with all that a decision needs, lines on hold, and how reviewing goes."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.models import ApprovalStep, RequestState
from dinghuo.journey.review.queries import decisions_by_person, touched_orders, touchless_periods
from dinghuo.journey.review.queue import (
    FIRST,
    SHOWN,
    SORTED_BY,
    QuestionsWanted,
    Wanted,
    causes,
    exposure,
    held_lines,
    line_promises,
    questions,
    queued_order,
    queued_orders,
)
from dinghuo.kernel.errors import Missing
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.models import Customer
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_day, read_id
from dinghuo.reference.queries import customer_ids_matching
from dinghuo.reference.tables import as_csv

FILTERS: Final = ("shown", "customer", "cause", "amount_from", "amount_until", "days", "sort")
DAYS: Final = (1, 3, 7, 14, 30)
DAYS_MAX: Final = 3_650
DOCUMENTS_SHOWN: Final = 20
LINES_SHOWN: Final = 200
QUESTIONS_SHOWN: Final = 100
STEPS: Final = ("day", "week", "month")
EXPORT_MAX: Final = 100_000


@page(needs="orders.read")
def review(request: MemberRequest) -> HttpResponse:
    """The orders that wait for a person, by age or value, each with what it waits for in words."""
    wanted = wanted_of(request)
    if asked(request, "format") == "csv":
        return queue_csv(request, wanted)
    rows = queued_orders(request.act, wanted, count=PAGE + 1)
    context = {
        "page": page_of(rows, lambda row: f"{row.key}_{row.id}"),
        "orders": rows[0].orders if rows else 0,
        "amount": rows[0].amount_in_all if rows else 0,
        "causes": causes(request.act),
        "days": DAYS,
        "asked": {name: asked(request, name) for name in FILTERS},
        "shown": wanted.shown,
        "is_narrowed": any(asked(request, name) for name in FILTERS if name not in {"shown", "sort"}),
    }
    return render(request, "review/queue.html", context)


def wanted_of(request: MemberRequest) -> Wanted:
    """What the queue's form asks for; what makes no sense is left out."""
    shown, sort, days = asked(request, "shown"), asked(request, "sort"), read_id(asked(request, "days"))
    return Wanted(
        customer_ids=customer_ids_matching(company_id=request.act.company_id, wanted=asked(request, "customer")),
        cause=asked(request, "cause"),
        amount_from=read_amount(asked(request, "amount_from")),
        amount_until=read_amount(asked(request, "amount_until")),
        held_before=request.act.at - timedelta(days=min(days, DAYS_MAX)) if days else None,
        shown=shown if shown in SHOWN else SHOWN[0],
        sort=sort if sort in SORTED_BY else SORTED_BY[0],
        after=read_cursor(asked(request, "after")),
    )


def read_amount(text: str) -> Decimal | None:
    """An amount as somebody may have typed it, or None."""
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**15 else None


def read_cursor(text: str) -> tuple[Decimal, int]:
    """Where to go on in the queue; from the start when the text is no cursor."""
    key, _, order_id = text.partition("_")
    amount, last = read_amount(key), read_id(order_id)
    return FIRST if amount is None or last is None else (amount, last)


@page(needs="orders.read")
def review_order(request: MemberRequest, order_id: int) -> HttpResponse:
    """One order with all that a decision needs: causes, exposure with its documents, approvals, questions, promised days."""
    order = SalesOrder.objects.filter(company_id=request.act.company_id, id=order_id).first()
    if order is None or order.state == "draft":
        raise Missing("There is no such order.", id=order_id)
    customer = Customer.objects.get(company_id=request.act.company_id, id=order.customer_id)
    after = min(read_id(asked(request, "line"), 0) or 0, 10**6)
    lines = line_promises(request.act, order_id, after_position=after, count=LINES_SHOWN + 1)
    context: dict[str, Any] = {
        "order": order,
        "customer": customer,
        "waiting": queued_order(request.act, order_id),
        "steps": steps_of(request, order_id),
        "questions": questions(request.act, QuestionsWanted(order_id=order_id), after_id=0, count=QUESTIONS_SHOWN),
        "lines": page_of(lines, lambda line: str(line.position), LINES_SHOWN),
    }
    if request.membership.may("invoices.read"):
        context["exposure"] = exposure(request.act, customer.pk, count=DOCUMENTS_SHOWN)
    return render(request, "review/order.html", context)


def steps_of(request: MemberRequest, order_id: int) -> Sequence[ApprovalStep]:
    """The steps of the approvals that an order waits for or has, in their order."""
    live = [RequestState.OPEN, RequestState.APPROVED]
    steps = ApprovalStep.objects.filter(company_id=request.act.company_id, request__order_id=order_id, request__state__in=live)
    return list(steps.order_by("position"))


@page(needs="orders.read")
def review_lines(request: MemberRequest) -> HttpResponse:
    """The lines on hold, the longest waiting first, while the rest of their orders goes on."""
    after = read_id(asked(request, "after"), 0) or 0
    rows = held_lines(request.act, after_id=after, count=PAGE + 1)
    return render(request, "review/lines.html", {"page": page_of(rows, lambda row: str(row.id))})


@page(needs="approvals.read")
def touchless(request: MemberRequest) -> HttpResponse:
    """How many orders went through by no hand, by period; and every other with what people did to it, and why."""
    step = asked(request, "step")
    step = step if step in STEPS else "month"
    from_on, until_on = days_of(request)
    company_id, days = request.act.company_id, {"from_on": from_on, "until_on": until_on}
    periods = touchless_periods(company_id=company_id, step=step, **days)
    if asked(request, "format") == "csv":
        rows = touched_orders(company_id=company_id, **days, after_id=0, count=EXPORT_MAX)
        told = ((row.number, row.customer_code, row.released_at.isoformat(), *touch) for row in rows for touch in row.told)
        return as_csv("touched-orders", ("order", "customer", "released_at", "touch", "reason_code", "reason"), told)
    after = read_id(asked(request, "after"), 0) or 0
    rows = touched_orders(company_id=company_id, **days, after_id=min(after, ID_MAX), count=PAGE + 1)
    released, clean = sum(row.released for row in periods), sum(row.touchless for row in periods)
    context = {
        "periods": [(row, last_day(row.from_on, step, until_on)) for row in periods],
        "page": page_of(rows, lambda row: str(row.id)),
        "released": released,
        "clean": clean,
        "from_on": from_on,
        "until_on": until_on,
        "step": step,
        "steps": STEPS,
    }
    return render(request, "review/touchless.html", context)


def days_of(request: MemberRequest) -> tuple[date, date]:
    """The days that a report is about, both included; without any, this month so far and the eleven before it."""
    until_on = read_day(asked(request, "until")) or request.act.on
    year, month = divmod(until_on.year * 12 + until_on.month - 12, 12)
    from_on = read_day(asked(request, "from")) or date(max(year, 1), month + 1, 1)
    return min(from_on, until_on), min(until_on, date.max - timedelta(days=1))


def last_day(from_on: date, step: str, until_on: date) -> date:
    """The last day of a period that begins on a day, no later than the last one that is looked at."""
    if step == "month":
        following = (from_on.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        following = from_on + timedelta(days=7 if step == "week" else 1)
    return min(following - timedelta(days=1), until_on)


@page(needs="approvals.read")
def decisions(request: MemberRequest) -> HttpResponse:
    """What each person decided about orders in a month, by decision and reason."""
    first = (read_day(f"{asked(request, 'month')}-01") or request.act.on).replace(day=1)
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1) if first < date(9999, 12, 1) else date.max
    last = following - timedelta(days=1)
    rows = decisions_by_person(company_id=request.act.company_id, from_on=first, until_on=last)
    if asked(request, "format") == "csv":
        told = ((row.username, row.decision, row.reason_code, row.decisions, row.amount_gross) for row in rows)
        return as_csv(f"decisions-{first:%Y-%m}", ("person", "decision", "reason_code", "decisions", "amount"), told)
    context = {
        "rows": rows,
        "month": f"{first:%Y-%m}",
        "before": f"{first - timedelta(days=1):%Y-%m}" if first > date.min else "",
        "following": f"{following:%Y-%m}" if following <= request.act.on else "",
        "decided": sum(row.decisions for row in rows),
    }
    return render(request, "review/decisions.html", context)


def queue_csv(request: MemberRequest, wanted: Wanted) -> HttpResponse:
    """The whole queue as the form narrows it, one order a row."""
    rows = queued_orders(request.act, wanted, count=EXPORT_MAX)
    told = (
        (row.number, row.customer_code, row.amount, row.held_since, " ".join(row.kinds), row.step_role or "", row.question)
        for row in rows
    )
    return as_csv("review-queue", ("order", "customer", "amount", "held_since", "causes", "waits_for", "question"), told)
