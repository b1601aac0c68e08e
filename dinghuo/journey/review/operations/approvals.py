"""What approvers do: approve, decline or question a step, and what happens when nobody does anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.models import Approval, ApprovalStep, AskedOf, OrderQuestion, ReasonCode, RequestState, StepState
from dinghuo.journey.review.operations.duties import clashes
from dinghuo.journey.review.operations.judging import judge_again
from dinghuo.journey.review.operations.requests import close_requests, live_requests, snapshots_of
from dinghuo.journey.review.rules.approval import Approver, Authority, StepFacts, authority_for, fingerprint, why_void
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class StepToDecide:
    """A step with everything that decides who may decide it; see sql/step_to_decide.sql."""

    id: int
    request_id: int
    order_id: int
    number: str
    version: int
    customer_id: int
    order_state: str
    request_state: str
    state: str
    position: int
    role: str
    level: int
    next_role: str
    deputy_id: int | None
    creator_id: int | None
    editors: Sequence[int]
    sales_person_id: int | None
    deciders: Sequence[int]
    is_current: bool
    next_step_id: int | None
    escalate_after_hours: int
    quantity_tolerance: Decimal
    has_holds: bool
    is_overridden: bool

    @property
    def barred(self) -> set[int]:
        """Who must not decide it: creator, editors, the customer's sales person if barred, and who decided a step before."""
        found = {self.creator_id, self.sales_person_id, *self.editors, *self.deciders}
        return {user_id for user_id in found if user_id is not None}


@dataclass(frozen=True, slots=True)
class Granted:
    """A step that the person acting may decide, and by what right."""

    step: StepToDecide
    authority: Authority


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role that a person may act as; `lender_id` lent it, None for an own one."""

    role: str
    lender_id: int | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """An order with a step that nobody acted on in time."""

    order_id: int


@dataclass(frozen=True, slots=True)
class Escalated:
    """A step that was handed on, with the level it is on now."""

    id: int
    order_id: int
    role: str
    level: int


def approve_step(*, act: Act, step_id: int, reason_code: str, reason: str) -> Outcome:
    """Approve one order's step; see `approve_steps`."""
    return the_outcome(approve_steps(act=act, step_ids=[step_id], reason_code=reason_code, reason=reason))


def reject_step(*, act: Act, step_id: int, reason_code: str, reason: str) -> Outcome:
    """Decline one order's step; see `reject_steps`."""
    return the_outcome(reject_steps(act=act, step_ids=[step_id], reason_code=reason_code, reason=reason))


def ask_step(*, act: Act, step_id: int, question: str) -> Outcome:
    """Ask about one order before deciding its step; see `ask_steps`."""
    return the_outcome(ask_steps(act=act, step_ids=[step_id], question=question))


@transaction.atomic
def approve_steps(*, act: Act, step_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Approve orders' steps; after its last one an order goes on, judged again unless a person released its holds.

    Refuses `not_found`, `unknown_reason`, `already_decided`, `not_its_turn`, `order_changed`, `not_held`, `four_eyes`,
    `lacks_role`, `incompatible_duties`, each step for itself. The facts say the order's state. Rule: docs/rules/approval.md.
    """
    steps, refused = steps_for(act, step_ids, (reason_code, reason))
    granted, barred = rights_to_decide(act, steps)

    decide_steps(act, granted, StepState.APPROVED)
    note(act, granted, "approved", (reason_code, reason))
    ask_following(act, granted)
    last = [one.step for one in granted if one.step.next_step_id is None]
    close_requests(act, [step.request_id for step in last], RequestState.APPROVED)

    told = {"reason": reason, "reason_code": reason_code}
    events = [happened(one.step, {"role": one.step.role, "position": one.step.position, **told}) for one in granted]
    journal.record(act, "StepApproved", "sales_order", events)
    go_on(act, [step for step in last if not step.has_holds])
    return standing(act, granted) + barred + refused


@transaction.atomic
def reject_steps(*, act: Act, step_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Decline orders' steps, which turns the orders down. Refuses what `approve_steps` refuses, but for changes of the order."""
    steps, refused = steps_for(act, step_ids, (reason_code, reason))
    granted, barred = rights_to_decide(act, steps, is_approval=False)

    order_ids = [one.step.order_id for one in granted]
    decide_steps(act, granted, StepState.DECLINED)
    note(act, granted, "declined", (reason_code, reason))
    close_requests(act, [one.step.request_id for one in granted], RequestState.REJECTED)
    who = {"at": act.at, "actor_id": act.actor_id, "reason": reason}
    sql.execute("review/lift_order_holds", company_id=act.company_id, order_ids=order_ids, **who)
    states.move(SalesOrder, company_id=act.company_id, ids=order_ids, to=OrderState.REJECTED, only_from=[OrderState.HELD])

    facts = {"reason": reason, "reason_code": reason_code, "by_person": True}
    journal.record(act, "OrderRejected", "sales_order", [happened(one.step, facts) for one in granted])
    return standing(act, granted) + barred + refused


@transaction.atomic
def ask_steps(*, act: Act, step_ids: Sequence[int], question: str) -> list[Outcome]:
    """Ask the salesperson about orders before deciding their steps; the steps go on waiting, and their time goes on.

    Refuses what `reject_steps` refuses.
    """
    steps, refused = steps_for(act, step_ids, (ReasonCode.QUESTION, question))
    granted, barred = rights_to_decide(act, steps, is_approval=False)

    note(act, granted, "asked", (ReasonCode.QUESTION, question))
    asked = {"asked_of": AskedOf.SALES, "question": question, "asked_at": act.at, "asked_by_id": act.actor_id}
    OrderQuestion.objects.bulk_create(
        OrderQuestion(company_id=act.company_id, order_id=one.step.order_id, **asked) for one in granted
    )

    events = [happened(one.step, {"role": one.step.role, "question": question}) for one in granted]
    journal.record(act, "ApproverAsked", "sales_order", events)
    return standing(act, granted) + barred + refused


@transaction.atomic
def escalate_overdue(*, act: Act) -> list[Outcome]:
    """Hand on steps that nobody acted on in time: to the role's deputy, then to the next level; silence never approves.

    Each call moves a step by one level at most; the role itself may decide all the while.
    """
    late = sql.rows("review/overdue_orders", Overdue, company_id=act.company_id, at=act.at)
    if not late:
        return []
    lock_orders(company_id=act.company_id, order_ids=[row.order_id for row in late], ready_in=())

    moved = sql.rows("review/escalate_steps", Escalated, company_id=act.company_id, at=act.at)

    happened_to = [Happened(row.order_id, row.order_id, {"role": row.role, "level": row.level}) for row in moved]
    journal.record(act, "ApprovalEscalated", "sales_order", happened_to)
    return [Outcome(id=row.id, document_id=row.order_id, facts={"level": row.level}) for row in moved]


def steps_for(act: Act, step_ids: Sequence[int], why: tuple[str, str]) -> tuple[list[StepToDecide], list[Outcome]]:
    """Lock the steps' orders and read the steps, parted from the refusals of those that nobody can decide."""
    found = ApprovalStep.objects.filter(company_id=act.company_id, id__in=step_ids)
    order_ids = sorted(set(found.values_list("request__order_id", flat=True)))
    lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    steps = sql.rows("review/steps_to_decide", StepToDecide, company_id=act.company_id, step_ids=list(step_ids))
    faults = [(step, fault_in_step(step, *why)) for step in steps]
    refused = [fault for _, fault in faults if fault is not None]
    return [step for step, fault in faults if fault is None], refused + missing(step_ids, (step.id for step in steps))


def fault_in_step(step: StepToDecide, reason_code: str, reason: str) -> Outcome | None:
    """Why a step cannot be decided now by anybody, or None."""
    facts = {"number": step.number, "state": step.order_state}
    if reason_code not in ReasonCode.values or not reason.strip():
        return refusal(step, "unknown_reason", {"reason_code": reason_code, "codes": list(ReasonCode.values)})
    if step.state != StepState.WAITING:
        return refusal(step, "already_decided", facts)
    if step.request_state != RequestState.OPEN:
        return refusal(step, "order_changed" if step.request_state == RequestState.VOID else "already_decided", facts)
    if step.order_state != OrderState.HELD:
        # An order that was amended is on its way back to review, which asks for approval anew.
        return refusal(step, "order_changed" if step.order_state == OrderState.SUBMITTED else "not_held", facts)
    return None if step.is_current else refusal(step, "not_its_turn", facts)


def rights_to_decide(act: Act, steps: Sequence[StepToDecide], *, is_approval: bool = True) -> tuple[list[Granted], list[Outcome]]:
    """By what right the person acting decides each step, and why not: `order_changed`, `incompatible_duties`, no right to it."""
    if not steps:
        return [], []
    order_ids = [step.order_id for step in steps]
    changed = changes_since(act, steps) if is_approval else {}
    in_one_hand = clashes(act, "approve_order", order_ids) if is_approval else {}
    person = person_acting(act)
    granted, refused = [], []
    for step in steps:
        authority = right_of(person, step)
        clash = in_one_hand.get(step.order_id)
        if step.id in changed:
            refused.append(refusal(step, "order_changed", {"number": step.number, "changed": changed[step.id]}))
        elif clash is not None:
            refused.append(refusal(step, clash.code, clash.facts))
        elif isinstance(authority, str):
            refused.append(refusal(step, authority, {"number": step.number, "role": step.role}))
        else:
            granted.append(Granted(step, authority))
    return granted, refused


def person_acting(act: Act) -> Approver | None:
    """The person acting with the roles held and lent today; nobody for the system."""
    if act.actor_id is None:
        return None
    held = sql.rows("review/approver", RoleHeld, company_id=act.company_id, user_id=act.actor_id, day=act.on)
    lent = [(row.role, row.lender_id) for row in held if row.lender_id is not None]
    return Approver(act.actor_id, {row.role for row in held if row.lender_id is None}, lent)


def right_of(person: Approver | None, step: StepToDecide) -> Authority | str:
    """By what right somebody may decide a step, or the code of the refusal."""
    if person is None:
        return "lacks_role"
    return authority_for(person, StepFacts(step.role, step.level, step.next_role, step.deputy_id, step.barred))


def changes_since(act: Act, steps: Sequence[StepToDecide]) -> dict[int, list[str]]:
    """What got worse in orders since their approval was asked for, by step; steps of orders without such a change are left out."""
    order_ids = [step.order_id for step in steps]
    requests = {request.id: request for request in live_requests(act, order_ids)}
    now = snapshots_of(act, order_ids)
    changed = {}
    for step in steps:
        request, snapshot = requests[step.request_id], now[step.order_id]
        if fingerprint(snapshot) != request.snapshot_hash:
            changed[step.id] = why_void(request.snapshot, snapshot, quantity_tolerance=step.quantity_tolerance)
    return {key: reasons for key, reasons in changed.items() if reasons}


def decide_steps(act: Act, granted: Sequence[Granted], state: str) -> None:
    """Move steps to the state in which they end, with who decided them and by whose role."""
    lent_by = {one.step.id: one.authority.granted_by_id for one in granted}
    also = {"decided_at": act.at, "decided_by_id": act.actor_id, "granted_by_id": lent_by, "due_at": None}
    states.move(ApprovalStep, company_id=act.company_id, ids=list(lent_by), to=state, also=also)


def note(act: Act, granted: Sequence[Granted], decision: str, why: tuple[str, str]) -> None:
    """Put a decision about steps on record."""
    Approval.objects.bulk_create(
        Approval(
            company_id=act.company_id,
            order_id=one.step.order_id,
            order_version=one.step.version,
            decision=decision,
            reason_code=why[0],
            reason=why[1],
            step_id=one.step.id,
            granted_by_id=one.authority.granted_by_id,
            decided_at=act.at,
            decided_by_id=act.actor_id,
        )
        for one in granted
    )


def ask_following(act: Act, granted: Sequence[Granted]) -> None:
    """Ask for the steps that come after approved ones, each in the time that its matrix gives."""
    due = {one.step.next_step_id: one.step.escalate_after_hours for one in granted if one.step.next_step_id is not None}
    asked = {"step_ids": list(due), "hours": list(due.values()), "at": act.at}
    sql.execute("review/ask_next_steps", company_id=act.company_id, **asked)


def happened(step: StepToDecide, facts: Mapping[str, Any]) -> Happened:
    """An event on the order's timeline."""
    return Happened(step.order_id, step.order_id, facts)


def refusal(step: StepToDecide, code: str, facts: Mapping[str, Any]) -> Outcome:
    """Why a step was not decided."""
    return Outcome(id=step.id, code=code, facts=facts)


def standing(act: Act, granted: Sequence[Granted]) -> list[Outcome]:
    """What became of the orders whose steps were decided."""
    orders = SalesOrder.objects.filter(company_id=act.company_id, id__in=[one.step.order_id for one in granted])
    reached = dict(orders.values_list("id", "state"))
    return [Outcome(id=one.step.id, document_id=one.step.order_id, facts={"state": reached[one.step.order_id]}) for one in granted]


def the_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """What came of the one step that was named."""
    (outcome,) = outcomes
    return outcome


def go_on(act: Act, steps: Sequence[StepToDecide]) -> None:
    """Let orders with all their approvals go: at once those whose holds a person released, the others as the rules now say."""
    judge_again(act, [step.order_id for step in steps if not step.is_overridden])
    overridden = [step for step in steps if step.is_overridden]
    ids = [step.order_id for step in overridden]
    states.move(SalesOrder, company_id=act.company_id, ids=ids, to=OrderState.RELEASED, only_from=[OrderState.HELD])
    journal.record(act, "OrderReleased", "sales_order", [happened(step, {"by_person": True}) for step in overridden])
