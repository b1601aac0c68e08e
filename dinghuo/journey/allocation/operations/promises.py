"""The day by which goods for an order line will be there, promised so that no earlier promise is broken."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class _Line:
    line_id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """What an order line may be promised; quantities in stock units.

    `wanted` is what it has not been allocated, `needed_on` the day it was asked for or today, `available` what of that could be
    there by then, `promised_on` the day from which all of it can be there: none when no supply is known that fills it.
    """

    line_id: int
    order_id: int
    order_number: str
    position: int
    product_id: int
    product: str
    wanted: Decimal
    needed_on: date
    promised_on: date | None
    available: Decimal
    promised_before: date | None
    first_promised_on: date | None


@dataclass(frozen=True, slots=True)
class PromiseDay:
    """A day on which goods of a product come or are promised away, in stock units.

    `units` is what is there in the end, `promisable` what can be promised from then on without breaking a promise.
    """

    product_id: int
    day: date
    coming: Decimal
    leaving: Decimal
    units: Decimal
    promisable: Decimal


@transaction.atomic
def promise_lines(*, act: Act, order_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Promise each line of orders in work the day by which its goods will be there: the orders named, or all lines never promised.

    Time-phased: what is free less safety stock, and what is expected, less what others were promised, looking ahead over all days.
    A line that has a day keeps it, unless its order was amended since. One outcome per order that had a line to promise; facts:
    lines, promised_on (of its last line) and open (lines without a day). Rule: docs/rules/stock.md.
    """
    lines = _lines(act, order_ids)
    if not lines:
        return []
    products = {line.product_id for line in lines}
    lock_promises(act, products)
    close_promises(act, products)

    promised = _promised(act, [line.line_id for line in lines], "open", is_kept=True)

    orders: dict[int, list[PromisedLine]] = defaultdict(list)
    for row in promised:
        if row.promised_on != row.promised_before or row.promised_before is None:
            orders[row.order_id].append(row)
    facts = {order_id: _facts(rows) for order_id, rows in orders.items()}
    dated = [Happened(key, key, fact) for key, fact in facts.items() if fact["promised_on"] is not None]
    journal.record(act, "LinesPromised", "sales_order", dated)
    return [Outcome(key, facts=fact) for key, fact in facts.items()]


@transaction.atomic
def possible_promises(*, act: Act, order_id: int) -> list[PromisedLine]:
    """What each line of any order could be promised now, as if it had no promise yet; nothing is written.

    For who reviews an order, also a draft. `promised_before` is the promise that stands.
    """
    lines = sql.rows("allocation/lines_of_order", _Line, company_id=act.company_id, order_id=order_id)
    return _promised(act, [line.line_id for line in lines], "fresh", is_kept=False)


def promise_timeline(*, act: Act, product_ids: Sequence[int]) -> list[PromiseDay]:
    """What of some products will be there, day by day, less what was promised, and how much of it can be promised."""
    return sql.rows(
        "allocation/promise_timeline", PromiseDay, company_id=act.company_id, today=act.on, product_ids=list(product_ids)
    )


def keep_promises(act: Act, line_ids: Sequence[int]) -> list[PromisedLine]:
    """Give lines that cannot have their day any more the first one after it; their products must be locked."""
    return _promised(act, line_ids, "kept", is_kept=True)


def lock_promises(act: Act, product_ids: Iterable[int]) -> None:
    """Make rivals that promise goods of the same products wait until this transaction ends."""
    sql.execute("allocation/lock_promises", company_id=act.company_id, product_ids=sorted(product_ids))


def close_promises(act: Act, product_ids: Iterable[int]) -> None:
    """End the promises of products whose lines have their goods or are out of work."""
    sql.execute("allocation/close_promises", company_id=act.company_id, product_ids=sorted(product_ids))


def _lines(act: Act, order_ids: Sequence[int] | None) -> list[_Line]:
    named = {"order_ids": None if order_ids is None else list(order_ids)}
    return sql.rows("allocation/lines_to_promise", _Line, company_id=act.company_id, **named)


def _promised(act: Act, line_ids: Sequence[int], mode: str, *, is_kept: bool) -> list[PromisedLine]:
    return sql.rows(
        "allocation/promise_lines",
        PromisedLine,
        company_id=act.company_id,
        at=act.at,
        today=act.on,
        line_ids=list(line_ids),
        mode=mode,
        is_kept=is_kept,
    )


def _facts(rows: Sequence[PromisedLine]) -> dict[str, object]:
    days = [row.promised_on for row in rows if row.promised_on is not None]
    return {"lines": len(rows), "promised_on": max(days, default=None), "open": len(rows) - len(days)}
