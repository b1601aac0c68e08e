"""`dinghuo review`: explain how an order was judged, and decide every past finding again."""

import argparse
import itertools

from django.db import transaction

from dinghuo.journey.review.trials import findings_of_order, is_decided_as_stored, stored_findings
from dinghuo.kernel.errors import Missing
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import companies
from dinghuo.reference.models import Company
from dinghuo.web import words

DIFFERENCES_SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    """Explain one order, or verify all; exit status 1 when a past decision comes out differently."""
    if arguments.action == "explain":
        return explain(arguments.order, arguments.company)
    return verify(arguments.company)


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
