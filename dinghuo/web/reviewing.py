"""The buttons of review: what a person decides about orders and lines, what comes of it, and that it then moves on by itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.reactions import hold_back_orders, run_after
from dinghuo.journey.review.models import ApprovalStep, ReasonCode, RequestState, StepState
from dinghuo.journey.review.operations import (
    answer_question,
    approve_steps,
    ask_about_orders,
    ask_steps,
    hold_lines,
    reject_orders,
    reject_steps,
    release_holds,
    release_orders,
)
from dinghuo.journey.review.operations.decisions import roles_awaited
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import MemberRequest, page
from dinghuo.reference.acting import perform, tell_refusal
from dinghuo.reference.models import Role
from dinghuo.reference.paging import read_id
from dinghuo.web.portal import own_customer

REASON_MAX: Final = 300
CHOSEN_MAX: Final = 200
REFUSALS_TOLD: Final = 3

OnOrders = Callable[..., Sequence[Outcome]]
OnSteps = Callable[[Act, Sequence[int]], Sequence[Outcome]]


def words_of(request: MemberRequest, name: str) -> str:
    """A text of the form, trimmed, without the character that no database takes."""
    return request.POST.get(name, "").replace("\x00", "").strip()


def why(request: MemberRequest) -> dict[str, str]:
    """The reason code and words of a decision; raises Malformed `unknown_reason` naming the codes when one is missing."""
    code, reason = words_of(request, "reason_code"), words_of(request, "reason")
    if code not in ReasonCode.values or not 1 <= len(reason) <= REASON_MAX:
        codes = list(ReasonCode.values)
        raise Malformed("A decision has a reason code and words.", code="unknown_reason", reason_code=code, codes=codes)
    return {"reason_code": code, "reason": reason}


def chosen(request: MemberRequest, name: str) -> list[int]:
    """The ids that were ticked, at most 200; what is no id is left out."""
    found = {read_id(text) for text in request.POST.getlist(name)[:CHOSEN_MAX]}
    return sorted(key for key in found if key is not None)


def back(request: MemberRequest, otherwise: str) -> HttpResponse:
    """To the page that the form stood on, if it is one of ours."""
    wanted = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return redirect(wanted if is_ours else otherwise)


def decide(request: MemberRequest, operation: OnOrders, order_ids: Sequence[int]) -> None:
    """Run a decision on orders, say truthfully what came of each, and let those that were done move on by themselves."""
    if not order_ids:
        messages.info(request, _("Tick the orders first."))
        return
    outcomes = with_retries(operation, act=request.act, order_ids=order_ids)
    tell(request, outcomes)
    done = [outcome.document_id or outcome.id for outcome in outcomes if outcome.done]
    if done:
        run_after(act=request.act, order_ids=done)


@transaction.atomic
def tell(request: MemberRequest, outcomes: Sequence[Outcome]) -> None:
    """Say what became of orders: released, still waiting and for whom, rejected, or refused and why."""
    ids = [outcome.document_id or outcome.id for outcome in outcomes]
    orders = SalesOrder.objects.filter(company_id=request.act.company_id, id__in=ids)
    found = {order_id: (number, state) for order_id, number, state in orders.values_list("id", "number", "state")}
    if ids and not found:
        raise Missing("There is no such order.")
    done = [outcome.document_id or outcome.id for outcome in outcomes if outcome.done]
    waits = roles_awaited(request.act, done)
    by_state: dict[str, list[str]] = defaultdict(list)
    by_roles: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for order_id in done:
        number, state = found[order_id]
        if order_id in waits:
            by_roles[tuple(waits[order_id])].append(number)
        else:
            by_state[state].append(number)
    for roles, numbers in by_roles.items():
        names = ", ".join(str(Role(role).label) for role in roles)
        sentence = _("Decided, but not released yet: %(numbers)s waits for approval by %(roles)s.")
        messages.info(request, sentence % {"numbers": listed(numbers), "roles": names})
    for state, numbers in by_state.items():
        messages.success(request, told(state, len(numbers)) % {"numbers": listed(numbers)})
    tell_refused(request, outcomes, {order_id: number for order_id, (number, _state) in found.items()})


def told(state: str, count: int) -> str:
    """The sentence for orders that a decision brought into a state."""
    if state == "held":
        return ngettext("The order waits on: %(numbers)s", "The orders wait on: %(numbers)s", count)
    if state == "rejected":
        return ngettext("The order was rejected: %(numbers)s", "The orders were rejected: %(numbers)s", count)
    return ngettext("The order was released: %(numbers)s", "The orders were released: %(numbers)s", count)


def listed(numbers: Sequence[str]) -> str:
    """Some numbers of orders, and how many more there are."""
    shown = ", ".join(numbers[:10])
    more = len(numbers) - 10
    return shown if more <= 0 else _("%(numbers)s and %(count)s more") % {"numbers": shown, "count": more}


def tell_refused(request: MemberRequest, outcomes: Iterable[Outcome], numbers: dict[int, str]) -> None:
    """Say why orders were refused: a sentence a reason, with their numbers."""
    by_code: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.done:
            by_code[outcome.code].append(outcome)
    for code, refused in list(by_code.items())[:REFUSALS_TOLD]:
        known = [numbers[outcome.id] for outcome in refused if outcome.id in numbers]
        tell_refusal(request, Refused("", code=code, **{**refused[0].facts, "numbers": known}))


def deciding(operation: OnOrders, needs: str) -> Callable[..., HttpResponse]:
    """The view that runs a decision with its reason on the orders ticked in the queue, or on the one of the address."""

    @page(needs=needs, methods=["POST"])
    def view(request: MemberRequest, key: int | None = None) -> HttpResponse:
        reason = why(request)

        def work(*, act: Act, order_ids: Sequence[int]) -> Sequence[Outcome]:
            return operation(act=act, order_ids=order_ids, **reason)

        decide(request, work, [key] if key else chosen(request, "order"))
        return back(request, reverse("order", args=[key]) if key else reverse("review"))

    return view


release = deciding(release_orders, "orders.release")
reject = deciding(reject_orders, "orders.release")
hold_back = deciding(hold_back_orders, "orders.release")


def on_steps(act: Act, order_ids: Sequence[int], decision: OnSteps) -> list[Outcome]:
    """Decide the approvals that orders wait for, all in one operation; the outcomes are those of the orders."""
    with transaction.atomic():
        steps = ApprovalStep.objects.filter(
            company_id=act.company_id,
            request__order_id__in=order_ids,
            request__state=RequestState.OPEN,
            state=StepState.WAITING,
            asked_at__isnull=False,
        )
        order_of = dict(steps.values_list("id", "request__order_id"))
    outcomes = decision(act, list(order_of)) if order_of else []
    nothing = sorted(set(order_ids) - set(order_of.values()))
    return [replace(outcome, id=order_of[outcome.id]) for outcome in outcomes] + [
        Outcome(id=order_id, code="nothing_to_approve") for order_id in nothing
    ]


@page(needs="orders.approve", methods=["POST"])
def approve(request: MemberRequest) -> HttpResponse:
    """Approve the step that each ticked order waits for."""
    reason = why(request)

    def work(*, act: Act, order_ids: Sequence[int]) -> Sequence[Outcome]:
        return on_steps(act, order_ids, lambda act, ids: approve_steps(act=act, step_ids=ids, **reason))

    decide(request, work, chosen(request, "order"))
    return back(request, reverse("review"))


@page(needs="orders.approve", methods=["POST"])
def decline(request: MemberRequest) -> HttpResponse:
    """Decline the step that each ticked order waits for, which turns the orders down."""
    reason = why(request)

    def work(*, act: Act, order_ids: Sequence[int]) -> Sequence[Outcome]:
        return on_steps(act, order_ids, lambda act, ids: reject_steps(act=act, step_ids=ids, **reason))

    decide(request, work, chosen(request, "order"))
    return back(request, reverse("review"))


@page(needs="orders.release", methods=["POST"])
def ask(request: MemberRequest) -> HttpResponse:
    """Ask the salesperson or the customer about the ticked orders."""
    question = question_of(request)

    def work(*, act: Act, order_ids: Sequence[int]) -> Sequence[Outcome]:
        return ask_about_orders(act=act, order_ids=order_ids, asked_of=words_of(request, "asked_of"), question=question)

    decide(request, work, chosen(request, "order"))
    return back(request, reverse("review"))


@page(needs="orders.approve", methods=["POST"])
def ask_as_approver(request: MemberRequest) -> HttpResponse:
    """Ask the salesperson before approving the ticked orders."""
    question = question_of(request)

    def work(*, act: Act, order_ids: Sequence[int]) -> Sequence[Outcome]:
        return on_steps(act, order_ids, lambda act, ids: ask_steps(act=act, step_ids=ids, question=question))

    decide(request, work, chosen(request, "order"))
    return back(request, reverse("review"))


def question_of(request: MemberRequest) -> str:
    """The question of the form; raises Malformed when there is none."""
    question = words_of(request, "reason")
    if not 1 <= len(question) <= REASON_MAX:
        raise Malformed("A question has between 1 and 300 characters.", code="question_missing", max=REASON_MAX)
    return question


@page(needs="orders.release", methods=["POST"])
def hold_chosen_lines(request: MemberRequest) -> HttpResponse:
    """Let the ticked lines wait while the rest of their order goes on."""
    reason, lines = why(request), chosen(request, "line")
    outcomes = with_retries(hold_lines, act=request.act, line_ids=lines, **reason)
    held = sum(outcome.done for outcome in outcomes)
    tell_lines(request, outcomes, ngettext("%(count)s line is held.", "%(count)s lines are held.", held) % {"count": held})
    return back(request, reverse("review-lines"))


@page(needs="orders.release", methods=["POST"])
def free_chosen_lines(request: MemberRequest) -> HttpResponse:
    """Lift the ticked holds of lines."""
    reason, holds = why(request), chosen(request, "hold")
    outcomes = with_retries(release_holds, act=request.act, hold_ids=holds, **reason)
    freed = sum(outcome.done for outcome in outcomes)
    tell_lines(request, outcomes, ngettext("%(count)s line goes on.", "%(count)s lines go on.", freed) % {"count": freed})
    run_after(act=request.act, order_ids=sorted({row.document_id for row in outcomes if row.done and row.document_id}))
    return back(request, reverse("review-lines"))


def tell_lines(request: MemberRequest, outcomes: Sequence[Outcome], done: str) -> None:
    """Say how many lines a decision was about, and why others were not."""
    if not outcomes:
        messages.info(request, _("Tick the lines first."))
    elif any(outcome.done for outcome in outcomes):
        messages.success(request, done)
    tell_refused(request, outcomes, {})


@page(needs="orders.write", methods=["POST"])
def answer(request: MemberRequest, question_id: int) -> HttpResponse:
    """Answer what a reviewer asked about an order; the order goes back to the queue."""
    done = _("The answer was kept; the order is back in the queue.")
    outcome = perform(request, answer_question, done=done, question_id=question_id, answer=words_of(request, "answer"))
    if outcome is None or outcome.document_id is None:
        return back(request, reverse("review"))
    return back(request, reverse("order", args=[outcome.document_id]))


@page(needs="portal.write", methods=["POST"])
def answer_in_portal(request: MemberRequest, question_id: int) -> HttpResponse:
    """Answer what the customer was asked about its order."""
    outcome = perform(
        request,
        answer_question,
        done=_("Thank you. We look at your order again."),
        question_id=question_id,
        answer=words_of(request, "answer"),
        customer_id=own_customer(request),
    )
    if outcome is None or outcome.document_id is None:
        return redirect("portal")
    return redirect("portal-order", outcome.document_id)
