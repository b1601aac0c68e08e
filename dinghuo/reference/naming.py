"""What callers mean when they name a customer, a warehouse or a product: its id, or its code."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import model_validator

from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed
from dinghuo.reference.wire import Asked, BodyId, Code, ShortCode


@dataclass(frozen=True, slots=True)
class Known:
    """A code that there is, and whose it is."""

    kind: str
    code: str
    id: int


class OneProduct(Asked):
    """A product, by its code or by its id."""

    product: Code | None = None
    product_id: BodyId | None = None

    @model_validator(mode="after")
    def names_one_product(self) -> Self:
        """Refuse to guess when neither or both are given."""
        if (self.product is None) == (self.product_id is None):
            raise ValueError("give either product (its code) or product_id")
        return self


class OneCustomer(Asked):
    """A customer, by its code or by its id."""

    customer: Code | None = None
    customer_id: BodyId | None = None

    @model_validator(mode="after")
    def names_one_customer(self) -> Self:
        """Refuse to guess when neither or both are given."""
        if (self.customer is None) == (self.customer_id is None):
            raise ValueError("give either customer (its code) or customer_id")
        return self


class SomeWarehouse(Asked):
    """A warehouse, by its code or by its id; the one that is asked first when neither is given."""

    warehouse: ShortCode | None = None
    warehouse_id: BodyId | None = None


class Named:
    """The ids of what a call names, found in one statement."""

    def __init__(self, known: Mapping[tuple[str, str], int]) -> None:
        self._known = known

    def customer(self, asked: OneCustomer) -> int:
        """The customer's id; raises Malformed `unknown_customer`."""
        return asked.customer_id or self._of("customer", str(asked.customer), None)

    def product(self, asked: OneProduct, *, line: int) -> int:
        """The product's id; raises Malformed `unknown_product`, naming the line."""
        return asked.product_id or self.product_of_code(str(asked.product), line=line)

    def product_of_code(self, code: str, *, line: int) -> int:
        """The id of the product of a code; raises Malformed `unknown_product`, naming the line."""
        return self._of("product", code, line)

    def warehouse(self, asked: SomeWarehouse, *, line: int | None = None) -> int:
        """The warehouse's id; raises Malformed `unknown_warehouse`."""
        if asked.warehouse_id is not None:
            return asked.warehouse_id
        if asked.warehouse is None:
            return self._of("usual", "", line)
        return self._of("warehouse", asked.warehouse, line)

    def _of(self, kind: str, code: str, line: int | None) -> int:
        key = self._known.get((kind, code))
        if key is None:
            kind = "warehouse" if kind == "usual" else kind
            place = {} if line is None else {"line": line}
            raise Malformed(f"There is no such {kind}.", code=f"unknown_{kind}", column=kind, **{kind: code}, **place)
        return key


def named(company_id: int, asked: Collection[Asked]) -> Named:
    """Find all that some items name by code."""
    codes: dict[str, set[str]] = {"customers": set(), "warehouses": set(), "products": set()}
    for item in asked:
        for field, kind in (("customer", "customers"), ("warehouse", "warehouses"), ("product", "products")):
            code = getattr(item, field, None)
            codes[kind] |= {code} if code else set()
    known = sql.rows(
        "reference/ids_by_code", Known, company_id=company_id, **{kind: sorted(found) for kind, found in codes.items()}
    )
    return Named({(row.kind, row.code): row.id for row in known})
