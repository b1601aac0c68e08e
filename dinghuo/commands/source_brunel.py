"""`dinghuo source brunel DIR`: source one day's orders of the Brunel data set, and say why the rest cannot be served."""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from dinghuo.exchange.accounts import refuse_a_target
from dinghuo.exchange.brunel import Day, read_day
from dinghuo.journey.allocation.sourcing.explanation import Proof, Reason, Short, shortages
from dinghuo.journey.allocation.sourcing.optimum import Ending, Found, Progress, optimum
from dinghuo.journey.allocation.sourcing.problem import Plan, cost, served

CENTS = Decimal("0.0001")
QUIET_SECONDS = 5.0
SENTENCES = {
    Reason.NO_SITE_HAS_PRODUCT: "no plant makes the product",
    Reason.SITES_BOUND_TO_OTHERS: "the plants that make it serve other customers only",
    Reason.NO_LANE_FROM_SITES: "no lane leads from the plants' ports to the destination",
    Reason.NO_LANE_WITH_SERVICE: "no lane from the plants' ports has the service level",
    Reason.NO_LANE_OF_CARRIER: "the order's carrier has no such lane",
    Reason.NO_WEIGHT_BRACKET: "no rate on the lanes covers the weight",
    Reason.CAPACITY_EXHAUSTED: "the plants' capacity is spent",
    Reason.NOT_PROVEN: "the search ended before it could tell",
}


def run(arguments: argparse.Namespace) -> int:
    """Read, search, print the account and write it in full to the file named by --json."""
    refuse_a_target(arguments.json)
    began = time.monotonic()
    day = read_day(arguments.folder, keeps_carrier=arguments.keep_carrier)
    with solver_talks_aside():
        found = optimum(day.problem, seconds=arguments.seconds, seed=arguments.seed, report=tell)
    short = shortages(day.problem, found.plan, day.obstacles)
    account = summary(day, found, short) | {
        "carrier": "as_ordered" if arguments.keep_carrier else "any",
        "seed": arguments.seed,
        "seconds": round(time.monotonic() - began, 2),
    }
    print_account(account)
    if arguments.json is not None:
        full = account | {"unserved": unserved(day, short), "served": assignments(day, found.plan)}
        arguments.json.write_text(json.dumps(full, indent=2) + "\n", encoding="utf-8")
    return 0


def tell(progress: Progress) -> None:
    """Say on standard error how a search that takes long is doing."""
    if progress.seconds >= QUIET_SECONDS:
        print(f"{progress.goal}: {progress.seconds:.0f} s, gap {progress.gap:.2%}", file=sys.stderr, flush=True)


@contextmanager
def solver_talks_aside() -> Iterator[None]:
    """Send to standard error what the solver's library prints of itself, past Python, on standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def summary(day: Day, found: Found, short: Sequence[Short]) -> dict[str, Any]:
    """What was reached, what it costs, what is left and why, by counts."""
    last = found.steps[-1]
    return {
        "orders": len(day.orders),
        "units": sum(order.units for order in day.orders),
        **reached(day, found.plan),
        "orders_unserved": len(short),
        "unserved_by_reason": dict(Counter(item.reason.value for item in short).most_common()),
        "proofs": proofs(short),
        "greedy": reached(day, found.start),
        "proven": found.is_proven,
        "gap": last.gap,
        "goals": [
            {
                "goal": step.goal,
                "reached": abs(step.reached),
                "gap": step.gap,
                "ending": step.ending,
                "seconds": round(step.seconds, 3),
            }
            for step in found.steps
        ],
    }


def reached(day: Day, plan: Plan) -> dict[str, Any]:
    """Orders and units that a plan serves, and its cost: freight, and the plants' cost of handling."""
    money, given = cost(day.problem, plan), served(plan)
    return {
        "orders_served": len(given),
        "units_served": sum(given.values()),
        "cost": {"freight": amount(money.shipments), "warehouse": amount(money.handling), "total": amount(money.total)},
    }


def amount(money: Decimal) -> str:
    """Money to a hundredth of a cent, as text."""
    return format(money.quantize(CENTS), "f")


def proofs(short: Sequence[Short]) -> list[dict[str, Any]]:
    """Each proof once, with the number of orders that it explains."""
    counted = Counter(item.proof for item in short if item.proof is not None)
    return [as_data(proof) | {"orders_explained": times} for proof, times in counted.most_common()]


def as_data(proof: Proof) -> dict[str, Any]:
    """A proof as JSON has it."""
    return {"plants": proof.sites, "measure": proof.measure, "capacity": proof.capacity, "wanted": proof.wanted}


def unserved(day: Day, short: Sequence[Short]) -> list[dict[str, Any]]:
    """Every order that is not served, with its reason, what stands in the way at each plant, and the proof."""
    return [
        {
            "order": day.orders[item.line].id,
            "customer": day.orders[item.line].customer,
            "product": day.orders[item.line].product,
            "units": item.missing,
            "reason": item.reason,
            "obstacles": dict(item.obstacles),
            "proof": as_data(item.proof) if item.proof else None,
        }
        for item in short
    ]


def assignments(day: Day, plan: Plan) -> list[dict[str, Any]]:
    """Every order that is served: from which plant, port and carrier, and at what cost."""
    rows = []
    for (line, plant), units in sorted(plan.items()):
        route, handling = day.routes[line, plant], day.problem.option_of[line, plant].handling
        places = {"order": day.orders[line].id, "plant": plant, "port": route.port, "carrier": route.carrier, "units": units}
        rows.append(places | {"freight": amount(route.freight), "warehouse": amount(handling * units)})
    return rows


def print_account(account: Mapping[str, Any]) -> None:
    """Print the account for people."""
    money = account["cost"]
    print(f"orders  {account['orders_served']} of {account['orders']} served, {account['orders_unserved']} not")
    print(f"units   {account['units_served']} of {account['units']}")
    print(f"cost    freight {money['freight']}, warehouse {money['warehouse']}, total {money['total']}")
    greedy = account["greedy"]
    print(f"greedy  {greedy['orders_served']} orders, {greedy['units_served']} units, total {greedy['cost']['total']}")
    for reason, count in account["unserved_by_reason"].items():
        print(f"not     {count} {reason}: {SENTENCES[Reason(reason)]}")
    for proof in account["proofs"]:
        plants, explained = ", ".join(proof["plants"]), proof["orders_explained"]
        print(f"proof   {explained} orders: {plants} can send {proof['capacity']}, {proof['wanted']} have no other plant")
    for goal in account["goals"]:
        gap = "unknown" if goal["gap"] is None else f"{goal['gap']:.4%}"
        print(f"goal    {goal['goal']}: {ENDINGS[goal['ending']]}, gap {gap}, {goal['seconds']} s")
    print(f"seconds {account['seconds']}")


ENDINGS = {
    Ending.PROVEN: "the best there is",
    Ending.OUT_OF_TIME: "the best found in time",
    Ending.FAILED: "the solver failed, the plan at hand was kept",
    Ending.TOO_LARGE: "too large for the solver, the greedy plan was kept",
}
