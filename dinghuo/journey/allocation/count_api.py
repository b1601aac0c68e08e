"""Stock counts over the API: sheets, what was found, and stock corrected by it."""

from dataclasses import dataclass
from datetime import datetime

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation.operations import counts
from dinghuo.journey.allocation.rules.keeping import Counted
from dinghuo.journey.allocation.stock_api import Because, Opened, Zone
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.naming import OneProduct, SomeWarehouse, named
from dinghuo.reference.routes import all_done, route
from dinghuo.reference.wire import (
    ID_MAX,
    LINES_MAX,
    Asked,
    BodyId,
    Flag,
    Id,
    Ids,
    Page,
    Quantity,
    SignedQuantity,
    Title,
    page_of,
)

router = Router(tags=["stock"])


@dataclass(frozen=True, slots=True)
class Count:
    """A count of a warehouse or a zone of it; `counted` is how many of its lines were."""

    id: int
    number: str
    state: str
    warehouse: str
    zone: str
    is_blind: bool
    reason: str
    opened_at: datetime
    opened_by_id: int | None
    ended_at: datetime | None
    approved_by_id: int | None
    document_id: int | None
    lines: int
    counted: int


@dataclass(frozen=True, slots=True)
class CountLine:
    """A level on a count's sheet, in stock units; what is expected is not shown while a blind count is open."""

    line_id: int
    zone: str
    product_id: int
    product: str
    name: str
    name_zh: str
    unit: str
    lot_id: int | None
    lot: str | None
    expected: Quantity | None
    counted: Quantity | None
    difference: SignedQuantity | None
    rounds: int
    counted_at: datetime | None
    counted_by_id: int | None


@dataclass(frozen=True, slots=True)
class CountSheet:
    """A count and its sheet."""

    count: Count
    lines: list[CountLine]


class CountAsked(SomeWarehouse):
    """What to count: a warehouse, a zone of it, or some products there."""

    zone: Zone = ""
    product_ids: Ids | None = None
    is_blind: Flag = True
    reason: Title = ""


class CountedLine(OneProduct):
    """What was counted; nothing there is a zero."""

    quantity: Quantity
    lot_id: BodyId | None = None


class CountedAsked(Asked):
    """What was counted, all entries or none."""

    lines: list[CountedLine] = Field(min_length=1, max_length=LINES_MAX)


@route(router, "GET /stock/counts", needs="stock.read")
def list_counts(request: ApiRequest, wanted: Query[Opened]) -> Page[Count]:
    """List counts, the newest first."""
    return page_of(_counts(request, before=wanted.before, count=wanted.count, only_id=None, only_open=wanted.open), wanted)


@route(router, "POST /stock/counts", needs="stock.write", status=201)
def open_count(request: ApiRequest, asked: CountAsked) -> CountSheet:
    """Make a sheet and freeze what is on it. Refused with `nothing_to_count`."""
    warehouse_id = named(request.act.company_id, [asked]).warehouse(asked)
    draft = counts.CountDraft(warehouse_id, asked.zone, asked.product_ids, asked.is_blind, asked.reason)
    return _sheet(request, counts.open_count(act=request.act, draft=draft).id)


@route(router, "GET /stock/counts/{count_id}", needs="stock.read")
def get_count(request: ApiRequest, count_id: Id) -> CountSheet:
    """Show a count and its sheet."""
    return _sheet(request, count_id)


@route(router, "POST /stock/counts/{count_id}/entries", needs="stock.write")
def record_count(request: ApiRequest, count_id: Id, asked: CountedAsked) -> CountSheet:
    """Write down what was counted, all entries or none; counting again replaces what was found."""
    known = named(request.act.company_id, asked.lines)
    entries = [Counted(known.product(line, line=place), line.quantity, line.lot_id) for place, line in enumerate(asked.lines, 1)]
    all_done(counts.record_count(act=request.act, count_id=count_id, entries=entries))
    return _sheet(request, count_id)


@route(router, "POST /stock/counts/{count_id}/post", needs="stock.approve")
def post_count(request: ApiRequest, count_id: Id, asked: Because) -> CountSheet:
    """Correct stock by what differs and end the freeze.

    Refused with `counted_by_you`, as somebody else has to, and with `not_all_counted`, `moved_while_counted`,
    `not_enough_free_stock`, naming the product.
    """
    for outcome in counts.post_count(act=request.act, count_id=count_id, reason=asked.reason):
        the_only([outcome])
    return _sheet(request, count_id)


@route(router, "POST /stock/counts/{count_id}/cancel", needs="stock.write")
def cancel_count(request: ApiRequest, count_id: Id, asked: Because) -> CountSheet:
    """Give a count up; stock stays as it is."""
    counts.cancel_count(act=request.act, count_id=count_id, reason=asked.reason)
    return _sheet(request, count_id)


def _counts(request: ApiRequest, *, before: int, count: int, only_id: int | None, only_open: bool) -> list[Count]:
    wanted = {"before": before, "count": count, "only_id": only_id, "only_open": only_open}
    return sql.rows("allocation/counts_before", Count, company_id=request.act.company_id, **wanted)


def _sheet(request: ApiRequest, count_id: int) -> CountSheet:
    found = _counts(request, before=ID_MAX, count=1, only_id=count_id, only_open=False)
    if not found:
        raise Missing("There is no such count.", id=count_id)
    lines = sql.rows("allocation/lines_of_count", CountLine, company_id=request.act.company_id, count_id=count_id)
    return CountSheet(found[0], lines)
