"""A wholesaler's software in a process of its own, made to be killed: `trader.py ACTION HOME`.

`prepare` makes a company with stock; `trade` brings orders to cash for ever and names each row once its commit has returned;
`boast` names rows before their commit, as a faulty program would; `check` reads what was named and tells what of it is there.
"""

import importlib
import os
import sys
from pathlib import Path

import django

from dinghuo.postgres import ensure_running
from dinghuo.web import databases


def main() -> None:
    action, home = sys.argv[1], Path(sys.argv[2])
    connection = ensure_running(home)
    os.environ[databases.OWNER_ADDRESS] = connection.owner_url
    os.environ[databases.APPLICATION_ADDRESS] = connection.application_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "dinghuo.web.settings"
    django.setup()
    # Its models exist only once Django is set up.
    importlib.import_module("tests.concurrency.trading").ACTIONS[action]()


if __name__ == "__main__":
    main()
