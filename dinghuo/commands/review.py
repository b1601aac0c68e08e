"""`dinghuo review`: explain how an order was judged, decide every past finding again, test the rules, tell them of the outside."""

import argparse
import itertools
import os
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from dinghuo.exchange.proof.run import Plan, as_text, proof
from dinghuo.journey.review.operations.denied_parties import read_parties, replace_list
from dinghuo.journey.review.registry import VIES, ask_registry, vies
from dinghuo.journey.review.trials import findings_of_order, is_decided_as_stored, stored_findings
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now, companies
from dinghuo.reference.models import Company
from dinghuo.web import words

DIFFERENCES_SHOWN = 20
REGISTRY_ADDRESS = "DINGHUO_TAX_REGISTRY"
# Of the seeded errors at least this share has to be caught.
CAUGHT_MIN = Decimal("0.99")


def run(arguments: argparse.Namespace) -> int:
    """Do one action; exit status 1 when a past decision comes out differently, or too few of the seeded errors are caught."""
    if arguments.action == "explain":
        return explain(arguments.order, arguments.company)
    if arguments.action == "registry":
        return registry(arguments.company, arguments.address or os.environ.get(REGISTRY_ADDRESS) or VIES, arguments.days)
    if arguments.action == "deny":
        return deny(arguments.list, arguments.file, arguments.company)
    if arguments.action == "proof":
        return prove(arguments.file, Plan(arguments.orders, arguments.each, arguments.before, arguments.seed))
    return verify(arguments.company)


def registry(code: str | None, address: str, days: int) -> int:
    """Ask the tax registry about every tax id inside the EU without a fresh answer, and say how it went."""
    for company in companies(code):
        with acting_for(company.id):
            checked = ask_registry(act=act_now(company), ask=vies(address), days=days)
        print(f"{company.code}: {checked.valid} tax ids valid, {checked.invalid} not valid, {checked.unchecked} left unchecked")
    return 0


def deny(list_code: str, path: Path, code: str) -> int:
    """Take over a list of denied parties; raises Malformed with the row and column of what is wrong."""
    (company,) = companies(code)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            parties = read_parties(file)
    except (OSError, UnicodeDecodeError) as fault:
        raise Malformed(f"{path.name}: cannot be read as UTF-8 text.", column="file") from fault
    with acting_for(company.id):
        changed = replace_list(act=act_now(company), list_code=list_code, parties=parties)
    print(f"{company.code}, {list_code}: {changed.added} added, {changed.removed} taken off, {changed.kept} as before")
    return 0


def prove(path: Path, plan: Plan) -> int:
    """Seed errors into the orders of a file, review them and print what was caught; nothing of it stays in the database."""
    found = proof(path, plan)
    print("\n".join(as_text(found)))
    return 0 if found.share >= CAUGHT_MIN else 1


def explain(number: str, code: str | None) -> int:
    """Print each review of an order with a sentence a rule; raises Missing for an unknown number."""
    is_found = False
    for company in companies(code):
        with acting_for(company.id), transaction.atomic():
            found = findings_of_order(company_id=company.id, number=number)
        is_found = is_found or found is not None
        for _, of_review in itertools.groupby(found or [], key=lambda row: row.review_id):
            rows = list(of_review)
            first = rows[0]
            when = f"{first.reviewed_at:%Y-%m-%d %H:%M}"
            print(f"{company.code} {number} v{first.order_version} {when} {first.cause}: {first.review_outcome}")
            for row in rows:
                print(f"  {row.outcome:<9} {row.code} v{row.version}: {words.finding(row.kind, row.outcome, row.inputs)}")
    if not is_found:
        raise Missing(f"There is no order {number}.", number=number)
    return 0


def verify(code: str | None) -> int:
    """Decide every finding again from its stored figures; prints how many agree, and the first that do not."""
    different = sum(verify_company(company) for company in companies(code))
    return 1 if different else 0


def verify_company(company: Company) -> int:
    """Verify one company; returns how many findings came out differently."""
    agreed, different = 0, []
    with acting_for(company.id), transaction.atomic():
        for finding in stored_findings(company_id=company.id):
            if is_decided_as_stored(finding):
                agreed += 1
            else:
                different.append(finding)
    print(f"{company.code}: {agreed} findings decided again, the same answer; {len(different)} different")
    for finding in different[:DIFFERENCES_SHOWN]:
        print(f"  order {finding.order_id}, {finding.code} v{finding.version}: stored {finding.outcome}")
    return len(different)
