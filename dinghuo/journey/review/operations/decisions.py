"""What people decide about the orders that wait."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import LockedOrder, lock_orders
from dinghuo.journey.review.models import ApprovalStep, Hold, RequestState, StepState
from dinghuo.journey.review.operations.four_eyes import barred_from
from dinghuo.journey.review.operations.holds import unknown_reason
from dinghuo.journey.review.operations.judging import EVENTS
from dinghuo.journey.review.operations.requests import ask_for_approvals, close_requests, live_requests
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def release_orders(*, act: Act, order_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Let held orders go by a person's decision, with the reason on record; one that the matrix asks approvals for goes on waiting.

    A line that a person holds waits on. Refuses `not_held`, `waits_for_approval` for an order that nothing else holds,
    `unknown_reason`, `four_eyes` to who entered or changed the order, `incompatible_duties`. The facts say the order's state
    and for whose approval it still waits.
    """
    ready, refused = ready_to_decide(act, order_ids, reason_code, reason)
    in_one_hand = barred_from(act, "release_hold", [order.id for order in ready])
    ready = [order for order in ready if order.id not in in_one_hand]
    waiting = ask_for_approvals(act, [order.id for order in ready])
    held_by_rules = orders_with_holds(act, waiting)
    # Nothing but an approval that was asked for before holds these, and a release is none.
    only_waiting = [order for order in ready if waiting.get(order.id) is False and order.id not in held_by_rules]
    ready = [order for order in ready if order not in only_waiting]

    write_decision(act, ready, "released", (reason_code, reason))
    going = [order for order in ready if order.id not in waiting]
    move_on(act, going, "released", (reason_code, reason))

    roles = roles_awaited(act, waiting)
    done = [Outcome(id=order.id, facts=standing(order, roles.get(order.id))) for order in ready]
    for order in only_waiting:
        refused.append(Outcome(id=order.id, code="waits_for_approval", facts={"number": order.number, "state": order.state}))
    return done + list(in_one_hand.values()) + refused


@transaction.atomic
def reject_orders(*, act: Act, order_ids: Sequence[int], reason_code: str, reason: str) -> list[Outcome]:
    """Turn held orders down by a person's decision, with the reason on record. Refuses `not_held` and `unknown_reason`."""
    ready, refused = ready_to_decide(act, order_ids, reason_code, reason)

    write_decision(act, ready, "rejected", (reason_code, reason))
    asked = live_requests(act, [order.id for order in ready])
    close_requests(act, [request.id for request in asked if request.state == RequestState.OPEN], RequestState.REJECTED)
    move_on(act, ready, "rejected", (reason_code, reason))

    return [Outcome(id=order.id) for order in ready] + refused


def ready_to_decide(act: Act, order_ids: Sequence[int], reason_code: str, reason: str) -> tuple[list[LockedOrder], list[Outcome]]:
    """Lock the orders and part those that a person may decide on from the refusals."""
    unexplained = unknown_reason(order_ids, reason_code, reason)
    if unexplained:
        return [], unexplained
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())
    held = [order for order in orders if order.state == OrderState.HELD]
    refused = [not_held(order) for order in orders if order.state != OrderState.HELD]
    return held, refused + missing(order_ids, (order.id for order in orders))


def orders_with_holds(act: Act, order_ids: Iterable[int]) -> set[int]:
    """Which of these orders a rule holds."""
    holds = Hold.objects.filter(company_id=act.company_id, order_id__in=list(order_ids), order_line=None, lifted_at=None)
    return set(holds.values_list("order_id", flat=True))


def roles_awaited(act: Act, order_ids: Iterable[int]) -> dict[int, list[str]]:
    """Whose approval orders wait for, by order: the roles that have not approved yet, in their order."""
    waiting = list(order_ids)
    if not waiting:
        return {}
    steps = ApprovalStep.objects.filter(
        company_id=act.company_id,
        request__order_id__in=waiting,
        request__state=RequestState.OPEN,
        state=StepState.WAITING,
    )
    roles: dict[int, list[str]] = {}
    for order_id, role in steps.order_by("request__order_id", "position").values_list("request__order_id", "role"):
        roles.setdefault(order_id, []).append(role)
    return roles


def standing(order: LockedOrder, roles: Sequence[str] | None) -> dict[str, Any]:
    """Where a person's release leaves an order: released, or held for the approvals that the matrix asks for."""
    if not roles:
        return {"state": "released", "number": order.number}
    return {"state": "held", "number": order.number, "waits_for": list(roles)}


def write_decision(act: Act, orders: Sequence[LockedOrder], decision: str, why: tuple[str, str]) -> None:
    """Put a decision on record and lift the rules' holds."""
    code, words = why
    sql.execute(
        "review/write_decision",
        company_id=act.company_id,
        order_ids=[order.id for order in orders],
        versions=[order.version for order in orders],
        decision=decision,
        reason_code=code,
        reason=words,
        at=act.at,
        actor_id=act.actor_id,
    )


def move_on(act: Act, orders: Sequence[LockedOrder], to: str, why: tuple[str, str]) -> None:
    """Move held orders as a person decided, and record it."""
    states.move(SalesOrder, company_id=act.company_id, ids=[order.id for order in orders], to=to, only_from=[OrderState.HELD])
    facts = {"reason": why[1], "reason_code": why[0], "by_person": act.actor_id is not None}
    journal.record(act, EVENTS[to], "sales_order", [Happened(order.id, order.id, facts) for order in orders])


def not_held(order: LockedOrder) -> Outcome:
    """The refusal for an order that is not on hold."""
    return Outcome(id=order.id, code="not_held", facts={"number": order.number, "state": order.state})
