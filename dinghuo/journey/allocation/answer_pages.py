"""Where customers answer what becomes of a short line: signed in, or with the link that came with the question."""

from typing import Any

from allauth.core import ratelimit
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dinghuo.journey.allocation.models.shortages import AnswerChoice, ShortageQuestion
from dinghuo.journey.allocation.operations.shortage_questions import (
    answer_by_token,
    answer_question,
    company_of_token,
    question_of_token,
)
from dinghuo.journey.allocation.shortages_api import ShortageAsked
from dinghuo.kernel import sql, tenancy
from dinghuo.kernel.errors import Missing, Refused, the_only
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PUBLIC, MemberRequest, declare, page
from dinghuo.reference.acting import move_later, perform
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from dinghuo.reference.paging import ID_MAX, PAGE, asked, page_of, read_id

TOKEN_MAX = 80
CHOICES = AnswerChoice.choices


@page(needs="portal.read")
def questions(request: MemberRequest) -> HttpResponse:
    """What the customer was asked about its short lines, the newest first."""
    before = read_id(asked(request, "after")) or ID_MAX
    wanted = {"customer_id": customer_of(request), "before": before, "count": PAGE + 1, "only_id": None}
    rows = sql.rows("allocation/questions_before", ShortageAsked, company_id=request.act.company_id, **wanted)
    context = {"page": page_of(rows, lambda row: str(row.id)), "choices": CHOICES, "now": request.act.at}
    return render(request, "allocation/questions.html", context)


@page(needs="portal.write", methods=["POST"])
def answer(request: MemberRequest, question_id: int) -> HttpResponse:
    """Choose what becomes of a short line of one's own."""
    done = perform(
        request,
        answer_question,
        done=_("Thank you. It is done as you chose."),
        question_id=question_id,
        choice=request.POST.get("choice", ""),
        customer_id=customer_of(request),
    )
    if done is not None:
        move_later(request, request.act, orders_of(request.act, done.id))
    return redirect("portal-questions")


@transaction.atomic
def orders_of(act: Act, question_id: int) -> list[int]:
    """The order that a question is about."""
    found = ShortageQuestion.objects.filter(company_id=act.company_id, id=question_id)
    return list(found.values_list("shortage__order_line__order_id", flat=True))


def customer_of(request: MemberRequest) -> int:
    """The customer that the member belongs to; raises Missing for a member of none."""
    if request.membership.customer_id is None:
        raise Missing("There is no such customer.")
    return request.membership.customer_id


def by_link(request: HttpRequest) -> HttpResponse:
    """The page behind the link of a question: what was asked, and the answer, once. Whoever holds the link may answer."""
    sent = request.POST if request.method == "POST" else request.GET
    token = sent.get("token", "").replace("\x00", "")[:TOKEN_MAX]
    context: dict[str, Any] = {"token": token, "choices": CHOICES}
    if not ratelimit.consume(request, action="login"):
        return render(request, "allocation/answer.html", {**context, "is_too_often": True}, status=429)
    try:
        company = Company.objects.filter(id=company_of_token(token)).first()
        if company is None:
            raise Missing("There is no such question.")
        with tenancy.acting_for(company.pk):
            act = act_now(company)
            context["question"] = with_retries(question_of_token, act=act, token=token)
            if request.method == "POST":
                done = the_only([with_retries(answer_by_token, act=act, token=token, choice=request.POST.get("choice", ""))])
                move_later(request, act, orders_of(act, done.id))
                context["done"] = request.POST.get("choice", "")
    except Missing:
        return render(request, "allocation/answer.html", context)
    except Refused as refusal:
        return render(request, "allocation/answer.html", {**context, "refusal": refusal}, status=refusal.status)
    return render(request, "allocation/answer.html", context)


by_link = declare(by_link, PUBLIC)
