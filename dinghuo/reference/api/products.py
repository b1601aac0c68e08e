"""Products over the API."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from dinghuo.kernel import sql
from dinghuo.kernel.errors import Missing, the_only
from dinghuo.reference.api.customers import LEFT_OUT, Block
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.operations import add_product, block_products
from dinghuo.reference.routes import route
from dinghuo.reference.wire import (
    Asked,
    Code,
    Day,
    Flag,
    Id,
    Name,
    Page,
    Paging,
    Price,
    Quantity,
    Rate,
    SomeQuantity,
    Text,
    Title,
    Weight,
    page_of,
)

router = Router(tags=["products"])

Category = Annotated[str, Text(most=60)]
Barcode = Annotated[str, Text(most=14, pattern="^[0-9]*$")]
LeadTime = Annotated[int, Field(strict=True, ge=0, le=3_650)]
UnitCode = Annotated[str, Text(most=8, least=1)]


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold, in its stock unit (UN/ECE Recommendation 20); prices are of one unit, without tax, in company currency."""

    id: int
    code: str
    name: str
    name_zh: str
    category: str
    unit: str
    barcode: str
    list_price: Price
    standard_cost: Price
    tax_rate: Rate
    weight_kg: Weight
    case_quantity: Quantity
    reorder_level: Quantity
    keeps_lots: bool
    minimum_quantity: Quantity | None
    lead_time_days: int | None
    sold_from: date | None
    discontinued_on: date | None
    is_dual_use: bool
    is_blocked: bool


class ProductAsked(Asked):
    """A new product."""

    code: Code = Field(examples=["P-100"])
    name: Name = Field(examples=["Teapot, white"])
    name_zh: Title = ""
    category: Category = ""
    unit: UnitCode = "C62"
    barcode: Barcode = ""
    list_price: Price
    standard_cost: Price
    tax_rate: Rate = Field(examples=["0.13"])
    weight_kg: Weight = Field("0", validate_default=True)
    case_quantity: SomeQuantity = Field("1", validate_default=True)
    reorder_level: Quantity = Field("0", validate_default=True)
    keeps_lots: Flag = False
    minimum_quantity: SomeQuantity | None = None
    lead_time_days: LeadTime | None = None
    sold_from: Day | None = None
    discontinued_on: Day | None = None
    is_dual_use: Flag = False


class ProductChange(Asked):
    """What is to change of a product; what is left out stays, null takes a minimum, a lead time or a day away."""

    code: Code = LEFT_OUT
    name: Name = LEFT_OUT
    name_zh: Title = LEFT_OUT
    category: Category = LEFT_OUT
    unit: UnitCode = LEFT_OUT
    barcode: Barcode = LEFT_OUT
    list_price: Price = LEFT_OUT
    standard_cost: Price = LEFT_OUT
    tax_rate: Rate = LEFT_OUT
    weight_kg: Weight = LEFT_OUT
    case_quantity: SomeQuantity = LEFT_OUT
    reorder_level: Quantity = LEFT_OUT
    keeps_lots: Flag = LEFT_OUT
    minimum_quantity: SomeQuantity | None = None
    lead_time_days: LeadTime | None = None
    sold_from: Day | None = None
    discontinued_on: Day | None = None
    is_dual_use: Flag = LEFT_OUT


class ProductsWanted(Paging):
    """Which products to list."""

    code: Code | None = None


@route(router, "GET /products", needs="products.read")
def list_products(request: ApiRequest, wanted: Query[ProductsWanted]) -> Page[Product]:
    """List products, the oldest first."""
    asked = {"after": wanted.after, "count": wanted.count, "only_id": None, "code": wanted.code}
    return page_of(sql.rows("reference/products_after", Product, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /products", needs="products.write", status=201)
def create_product(request: ApiRequest, asked: ProductAsked) -> Product:
    """Add a product. Refused with `code_taken`."""
    return product(request, add_product(act=request.act, fields=asked.model_dump()).id)


@route(router, "GET /products/{product_id}", needs="products.read")
def get_product(request: ApiRequest, product_id: Id) -> Product:
    """Get a product."""
    return product(request, product_id)


@route(router, "POST /products/{product_id}/block", needs="products.write")
def block_product(request: ApiRequest, product_id: Id, asked: Block) -> Product:
    """Hold orders of a product at review, or let them pass again."""
    act = request.act
    the_only(block_products(act=act, product_ids=[product_id], blocked=asked.blocked, reason=asked.reason))
    return product(request, product_id)


def product(request: ApiRequest, product_id: int) -> Product:
    """One product of the company; raises Missing."""
    asked = {"after": 0, "count": 1, "only_id": product_id, "code": None}
    found = sql.rows("reference/products_after", Product, company_id=request.act.company_id, **asked)
    if not found:
        raise Missing("There is no such product.", id=product_id)
    return found[0]
