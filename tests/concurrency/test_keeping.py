"""Receipts, transfers, counts, holds and allocations at once leave levels, moves and allocations agreeing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from dinghuo.journey.allocation.models import Allocation, InboundSupply, LinePromise, StockHold, StockLevel, StockTransfer
from dinghuo.journey.allocation.operations import adjust_stock, allocate_orders, expect_supply, give_back, receive_stock
from dinghuo.journey.allocation.operations.counts import CountDraft, cancel_count, open_count, post_count, record_count
from dinghuo.journey.allocation.operations.holds import allocate_hold, expire_holds, hold_stock
from dinghuo.journey.allocation.operations.promises import promise_lines
from dinghuo.journey.allocation.operations.quarantine import release_quarantine, set_aside
from dinghuo.journey.allocation.operations.supplies import change_supplies, peg_backorders
from dinghuo.journey.allocation.operations.transfers import receive_transfer, send_transfer
from dinghuo.journey.allocation.rules import Adjustment, Receipt, Supply
from dinghuo.journey.allocation.rules.keeping import Counted, HoldDraft, SupplyChange, TransferDraft, TransferLineDraft
from dinghuo.journey.finance.operations import post_stock_documents
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Warehouse
from tests.builders import a_warehouse
from tests.concurrency.races import at_once, nothing_is_broken
from tests.concurrency.test_stock import released_orders
from tests.shop import Shop, entered, released, stocked, submitted, the_document


@transaction.atomic
def branch_of(shop: Shop) -> Warehouse:
    return a_warehouse(shop.company)


def tomorrow(shop: Shop) -> Act:
    return replace(shop.act, at=shop.act.at + timedelta(days=1))


@transaction.atomic
def line_of(order_id: int) -> int:
    return SalesOrderLine.objects.get(order_id=order_id).id


def test_eight_at_once_turn_a_hold_into_one_allocation(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, 10))
    hold = the_document(hold_stock(act=shop.act, drafts=[HoldDraft("quote", shop.warehouse.id, product.id, Decimal(6))]))
    lines = [line_of(released(shop, [(product, 6)])) for _ in range(2)]
    calls = [lambda key=lines[nth % 2]: allocate_hold(act=shop.act, stock_hold_id=hold, order_line_id=key) for nth in range(8)]
    answers = at_once(shop, calls)
    assert sorted(answer.code for answer in answers) == ["done", *["not_held_any_more"] * 7]
    with transaction.atomic():
        assert [row.quantity for row in Allocation.objects.all()] == [6]
        assert StockHold.objects.get().state == "allocated"
        assert StockLevel.objects.get(product_id=product.id).allocated == 6
    nothing_is_broken(shop)


def test_a_hold_is_allocated_or_expires_and_never_both(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, 10))
    hold = the_document(hold_stock(act=shop.act, drafts=[HoldDraft("cart", shop.warehouse.id, product.id, Decimal(6))]))
    line = line_of(released(shop, [(product, 6)]))
    calls: list[Callable[[], object]] = [lambda: allocate_hold(act=shop.act, stock_hold_id=hold, order_line_id=line)] * 4
    at_once(shop, [*calls, *[lambda: expire_holds(act=tomorrow(shop))] * 4])
    with transaction.atomic():
        state = StockHold.objects.get().state
        assert StockLevel.objects.get(product_id=product.id).allocated == (6 if state == "allocated" else 0)
        assert state in {"allocated", "expired"}
    nothing_is_broken(shop)


def test_many_who_hold_the_last_units_hold_exactly_those(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, 10))
    draft = HoldDraft("phone", shop.warehouse.id, product.id, Decimal(1))
    answers = at_once(shop, [lambda: hold_stock(act=shop.act, drafts=[draft])] * 16)
    assert sorted(outcome.code for (outcome,) in answers) == ["done"] * 10 + ["not_enough_free_stock"] * 6
    nothing_is_broken(shop)


def test_promises_made_at_once_never_share_a_unit(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, 10))
    orders = [submitted(shop, [(product, 3)]) for _ in range(8)]
    at_once(shop, [partial(promise_lines, act=shop.act, order_ids=[key]) for key in orders])
    with transaction.atomic():
        lines = SalesOrderLine.objects.filter(order_id__in=orders)
        found = [row.promised_on for row in _promises(list(lines.values_list("id", flat=True)))]
    # Whoever finds too little takes what is left, so that those behind it are promised nothing of it.
    assert sum(day is not None for day in found) == 3
    assert entered(shop, [(product, 1)])


def _promises(line_ids: list[int]) -> list[LinePromise]:
    return list(LinePromise.objects.filter(order_line_id__in=line_ids))


@dataclass(frozen=True)
class Trade:
    """What goes on in a warehouse at once: each step is repeated over the same three products, in an order of its own."""

    shop: Shop
    branch: Warehouse
    orders: list[int]
    rounds: int

    def product(self, nth: int) -> int:
        return self.shop.products[nth % 3].id

    def receive(self, nth: int) -> object:
        lines = [Receipt(self.shop.warehouse.id, product.id, Decimal(2), Decimal("1.37")) for product in self.shop.products]
        return receive_stock(act=self.shop.act, receipts=lines[:: 1 if nth % 2 else -1])

    def transfer(self, _nth: int) -> object:
        lines = [TransferLineDraft(product.id, Decimal(4)) for product in self.shop.products]
        draft = TransferDraft(self.shop.warehouse.id, self.branch.id, lines, self.shop.act.on)
        done = [outcome for outcome in send_transfer(act=self.shop.act, draft=draft) if outcome.done]
        return done and receive_transfer(act=self.shop.act, transfer_id=done[0].document_id or 0)

    def count(self, nth: int) -> object:
        draft = CountDraft(self.shop.warehouse.id, product_ids=[self.product(nth)])
        count_id = open_count(act=self.shop.act, draft=draft).id
        with transaction.atomic():
            found = StockLevel.objects.get(product_id=self.product(nth), warehouse=self.shop.warehouse).on_hand
        record_count(act=self.shop.act, count_id=count_id, entries=[Counted(self.product(nth), found - 1)])
        if all(outcome.done for outcome in post_count(act=self.shop.act, count_id=count_id, reason="counted")):
            return None
        return cancel_count(act=self.shop.act, count_id=count_id, reason="too much going on")

    def aside(self, _nth: int) -> object:
        goods = [Adjustment(self.shop.warehouse.id, product.id, Decimal(1)) for product in self.shop.products]
        made = [row.document_id or 0 for row in set_aside(act=self.shop.act, goods=goods, reason="look") if row.done]
        return release_quarantine(act=self.shop.act, quarantine_ids=made, reason="good")

    def hold(self, nth: int) -> object:
        hold_stock(act=self.shop.act, drafts=[HoldDraft("cart", self.shop.warehouse.id, self.product(nth), Decimal(1))])
        return expire_holds(act=tomorrow(self.shop))

    def allocate(self, nth: int) -> object:
        allocate_orders(act=self.shop.act, order_ids=self.orders[nth :: self.rounds])
        return give_back(act=self.shop.act, order_ids=self.orders[nth : nth + 1])

    def correct(self, nth: int) -> object:
        broken = Adjustment(self.shop.warehouse.id, self.product(nth), Decimal(-1))
        return adjust_stock(act=self.shop.act, adjustments=[broken], reason="broken")

    def news(self, nth: int) -> object:
        day = self.shop.act.on + timedelta(days=nth + 1)
        supply = Supply(self.shop.warehouse.id, self.product(nth), Decimal(5), Decimal(1), day)
        inbound = the_document(expect_supply(act=self.shop.act, supplies=[supply]))
        peg_backorders(act=self.shop.act)
        return change_supplies(act=self.shop.act, changes=[SupplyChange(inbound, day + timedelta(days=2))])

    def repeated(self, step: Callable[[int], object]) -> Callable[[], None]:
        def work() -> None:
            for nth in range(self.rounds):
                try:
                    with_retries(step, nth)
                except Refused as refusal:
                    if refusal.reason != "nothing_to_count":
                        raise

        return work


def keeping(shop: Shop, rounds: int) -> None:
    """Do everything that moves stock at once, and look whether the books still agree."""
    stocked(shop, *((product, 200) for product in shop.products))
    wanted = [[(product, 3) for product in shop.products[:: 1 if nth % 2 else -1]] for nth in range(8 * rounds)]
    trade = Trade(shop, branch_of(shop), released_orders(shop, wanted), rounds)
    steps = [trade.receive, trade.transfer, trade.count, trade.aside, trade.hold, trade.allocate, trade.correct, trade.news]
    at_once(shop, [trade.repeated(step) for step in steps])
    post_stock_documents(act=shop.act)
    nothing_is_broken(shop)
    with transaction.atomic():
        assert StockTransfer.objects.exists()
        assert InboundSupply.objects.exists()


def test_receipts_transfers_counts_holds_and_allocations_at_once_agree(shop: Shop) -> None:
    keeping(shop, rounds=3)


@pytest.mark.long
def test_many_receipts_transfers_counts_holds_and_allocations_at_once_agree(shop: Shop) -> None:
    keeping(shop, rounds=40)
