"""Orders that are through: all goods and charges billed and posted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.operations.invoices import Key
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Unbilled:
    """What of an order is still to be billed: lines with goods, charges on no posted document, and drafts."""

    order_id: int
    number: str
    state: str
    lines: int
    charges: int
    drafts: int


@transaction.atomic
def complete_orders(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Close released orders of which everything is billed and posted; none named: all of them.

    Refuses with `not_released` or `not_all_invoiced`; the facts count what is missing.
    """
    if order_ids is None:
        locked = [row.id for row in sql.rows("finance/lock_orders_to_complete", Key, company_id=act.company_id)]
    else:
        locked = [order.id for order in lock_orders(company_id=act.company_id, order_ids=order_ids, ready_in=())]
    orders = sql.rows("finance/unbilled", Unbilled, company_id=act.company_id, order_ids=locked)

    refused = [refusal for row in orders if (refusal := refusal_to_complete(row))]
    out = {outcome.id for outcome in refused}
    complete = [row.order_id for row in orders if row.order_id not in out]

    states.move(SalesOrder, company_id=act.company_id, ids=complete, to=OrderState.COMPLETED)

    journal.record(act, "OrderCompleted", "sales_order", [Happened(key, key) for key in complete])
    return [Outcome(id=key) for key in complete] + refused + missing(order_ids, locked)


def refusal_to_complete(row: Unbilled) -> Outcome | None:
    """Why an order cannot be closed, or None."""
    if row.state != OrderState.RELEASED:
        return Outcome(id=row.order_id, code=errors.NOT_RELEASED, facts={"number": row.number, "state": row.state})
    if row.lines or row.charges or row.drafts:
        facts = {"number": row.number, "lines": row.lines, "charges": row.charges, "drafts": row.drafts}
        return Outcome(id=row.order_id, code=errors.NOT_ALL_INVOICED, facts=facts)
    return None
