"""Review over the API: why an order was held, and what a person decides about it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from ninja import Router

from dinghuo.journey.ordering.api import OrderSummary, order_summary
from dinghuo.journey.review.approval_api import Why
from dinghuo.journey.review.operations import reject_orders, release_orders
from dinghuo.kernel import sql
from dinghuo.kernel.errors import the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Id, Reason

router = Router(tags=["review"])

FINDINGS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found in one review: `inputs` are the figures that it compared, enough to check its arithmetic."""

    review_id: int
    order_version: int
    reviewed_at: datetime
    cause: str
    outcome: str
    rule: str
    rule_version: int
    finding: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """The reviews of an order, first to last, a finding a rule; at most 1,000."""

    items: list[Finding]


class Decision(Asked):
    """Why a person decides so."""

    reason: Reason
    reason_code: Why


@dataclass(frozen=True, slots=True)
class OrderDecided(OrderSummary):
    """An order after a person's decision; still `held` while the matrix asks these roles, in their order, to approve it."""

    waits_for: Sequence[str]


@route(router, "GET /orders/{order_id}/reviews", needs="orders.read")
def list_reviews(request: ApiRequest, order_id: Id) -> Findings:
    """Tell how an order was judged: every rule's outcome with the figures it compared."""
    order_summary(request, order_id)
    asked = {"order_id": order_id, "count": FINDINGS_MAX}
    return Findings(items=sql.rows("review/reviews_of_order", Finding, company_id=request.act.company_id, **asked))


@route(router, "POST /orders/{order_id}/release", needs="orders.release")
def release_order(request: ApiRequest, order_id: Id, asked: Decision) -> OrderDecided:
    """Let a held order go; one that the matrix asks approvals for stays `held`, and the reply says whose it waits for.

    Refused with `not_held`, `waits_for_approval`, `four_eyes` and `incompatible_duties`.
    """
    why = {"reason_code": asked.reason_code, "reason": asked.reason}
    done = the_only(release_orders(act=request.act, order_ids=[order_id], **why))
    request.moved = [order_id]
    return OrderDecided(**asdict(order_summary(request, order_id)), waits_for=done.facts.get("waits_for", []))


@route(router, "POST /orders/{order_id}/reject", needs="orders.release")
def reject_order(request: ApiRequest, order_id: Id, asked: Decision) -> OrderSummary:
    """Turn a held order down. Refused with `not_held`."""
    the_only(reject_orders(act=request.act, order_ids=[order_id], reason=asked.reason, reason_code=asked.reason_code))
    request.moved = [order_id]
    return order_summary(request, order_id)
