"""The commands of ./dev, and the usage text that names them."""

import os
import sys

from tooling import checks, environment, release
from tooling.environment import VENV

USAGE = """\
usage: ./dev COMMAND [ARGS]

  demo [ARGS]            a seeded company in a running site (dinghuo demo ARGS)
  test [--long] [ARGS]   every check, then the tests; --long adds the slow ones, ARGS go to pytest
  dinghuo ARGS           the dinghuo command
  setup                  only install what the commands need
  messages [--update]    compare the translations with the texts in the code; --update writes the missing ones down
  lock [--upgrade]       bring requirements/*.lock and package-lock.json up to date
  wheel                  build the wheel into dist/

Each command does its own set-up and reuses what an earlier one installed.
"""


def run_dinghuo(arguments: list[str]) -> int:
    """Become the dinghuo command, so that its signals and its exit code are its own."""
    environment.prepare()
    sys.stdout.flush()
    os.execv(VENV / "bin" / "dinghuo", ["dinghuo", *arguments])


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    command, *rest = arguments or ["help"]
    match command:
        case "demo":
            return run_dinghuo(["demo", *rest])
        case "dinghuo":
            return run_dinghuo(rest)
        case "test":
            return checks.run_all(rest)
        case "setup":
            environment.prepare(development=True)
            return 0
        case "messages":
            environment.prepare(development=True)
            return environment.python("-m", "tooling.messages", *rest)
        case "lock":
            return release.renew_locks(rest)
        case "wheel":
            return release.build_wheel()
        case "help" | "-h" | "--help":
            print(USAGE, end="")
            return 0
    print(f"./dev has no command {command!r}.\n\n{USAGE}", end="", file=sys.stderr)
    return 2


def start() -> None:
    """Run the command line of ./dev and leave with its exit code."""
    try:
        sys.exit(run(sys.argv[1:]))
    except environment.SetUpFailed as failure:
        print(f"./dev: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
