"""`dinghuo allocation`: policies and their runs, and why a line has what it has."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import translation

from dinghuo.journey.allocation import differences
from dinghuo.journey.allocation.explanations import explanation
from dinghuo.journey.allocation.models import AllocationPolicy, PolicySchedule
from dinghuo.journey.allocation.operations.policies import PolicyDraft, add_policy
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import drop_run
from dinghuo.journey.allocation.operations.working import run_policy
from dinghuo.journey.allocation.sentences import sentences
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel.errors import Malformed, Missing, Outcome, the_only
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now, companies
from dinghuo.reference.models import Company

RUNS_SHOWN = 20
LINES_SHOWN = 50


def run(arguments: argparse.Namespace) -> int:
    """Do one thing, for one company or, where nothing is changed, for all; raises Missing, Malformed and Refused."""
    chosen = companies(arguments.company)
    if arguments.action in {"add", "simulate", "run"} and len(chosen) != 1:
        raise Malformed("Name the company with --company.", column="company")
    told = [{"company": company.code, **done} for company in chosen for done in acted(company, arguments)]
    if arguments.action in {"difference", "post", "drop", "explain"} and not told:
        raise Missing("There is no such run or line.")
    if arguments.json:
        print(json.dumps(told, indent=2, default=str, ensure_ascii=False))
        return 0
    for row in told:
        print("\n".join(row["shown"]))
    return 0


def acted(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What an action did or found in a company; nothing where the company has no such run or line."""
    with acting_for(company.id):
        yield from ACTIONS[arguments.action](company, arguments)


def policies(company: Company, _arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The policies in force, and when they run by themselves."""
    with transaction.atomic():
        found = list(AllocationPolicy.objects.filter(company_id=company.id, retired_at=None).order_by("code"))
        schedules = list(PolicySchedule.objects.filter(company_id=company.id, ended_at=None).order_by("id"))
    shown = [f"{company.code}: default (needs no set-up)"]
    shown += [f"{company.code}: {row.code} v{row.version} {row.name}".rstrip() for row in found]
    shown += [
        f"{company.code}: {row.policy_code or 'default'} on {row.weekdays} from {row.hour}:00" + (", posts" if row.posts else "")
        for row in schedules
    ]
    yield {"policies": [row.code for row in found], "shown": shown}


def add(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Put a policy in force from a file."""
    try:
        definition = json.loads(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Malformed(f"{arguments.file} cannot be read as JSON: {fault}") from None
    draft = PolicyDraft(arguments.code, arguments.name, definition)
    made = the_only([add_policy(act=act_now(company), draft=draft)])
    yield {"policy": arguments.code, "id": made.id, "shown": [f"{company.code}: {arguments.code} is in force"]}


def simulate(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Compute a run."""
    yield from computed(company, run_policy(act=act_now(company), policy_code=arguments.policy))


def run_and_post(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Compute a run and post it."""
    yield from computed(company, run_policy(act=act_now(company), policy_code=arguments.policy, posts=True))


def computed(company: Company, outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """The run that was computed."""
    yield from shown_run(company, the_only(outcomes).id)


def runs(company: Company, _arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The last runs."""
    with transaction.atomic():
        found = differences.runs(company_id=company.id, before=2**62, count=RUNS_SHOWN)
    for row in found:
        yield {"run": asdict(row), "shown": [line_of(company, row)]}


def difference(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Who gains and who loses by a run: by customer, then the first lines."""
    with transaction.atomic():
        run_found = differences.run_named(company_id=company.id, run_id=arguments.run)
        if run_found is None:
            return
        customers = differences.changed_customers(company_id=company.id, run_id=arguments.run)
        lines = differences.changed_lines(company_id=company.id, run_id=arguments.run, count=LINES_SHOWN)
    shown = [line_of(company, run_found)]
    shown += [
        f"  {row.customer}: +{row.units_gained:f} -{row.units_lost:f} units, {row.amount:f} net,"
        f" in full: +{row.promises_won} -{row.promises_lost}"
        for row in customers
    ]
    shown += [
        f"  {row.order_number}/{row.position} {row.product}: {row.had:f} -> {row.given:f} of {row.wanted:f} ({row.reason_code})"
        for row in lines
    ]
    yield {"customers": [asdict(row) for row in customers], "lines": [asdict(row) for row in lines], "shown": shown}


def post(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Post a simulated run."""
    if exists(company, arguments.run):
        act = act_now(company)
        the_only([post_run(act=act, run_id=arguments.run)])
        the_only([finish_posting(act=act, run_id=arguments.run)])
        yield from shown_run(company, arguments.run)


def drop(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Drop a run that was not posted."""
    if exists(company, arguments.run):
        the_only([drop_run(act=act_now(company), run_id=arguments.run)])
        yield from shown_run(company, arguments.run)


def explain(company: Company, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Why a line has what it has, in sentences."""
    with transaction.atomic(), translation.override(arguments.language):
        line_id = line_named(company, arguments.line)
        if line_id is None:
            return
        found = explanation(company_id=company.id, line_id=line_id, run_id=arguments.run)
        told = sentences(found)
    head = f"{company.code}: {found.order_number}/{found.position} {found.product}"
    yield {"explanation": asdict(found), "sentences": told, "shown": [head, *(f"  {sentence}" for sentence in told)]}


def line_named(company: Company, name: str) -> int | None:
    """The line of an id, or of an order's number and a position; None when the company has none."""
    number, _, position = name.rpartition("/")
    if not position.isdigit():
        raise Malformed("A line is named by its id or as ORDER/POSITION.", column="line")
    lines = SalesOrderLine.objects.filter(company_id=company.id)
    found = lines.filter(order__number=number, position=int(position)) if number else lines.filter(id=int(position))
    return found.values_list("id", flat=True).first()


@transaction.atomic
def exists(company: Company, run_id: int) -> bool:
    """Whether the company has that run."""
    return differences.run_named(company_id=company.id, run_id=run_id) is not None


def shown_run(company: Company, run_id: int) -> Iterator[dict[str, Any]]:
    """A run as it stands."""
    with transaction.atomic():
        found = differences.run_named(company_id=company.id, run_id=run_id)
    assert found is not None, "a run that was worked on exists"
    yield {"run": asdict(found), "shown": [line_of(company, found)]}


def line_of(company: Company, row: differences.RunListed) -> str:
    """A run in one line of text."""
    problems = ", ".join(str(problem["code"]) for problem in row.problems)
    return (
        f"{company.code}: run {row.id} of {row.policy or 'default'} v{row.version} is {row.state}: {row.lines} lines,"
        f" {row.lines_gaining} gain {row.units_gained:f}, {row.lines_losing} lose {row.units_lost:f}"
        + (f"; {problems}" if problems else "")
    )


Action = Callable[[Company, argparse.Namespace], Iterator[dict[str, Any]]]
ACTIONS: Mapping[str, Action] = {
    "policies": policies,
    "add": add,
    "simulate": simulate,
    "run": run_and_post,
    "runs": runs,
    "difference": difference,
    "post": post,
    "drop": drop,
    "explain": explain,
}
