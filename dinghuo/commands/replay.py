"""`dinghuo replay FILE`: drive an Online Retail file as a company's year."""

import argparse
import json
import sys
import time
from datetime import date

from dinghuo.exchange.accounts import refuse_a_target
from dinghuo.exchange.replay.driver import Asked, replay
from dinghuo.exchange.replay.result import result

BAR = 40
PLAIN_EVERY_SECONDS = 10.0


class Progress:
    """A bar on a terminal, a plain line every ten seconds otherwise; both on standard error."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._told_at = 0.0

    def __call__(self, day: date, first: date, last: date) -> None:
        """Tell which day is under way."""
        share = min(max((day - first).days / max((last - first).days, 1), 0), 1)
        if self._is_terminal:
            filled = round(BAR * share)
            print(f"\r{day}  [{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told_at >= PLAIN_EVERY_SECONDS:
            self._told_at = time.monotonic()
            print(f"{day}  {share:4.0%}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the bar's line."""
        if self._is_terminal:
            print(file=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    """Replay, then print the account and write it to the file named by --json; exit 1 when an invariant is broken."""
    refuse_a_target(arguments.json)
    progress = Progress()
    try:
        ran = replay(Asked(arguments.file, arguments.company, arguments.seed, arguments.until), progress)
    finally:
        progress.close()
    account = result(ran)
    text = json.dumps(account, indent=2, ensure_ascii=False)
    if arguments.json is not None:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 1 if account["invariants"]["violations"] else 0
