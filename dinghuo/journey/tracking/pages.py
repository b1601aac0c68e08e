"""The page of what customers said, and our answers."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.tracking.operations import answer_feedback
from dinghuo.journey.tracking.queries import feedback
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_id


@page(needs="feedback.read")
def tracking(request: MemberRequest) -> HttpResponse:
    """What customers said, the newest first, or only what still waits for an answer."""
    return feedback_page(request)


def feedback_page(request: MemberRequest, **typed: Any) -> HttpResponse:
    """The list, with an answer that was typed and refused, if there is one."""
    only_open = asked(request, "open") == "1"
    before_id = read_id(asked(request, "after"), ID_MAX) or ID_MAX
    rows = feedback(company_id=request.act.company_id, only_open=only_open, before_id=before_id, count=PAGE + 1)
    context = {"page": page_of(rows, lambda row: str(row.id)), "only_open": only_open, **typed}
    return render(request, "tracking/feedback.html", context)


@page(needs="feedback.answer", methods=["POST"])
def answer(request: MemberRequest, feedback_id: int) -> HttpResponse:
    """Answer what a customer said."""
    text = request.POST.get("answer", "").replace("\x00", "").strip()
    done = _("The answer was sent.")
    if perform(request, answer_feedback, done=done, feedback_id=feedback_id, answer=text) is None:
        with transaction.atomic():
            return feedback_page(request, refused_id=feedback_id, refused_text=text)
    return redirect("tracking")
