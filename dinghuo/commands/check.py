"""`dinghuo check`: look for anything that cannot be."""

import argparse

from dinghuo.journey.invariants.command import check


def run(arguments: argparse.Namespace) -> int:
    """Check one company or all; exit 1 when an invariant is broken."""
    return check([arguments.company] if arguments.company else None, as_json=arguments.json)
