"""How stock is kept, over the API: balances and history, safety stock, transfers, and goods set aside."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation.operations import quarantine, settings, transfer_ends, transfers
from dinghuo.journey.allocation.rules.keeping import Setting, TransferDraft, TransferLineDraft
from dinghuo.journey.allocation.rules.stock import Adjustment
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
    Code,
    Day,
    Id,
    Money,
    Page,
    Paging,
    Quantity,
    ShortCode,
    SignedQuantity,
    SomeQuantity,
    Text,
    Title,
    page_of,
)

router = Router(tags=["stock"])

Reason = Annotated[str, Text(most=200, least=1)]
Zone = Annotated[str, Text(most=20)]


@dataclass(frozen=True, slots=True)
class Balance:
    """What lay in one warehouse of one product and lot at the end of a day, in stock units, and what it cost."""

    id: int
    warehouse: str
    product: str
    lot: str | None
    on_hand: SignedQuantity
    cost_amount: Money


@dataclass(frozen=True, slots=True)
class Move:
    """What one document moved of one level: signed stock units and cost."""

    id: int
    moved_on: date
    recorded_at: datetime
    recorded_by_id: int | None
    document_id: int
    kind: str
    number: str
    reason: str
    warehouse: str
    product: str
    lot: str | None
    quantity: SignedQuantity
    cost_amount: Money
    order_number: str | None


@dataclass(frozen=True, slots=True)
class StockSetting:
    """The reserve of a product in a warehouse that no promise counts on, in stock units, and the zone where it lies."""

    id: int
    warehouse: str
    product: str
    safety_quantity: Quantity
    zone: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Goods sent from one warehouse to another, in stock units; while it is sent, what is not received is in transit."""

    id: int
    number: str
    state: str
    from_warehouse: str
    to_warehouse: str
    sent_on: date
    expected_on: date
    reason: str
    end_reason: str
    lines: int
    units: Quantity
    received: Quantity


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A product that a transfer moves, in stock units; what was withdrawn went back or was written off."""

    position: int
    product: str
    lot: str | None
    quantity: Quantity
    received: Quantity
    withdrawn: Quantity


@dataclass(frozen=True, slots=True)
class TransferInFull:
    """A transfer and its lines."""

    transfer: Transfer
    lines: list[TransferLine]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Goods set aside, in stock units, and what became of them."""

    id: int
    warehouse: str
    product: str
    lot: str | None
    quantity: Quantity
    state: str
    reason: str
    set_aside_at: datetime
    set_aside_by_id: int | None
    ended_at: datetime | None
    end_reason: str
    document_id: int | None


@dataclass(frozen=True, slots=True)
class StockMade:
    """The ids of what was made, in the order it was asked for."""

    ids: list[int]


class OfStock(Paging):
    """Of which stock, by codes."""

    warehouse: ShortCode | None = None
    product: Code | None = None


class BalanceWanted(OfStock):
    """Which balances to list."""

    on: Day | None = Field(None, description="the day at whose end; today when left out")


class MovesWanted(OfStock):
    """Which moves to list."""

    lot_id: Id | None = None


class Opened(Paging):
    """Whether to list only what is open."""

    open: bool = False


class SettingLine(OneProduct, SomeWarehouse):
    """How a warehouse is to keep a product."""

    safety_quantity: Quantity
    zone: Zone = ""


class SettingsAsked(Asked):
    """Settings, in place of those that were there."""

    lines: list[SettingLine] = Field(min_length=1, max_length=LINES_MAX)


class TransferLineAsked(OneProduct):
    """A product to send."""

    quantity: SomeQuantity
    lot_id: BodyId | None = None


class TransferAsked(Asked):
    """Goods to send from one warehouse to another, all lines or none."""

    from_warehouse_id: BodyId
    to_warehouse_id: BodyId
    expected_on: Day
    reason: Title = ""
    lines: list[TransferLineAsked] = Field(min_length=1, max_length=LINES_MAX)


class ArrivedLine(Asked):
    """How much of a transfer's line arrived."""

    position: BodyId
    quantity: SomeQuantity


class ArrivalAsked(Asked):
    """What of a transfer arrived; all that is in transit when nothing is said."""

    lines: list[ArrivedLine] | None = Field(None, min_length=1, max_length=LINES_MAX)


class Because(Asked):
    """Why."""

    reason: Reason


class EndAsked(Because):
    """What becomes of what has not arrived: it went back to where it was sent from, or is lost and written off."""

    rest: Literal["returned", "written_off"]


class AsideLine(OneProduct, SomeWarehouse):
    """Goods to set aside."""

    quantity: SomeQuantity
    lot_id: BodyId | None = None


class AsideAsked(Asked):
    """Goods to set aside, all lines or none, and why."""

    lines: list[AsideLine] = Field(min_length=1, max_length=LINES_MAX)
    reason: Reason


@route(router, "GET /stock/balances", needs="stock.read")
def list_balances(request: ApiRequest, wanted: Query[BalanceWanted]) -> Page[Balance]:
    """List what lay where at the end of a day, from the moves; today's balance is the stock."""
    asked = {"after": wanted.after, "count": wanted.count, "warehouse": wanted.warehouse, "product": wanted.product}
    balance_on = wanted.on or request.act.on
    return page_of(
        sql.rows("allocation/balances_after", Balance, company_id=request.act.company_id, balance_on=balance_on, **asked), wanted
    )


@route(router, "GET /stock/moves", needs="stock.read")
def list_moves(request: ApiRequest, wanted: Query[MovesWanted]) -> Page[Move]:
    """List what moved in stock, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "warehouse": wanted.warehouse, "product": wanted.product}
    return page_of(
        sql.rows("allocation/moves_before", Move, company_id=request.act.company_id, lot_id=wanted.lot_id, **asked), wanted
    )


@route(router, "GET /stock/settings", needs="stock.read")
def list_stock_settings(request: ApiRequest, wanted: Query[OfStock]) -> Page[StockSetting]:
    """List safety stock and zones."""
    asked = {"after": wanted.after, "count": wanted.count, "warehouse": wanted.warehouse, "product": wanted.product}
    return page_of(sql.rows("allocation/settings_after", StockSetting, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/settings", needs="stock.write", status=201)
def set_stock_settings(request: ApiRequest, asked: SettingsAsked) -> StockMade:
    """Set safety stock and zones, in place of what was set."""
    known = named(request.act.company_id, asked.lines)
    wanted = [
        Setting(known.warehouse(line, line=place), known.product(line, line=place), line.safety_quantity, line.zone)
        for place, line in enumerate(asked.lines, 1)
    ]
    done = all_done(settings.set_stock_settings(act=request.act, settings=wanted))
    return StockMade([outcome.document_id or 0 for outcome in done])


@route(router, "GET /stock/transfers", needs="stock.read")
def list_transfers(request: ApiRequest, wanted: Query[Opened]) -> Page[Transfer]:
    """List transfers, the newest first."""
    return page_of(_transfers(request, before=wanted.before, count=wanted.count, only_id=None, only_open=wanted.open), wanted)


@route(router, "POST /stock/transfers", needs="stock.write", status=201)
def send_transfer(request: ApiRequest, asked: TransferAsked) -> TransferInFull:
    """Send free stock to another warehouse, all lines or none.

    Refused with `not_enough_free_stock`, `same_warehouse`, `being_counted`, `dated_in_past`.
    """
    known = named(request.act.company_id, asked.lines)
    lines = [
        TransferLineDraft(known.product(line, line=place), line.quantity, line.lot_id) for place, line in enumerate(asked.lines, 1)
    ]
    draft = TransferDraft(asked.from_warehouse_id, asked.to_warehouse_id, lines, asked.expected_on, asked.reason)
    done = all_done(transfers.send_transfer(act=request.act, draft=draft))
    return _transfer(request, done[0].document_id or 0)


@route(router, "GET /stock/transfers/{transfer_id}", needs="stock.read")
def get_transfer(request: ApiRequest, transfer_id: Id) -> TransferInFull:
    """Show a transfer and its lines."""
    return _transfer(request, transfer_id)


@route(router, "POST /stock/transfers/{transfer_id}/receive", needs="stock.write")
def receive_transfer(request: ApiRequest, transfer_id: Id, asked: ArrivalAsked) -> TransferInFull:
    """Take what arrived into stock, all lines or none. Refused with `more_than_sent`, `not_in_transit`, `being_counted`."""
    arrived = None if asked.lines is None else {line.position: line.quantity for line in asked.lines}
    for outcome in transfers.receive_transfer(act=request.act, transfer_id=transfer_id, arrived=arrived):
        the_only([outcome])
    return _transfer(request, transfer_id)


@route(router, "POST /stock/transfers/{transfer_id}/end", needs="stock.write")
def end_transfer(request: ApiRequest, transfer_id: Id, asked: EndAsked) -> TransferInFull:
    """End a transfer whose goods do not arrive. Refused with `not_in_transit`, `being_counted`, `nothing_expected`."""
    for outcome in transfer_ends.end_transfer(act=request.act, transfer_id=transfer_id, rest=asked.rest, reason=asked.reason):
        the_only([outcome])
    return _transfer(request, transfer_id)


@route(router, "GET /stock/quarantine", needs="stock.read")
def list_quarantine(request: ApiRequest, wanted: Query[Opened]) -> Page[Quarantine]:
    """List goods set aside, the newest first."""
    asked = {"before": wanted.before, "count": wanted.count, "only_open": wanted.open}
    return page_of(sql.rows("allocation/quarantines_before", Quarantine, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /stock/quarantine", needs="stock.write", status=201)
def set_aside(request: ApiRequest, asked: AsideAsked) -> StockMade:
    """Set free stock aside, all lines or none. Refused with `not_enough_free_stock`."""
    known = named(request.act.company_id, asked.lines)
    goods = [
        Adjustment(known.warehouse(line, line=place), known.product(line, line=place), line.quantity, line.lot_id)
        for place, line in enumerate(asked.lines, 1)
    ]
    done = all_done(quarantine.set_aside(act=request.act, goods=goods, reason=asked.reason))
    return StockMade([outcome.document_id or 0 for outcome in done])


@route(router, "POST /stock/quarantine/{quarantine_id}/release", needs="stock.write")
def release_quarantine(request: ApiRequest, quarantine_id: Id, asked: Because) -> StockMade:
    """Let goods that were set aside be given to orders again. Refused with `not_set_aside`."""
    the_only(quarantine.release_quarantine(act=request.act, quarantine_ids=[quarantine_id], reason=asked.reason))
    return StockMade([quarantine_id])


@route(router, "POST /stock/quarantine/{quarantine_id}/scrap", needs="stock.write")
def scrap_quarantine(request: ApiRequest, quarantine_id: Id, asked: Because) -> StockMade:
    """Write goods off that were set aside. Refused with `not_set_aside`, `being_counted`."""
    the_only(quarantine.scrap_quarantine(act=request.act, quarantine_ids=[quarantine_id], reason=asked.reason))
    return StockMade([quarantine_id])


def _transfers(request: ApiRequest, *, before: int, count: int, only_id: int | None, only_open: bool) -> list[Transfer]:
    wanted = {"before": before, "count": count, "only_id": only_id, "only_open": only_open}
    return sql.rows("allocation/transfers_before", Transfer, company_id=request.act.company_id, **wanted)


def _transfer(request: ApiRequest, transfer_id: int) -> TransferInFull:
    found = _transfers(request, before=ID_MAX, count=1, only_id=transfer_id, only_open=False)
    if not found:
        raise Missing("There is no such transfer.", id=transfer_id)
    lines = sql.rows("allocation/lines_of_transfer", TransferLine, company_id=request.act.company_id, transfer_id=transfer_id)
    return TransferInFull(found[0], lines)
