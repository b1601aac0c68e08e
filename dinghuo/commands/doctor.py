"""`dinghuo doctor`: look at the installation; exit status 1 when something is not as it should be. Changes nothing."""

import argparse
import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import django

from dinghuo import __version__
from dinghuo.kernel.errors import Refused
from dinghuo.postgres import LauncherError, default_home, hold, places
from dinghuo.web import databases


def run(arguments: argparse.Namespace) -> int:
    """Print what was looked at, a line each or as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dinghuo.web.settings")
    looked = list(look())
    ok = all(row["ok"] for row in looked)
    if arguments.json:
        print(json.dumps({"dinghuo": __version__, "ok": ok, "looked": looked}, ensure_ascii=False, indent=2))
        return 0 if ok else 1
    for row in looked:
        print(f"{'ok     ' if row['ok'] else 'FINDING'} {row['name']}: {row['found']}")
    print("All is well. 一切正常。" if ok else "There are findings. 发现问题，请查看上面标有 FINDING 的行。")
    return 0 if ok else 1


def look() -> Iterator[dict[str, object]]:
    """Everything that was looked at; what keeps the database from being reached is a finding too."""
    try:
        with reached() as is_there:
            # Models exist only once Django is set up, and that needs the addresses.
            django.setup()
            health = importlib.import_module("dinghuo.serving.health")
            yield from map(asdict, health.installation(default_home()))
            if not is_there:
                yield {"name": "database", "ok": True, "found": "none made yet; the first command makes it"}
                return
            yield from map(asdict, health.server(os.environ[databases.APPLICATION_ADDRESS]))
            yield from map(asdict, health.database())
            importlib.import_module("django.db").connections.close_all()
    except LauncherError as fault:
        yield {"name": "database", "ok": False, "found": str(fault)}
    except Refused as fault:
        yield {"name": "database", "ok": False, "found": fault.message}


@contextmanager
def reached() -> Iterator[bool]:
    """Put the database's addresses into the environment; False where there is no embedded database yet."""
    url = os.environ.get("DATABASE_URL")
    if url:
        owner, application = databases.on_your_server(url, os.environ.get("DINGHUO_OWNER_DATABASE_URL"))
        os.environ[databases.OWNER_ADDRESS], os.environ[databases.APPLICATION_ADDRESS] = owner, application
        yield True
        return
    if not places.find(default_home()).data.exists():
        yield False
        return
    with hold(default_home()) as embedded:
        os.environ[databases.OWNER_ADDRESS] = embedded.owner_url
        os.environ[databases.APPLICATION_ADDRESS] = embedded.application_url
        yield True
