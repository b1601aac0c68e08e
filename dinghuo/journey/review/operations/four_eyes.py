"""Who may not decide about an order: whoever entered or changed it, and whoever has done what does not go with the duty."""

from collections.abc import Sequence
from dataclasses import dataclass

from dinghuo.journey.review.operations.duties import clashes
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order that a person entered or changed."""

    order_id: int
    number: str


def barred_from(act: Act, duty: str, order_ids: Sequence[int]) -> dict[int, Outcome]:
    """The refusals `four_eyes` and `incompatible_duties` for orders that the person acting must not decide on; by order.

    The system itself is nobody. Three statements, none for the system. Rule: docs/rules/approval.md.
    """
    if act.actor_id is None or not order_ids:
        return {}
    own = sql.rows("review/own_orders", OwnOrder, company_id=act.company_id, actor_id=act.actor_id, order_ids=list(order_ids))
    refused = {row.order_id: Outcome(id=row.order_id, code="four_eyes", facts={"number": row.number, "duty": duty}) for row in own}
    return clashes(act, duty, [order_id for order_id in order_ids if order_id not in refused]) | refused
