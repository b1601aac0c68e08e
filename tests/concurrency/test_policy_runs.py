"""Runs of policies beside interactive work: the last units, hot products, and a batch that nobody waits long for."""

import random
import threading
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from dinghuo.journey.allocation.models import PolicyRun, StockLevel
from dinghuo.journey.allocation.operations import allocate_orders, posting
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel.retries import with_retries
from tests.builders import a_product
from tests.concurrency.races import at_once
from tests.concurrency.test_stock import one_by_one, released_orders
from tests.shop import Shop, stocked

WORKERS = 64
UNITS = 10


@transaction.atomic
def given(order_ids: Sequence[int]) -> list[int]:
    lines = SalesOrderLine.objects.filter(order_id__in=order_ids)
    return [int(line.allocated) for line in lines.order_by("order_id", "id")]


def test_sixty_four_workers_share_the_last_ten_units_and_every_winner_is_told_so(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, UNITS))
    ids = released_orders(shop, [[(product, 1)]] * WORKERS)
    answers = at_once(shop, [partial(allocate_orders, act=shop.act, order_ids=[key]) for key in ids])
    won = [outcome for (outcome,) in answers if outcome.done and outcome.facts["units"]]
    assert len(won) == UNITS
    assert sorted(given(ids)) == [0] * (WORKERS - UNITS) + [1] * UNITS


def simulated(shop: Shop, policy: str = "") -> int:
    asked = ask_run(act=shop.act, policy_code=policy)
    assert compute_run(act=shop.act, run_id=asked.id).done
    return asked.id


def test_a_batch_and_interactive_orders_on_the_same_products_all_come_through(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of ten lines; each interactive order is served or told that nothing is left, and the books agree."""
    monkeypatch.setattr(posting, "SLICE_LINES", 10)
    with transaction.atomic():
        products = [*shop.products, *(a_product(shop.company) for _ in range(17))]
    stocked(shop, *((product, 40) for product in products))
    chance = random.Random(11)
    batch = released_orders(shop, [[(product, 2) for product in chance.sample(products, 10)] for _ in range(40)])
    run_id = simulated(shop)
    assert post_run(act=shop.act, run_id=run_id).done
    interactive = released_orders(shop, [[(product, 1) for product in chance.sample(products, 5)] for _ in range(40)])
    workers = [one_by_one(shop, interactive[place::4]) for place in range(4)]
    at_once(shop, [lambda: finish_posting(act=shop.act, run_id=run_id), *workers])
    with transaction.atomic():
        run = PolicyRun.objects.get(id=run_id)
        assert run.state == "posted"
        for level in StockLevel.objects.filter(company_id=shop.company.id):
            assert level.allocated <= level.on_hand
    # Whatever was left out, because somebody was faster, the next run serves.
    with_retries(allocate_orders, act=shop.act)
    with transaction.atomic():
        wanted = SalesOrderLine.objects.filter(order_id__in=[*batch, *interactive])
        free = {row.product_id: row.on_hand - row.allocated for row in StockLevel.objects.filter(company_id=shop.company.id)}
        assert not [line for line in wanted if line.allocated < line.ordered and free[line.product_id] > 0]


def test_a_batch_commits_between_slices(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that comes when half of the batch is posted sees that half, and is served before the batch has ended."""
    monkeypatch.setattr(posting, "SLICE_LINES", 4)
    product, other = shop.products[:2]
    stocked(shop, (product, 100), (other, 100))
    released_orders(shop, [[(product, 1), (other, 1)]] * 4)
    run_id = simulated(shop)
    assert post_run(act=shop.act, run_id=run_id).done
    late = released_orders(shop, [[(other, 1)]])
    seen: list[int] = []
    post_piece = posting._post_piece

    def between(*arguments: Any) -> None:
        post_piece(*arguments)
        if not seen:
            seen.extend(served_meanwhile(shop, late))

    monkeypatch.setattr(posting, "_post_piece", between)
    assert finish_posting(act=shop.act, run_id=run_id).done
    assert seen == [1]


def served_meanwhile(shop: Shop, order_ids: Sequence[int]) -> list[int]:
    """What another connection gives an order, while the caller's own is between two transactions."""
    at_once(shop, [lambda: allocate_orders(act=shop.act, order_ids=order_ids)])
    return given(order_ids)


def test_two_workers_never_post_one_run_twice(shop: Shop) -> None:
    product = shop.products[0]
    stocked(shop, (product, 30))
    ids = released_orders(shop, [[(product, 10)]] * 4)
    run_id = simulated(shop)
    answers = at_once(shop, [lambda: post_run(act=shop.act, run_id=run_id)] * 4)
    assert sorted(outcome.code for outcome in answers) == ["done"] + ["not_simulated"] * 3
    ended = at_once(shop, [lambda: finish_posting(act=shop.act, run_id=run_id)] * 4)
    assert sorted(outcome.code for outcome in ended) == ["done"] + ["not_posting"] * 3
    assert sum(given(ids)) == 30


def test_redistributions_and_give_backs_that_cross_keep_the_books(shop: Shop) -> None:
    products = shop.products
    stocked(shop, *((product, 20) for product in products))
    released_orders(shop, [[(product, 3) for product in products]] * 10)
    assert add_policy(act=shop.act, draft=PolicyDraft("again", "", {"otherwise": "redistribute"})).done

    def run() -> None:
        asked = with_retries(ask_run, act=shop.act, policy_code="again")
        compute_run(act=shop.act, run_id=asked.id)
        if with_retries(post_run, act=shop.act, run_id=asked.id).done:
            finish_posting(act=shop.act, run_id=asked.id)

    def everything() -> None:
        with_retries(allocate_orders, act=shop.act)

    at_once(shop, [run, everything, run, everything])
    with transaction.atomic():
        free = [level.on_hand - level.allocated for level in StockLevel.objects.filter(company_id=shop.company.id)]
        assert max(free, default=Decimal(0)) <= 20


def test_a_waiting_reader_is_no_reason_to_fail(shop: Shop) -> None:
    """A reader inside a long transaction keeps neither the run nor an order from going on."""
    product = shop.products[0]
    stocked(shop, (product, 5))
    ids = released_orders(shop, [[(product, 5)]])
    opened, closed = threading.Event(), threading.Event()

    def reader() -> int:
        with transaction.atomic():
            found = StockLevel.objects.filter(company_id=shop.company.id).count()
            opened.set()
            closed.wait(30)
            return found

    def runner() -> None:
        opened.wait(30)
        run_id = simulated(shop)
        assert post_run(act=shop.act, run_id=run_id).done
        assert finish_posting(act=shop.act, run_id=run_id).done
        closed.set()

    at_once(shop, [reader, runner])
    assert given(ids) == [5]
