"""Scarce stock: runs of policies over very many waiting lines, hot products, and how long an order waits beside a batch."""

import random
import resource
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from dinghuo.bench.world import NOW, TODAY, a_customer, a_product, know_sizes
from dinghuo.journey.allocation.models import PolicyRun
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_run, compute_run
from dinghuo.kernel import sql
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.models import Company, Customer, Product, Warehouse

STATEMENTS = frozenset({"waiting_orders", "waiting_lines", "waiting_stock"})
CUSTOMERS = 500
LINES_EACH = 20
# Ranking, sharing and quotas together: what a policy can ask for at most without tying products to one another.
HEAVY: Mapping[str, Any] = {
    "otherwise": "redistribute",
    "ranking": ["customer_class", "requested_on", {"key": "value", "descending": True}],
    "sharing": {"method": "proportional"},
    "quotas": [{"key": "customer_class", "value": "B", "share": 900}],
}
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scarcity:
    """How much to measure: waiting lines and products of the large runs, the batch beside orders, and the hot products."""

    lines: int = 500_000
    products: int = 5_000
    warehouses: int = 4
    batch_lines: int = 100_000
    beside: int = 100
    workers: int = 16
    hot_products: int = 50
    hot_orders: int = 320


@dataclass(frozen=True, slots=True)
class Queue:
    """A company with waiting orders."""

    act: Act
    order_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


def scarcity(plan: Scarcity, tell: Tell) -> dict[str, Any]:
    """Measure runs, a batch beside interactive orders, and hot products; each in a company of its own."""
    tell(f"writing {plan.lines} waiting lines of {plan.products} products in {plan.warehouses} warehouses")
    queue = a_queue("large", plan.lines, plan.products, plan.warehouses, percent=80)
    know_sizes()
    tell("a run of the default policy")
    found: dict[str, Any] = {"default_run": a_run(queue, "")}
    tell("a run of a policy of ranking, sharing and quotas")
    with acting_for(queue.act.company_id):
        made = add_policy(act=queue.act, draft=PolicyDraft("heavy", "", HEAVY))
        assert made.done, made
    found["heavy_run"] = a_run(queue, "heavy")
    tell(f"posting {plan.batch_lines} lines beside interactive orders")
    found["batch"] = batch_beside_orders(plan)
    tell(f"{plan.workers} workers on {plan.hot_products} hot products")
    found["hot_products"] = hot_products(plan)
    return found


def a_queue(name: str, lines: int, products: int, warehouses: int, *, percent: int) -> Queue:
    """A company with so many waiting lines, and so much of what they want in stock."""
    code = f"scarce-{secrets.token_hex(3)}-{name}"[:20]
    company = Company.objects.create(code=code, name=code, currency_id="CNY", is_generated=True)
    act = Act(company_id=company.id, at=NOW, on=TODAY)
    with acting_for(company.id), transaction.atomic():
        Warehouse.objects.bulk_create(
            Warehouse(company_id=company.id, code=f"W{number}", name=f"W{number}", country_id="CN", priority=number)
            for number in range(1, warehouses + 1)
        )
        Customer.objects.bulk_create(some_customers(company.id))
        Product.objects.bulk_create(a_product(company.id, number) for number in range(products))
        order_ids = some_orders(act, lines // LINES_EACH, mark="SO")
        sql.execute("bench/waiting_stock", company_id=company.id, percent=percent)
    return Queue(act, order_ids)


def some_customers(company_id: int) -> list[Customer]:
    """Customers of three classes."""
    made = [a_customer(company_id, number) for number in range(CUSTOMERS)]
    for number, customer in enumerate(made):
        customer.customer_class = "ABC"[number % 3]
    return made


def some_orders(act: Act, orders: int, *, mark: str) -> list[int]:
    """Released orders of 20 lines that nobody has allocated yet."""
    asked = {"company_id": act.company_id, "at": act.at, "today": act.on, "orders": orders, "mark": mark}
    ids = [row.id for row in sql.rows("bench/waiting_orders", _Id, **asked)]
    sql.execute("bench/waiting_lines", company_id=act.company_id, order_ids=ids, lines=LINES_EACH)
    return ids


def a_run(queue: Queue, policy: str) -> dict[str, Any]:
    """Compute a run and drop nothing: seconds, lines, bytes a line, and the memory of this process at its height."""
    with acting_for(queue.act.company_id):
        began = time.perf_counter()
        asked = ask_run(act=queue.act, policy_code=policy)
        computed = compute_run(act=queue.act, run_id=asked.id)
        seconds = time.perf_counter() - began
        assert computed.done, computed
        assert not computed.facts["problems"], computed
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(pg_column_size(decided.*)) FROM policy_run_product AS decided WHERE policy_run_id = %s", [asked.id]
            )
            kept = int(cursor.fetchone()[0])
            run = PolicyRun.objects.get(id=asked.id)
    return {
        "seconds": round(seconds, 2),
        "lines": run.lines,
        "lines_per_second": round(run.lines / seconds),
        "bytes_a_line": round(kept / max(run.lines, 1), 1),
        "python_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def batch_beside_orders(plan: Scarcity) -> dict[str, Any]:
    """Post a large run while orders on the same products are allocated one by one; how long each of these took."""
    queue = a_queue("batch", plan.batch_lines, max(plan.products // 5, LINES_EACH + 1), plan.warehouses, percent=300)
    act = queue.act
    with acting_for(act.company_id):
        asked = ask_run(act=act)
        compute_run(act=act, run_id=asked.id)
        assert post_run(act=act, run_id=asked.id).done
        with transaction.atomic():
            late = some_orders(act, plan.beside, mark="LATE")
    ended = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(in_company, act, lambda: post_until_done(act, asked.id, ended))
        waits = pool.submit(in_company, act, lambda: one_by_one(act, late, ended)).result()
        seconds = posting.result()
    with acting_for(act.company_id), transaction.atomic():
        state = PolicyRun.objects.get(id=asked.id).state
    return {
        "lines": plan.batch_lines,
        "seconds": round(seconds, 2),
        "state": state,
        "orders_beside": len(waits),
        "longest_wait_ms": round(max(waits, default=0.0) * 1000),
        "median_wait_ms": round(sorted(waits)[len(waits) // 2] * 1000) if waits else 0,
    }


def post_until_done(act: Act, run_id: int, ended: threading.Event) -> float:
    """Post a run; returns the seconds it took."""
    began = time.perf_counter()
    try:
        assert finish_posting(act=act, run_id=run_id).done
    finally:
        ended.set()
    return time.perf_counter() - began


def one_by_one(act: Act, order_ids: Sequence[int], ended: threading.Event) -> list[float]:
    """Allocate orders one after the other while the batch lasts; returns the seconds of each."""
    waits = []
    for order_id in order_ids:
        began = time.perf_counter()
        with_retries(allocate_orders, act=act, order_ids=[order_id])
        waits.append(time.perf_counter() - began)
        if ended.is_set():
            break
        time.sleep(0.02)
    return waits


def hot_products(plan: Scarcity) -> dict[str, Any]:
    """Many workers allocate orders over the same few products, their lines in random order."""
    queue = a_queue("hot", plan.hot_orders * LINES_EACH, plan.hot_products, 1, percent=200)
    ids = random.Random(20_260_302).sample(list(queue.order_ids), len(queue.order_ids))
    gate = threading.Barrier(plan.workers)

    def worker(place: int) -> int:
        """Allocate every so-manieth order; returns how many faults reached the caller."""
        faults = 0
        connection.ensure_connection()
        gate.wait()
        for order_id in ids[place :: plan.workers]:
            try:
                with_retries(allocate_orders, act=queue.act, order_ids=[order_id])
            except Exception:
                faults += 1
        return faults

    began = time.perf_counter()
    with ThreadPoolExecutor(plan.workers) as pool:
        faults = sum(pool.map(lambda place: in_company(queue.act, lambda: worker(place)), range(plan.workers)))
    seconds = time.perf_counter() - began
    lines = len(ids) * LINES_EACH
    return {"workers": plan.workers, "lines": lines, "lines_per_second": round(lines / seconds), "faults": faults}


def in_company(act: Act, work: Callable[[], Any]) -> Any:
    """Do some work in this thread, with a connection of its own."""
    try:
        with acting_for(act.company_id):
            return work()
    finally:
        connections.close_all()


def as_lines(found: Mapping[str, Any]) -> list[str]:
    """What was found, for people."""
    batch, hot = found["batch"], found["hot_products"]
    runs = [
        f"{title}: {run['lines']} lines in {run['seconds']} s ({run['lines_per_second']} a second), {run['bytes_a_line']} bytes a"
        f" line kept, {run['python_mb']} MB"
        for title, run in (("Default run", found["default_run"]), ("Ranking, sharing, quotas", found["heavy_run"]))
    ]
    return [
        "Scarce stock",
        *runs,
        f"Batch of {batch['lines']} lines posted in {batch['seconds']} s; {batch['orders_beside']} orders beside it waited"
        f" {batch['median_wait_ms']} ms, the longest {batch['longest_wait_ms']} ms",
        f"{hot['workers']} workers on hot products: {hot['lines_per_second']} lines a second, {hot['faults']} faults",
    ]
