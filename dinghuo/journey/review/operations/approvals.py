"""What approvers do: approve, decline or question a step, and what happens when nobody does anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
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
from dinghuo.kernel.errors import Missing, Outcome
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


@transaction.atomic
def approve_step(*, act: Act, step_id: int, reason_code: str, reason: str) -> Outcome:
    """Approve an order's step; after the last one the order goes on, judged again unless a person released its holds.

    Refuses `not_found`, `unknown_reason`, `already_decided`, `not_its_turn`, `order_changed`, `not_held`, `four_eyes`,
    `lacks_role`, `incompatible_duties`. The facts say the order's state. Rule: docs/rules/approval.md.
    """
    step, refused = step_for(act, step_id, reason_code, reason)
    if step is None or refused:
        return refused or Outcome(id=step_id, code=Missing.code)
    authority, refused = right_to_decide(act, step)
    if authority is None:
        return refused or Outcome(id=step_id, code="lacks_role")

    decide_step(act, step, StepState.APPROVED, authority)
    note(act, step, "approved", (reason_code, reason), authority)
    if step.next_step_id is not None:
        due_at = act.at + timedelta(hours=step.escalate_after_hours)
        ApprovalStep.objects.filter(company_id=act.company_id, id=step.next_step_id).update(asked_at=act.at, due_at=due_at)
    else:
        close_requests(act, [step.request_id], RequestState.APPROVED)

    facts = {"role": step.role, "position": step.position, "reason": reason, "reason_code": reason_code}
    journal.record(act, "StepApproved", "sales_order", [happened(step, facts)])
    if step.next_step_id is None and not step.has_holds:
        go_on(act, step)
    state = SalesOrder.objects.values_list("state", flat=True).get(company_id=act.company_id, id=step.order_id)
    return Outcome(id=step_id, document_id=step.order_id, facts={"state": state})


@transaction.atomic
def reject_step(*, act: Act, step_id: int, reason_code: str, reason: str) -> Outcome:
    """Decline an order's step, which turns the order down. Refuses what `approve_step` refuses, but for changes of the order."""
    step, refused = step_for(act, step_id, reason_code, reason)
    if step is None or refused:
        return refused or Outcome(id=step_id, code=Missing.code)
    authority, refused = right_to_decide(act, step, is_approval=False)
    if authority is None:
        return refused or Outcome(id=step_id, code="lacks_role")

    decide_step(act, step, StepState.DECLINED, authority)
    note(act, step, "declined", (reason_code, reason), authority)
    close_requests(act, [step.request_id], RequestState.REJECTED)
    sql.execute(
        "review/lift_order_holds",
        company_id=act.company_id,
        order_id=step.order_id,
        at=act.at,
        actor_id=act.actor_id,
        reason=reason,
    )
    states.move(SalesOrder, company_id=act.company_id, ids=[step.order_id], to=OrderState.REJECTED, only_from=[OrderState.HELD])

    facts = {"reason": reason, "reason_code": reason_code, "by_person": True}
    journal.record(act, "OrderRejected", "sales_order", [happened(step, facts)])
    return Outcome(id=step_id, document_id=step.order_id, facts={"state": OrderState.REJECTED.value})


@transaction.atomic
def ask_step(*, act: Act, step_id: int, question: str) -> Outcome:
    """Ask the salesperson about an order before deciding its step; the step goes on waiting, and its time goes on.

    Refuses what `reject_step` refuses.
    """
    step, refused = step_for(act, step_id, ReasonCode.QUESTION, question)
    if step is None or refused:
        return refused or Outcome(id=step_id, code=Missing.code)
    authority, refused = right_to_decide(act, step, is_approval=False)
    if authority is None:
        return refused or Outcome(id=step_id, code="lacks_role")

    note(act, step, "asked", (ReasonCode.QUESTION, question), authority)
    OrderQuestion.objects.create(
        company_id=act.company_id,
        order_id=step.order_id,
        asked_of=AskedOf.SALES,
        question=question,
        asked_at=act.at,
        asked_by_id=act.actor_id,
    )

    journal.record(act, "ApproverAsked", "sales_order", [happened(step, {"role": step.role, "question": question})])
    return Outcome(id=step_id, document_id=step.order_id, facts={"state": step.order_state})


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


def step_for(act: Act, step_id: int, reason_code: str, reason: str) -> tuple[StepToDecide | None, Outcome | None]:
    """Lock a step's order and read the step, with the refusal when it cannot be decided by anybody."""
    steps = ApprovalStep.objects.filter(company_id=act.company_id, id=step_id)
    order_id = steps.values_list("request__order_id", flat=True).first()
    if order_id is None:
        return None, Outcome(id=step_id, code=Missing.code)
    lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())
    (step,) = sql.rows("review/step_to_decide", StepToDecide, company_id=act.company_id, step_id=step_id)
    return step, fault_in_step(step, reason_code, reason)


def fault_in_step(step: StepToDecide, reason_code: str, reason: str) -> Outcome | None:
    """Why a step cannot be decided now by anybody, or None."""
    facts = {"number": step.number, "state": step.order_state}
    if reason_code not in ReasonCode.values or not reason.strip():
        return Outcome(id=step.id, code="unknown_reason", facts={"reason_code": reason_code, "codes": list(ReasonCode.values)})
    if step.state != StepState.WAITING:
        return Outcome(id=step.id, code="already_decided", facts=facts)
    if step.request_state != RequestState.OPEN:
        code = "order_changed" if step.request_state == RequestState.VOID else "already_decided"
        return Outcome(id=step.id, code=code, facts=facts)
    if step.order_state != OrderState.HELD:
        # An order that was amended is on its way back to review, which asks for approval anew.
        code = "order_changed" if step.order_state == OrderState.SUBMITTED else "not_held"
        return Outcome(id=step.id, code=code, facts=facts)
    if not step.is_current:
        return Outcome(id=step.id, code="not_its_turn", facts=facts)
    return None


def right_to_decide(act: Act, step: StepToDecide, *, is_approval: bool = True) -> tuple[Authority | None, Outcome | None]:
    """By what right the person acting may decide a step, or why not: `order_changed`, `incompatible_duties`, no right to it."""
    if is_approval:
        reasons = changes_since(act, step)
        if reasons:
            return None, Outcome(id=step.id, code="order_changed", facts={"number": step.number, "changed": reasons})
        refused = clashes(act, "approve_order", [step.order_id]).get(step.order_id)
        if refused is not None:
            return None, Outcome(id=step.id, code=refused.code, facts=refused.facts)
    if act.actor_id is None:
        return None, Outcome(id=step.id, code="lacks_role", facts={"role": step.role})
    held = sql.rows("review/approver", RoleHeld, company_id=act.company_id, user_id=act.actor_id, day=act.on)
    person = Approver(
        act.actor_id,
        {row.role for row in held if row.lender_id is None},
        [(row.role, row.lender_id) for row in held if row.lender_id is not None],
    )
    found = authority_for(person, StepFacts(step.role, step.level, step.next_role, step.deputy_id, step.barred))
    if isinstance(found, str):
        return None, Outcome(id=step.id, code=found, facts={"number": step.number, "role": step.role})
    return found, None


def changes_since(act: Act, step: StepToDecide) -> list[str]:
    """What got worse in the order since its approval was asked for."""
    (request,) = live_requests(act, [step.order_id])
    now = snapshots_of(act, [step.order_id])[step.order_id]
    if fingerprint(now) == request.snapshot_hash:
        return []
    return why_void(request.snapshot, now, quantity_tolerance=step.quantity_tolerance)


def decide_step(act: Act, step: StepToDecide, state: str, authority: Authority) -> None:
    """Move a step to the state in which it ends, with who decided it."""
    also = {"decided_at": act.at, "decided_by_id": act.actor_id, "granted_by_id": authority.granted_by_id, "due_at": None}
    states.move(ApprovalStep, company_id=act.company_id, ids=[step.id], to=state, also=also)


def note(act: Act, step: StepToDecide, decision: str, why: tuple[str, str], authority: Authority) -> None:
    """Put a decision about a step on record."""
    code, words = why
    Approval.objects.create(
        company_id=act.company_id,
        order_id=step.order_id,
        order_version=step.version,
        decision=decision,
        reason_code=code,
        reason=words,
        step_id=step.id,
        granted_by_id=authority.granted_by_id,
        decided_at=act.at,
        decided_by_id=act.actor_id,
    )


def happened(step: StepToDecide, facts: Mapping[str, Any]) -> Happened:
    """An event on the order's timeline."""
    return Happened(step.order_id, step.order_id, facts)


def go_on(act: Act, step: StepToDecide) -> None:
    """Let an order with all its approvals go: at once if a person released its holds, else as the rules now say."""
    if not step.is_overridden:
        judge_again(act, step.order_id)
        return
    states.move(SalesOrder, company_id=act.company_id, ids=[step.order_id], to=OrderState.RELEASED, only_from=[OrderState.HELD])
    journal.record(act, "OrderReleased", "sales_order", [happened(step, {"by_person": True})])
