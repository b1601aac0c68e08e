"""Changing an order after it was entered: a new version, with the difference kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering import errors
from dinghuo.journey.ordering.models import OrderAmendment, OrderState, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations.entry import Price, find_parties, find_prices
from dinghuo.journey.ordering.operations.orders import LockedOrder, OpenUnits, lock_orders
from dinghuo.journey.ordering.rules import (
    LINES_MAX,
    Amendment,
    OrderDraft,
    fault_in_price,
    fault_in_quantity,
    line_amounts,
)
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

AMENDABLE = frozenset({OrderState.DRAFT, OrderState.SUBMITTED, OrderState.HELD, OrderState.RELEASED})


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line before the amendment."""

    id: int
    position: int
    product_id: int
    ordered: Decimal
    unit_price: Decimal
    tax_rate: Decimal


@transaction.atomic
def amend_order(*, act: Act, order_id: int, amendment: Amendment) -> Outcome:
    """Change an order's quantities, prices or lines; once submitted, it goes back to review.

    Refuses with `version_conflict` when someone was faster, `cannot_be_amended` by its state, `already_allocated` when stock is
    given to it, `malformed` (facts name line and column) and `unknown_product`. The outcome's facts hold the new version.
    """
    orders = lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())
    if not orders:
        return missing([order_id], [])[0]
    order = orders[0]
    lines = sql.rows("ordering/lines_now", LineNow, company_id=act.company_id, order_id=order_id)

    draft = OrderDraft(order.customer_id, order.warehouse_id, amendment.added)
    prices = find_prices(act, [draft])
    refused = fault_in_amendment(act, order, lines, amendment) or unknown_product(order, draft, prices)
    if refused:
        return refused

    (known,) = find_parties(act, [draft])
    rate = known.customer_tax_rate
    changed = changed_lines(lines, amendment)
    added = [
        (
            max((line.position for line in lines), default=0) + number,
            line.product_id,
            line.quantity,
            prices[order.customer_id, line.product_id].unit_price if line.unit_price is None else line.unit_price,
            prices[order.customer_id, line.product_id].tax_rate if rate is None else rate,
        )
        for number, line in enumerate(amendment.added, 1)
    ]

    write_amendment(act, order_id, changed, added, (known.minor_units, known.rounding))
    SalesOrder.objects.filter(company_id=act.company_id, id=order_id).update(version=order.version + 1)
    OrderAmendment.objects.create(
        company_id=act.company_id,
        order_id=order_id,
        version=order.version + 1,
        amended_at=act.at,
        amended_by_id=act.actor_id,
        reason=amendment.reason,
        difference=difference(changed, added),
    )
    if order.state in {OrderState.HELD, OrderState.RELEASED}:
        states.move(SalesOrder, company_id=act.company_id, ids=[order_id], to=OrderState.SUBMITTED)

    facts = {"version": order.version + 1, "reason": amendment.reason}
    journal.record(act, "OrderAmended", "sales_order", [Happened(order_id, order_id, facts)])
    return Outcome(id=order_id, document_id=order_id, facts=facts)


def fault_in_amendment(act: Act, order: LockedOrder, lines: Sequence[LineNow], amendment: Amendment) -> Outcome | None:
    """Why the order cannot be changed like that, or None."""
    if order.version != amendment.version:
        facts = {"number": order.number, "version": order.version, "yours": amendment.version}
        return Outcome(id=order.id, code=errors.VERSION_CONFLICT, facts=facts)
    if order.state not in AMENDABLE:
        return Outcome(id=order.id, code=errors.CANNOT_BE_AMENDED, facts={"number": order.number, "state": order.state})
    units = sql.rows("ordering/open_units", OpenUnits, company_id=act.company_id, order_ids=[order.id])
    if any(row.allocated > 0 for row in units):
        facts = {"number": order.number, "allocated": str(units[0].allocated)}
        return Outcome(id=order.id, code=errors.ALREADY_ALLOCATED, facts=facts)
    fault = fault_in_change(lines, amendment)
    return Outcome(id=order.id, code=errors.MALFORMED, facts=fault) if fault else None


def fault_in_change(lines: Sequence[LineNow], amendment: Amendment) -> dict[str, Any] | None:
    """The first thing wrong with new quantities, prices and lines, as facts; None when they are well formed."""
    positions = {line.id: line.position for line in lines}
    for key in [*amendment.quantities, *amendment.prices]:
        if key not in positions:
            return {"column": "line", "line": key, "message": "The order has no such line."}
    for key, quantity in amendment.quantities.items():
        fault = None if quantity == 0 else fault_in_quantity(quantity)
        if fault:
            return {"line": positions[key], **fault}
    for key, price in amendment.prices.items():
        fault = fault_in_price(price)
        if fault:
            return {"line": positions[key], **fault}
    for number, line in enumerate(amendment.added, 1):
        fault = fault_in_quantity(line.quantity) or fault_in_price(line.unit_price)
        if fault:
            return {"line": len(lines) + number, **fault}
    left = len(lines) + len(amendment.added) - sum(1 for quantity in amendment.quantities.values() if quantity == 0)
    if not 1 <= left <= LINES_MAX:
        return {"column": "lines", "message": f"An order has between 1 and {LINES_MAX} lines."}
    return None


def unknown_product(order: LockedOrder, draft: OrderDraft, prices: dict[tuple[int, int], Price]) -> Outcome | None:
    """The refusal for an added product that does not exist, or None."""
    for line in draft.lines:
        if (draft.customer_id, line.product_id) not in prices:
            return Outcome(id=order.id, code=errors.UNKNOWN_PRODUCT, facts={"product": line.product_id})
    return None


def changed_lines(lines: Sequence[LineNow], amendment: Amendment) -> list[tuple[LineNow, Decimal, Decimal]]:
    """Each line that changes, with its new quantity (0 removes it) and price."""
    return [
        (line, amendment.quantities.get(line.id, line.ordered), amendment.prices.get(line.id, line.unit_price))
        for line in lines
        if line.id in amendment.quantities or line.id in amendment.prices
    ]


def write_amendment(
    act: Act,
    order_id: int,
    changed: Sequence[tuple[LineNow, Decimal, Decimal]],
    added: Sequence[tuple[int, int, Decimal, Decimal, Decimal]],
    money: tuple[int, str],
) -> None:
    """Change, remove and add lines, then total the order anew."""
    minor_units, rounding = money
    kept = [row for row in changed if row[1] > 0]
    SalesOrderLine.objects.filter(
        company_id=act.company_id, id__in=[line.id for line, quantity, _ in changed if quantity == 0]
    ).delete()
    amounts = [
        line_amounts(quantity=quantity, unit_price=price, tax_rate=line.tax_rate, minor_units=minor_units, rounding=rounding)
        for line, quantity, price in kept
    ]
    if kept:
        sql.execute(
            "ordering/change_lines",
            company_id=act.company_id,
            line_ids=[line.id for line, _, _ in kept],
            ordered=[quantity for _, quantity, _ in kept],
            prices=[price for _, _, price in kept],
            nets=[amount.net for amount in amounts],
            taxes=[amount.tax for amount in amounts],
        )
    if added:
        new = [
            line_amounts(quantity=quantity, unit_price=price, tax_rate=rate, minor_units=minor_units, rounding=rounding)
            for _, _, quantity, price, rate in added
        ]
        sql.execute(
            "ordering/insert_lines",
            company_id=act.company_id,
            order_ids=[order_id] * len(added),
            positions=[row[0] for row in added],
            product_ids=[row[1] for row in added],
            ordered=[row[2] for row in added],
            prices=[row[3] for row in added],
            rates=[row[4] for row in added],
            nets=[amount.net for amount in new],
            taxes=[amount.tax for amount in new],
            source_rows=[None] * len(added),
        )
    sql.execute("ordering/total_order", company_id=act.company_id, order_id=order_id)


def difference(
    changed: Sequence[tuple[LineNow, Decimal, Decimal]],
    added: Sequence[tuple[int, int, Decimal, Decimal, Decimal]],
) -> list[dict[str, Any]]:
    """What changed, line by line: before and after, decimals as strings."""
    rows = [
        {
            "position": line.position,
            "before": {"ordered": str(line.ordered), "unit_price": str(line.unit_price)},
            "after": {"ordered": str(quantity), "unit_price": str(price)},
        }
        for line, quantity, price in changed
    ]
    new = [{"position": row[0], "before": None, "after": {"ordered": str(row[2]), "unit_price": str(row[3])}} for row in added]
    return rows + new
