"""`dinghuo check`: looks for anything that cannot be, and says so in a line for each company and invariant."""

import json
from collections.abc import Sequence
from typing import Any

from dinghuo.journey.invariants.queries import Check, Report, run_checks
from dinghuo.kernel.errors import Missing
from dinghuo.reference.models import Company

CLEAN, BROKEN = 0, 1


def check(companies: Sequence[str] | None = None, as_json: bool = False) -> int:
    """Check the companies of these codes, or all, and print what was found; returns 0 when all is well, else 1.

    Raises Missing for an unknown code, before anything is checked.
    """
    chosen = choose(companies)
    told: list[dict[str, Any]] = []
    violations = 0
    for company in chosen:
        report = run_checks(company.id)
        violations += report.violations
        if as_json:
            told.append({"company": company.code, **report.as_json()})
        else:
            print_report(company, report)
    if as_json:
        print(json.dumps({"violations": violations, "companies": told}, ensure_ascii=False, indent=2))
    return BROKEN if violations else CLEAN


def choose(codes: Sequence[str] | None) -> list[Company]:
    """The companies of these codes, or all of them."""
    found = {company.code: company for company in Company.objects.order_by("id")}
    if codes is None:
        return list(found.values())
    for code in codes:
        if code not in found:
            raise Missing(f"There is no company {code}.", code=code)
    return [found[code] for code in codes]


def print_report(company: Company, report: Report) -> None:
    """Print a line for each invariant, the rows that break one below it, and what it comes to."""
    for each in report.checks:
        print_check(company, each)
    verdict = f"{report.violations} violations 违反" if report.violations else "no violation 无违反"
    print(f"{company.code}: {report.checked} invariants 不变量, {verdict}, {report.seconds:.1f} s")


def print_check(company: Company, each: Check) -> None:
    """Print one invariant and the rows that break it."""
    invariant = each.invariant
    verdict = "BROKEN 违反" if each.violations else "ok"
    print(f"{company.code}  {invariant.id:<4} {verdict:<10} {each.seconds:6.2f} s  {invariant.title} {invariant.title_zh}")
    for row in each.violations:
        detail = f" ({row.detail})" if row.detail else ""
        print(f"      {row.document} [{row.row_id}]: {row.found}, expected {row.expected}{detail}")
