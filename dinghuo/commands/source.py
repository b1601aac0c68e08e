"""`dinghuo source orders`: from where a company's waiting lines would be served at least cost. Nothing is written."""

import argparse
import csv
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction
from pydantic import TypeAdapter

from dinghuo.commands.source_brunel import solver_talks_aside, tell
from dinghuo.exchange.accounts import refuse_a_target
from dinghuo.exchange.online_retail.errors import FileRefused, shown
from dinghuo.journey.allocation.sourcing_api import Sourcing, sourcing_of
from dinghuo.journey.allocation.sourcing_orders import Limits, Tariff, simulate
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import companies

HEADER = ("warehouse", "country", "shipment_cost", "kg_cost", "unit_cost")
COST_MAX = 10**9


def run(arguments: argparse.Namespace) -> int:
    """Simulate for one company, print what it would cost and save, and write all of it to the file named by --json."""
    refuse_a_target(arguments.json)
    tariffs = read_tariffs(arguments.tariffs)
    found = companies(arguments.company)
    if len(found) != 1:
        raise Missing("Name one company with --company.")
    limits = Limits(arguments.split_fee, arguments.splits_max, seconds=arguments.seconds, seed=arguments.seed)
    with acting_for(found[0].id), transaction.atomic(), solver_talks_aside():
        simulated = simulate(company_id=found[0].id, order_ids=None, tariffs=tariffs, limits=limits, report=tell)
    sourcing = sourcing_of(simulated)
    print_sourcing(sourcing)
    if arguments.json is not None:
        arguments.json.write_bytes(TypeAdapter(Sourcing).dump_json(sourcing, indent=2) + b"\n")
    return 0


def read_tariffs(path: Path) -> list[Tariff]:
    """Read the tariffs of a CSV file; a country left empty is every other one. Raises FileRefused."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            if tuple(reader.fieldnames or ()) != HEADER:
                raise FileRefused(path.name, f"the header is not {','.join(HEADER)}", row=1)
            return [tariff_of(path.name, row, values) for row, values in enumerate(reader, 2)]
    except OSError as fault:
        raise FileRefused(path.name, f"cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise FileRefused(path.name, "is not CSV in UTF-8") from fault


def tariff_of(file: str, row: int, values: dict[str, str]) -> Tariff:
    """One row of the tariffs; raises FileRefused for a missing field or a cost that is no number from 0 up."""
    if None in values or None in values.values():
        raise FileRefused(file, "has more or fewer fields than the header", row=row)
    costs = []
    for column in HEADER[2:]:
        try:
            cost = Decimal(values[column] or "0")
        except InvalidOperation:
            cost = Decimal("NaN")
        if not cost.is_finite() or not 0 <= cost <= COST_MAX:
            raise FileRefused(file, f"{shown(values[column])} is not a cost from 0 up", row=row, column=column)
        costs.append(cost)
    return Tariff(values["warehouse"].strip(), values["country"].strip().upper(), *costs)


def print_sourcing(sourcing: Sourcing) -> None:
    """Print what would be served and what it would cost, beside the greedy choice."""
    for name, part in (("best", sourcing.best), ("greedy", sourcing.greedy)):
        print(f"{name:<7} {part.units.normalize():f} units in {part.shipments} shipments, cost {part.cost}")
    saved = "serves more units than the greedy choice" if sourcing.saved is None else f"saves {sourcing.saved}"
    proven = "the best there is" if sourcing.is_proven else "the best found in time"
    print(f"result  {saved}; {proven}")
    for reason, count in Counter(short.reason for short in sourcing.short).most_common():
        print(f"short   {count} lines {reason}")
