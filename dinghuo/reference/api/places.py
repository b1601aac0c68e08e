"""Warehouses and carriers over the API."""

from dataclasses import dataclass
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from dinghuo.kernel import sql
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.operations import add_carrier, add_warehouse
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Country, Limit, Name, Note, Page, Paging, ShortCode, Text, Title, Weight, page_of

router = Router(tags=["places"])


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place that holds stock and ships it; a lower `priority` is asked first."""

    id: int
    code: str
    name: str
    name_zh: str
    address: str
    city: str
    country: str
    priority: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who moves goods. An empty country serves all; prices are in company currency."""

    id: int
    code: str
    name: str
    name_zh: str
    mode: str
    country: str
    weight_kg_max: Weight | None
    transit_days: int
    base_price: Limit
    price_per_kg: Limit
    is_active: bool


class WarehouseAsked(Asked):
    """A new warehouse."""

    code: ShortCode = Field(examples=["YIWU"])
    name: Name
    name_zh: Title = ""
    address: Note = ""
    city: Annotated[str, Text(most=100)] = ""
    country: Country
    priority: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1


class CarrierAsked(Asked):
    """A new carrier."""

    code: ShortCode = Field(examples=["ROAD"])
    name: Name
    name_zh: Title = ""
    mode: Annotated[str, Text(most=20, least=1)] = "road"
    country: Country | None = None
    weight_kg_max: Weight | None = None
    transit_days: Annotated[int, Field(strict=True, ge=0, le=365)] = 2
    base_price: Limit = Field("0", validate_default=True)
    price_per_kg: Limit = Field("0", validate_default=True)


@route(router, "GET /warehouses", needs="warehouses.read")
def list_warehouses(request: ApiRequest, wanted: Query[Paging]) -> Page[Warehouse]:
    """List warehouses, the oldest first."""
    asked = {"after": wanted.after, "count": wanted.count, "only_id": None}
    return page_of(sql.rows("reference/warehouses_after", Warehouse, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /warehouses", needs="warehouses.write", status=201)
def create_warehouse(request: ApiRequest, asked: WarehouseAsked) -> Warehouse:
    """Add a warehouse. Refused with `code_taken`."""
    added = add_warehouse(act=request.act, fields=asked.model_dump())
    (row,) = sql.rows(
        "reference/warehouses_after", Warehouse, company_id=request.act.company_id, after=0, count=1, only_id=added.id
    )
    return row


@route(router, "GET /carriers", needs="carriers.read")
def list_carriers(request: ApiRequest, wanted: Query[Paging]) -> Page[Carrier]:
    """List carriers, the oldest first."""
    asked = {"after": wanted.after, "count": wanted.count, "only_id": None}
    return page_of(sql.rows("reference/carriers_after", Carrier, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /carriers", needs="carriers.write", status=201)
def create_carrier(request: ApiRequest, asked: CarrierAsked) -> Carrier:
    """Add a carrier. Refused with `code_taken`."""
    fields = {**asked.model_dump(), "country": asked.country or ""}
    added = add_carrier(act=request.act, fields=fields)
    (row,) = sql.rows("reference/carriers_after", Carrier, company_id=request.act.company_id, after=0, count=1, only_id=added.id)
    return row
