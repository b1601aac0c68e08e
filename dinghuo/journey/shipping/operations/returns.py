"""Goods that come back: matched to the sale they left by, taken into stock at what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.rules import ReturnDraft, ReturnLineDraft, Sales, SoldGoods, fault_in_return
from dinghuo.kernel import journal, numbering, sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a draft; null ids are unknown ones."""

    place: int
    customer_id: int | None
    warehouse_id: int | None
    order_id: int | None
    known_return_id: int | None
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as a return needs it."""

    product_id: int
    tax_rate: Decimal
    standard_cost: Decimal


@dataclass(frozen=True, slots=True)
class Matched:
    """A line and the sale that it belongs to, if one is known."""

    place: int
    position: int
    line: ReturnLineDraft
    sale: SoldGoods | None
    customer_tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A return that was written."""

    place: int
    return_id: int
    order_id: int | None
    number: str


@transaction.atomic
def take_back_goods(*, act: Act, returns: Sequence[ReturnDraft]) -> list[Outcome]:
    """Take goods back into a warehouse, each line matched to the shipment it left by or marked as unmatched.

    An outcome's id is the draft's place, its document the return; a known `external_ref` gives the first return. Stock regains the
    cost that the goods left at; unmatched goods their standard cost. Refused alone: `malformed`, `unknown_customer`,
    `unknown_warehouse`, `unknown_order`, `unknown_product`, `unknown_shipment_line`, `more_than_was_shipped`. Rule:
    docs/rules/shipping.md.
    """
    if not returns:
        return []
    first = numbering.take(company_id=act.company_id, series="return", year=act.on.year, count=len(returns))
    sales = Sales(lock_sales(act, returns))

    known = find_known(act, returns)
    goods = find_goods(act, returns)
    done = [Outcome(id=row.place, document_id=row.known_return_id) for row in known if row.known_return_id is not None]

    new = [row for row in known if row.known_return_id is None]
    refused, matched, twins = decide(act, returns, new, goods, sales)

    written = write(act, returns, matched, goods, first)

    facts = {row.place: {"number": row.number} for row in written}
    journal.record(
        act, "GoodsReturned", "customer_return", [Happened(row.return_id, row.order_id, facts[row.place]) for row in written]
    )
    documents = {row.place: row.return_id for row in written}
    done += [Outcome(id=place, document_id=document_id) for place, document_id in documents.items()]
    done += [Outcome(id=place, document_id=documents[earlier]) for place, earlier in twins.items()]
    return sorted(done + refused, key=lambda outcome: outcome.id)


def decide(
    act: Act, returns: Sequence[ReturnDraft], new: Sequence[Known], goods: dict[int, Goods], sales: Sales
) -> tuple[list[Outcome], list[Matched], dict[int, int]]:
    """What becomes of each new draft: why not, its lines matched, or the place of an earlier one with the same reference."""
    refused, matched = [], []
    accepted: dict[str, int] = {}
    twins: dict[int, int] = {}
    for row in new:
        draft = returns[row.place]
        if draft.external_ref is not None and draft.external_ref in accepted:
            twins[row.place] = accepted[draft.external_ref]
            continue
        fault = fault_in(draft, row, goods)
        lines = [] if fault else match(draft, row, sales, act.on)
        fault = fault or shortfall(lines, sales)
        if fault:
            refused.append(fault)
            continue
        matched += [line for line in lines if isinstance(line, Matched)]
        if draft.external_ref is not None:
            accepted[draft.external_ref] = row.place
    return refused, matched, twins


def lock_sales(act: Act, returns: Sequence[ReturnDraft]) -> list[SoldGoods]:
    """Lock the shipment lines that goods may come back of, the latest first."""
    wanted = {
        (draft.customer_id, line.product_id)
        for draft in returns
        for line in draft.lines
        if line.match_latest_sale or line.shipment_line_id is not None
    }
    pairs = sorted(wanted)
    return sql.rows(
        "shipping/lock_sales",
        SoldGoods,
        company_id=act.company_id,
        customer_ids=[customer for customer, _ in pairs],
        product_ids=[product for _, product in pairs],
        shipment_line_ids=[line.shipment_line_id for draft in returns for line in draft.lines if line.shipment_line_id is not None],
    )


def find_known(act: Act, returns: Sequence[ReturnDraft]) -> list[Known]:
    """What is known about each draft's customer, warehouse and reference, in the drafts' order."""
    return sql.rows(
        "shipping/find_known_returns",
        Known,
        company_id=act.company_id,
        customer_ids=[draft.customer_id for draft in returns],
        warehouse_ids=[draft.warehouse_id for draft in returns],
        order_ids=[draft.order_id for draft in returns],
        external_refs=[draft.external_ref for draft in returns],
    )


def find_goods(act: Act, returns: Sequence[ReturnDraft]) -> dict[int, Goods]:
    """The products that come back, by id."""
    ids = sorted({line.product_id for draft in returns for line in draft.lines})
    return {row.product_id: row for row in sql.rows("shipping/find_goods", Goods, company_id=act.company_id, product_ids=ids)}


def fault_in(draft: ReturnDraft, known: Known, goods: dict[int, Goods]) -> Outcome | None:
    """Why a draft cannot be taken as it is, or None."""
    if known.customer_id is None:
        return Outcome(id=known.place, code=errors.UNKNOWN_CUSTOMER, facts={"customer": draft.customer_id})
    if known.warehouse_id is None:
        return Outcome(id=known.place, code=errors.UNKNOWN_WAREHOUSE, facts={"warehouse": draft.warehouse_id})
    if draft.order_id is not None and known.order_id is None:
        return Outcome(id=known.place, code=errors.UNKNOWN_ORDER, facts={"order": draft.order_id})
    fault = fault_in_return(draft)
    if fault:
        return Outcome(id=known.place, code=errors.MALFORMED, facts=fault)
    for position, line in enumerate(draft.lines, 1):
        if line.product_id not in goods:
            facts = {"line": position, "column": "product", "message": "There is no such product."}
            return Outcome(id=known.place, code=errors.UNKNOWN_PRODUCT, facts=facts)
    return None


def match(draft: ReturnDraft, known: Known, sales: Sales, today: date) -> list[Matched | Outcome]:
    """Find the sale of each line; a named one that is not there or has not enough left is an outcome instead."""
    found: list[Matched | Outcome] = []
    place, received_on = known.place, draft.received_on or today
    for position, line in enumerate(draft.lines, 1):
        if line.shipment_line_id is None:
            sale = sales.latest(draft.customer_id, line, received_on) if line.match_latest_sale else None
            found.append(Matched(place, position, line, sale, known.tax_rate))
            continue
        sale = sales.named(draft.customer_id, line)
        facts: dict[str, Any] = {"line": position, "shipment_line": line.shipment_line_id}
        if sale is None:
            found.append(Outcome(id=place, code=errors.UNKNOWN_SHIPMENT_LINE, facts=facts))
        elif not sales.take(sale, line.quantity):
            facts |= {"left": str(sale.left), "returned": str(line.quantity)}
            found.append(Outcome(id=place, code=errors.MORE_THAN_WAS_SHIPPED, facts=facts))
        else:
            found.append(Matched(place, position, line, sale, known.tax_rate))
    return found


def shortfall(lines: Sequence[Matched | Outcome], sales: Sales) -> Outcome | None:
    """The first line that cannot be matched as named; what the others took is given back."""
    faults = [line for line in lines if isinstance(line, Outcome)]
    if not faults:
        return None
    for line in lines:
        if isinstance(line, Matched) and line.sale is not None:
            sales.give_back(line.sale, line.line.quantity)
    return faults[0]


def write(
    act: Act, returns: Sequence[ReturnDraft], matched: Sequence[Matched], goods: dict[int, Goods], first: int
) -> list[TakenBack]:
    """Write returns, their lines and the stock that came in."""
    places = sorted({line.place for line in matched})
    if not places:
        return []
    written = sql.rows(
        "shipping/insert_returns",
        TakenBack,
        company_id=act.company_id,
        at=act.at,
        places=places,
        numbers=[numbering.written("RT", act.on.year, first + place) for place in places],
        external_refs=[returns[place].external_ref for place in places],
        customer_ids=[returns[place].customer_id for place in places],
        warehouse_ids=[returns[place].warehouse_id for place in places],
        order_ids=[returns[place].order_id for place in places],
        reasons=[returns[place].reason for place in places],
        received_ons=[returns[place].received_on or act.on for place in places],
    )
    ids = {row.place: row.return_id for row in written}
    sql.execute("shipping/take_back", **vars_of(act), **columns_of(matched, returns, goods, ids))
    return written


def vars_of(act: Act) -> dict[str, Any]:
    """The parameters that every line shares."""
    return {"company_id": act.company_id, "at": act.at, "today": act.on, "actor_id": act.actor_id}


def columns_of(
    matched: Sequence[Matched], returns: Sequence[ReturnDraft], goods: dict[int, Goods], ids: dict[int, int]
) -> dict[str, list[Any]]:
    """The lines as columns: unmatched ones at standard cost and the product's tax rate."""
    return {
        "return_ids": [ids[row.place] for row in matched],
        "positions": [row.position for row in matched],
        "warehouse_ids": [returns[row.place].warehouse_id for row in matched],
        "shipment_line_ids": [row.sale.shipment_line_id if row.sale else None for row in matched],
        "product_ids": [row.line.product_id for row in matched],
        "lot_ids": [row.sale.lot_id if row.sale else None for row in matched],
        "quantities": [row.line.quantity for row in matched],
        "prices": [row.line.unit_price for row in matched],
        "rates": [rate_of(row, goods) for row in matched],
        "unit_costs": [row.sale.unit_cost if row.sale else goods[row.line.product_id].standard_cost for row in matched],
        "restocks": [row.line.restock for row in matched],
        "source_rows": [row.line.source_row for row in matched],
    }


def rate_of(row: Matched, goods: dict[int, Goods]) -> Decimal:
    """The tax rate a line is credited at: its own, else that of its sale, else the customer's, else the product's."""
    if row.line.tax_rate is not None:
        return row.line.tax_rate
    if row.sale is not None:
        return row.sale.tax_rate
    return goods[row.line.product_id].tax_rate if row.customer_tax_rate is None else row.customer_tax_rate
