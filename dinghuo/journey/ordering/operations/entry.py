"""Entering orders: one, or a day's import of thousands, in the same statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.ordering import errors
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft, fault_in_order, fault_in_price, line_amounts
from dinghuo.kernel import journal, numbering, sql
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Parties:
    """What is known about the customer and warehouse of a draft; null ids are unknown ones."""

    draft: int
    customer_id: int | None
    warehouse_id: int | None
    known_order_id: int | None
    name: str | None
    address: str | None
    city: str | None
    region: str | None
    postcode: str | None
    country: str | None
    payment_terms_days: int | None
    cash_discount_rate: Decimal | None
    cash_discount_days: int | None
    customer_tax_rate: Decimal | None
    currency: str
    minor_units: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Price:
    """What a customer pays for a product on a day, and the product's tax rate."""

    customer_id: int
    product_id: int
    unit_price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class Entered:
    """An order that was written."""

    id: int
    number: str


@dataclass(slots=True)
class Columns:
    """The columns of one INSERT, filled row by row."""

    names: tuple[str, ...]
    values: dict[str, list[Any]]

    @classmethod
    def of(cls, *names: str) -> "Columns":
        """Empty columns of these names."""
        return cls(names, {name: [] for name in names})

    def add(self, *row: Any) -> None:
        """Append one row."""
        for name, value in zip(self.names, row, strict=True):
            self.values[name].append(value)


@transaction.atomic
def enter_orders(*, act: Act, drafts: Sequence[OrderDraft]) -> list[Outcome]:
    """Write orders as drafts with their lines and charges, priced and totalled.

    An outcome's id is the draft's position (0-based), its document the order; a draft whose `external_ref` is known already gives
    the order of the first time. Refused alone: `malformed` (facts name line and column), `unknown_customer`,
    `unknown_warehouse`, `unknown_product`. Rule: docs/rules/ordering.md.
    """
    # Numbers of orders may have gaps, so taking one for each draft needs no look at which will be refused.
    first = numbering.take(company_id=act.company_id, series="order", year=act.on.year, count=max(len(drafts), 1))

    parties = find_parties(act, drafts)
    prices = find_prices(act, drafts)
    refused = [fault for draft, known in zip(drafts, parties, strict=True) if (fault := fault_in(draft, known, prices))]
    bad = {outcome.id for outcome in refused}
    known = [Outcome(id=known.draft, document_id=known.known_order_id) for known in parties if known.known_order_id]
    fresh = [known for known in parties if known.draft not in bad and not known.known_order_id]

    written = {known.draft: numbering.written("SO", act.on.year, first + known.draft) for known in fresh}
    ids = write_orders(act, [(drafts[known.draft], known, written[known.draft]) for known in fresh], prices)

    journal.record(
        act,
        "OrderEntered",
        "sales_order",
        [Happened(ids[number], ids[number], {"number": number}) for number in written.values()],
    )
    done = [Outcome(id=known.draft, document_id=ids[written[known.draft]]) for known in fresh]
    return sorted(done + known + refused, key=lambda outcome: outcome.id)


def find_parties(act: Act, drafts: Sequence[OrderDraft]) -> list[Parties]:
    """What is known about each draft's customer and warehouse, in the drafts' order."""
    return sql.rows(
        "ordering/find_parties",
        Parties,
        company_id=act.company_id,
        customer_ids=[draft.customer_id for draft in drafts],
        warehouse_ids=[draft.warehouse_id for draft in drafts],
        external_refs=[draft.external_ref for draft in drafts],
    )


def find_prices(act: Act, drafts: Sequence[OrderDraft]) -> dict[tuple[int, int], Price]:
    """The agreed price and tax rate of each product that each customer asks for; unknown products are left out."""
    asked = sorted({(draft.customer_id, line.product_id) for draft in drafts for line in draft.lines})
    found = sql.rows(
        "ordering/find_prices",
        Price,
        company_id=act.company_id,
        customer_ids=[customer for customer, _ in asked],
        product_ids=[product for _, product in asked],
        day=act.on,
    )
    return {(price.customer_id, price.product_id): price for price in found}


def fault_in(draft: OrderDraft, known: Parties, prices: dict[tuple[int, int], Price]) -> Outcome | None:
    """Why a draft cannot be entered, or None."""
    if known.customer_id is None:
        return Outcome(id=known.draft, code=errors.UNKNOWN_CUSTOMER, facts={"customer": draft.customer_id})
    if known.warehouse_id is None:
        return Outcome(id=known.draft, code=errors.UNKNOWN_WAREHOUSE, facts={"warehouse": draft.warehouse_id})
    fault = fault_in_order(draft)
    if fault:
        return Outcome(id=known.draft, code=errors.MALFORMED, facts=fault)
    for position, line in enumerate(draft.lines, 1):
        if (draft.customer_id, line.product_id) not in prices:
            facts = {
                "line": position,
                "column": "product",
                "product": line.product_id,
                "message": "There is no such product.",
            }
            return Outcome(id=known.draft, code=errors.UNKNOWN_PRODUCT, facts=facts)
    return None


def price_of(line: LineDraft, agreed: Price) -> Decimal:
    """The line's own price, else the agreed one."""
    price = agreed.unit_price if line.unit_price is None else line.unit_price
    assert fault_in_price(price) is None
    return price


def write_orders(
    act: Act, orders: Sequence[tuple[OrderDraft, Parties, str]], prices: dict[tuple[int, int], Price]
) -> dict[str, int]:
    """Insert orders, their lines and charges; returns the order ids by number."""
    if not orders:
        return {}
    lines = Columns.of(
        "numbers", "positions", "product_ids", "ordered", "prices", "rates", "nets", "taxes", "source_rows", "kits", "per_sets"
    )
    charges = Columns.of(
        "numbers", "positions", "kinds", "descriptions", "quantities", "prices", "rates", "nets", "taxes", "source_rows"
    )
    heads = head_columns()
    for draft, known, number in orders:
        net, tax = add_lines(draft, known, number, prices, lines)
        charge_net, charge_tax = add_charges(draft, known, number, charges)
        net, tax = net + charge_net, tax + charge_tax
        add_head(heads, act, draft, known, number, (net, tax))
    entered = sql.rows("ordering/insert_orders", Entered, **vars_of(act), **heads.values)
    ids = {row.number: row.id for row in entered}
    if lines.values["numbers"]:
        order_ids = [ids[number] for number in lines.values.pop("numbers")]
        sql.execute("ordering/insert_lines", company_id=act.company_id, order_ids=order_ids, **lines.values)
    if charges.values["numbers"]:
        order_ids = [ids[number] for number in charges.values.pop("numbers")]
        sql.execute("ordering/insert_charges", company_id=act.company_id, order_ids=order_ids, **charges.values)
    return ids


def vars_of(act: Act) -> dict[str, Any]:
    """The parameters that every row of an entry shares."""
    return {"company_id": act.company_id, "actor_id": act.actor_id, "at": act.at}


def head_columns() -> Columns:
    """The columns of `insert_orders`."""
    return Columns.of(
        "numbers", "external_refs", "sources", "customer_ids", "warehouse_ids", "currencies", "customer_pos", "ordered_ons",
        "requested_ons", "terms", "discounts", "discount_days", "incoterms", "freight_payers", "names", "addresses", "cities",
        "regions", "postcodes", "countries", "nets", "taxes",
    )  # fmt: skip


def add_head(heads: Columns, act: Act, draft: OrderDraft, known: Parties, number: str, totals: tuple[Decimal, Decimal]) -> None:
    """Append one order; an empty ship-to is the customer's own address."""
    terms = known.payment_terms_days if draft.payment_terms_days is None else draft.payment_terms_days
    has_own = bool(draft.ship_to_name or draft.ship_to_address)
    heads.add(
        number,
        draft.external_ref,
        draft.source,
        draft.customer_id,
        draft.warehouse_id,
        known.currency,
        draft.customer_po,
        draft.ordered_on or act.on,
        draft.requested_on,
        terms,
        known.cash_discount_rate if draft.cash_discount_rate is None else draft.cash_discount_rate,
        known.cash_discount_days if draft.cash_discount_days is None else draft.cash_discount_days,
        draft.incoterm,
        draft.freight_payer,
        draft.ship_to_name if has_own else known.name,
        draft.ship_to_address if has_own else known.address,
        draft.ship_to_city if has_own else known.city,
        draft.ship_to_region if has_own else known.region,
        draft.ship_to_postcode if has_own else known.postcode,
        draft.ship_to_country or known.country,
        *totals,
    )


def add_lines(
    draft: OrderDraft, known: Parties, number: str, prices: dict[tuple[int, int], Price], lines: Columns
) -> tuple[Decimal, Decimal]:
    """Append an order's lines, and return their net and tax."""
    net = tax = Decimal(0)
    for position, line in enumerate(draft.lines, 1):
        agreed = prices[draft.customer_id, line.product_id]
        rate = agreed.tax_rate if known.customer_tax_rate is None else known.customer_tax_rate
        price = price_of(line, agreed)
        amounts = line_amounts(
            quantity=line.quantity,
            unit_price=price,
            tax_rate=rate,
            minor_units=known.minor_units,
            rounding=known.rounding,
        )
        row = (number, position, line.product_id, line.quantity, price, rate, amounts.net, amounts.tax, line.source_row)
        lines.add(*row, line.kit, line.per_set)
        net, tax = net + amounts.net, tax + amounts.tax
    return net, tax


def add_charges(draft: OrderDraft, known: Parties, number: str, charges: Columns) -> tuple[Decimal, Decimal]:
    """Append an order's charges, and return their net and tax; a charge is taxed like its customer's goods."""
    net = tax = Decimal(0)
    for position, charge in enumerate(draft.charges, len(draft.lines) + 1):
        rate = known.customer_tax_rate or Decimal(0)
        amounts = line_amounts(
            quantity=charge.quantity,
            unit_price=charge.unit_price,
            tax_rate=rate,
            minor_units=known.minor_units,
            rounding=known.rounding,
        )
        charges.add(
            number, position, charge.kind, charge.description[:200], charge.quantity, charge.unit_price, rate,
            amounts.net, amounts.tax, charge.source_row,
        )  # fmt: skip
        net, tax = net + amounts.net, tax + amounts.tax
    return net, tax
