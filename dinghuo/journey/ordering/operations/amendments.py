"""Changing an order after it was entered: a new version, with the difference kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering import errors
from dinghuo.journey.ordering.models import OrderAmendment, OrderState, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations.entry import Parties, Price, find_parties, find_prices, price_of
from dinghuo.journey.ordering.operations.orders import LockedOrder, OpenUnits, lock_orders
from dinghuo.journey.ordering.rules import (
    LINES_MAX,
    Amendment,
    Amounts,
    OrderDraft,
    fault_in_address,
    fault_in_price,
    fault_in_quantity,
    fault_in_terms,
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


@dataclass(frozen=True, slots=True)
class AddedLine:
    """A line that an amendment adds, priced and at its place."""

    position: int
    product_id: int
    ordered: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    kit: str
    per_set: Decimal


@dataclass(frozen=True, slots=True)
class Changes:
    """What an amendment comes to: lines with their new quantity (0 removes one) and price, new lines, and columns of the order."""

    lines: Sequence[tuple[LineNow, Decimal, Decimal]]
    added: Sequence[AddedLine]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@transaction.atomic
def amend_order(*, act: Act, order_id: int, amendment: Amendment) -> Outcome:
    """Change an order's quantities, prices, lines, payment terms or address; once submitted, it goes back to review.

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
    before, after = changed_head(act, order_id, amendment)
    changes = Changes(changed_lines(lines, amendment), added_lines(lines, draft, prices, known), before, after)

    write_amendment(act, order_id, changes, (known.minor_units, known.rounding))
    keep_version(act, order, amendment, difference(changes))

    facts = {"version": order.version + 1, "reason": amendment.reason}
    journal.record(act, "OrderAmended", "sales_order", [Happened(order_id, order_id, facts)])
    return Outcome(id=order_id, document_id=order_id, facts=facts)


def added_lines(
    lines: Sequence[LineNow], draft: OrderDraft, prices: Mapping[tuple[int, int], Price], known: Parties
) -> list[AddedLine]:
    """The lines that come, after the last there is, at the agreed price unless they name their own."""
    last, rate = max((line.position for line in lines), default=0), known.customer_tax_rate
    agreed = [prices[draft.customer_id, line.product_id] for line in draft.lines]
    return [
        AddedLine(
            last + number,
            line.product_id,
            line.quantity,
            price_of(line, price),
            price.tax_rate if rate is None else rate,
            line.kit,
            line.per_set,
        )
        for number, (line, price) in enumerate(zip(draft.lines, agreed, strict=True), 1)
    ]


def changed_head(act: Act, order_id: int, amendment: Amendment) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns of the order that become others: as they are, and as they are to be."""
    wanted = amendment.head
    if not wanted:
        return {}, {}
    now: dict[str, Any] = SalesOrder.objects.filter(company_id=act.company_id, id=order_id).values(*wanted).get()
    changed = [column for column in wanted if wanted[column] != now[column]]
    return {column: now[column] for column in changed}, {column: wanted[column] for column in changed}


def keep_version(act: Act, order: LockedOrder, amendment: Amendment, changed: list[dict[str, Any]]) -> None:
    """Count the order's version up, keep what changed, and send the order back to review."""
    SalesOrder.objects.filter(company_id=act.company_id, id=order.id).update(version=order.version + 1)
    OrderAmendment.objects.create(
        company_id=act.company_id,
        order_id=order.id,
        version=order.version + 1,
        amended_at=act.at,
        amended_by_id=act.actor_id,
        reason=amendment.reason,
        difference=changed,
    )
    if order.state in {OrderState.HELD, OrderState.RELEASED}:
        states.move(SalesOrder, company_id=act.company_id, ids=[order.id], to=OrderState.SUBMITTED)


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
    fault = fault_in_head(amendment) or fault_in_change(lines, amendment)
    return Outcome(id=order.id, code=errors.MALFORMED, facts=fault) if fault else None


def fault_in_head(amendment: Amendment) -> dict[str, Any] | None:
    """What is wrong with new payment terms or a new address, or None."""
    in_address = None if amendment.ship_to is None else fault_in_address(amendment.ship_to)
    return fault_in_terms(amendment.payment_terms_days) or in_address


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


def write_amendment(act: Act, order_id: int, changes: Changes, money: tuple[int, str]) -> None:
    """Change the order itself, change, remove and add lines, then total the order anew."""
    if changes.after:
        SalesOrder.objects.filter(company_id=act.company_id, id=order_id).update(**changes.after)
    gone = [line.id for line, quantity, _ in changes.lines if quantity == 0]
    SalesOrderLine.objects.filter(company_id=act.company_id, id__in=gone).delete()
    write_changed(act, [row for row in changes.lines if row[1] > 0], money)
    write_added(act, order_id, changes.added, money)
    sql.execute("ordering/total_order", company_id=act.company_id, order_id=order_id)


def write_changed(act: Act, kept: Sequence[tuple[LineNow, Decimal, Decimal]], money: tuple[int, str]) -> None:
    """Give lines their new quantities, prices and amounts."""
    if not kept:
        return
    amounts = [amounts_of(quantity, price, line.tax_rate, money) for line, quantity, price in kept]
    sql.execute(
        "ordering/change_lines",
        company_id=act.company_id,
        line_ids=[line.id for line, _, _ in kept],
        ordered=[quantity for _, quantity, _ in kept],
        prices=[price for _, _, price in kept],
        nets=[amount.net for amount in amounts],
        taxes=[amount.tax for amount in amounts],
    )


def write_added(act: Act, order_id: int, added: Sequence[AddedLine], money: tuple[int, str]) -> None:
    """Write the lines that come."""
    if not added:
        return
    amounts = [amounts_of(line.ordered, line.unit_price, line.tax_rate, money) for line in added]
    sql.execute(
        "ordering/insert_lines",
        company_id=act.company_id,
        order_ids=[order_id] * len(added),
        positions=[line.position for line in added],
        product_ids=[line.product_id for line in added],
        ordered=[line.ordered for line in added],
        prices=[line.unit_price for line in added],
        rates=[line.tax_rate for line in added],
        nets=[amount.net for amount in amounts],
        taxes=[amount.tax for amount in amounts],
        source_rows=[None] * len(added),
        kits=[line.kit for line in added],
        per_sets=[line.per_set for line in added],
    )


def amounts_of(quantity: Decimal, price: Decimal, rate: Decimal, money: tuple[int, str]) -> Amounts:
    """What a line comes to in a currency of so many decimals, rounded the company's way."""
    return line_amounts(quantity=quantity, unit_price=price, tax_rate=rate, minor_units=money[0], rounding=money[1])


def difference(changes: Changes) -> list[dict[str, Any]]:
    """What changed: line by line, then each column of the order by its name; before and after, decimals as strings."""
    changed = [
        {
            "position": line.position,
            "before": {"ordered": str(line.ordered), "unit_price": str(line.unit_price)},
            "after": {"ordered": str(quantity), "unit_price": str(price)},
        }
        for line, quantity, price in changes.lines
    ]
    new = [
        {"position": line.position, "before": None, "after": {"ordered": str(line.ordered), "unit_price": str(line.unit_price)}}
        for line in changes.added
    ]
    head = [{"column": column, "before": changes.before[column], "after": value} for column, value in changes.after.items()]
    return [*changed, *new, *head]
