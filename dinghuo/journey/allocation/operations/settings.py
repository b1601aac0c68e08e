"""How warehouses keep products: the reserve that no promise counts on, and the zone where they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import StockLevel
from dinghuo.journey.allocation.operations.documents import lock_series
from dinghuo.journey.allocation.rules.keeping import Setting
from dinghuo.journey.allocation.rules.stock import is_quantity
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import DONE, Malformed, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference import operations as masters
from dinghuo.reference.models import Product


@dataclass(frozen=True, slots=True)
class _Written:
    place: int
    code: str
    setting_id: int | None


@transaction.atomic
def set_stock_settings(*, act: Act, settings: Sequence[Setting]) -> list[Outcome]:
    """Set the safety stock and the zone of products in warehouses, in place of what was set before.

    One outcome per setting, by its place. Refused: malformed, unknown_warehouse, unknown_product. Rule: docs/rules/stock.md.
    """
    wrong = [
        Outcome(place, Malformed.code, facts={"columns": ["safety_quantity"]})
        for place, setting in enumerate(settings)
        if not is_quantity(setting.safety_quantity) or setting.safety_quantity < 0
    ]
    out = {outcome.id for outcome in wrong}
    good = [place for place in range(len(settings)) if place not in out]
    chosen = [settings[place] for place in good]

    written = sql.rows(
        "allocation/write_settings",
        _Written,
        company_id=act.company_id,
        places=good,
        warehouse_ids=[setting.warehouse_id for setting in chosen],
        product_ids=[setting.product_id for setting in chosen],
        safety_quantities=[setting.safety_quantity for setting in chosen],
        zones=[setting.zone for setting in chosen],
    )

    events = [
        Happened(row.setting_id, facts={"safety_quantity": settings[row.place].safety_quantity, "zone": settings[row.place].zone})
        for row in written
        if row.code == DONE and row.setting_id is not None
    ]
    journal.record(act, "StockSettingChanged", "stock_setting", events)
    return sorted([*wrong, *(Outcome(row.place, row.code, row.setting_id) for row in written)], key=lambda outcome: outcome.id)


@transaction.atomic
def keep_by_lot(*, act: Act, product_id: int, keeps_lots: bool) -> Outcome:
    """Keep a product by lot from now on, or no longer. Refused while any of it is in stock: `stock_there`. Raises Missing."""
    # The series keeps receipts and corrections out, so that none of it comes in meanwhile.
    lock_series(act)

    if StockLevel.objects.filter(company_id=act.company_id, product_id=product_id, on_hand__gt=0).exists():
        return Outcome(product_id, errors.STOCK_THERE)

    return masters.change_product(act=act, product_id=product_id, fields={"keeps_lots": keeps_lots})


@transaction.atomic
def change_product(*, act: Act, product_id: int, fields: Mapping[str, Any]) -> Outcome:
    """Change some columns of a product, all or none; whether it is kept by lot only while none of it is in stock.

    Refused: stock_there. Raises Missing, Malformed `unknown_unit`, Refused `code_taken`.
    """
    keeps_lots = fields.get("keeps_lots")
    if keeps_lots is not None:
        # Locked before the product is looked at: a rival's change and receipt must be seen.
        lock_series(act)
        others = Product.objects.filter(company_id=act.company_id, id=product_id).exclude(keeps_lots=keeps_lots)
        stocked = StockLevel.objects.filter(company_id=act.company_id, product_id=product_id, on_hand__gt=0)
        if others.exists() and stocked.exists():
            return Outcome(product_id, errors.STOCK_THERE)

    return masters.change_product(act=act, product_id=product_id, fields=fields)
