"""What people decide about the orders that wait."""

from collections.abc import Sequence

from django.db import transaction

from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import LockedOrder, lock_orders
from dinghuo.journey.review.operations.judging import EVENTS
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def release_orders(*, act: Act, order_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Let held orders go by a person's decision, with the reason on record. Refuses `not_held`."""
    return decide(act, order_ids, "released", reason)


@transaction.atomic
def reject_orders(*, act: Act, order_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Turn held orders down by a person's decision, with the reason on record. Refuses `not_held`."""
    return decide(act, order_ids, "rejected", reason)


def decide(act: Act, order_ids: Sequence[int], outcome: str, reason: str) -> list[Outcome]:
    """Lift the holds of held orders and move them on, as a person decided."""
    orders = lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())

    held = [order for order in orders if order.state == OrderState.HELD]
    refused = [not_held(order) for order in orders if order.state != OrderState.HELD]

    sql.execute(
        "review/write_decision",
        company_id=act.company_id,
        order_ids=[order.id for order in held],
        versions=[order.version for order in held],
        decision=outcome,
        reason=reason,
        at=act.at,
        actor_id=act.actor_id,
    )
    states.move(SalesOrder, company_id=act.company_id, ids=[order.id for order in held], to=outcome, only_from=[OrderState.HELD])

    facts = {"reason": reason, "by_person": act.actor_id is not None}
    journal.record(act, EVENTS[outcome], "sales_order", [Happened(order.id, order.id, facts) for order in held])
    return [Outcome(id=order.id) for order in held] + refused + missing(order_ids, (order.id for order in orders))


def not_held(order: LockedOrder) -> Outcome:
    """The refusal for an order that is not on hold."""
    return Outcome(id=order.id, code="not_held", facts={"number": order.number, "state": order.state})
