"""Taking off an order what nobody will deliver, without sending what was released back to review."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.ordering import errors
from dinghuo.journey.ordering.models import OrderAmendment, OrderState, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations.amendments import (
    Changes,
    LineNow,
    added_lines,
    difference,
    unknown_product,
    write_amendment,
    write_changed,
)
from dinghuo.journey.ordering.operations.entry import find_parties, find_prices
from dinghuo.journey.ordering.operations.orders import lock_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft, fault_in_quantity
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@transaction.atomic
def cut_lines(
    *, act: Act, order_id: int, quantities: Mapping[int, Decimal], added: Sequence[LineDraft] = (), reason: str
) -> Outcome:
    """Lower lines of a released order to what will come, 0 for nothing, and add what comes in their place; it stays released.

    Quantities are in stock units by line. A line that is lowered to 0 stays, so that what was decided about it can be told.
    Refused: not_found, cannot_be_amended (state), malformed (facts name the line), already_allocated, unknown_product,
    order_would_be_empty: such an order is cancelled instead.
    """
    orders = lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())
    if not orders:
        return missing([order_id], [])[0]
    order = orders[0]
    lines = sql.rows("ordering/lines_now", LineNow, company_id=act.company_id, order_id=order_id)

    draft = OrderDraft(order.customer_id, order.warehouse_id, added)
    prices = find_prices(act, [draft])
    if order.state != OrderState.RELEASED:
        return Outcome(order_id, errors.CANNOT_BE_AMENDED, facts={"number": order.number, "state": order.state})
    refusal = fault_in_cut(act, order_id, lines, quantities, added) or unknown_product(order, draft, prices)
    if refusal:
        return refusal

    (known,) = find_parties(act, [draft])
    cut = [(line, quantities[line.id], line.unit_price) for line in lines if line.id in quantities]
    money = (known.minor_units, known.rounding)
    new = added_lines(lines, draft, prices, known)

    # A line cut to 0 stays, while an amendment would delete it: so the two are written apart, and told as one.
    write_changed(act, cut, money)
    write_amendment(act, order_id, Changes([], new, {}, {}), money)
    version = order.version + 1
    SalesOrder.objects.filter(company_id=act.company_id, id=order_id).update(version=version)
    OrderAmendment.objects.create(
        company_id=act.company_id,
        order_id=order_id,
        version=version,
        amended_at=act.at,
        amended_by_id=act.actor_id,
        reason=reason,
        difference=difference(Changes(cut, new, {}, {})),
    )

    facts = {"version": version, "reason": reason}
    journal.record(act, "OrderAmended", "sales_order", [Happened(order_id, order_id, facts)])
    return Outcome(order_id, document_id=order_id, facts=facts)


def fault_in_cut(
    act: Act, order_id: int, lines: Sequence[LineNow], quantities: Mapping[int, Decimal], added: Sequence[LineDraft]
) -> Outcome | None:
    """Why the lines cannot be lowered like that, or None."""
    ordered = {line.id: line.ordered for line in lines}
    given = dict(SalesOrderLine.objects.filter(company_id=act.company_id, order_id=order_id).values_list("id", "allocated"))
    for line_id, quantity in quantities.items():
        if line_id not in ordered or not quantity.is_finite() or not 0 <= quantity <= ordered[line_id]:
            return Outcome(order_id, errors.MALFORMED, facts={"line": line_id, "column": "quantity"})
        if quantity < given[line_id]:
            return Outcome(order_id, errors.ALREADY_ALLOCATED, facts={"line": line_id, "allocated": str(given[line_id])})
    for line in added:
        fault = fault_in_quantity(line.quantity)
        if fault:
            return Outcome(order_id, errors.MALFORMED, facts=fault)
    if not added and not any(quantities.get(line_id, before) for line_id, before in ordered.items()):
        return Outcome(order_id, errors.ORDER_WOULD_BE_EMPTY)
    return None
