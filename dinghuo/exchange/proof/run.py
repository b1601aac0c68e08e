"""Enter a file's orders with their seeded errors into a company of their own, review them, and compare; nothing of it stays."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from dinghuo.exchange.proof import seeds
from dinghuo.exchange.proof.seeds import Past, TriedOrder
from dinghuo.exchange.replay.countries import country_code
from dinghuo.exchange.replay.year import Document, Year, read_year
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.journey.review.operations import RuleDraft, add_rule, review_orders
from dinghuo.journey.review.rules.orders import is_valid_tax_id
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.models import Company, Customer, Product, Warehouse

PORTION = 1_000

Item = TypeVar("Item")

# Which rule is to catch which error, with the parameters that were used.
RULES: Mapping[str, RuleDraft] = {
    seeds.WRONG_PRICE: RuleDraft("prices", "prices", {"deviation_max": "0.80"}),
    seeds.ZERO_TOO_MANY: RuleDraft("usual_quantity", "usual_quantity", {"times_max": "4", "orders_min": 4}),
    seeds.DUPLICATE_PO: RuleDraft("same_po", "same_po"),
    seeds.BLOCKED_CUSTOMER: RuleDraft("customer", "customer"),
    seeds.BAD_TAX_ID: RuleDraft("tax_id", "tax_id"),
    seeds.SHORT_CASE: RuleDraft("cases", "cases"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many orders are tested, how many errors of each kind they get, how many orders come before them, and the seed."""

    orders: int = 1_000
    each: int = 100
    before: int = 3_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one kind of error; `false_alarms` are orders that its rule stopped although they do not have it."""

    error: str
    rule: str
    seeded: int
    caught: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What the review caught of the seeded errors, and how many of the orders without one it stopped; `seconds` of the review."""

    kinds: Sequence[Caught]
    orders: int
    clean: int
    clean_stopped: int
    seconds: float

    @property
    def share(self) -> Decimal:
        """Of all seeded errors the share that was caught."""
        seeded = sum(kind.seeded for kind in self.kinds)
        return round(Decimal(sum(kind.caught for kind in self.kinds)) / seeded, 4) if seeded else Decimal(0)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an order broke, and at which lines."""

    order_id: int
    code: str
    lines: Sequence[int]


def proof(path: Path, plan: Plan) -> Proof:
    """Test the review on the newest orders of a file, after those that came before; raises FileRefused, and Malformed for too few.

    Everything happens in one transaction that is rolled back: no order of it is ever seen by anybody.
    """
    year = read_year(path, None)
    orders = seeds.orders_of(year)
    if len(orders) <= plan.orders:
        raise Malformed(f"{path.name} has {len(orders)} orders of named customers; more than {plan.orders} are needed.")
    earlier, newest = orders[-plan.orders - plan.before : -plan.orders], orders[-plan.orders :]
    past = seeds.past_of(earlier)
    tested = seeds.seeded(newest, past, each=plan.each, seed=plan.seed)
    with transaction.atomic():
        company = Company.objects.create(code=f"proof-{secrets.token_hex(4)}", name="Proof", currency_id="GBP", is_generated=True)
    try:
        with acting_for(company.id), transaction.atomic():
            found = reviewed(company, year, past, earlier, tested)
            transaction.set_rollback(True)
    finally:
        with transaction.atomic():
            company.delete()
    return found


def reviewed(company: Company, year: Year, past: Past, earlier: Sequence[Document], tested: Sequence[TriedOrder]) -> Proof:
    """Enter what came before without rules, then the tested orders, and let the rules judge these in one run."""
    shop = Shop(company, year, past, tested)
    for portion in portions(earlier):
        ids = shop.enter([TriedOrder(document, document.sold, seeds.purchase_order(document)) for document in portion])
        review_orders(act=shop.act, order_ids=ids)
    shop.make_customers_wrong(tested)
    for draft in RULES.values():
        assert add_rule(act=shop.act, draft=draft).done
    ids = [order_id for portion in portions(tested) for order_id in shop.enter(portion)]
    began = time.perf_counter()
    review_orders(act=shop.act, order_ids=ids)
    seconds = time.perf_counter() - began
    breaches = sql.rows("exchange/breaches_of_orders", Breach, company_id=company.id, order_ids=ids)
    return compared(dict(zip(ids, tested, strict=True)), breaches, seconds)


def portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Some at a time."""
    for start in range(0, len(items), PORTION):
        yield items[start : start + PORTION]


class Shop:
    """The company of a proof: who is in it, and how an order of the file is entered there."""

    def __init__(self, company: Company, year: Year, past: Past, tested: Sequence[TriedOrder]) -> None:
        day = max(order.document.first_moment for order in tested).date()
        self.company = company
        self.act = Act(company_id=company.id, at=datetime.combine(day, clock(18), UTC), on=day)
        self.warehouse = Warehouse.objects.create(company_id=company.id, code="MAIN", name="Main", country_id="GB")
        customers = Customer.objects.bulk_create(
            Customer(
                company_id=company.id,
                code=account.code,
                name=f"Customer {account.code}",
                country_id=country_code(account.country),
                tax_id=tax_id_of(place) if country_code(account.country) == "GB" else "",
                is_generated=True,
            )
            for place, account in enumerate(year.accounts.values())
            if not account.is_walk_in
        )
        products = Product.objects.bulk_create(
            Product(
                company_id=company.id,
                code=article.code,
                name=article.name,
                unit_id="C62",
                list_price=past.list_price(article.code) or 0,
                standard_cost=0,
                tax_rate=0,
                case_quantity=past.case(article.code),
                is_generated=True,
            )
            for article in year.articles.values()
        )
        self.customers = {row.code: row for row in customers}
        self.products = {row.code: row.pk for row in products}

    def enter(self, orders: Sequence[TriedOrder]) -> list[int]:
        """Enter and submit some orders as they are; returns their ids in the same order."""
        entered = enter_orders(act=self.act, drafts=[self.draft_of(order) for order in orders])
        refused = [outcome for outcome in entered if outcome.document_id is None]
        assert not refused, refused[:3]
        ids = [outcome.document_id for outcome in entered if outcome.document_id is not None]
        submit_orders(act=self.act, order_ids=ids)
        return ids

    def draft_of(self, order: TriedOrder) -> OrderDraft:
        """An order of the file as a draft."""
        return OrderDraft(
            self.customers[order.document.account].pk,
            self.warehouse.pk,
            [LineDraft(self.products[line.product], Decimal(line.quantity), line.unit_price) for line in order.lines],
            source="import",
            customer_po=order.customer_po,
            ordered_on=order.document.first_moment.date(),
        )

    def make_customers_wrong(self, tested: Sequence[TriedOrder]) -> None:
        """Block the customers, and spoil the tax ids, of the orders whose error that is."""
        wrong: defaultdict[str, list[int]] = defaultdict(list)
        for order in tested:
            wrong[order.error].append(self.customers[order.document.account].pk)
        mine = Customer.objects.filter(company_id=self.company.id)
        mine.filter(id__in=wrong[seeds.BLOCKED_CUSTOMER]).update(is_blocked=True)
        spoiled = list(mine.filter(id__in=wrong[seeds.BAD_TAX_ID]))
        for customer in spoiled:
            customer.country_id, customer.tax_id = "GB", spoilt(customer.tax_id or tax_id_of(customer.pk))
        Customer.objects.bulk_update(spoiled, ["country", "tax_id"])


def tax_id_of(place: int) -> str:
    """A British tax id whose check digits are right; the file has none."""
    start = 100_000_000 + place * 1_000
    return next(f"GB{number}" for number in range(start, start + 1_000) if is_valid_tax_id(f"GB{number}", "GB"))


def spoilt(tax_id: str) -> str:
    """The id with its last digit mistyped."""
    return f"{tax_id[:-1]}{(int(tax_id[-1]) + 1) % 10}"


def compared(tested: Mapping[int, TriedOrder], breaches: Sequence[Breach], seconds: float) -> Proof:
    """What was caught: the rule of an error found the order, and for an error in a line, that line."""
    broken = {(breach.order_id, breach.code): set(breach.lines) for breach in breaches}
    kinds = []
    for error, draft in RULES.items():
        has_it = {order_id: order for order_id, order in tested.items() if order.error == error}
        caught = [key for key, order in has_it.items() if is_caught(order, broken.get((key, draft.code)))]
        alarms = {order_id for order_id, code in broken if code == draft.code} - has_it.keys()
        kinds.append(Caught(error, draft.code, len(has_it), len(caught), len(alarms)))
    clean = {order_id for order_id, order in tested.items() if not order.error}
    stopped = clean & {order_id for order_id, _ in broken}
    return Proof(kinds, len(tested), len(clean), len(stopped), seconds)


def is_caught(order: TriedOrder, lines: set[int] | None) -> bool:
    """Whether a rule that found the order found its error; None when it found nothing."""
    return lines is not None and (order.position is None or order.position in lines)


def as_text(found: Proof) -> list[str]:
    """The proof as a table for people."""
    rows = [("error", "caught by", "seeded", "caught", "share", "false alarms")]
    for kind in found.kinds:
        share = f"{100 * kind.caught / kind.seeded:.1f} %" if kind.seeded else "-"
        rows.append((kind.error, kind.rule, str(kind.seeded), str(kind.caught), share, str(kind.false_alarms)))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    table = ["  ".join(text.ljust(width) if place < 2 else text.rjust(width) for place, (text, width) in
                       enumerate(zip(row, widths, strict=True))) for row in rows]  # fmt: skip
    return [
        *table,
        f"{found.orders} orders reviewed in {found.seconds:.1f} s; {100 * found.share:.1f} % of the seeded errors were caught",
        f"{found.clean_stopped} of {found.clean} orders without an error were stopped",
    ]
