"""Adding and changing customers, products, warehouses and carriers.

These are few and change seldom: all of them take the company's row as their lock, so that no two callers take one code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model

from dinghuo.kernel import journal
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier, Company, Country, Customer, PriceList, Product, Unit, Warehouse

Fields = Mapping[str, Any]

# What a caller names by code and a row holds by key.
NAMED: Mapping[str, tuple[type[Model], str]] = {"country": (Country, "country_id"), "unit": (Unit, "unit_id")}


@transaction.atomic
def add_customer(*, act: Act, fields: Fields) -> Outcome:
    """Add a customer; `fields` are its columns, country and price list by their codes.

    Raises Malformed `unknown_country`, `unknown_parent` or `unknown_price_list`, Refused `code_taken`.
    """
    return add(act, Customer, "CustomerAdded", fields)


@transaction.atomic
def change_customer(*, act: Act, customer_id: int, fields: Fields) -> Outcome:
    """Change some columns of a customer; orders keep what was agreed when they were entered.

    Raises Missing, Malformed `unknown_country`, `unknown_parent` or `unknown_price_list`, Refused `code_taken`. A limit is raised
    with `review.operations.change_customer`, which looks at incompatible duties first.
    """
    return change(act, Customer, "CustomerChanged", customer_id, fields)


@transaction.atomic
def block_customers(*, act: Act, customer_ids: Sequence[int], blocked: bool, reason: str) -> list[Outcome]:
    """Stop customers' next orders at review, or let them pass again. Refuses `not_found`."""
    known = lock(act, Customer, customer_ids)
    Customer.objects.filter(company_id=act.company_id, id__in=known).update(is_blocked=blocked)
    facts = {"is_blocked": blocked, "reason": reason}
    journal.record(act, "CustomerChanged", "customer", [Happened(key, facts=facts) for key in sorted(known)])
    return [Outcome(id=key) if key in known else Outcome(id=key, code=Missing.code) for key in customer_ids]


@transaction.atomic
def add_product(*, act: Act, fields: Fields) -> Outcome:
    """Add a product; `fields` are its columns. Raises Malformed `unknown_unit`, Refused `code_taken`."""
    return add(act, Product, "ProductAdded", fields)


@transaction.atomic
def change_product(*, act: Act, product_id: int, fields: Fields) -> Outcome:
    """Change some columns of a product. Raises Missing, Malformed `unknown_unit`, Refused `code_taken`."""
    return change(act, Product, "ProductChanged", product_id, fields)


@transaction.atomic
def block_products(*, act: Act, product_ids: Sequence[int], blocked: bool, reason: str) -> list[Outcome]:
    """Stop orders of products at review, or let them pass again. Refuses `not_found`."""
    known = lock(act, Product, product_ids)
    Product.objects.filter(company_id=act.company_id, id__in=known).update(is_blocked=blocked)
    facts = {"is_blocked": blocked, "reason": reason}
    journal.record(act, "ProductChanged", "product", [Happened(key, facts=facts) for key in sorted(known)])
    return [Outcome(id=key) if key in known else Outcome(id=key, code=Missing.code) for key in product_ids]


@transaction.atomic
def add_warehouse(*, act: Act, fields: Fields) -> Outcome:
    """Add a place that holds stock. Raises Malformed `unknown_country`, Refused `code_taken`."""
    return add(act, Warehouse, "WarehouseAdded", fields)


@transaction.atomic
def add_carrier(*, act: Act, fields: Fields) -> Outcome:
    """Add somebody who moves goods; no country stands for all. Raises Malformed `unknown_country`, Refused `code_taken`."""
    if fields.get("country"):
        resolved(act, {"country": fields["country"]})
    return add(act, Carrier, "CarrierAdded", fields)


def add(act: Act, model: type[Any], kind: str, fields: Fields) -> Outcome:
    """Write a new row and record it."""
    lock(act, model, ())
    columns = resolved(act, fields) if model is not Carrier else dict(fields)
    refuse_taken(act, model, fields["code"])
    row = model.objects.create(company_id=act.company_id, **columns)
    journal.record(act, kind, model._meta.db_table, [Happened(row.pk, facts={"code": row.code})])
    return Outcome(id=row.pk, document_id=row.pk)


def change(act: Act, model: type[Any], kind: str, key: int, fields: Fields) -> Outcome:
    """Write some columns of a row and record their names; a price or a limit is nobody's business in a timeline."""
    if not lock(act, model, [key]):
        raise Missing("There is no such document.", id=key)
    columns = resolved(act, fields, key)
    if "code" in fields:
        refuse_taken(act, model, fields["code"], but=key)
    if columns:
        model.objects.filter(company_id=act.company_id, id=key).update(**columns)
        journal.record(act, kind, model._meta.db_table, [Happened(key, facts={"columns": sorted(fields)})])
    return Outcome(id=key, document_id=key)


def lock(act: Act, model: type[Any], keys: Sequence[int]) -> set[int]:
    """Keep other changes of master data out, and return which of the rows there are."""
    Company.objects.select_for_update(no_key=True).get(id=act.company_id)
    found = model.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id__in=keys).order_by("id")
    return set(found.values_list("id", flat=True)) if keys else set()


def resolved(act: Act, fields: Fields, key: int | None = None) -> dict[str, Any]:
    """Columns of a row, a new one or that of a key, as it holds them: what was named by code becomes its key."""
    columns = dict(fields)
    for name, (model, column) in NAMED.items():
        if name in columns:
            code = columns.pop(name)
            if not model._default_manager.filter(pk=code).exists():
                raise Malformed(f"There is no such {name}.", code=f"unknown_{name}", column=name, **{name: code})
            columns[column] = code
    if "price_list" in columns:
        columns["price_list_id"] = price_list(act, columns.pop("price_list"))
    if "parent" in columns:
        columns["parent_id"] = parent(act, columns.pop("parent"), key)
    return columns


def parent(act: Act, code: str | None, key: int | None) -> int | None:
    """The id of the customer that heads a group; raises Malformed for an unknown one, for itself, and for a group in a group."""
    if code is None:
        return None
    heads = Customer.objects.filter(company_id=act.company_id, parent=None)
    found = heads.filter(code=code).exclude(id=key or 0).values_list("id", flat=True).first()
    if found is None or (key is not None and Customer.objects.filter(company_id=act.company_id, parent_id=key).exists()):
        raise Malformed("There is no such head of a group.", code="unknown_parent", column="parent", parent=code)
    return found


def price_list(act: Act, code: str | None) -> int | None:
    """The id of the price list of a code; raises Malformed for an unknown one."""
    if code is None:
        return None
    found = PriceList.objects.filter(company_id=act.company_id, code=code).values_list("id", flat=True).first()
    if found is None:
        raise Malformed("There is no such price list.", code="unknown_price_list", column="price_list", price_list=code)
    return found


def refuse_taken(act: Act, model: type[Any], code: str, but: int | None = None) -> None:
    """Raise Refused `code_taken` when another row has the code."""
    if model.objects.filter(company_id=act.company_id, code=code).exclude(id=but).exists():
        raise Refused("This code is taken.", code="code_taken", column="code", taken=code)
