"""`dinghuo bank`: bring in statements, match what waits, tell the rates, and prove the matching on a test bank."""

import argparse
import json
import sys
from dataclasses import asdict

from django.db import transaction

from dinghuo.bench.bank_proof import Shape, as_data, as_text, prove
from dinghuo.commands.bench import place
from dinghuo.exchange.bank.operations import bring_in
from dinghuo.journey.finance.bank_queries import match_rates
from dinghuo.journey.finance.operations import match_lines
from dinghuo.kernel.errors import Malformed
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now, companies
from dinghuo.reference.models import Company


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; exit status 1 when a proof does not hold."""
    if arguments.action == "proof":
        return proof(arguments)
    (company, *_) = companies(arguments.company)
    with acting_for(company.id):
        if arguments.action == "import":
            return bring(arguments, company)
        return match(arguments, company) if arguments.action == "match" else rates(arguments, company)


def bring(arguments: argparse.Namespace, company: Company) -> int:
    """Import files of statements, each whole or not at all; refusals name the row or element."""
    act = act_now(company)
    for path in arguments.files:
        try:
            raw = path.read_bytes()
        except OSError as fault:
            raise Malformed(f"{path}: {fault.strerror}.", file=str(path)) from fault
        done = bring_in(act=act, name=path.name, raw=raw, account=arguments.account)
        said = "was imported before" if done.is_known else f"{done.lines} lines new, {done.lines_known} known before"
        print(f"{path.name}: {said}")
    return 0


def match(arguments: argparse.Namespace, company: Company) -> int:
    """Match every line that waits."""
    outcomes = match_lines(act=act_now(company))
    counts: dict[str, int] = {}
    for outcome in outcomes:
        code = "matched" if outcome.done else outcome.code
        counts[code] = counts.get(code, 0) + 1
    print(json.dumps(counts) if arguments.json else ", ".join(f"{code} {count}" for code, count in sorted(counts.items())))
    return 0


def rates(arguments: argparse.Namespace, company: Company) -> int:
    """Print the match rates per payment and per invoice line, and the share of matches that were wrong."""
    with transaction.atomic():
        found = match_rates(company_id=company.id, from_on=arguments.from_on, until_on=arguments.until_on)
    data = asdict(found) | {name: str(rate) for name, rate in found.shares().items()}
    if arguments.json:
        print(json.dumps(data))
        return 0
    for name, value in data.items():
        print(f"{name.replace('_', ' ')}: {value}")
    return 0


def proof(arguments: argparse.Namespace) -> int:
    """Run the test bank in a database of its own where there may be one."""
    shape = Shape(arguments.payments, 2 * arguments.payments, arguments.seed)
    with place():
        found = prove(shape, lambda sentence: print(f"dinghuo: {sentence}", file=sys.stderr))
    print(json.dumps(as_data(found), indent=2) if arguments.json else "\n".join(as_text(found)))
    return 0 if found.holds else 1
