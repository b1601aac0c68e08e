"""`dinghuo advance`: move everything that is ready to rest, in the foreground."""

import argparse
import json

from dinghuo.journey.reactions import advance
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.companies import act_now, companies


def run(arguments: argparse.Namespace) -> int:
    """Advance one company or all; prints what each pass did."""
    told = []
    for company in companies(arguments.company):
        passes: list[dict[str, int]] = []
        with acting_for(company.id):
            advance(act=act_now(company), report=passes.append)
        done = {name: sum(row.get(name, 0) for row in passes) for row in passes for name in row}
        told.append({"company": company.code, "passes": len(passes), "done": done})
        if not arguments.json:
            steps = ", ".join(f"{name} {count}" for name, count in done.items() if count) or "nothing was ready"
            print(f"{company.code}: {steps}")
    if arguments.json:
        print(json.dumps(told, indent=2))
    return 0
