"""A command of its own process, as a user would start one: `command.py ACTION HOME`."""

import itertools
import json
import os
import sys
from pathlib import Path

import psycopg

from dinghuo.postgres import LauncherError, Notice, ensure_running, hold, status, stop


def say(fact: object) -> None:
    print(json.dumps(fact, default=str), flush=True)


def tell(notice: Notice) -> None:
    say({"notice": notice.code})


def facts(home: Path) -> dict[str, object]:
    connection = ensure_running(home, report=tell)
    with psycopg.connect(connection.application_url) as session:
        row = session.execute("SELECT current_user, current_database()").fetchone()
    return {
        "server_pid": connection.server_pid,
        "data_folder": str(connection.data_folder),
        "socket_folder": str(connection.socket_folder),
        "application_url": connection.application_url,
        "answer": row,
        "uid": os.geteuid(),
    }


def write_rows(home: Path) -> None:
    """Write numbered rows for ever, naming each once its commit has returned."""
    with psycopg.connect(ensure_running(home).owner_url, autocommit=True) as session:
        session.execute("CREATE TABLE IF NOT EXISTS acknowledged (number bigint PRIMARY KEY)")
        (first,) = session.execute("SELECT coalesce(max(number), 0) + 1 FROM acknowledged").fetchone() or (1,)
        for number in itertools.count(first):
            session.execute("INSERT INTO acknowledged (number) VALUES (%s)", [number])
            say({"acknowledged": number})


def main() -> None:
    action, home = sys.argv[1], Path(sys.argv[2])
    try:
        if action == "ensure":
            say(facts(home))
        elif action == "hold":
            with hold(home) as connection:
                say({"server_pid": connection.server_pid})
                sys.stdin.read()
        elif action == "write":
            write_rows(home)
        elif action == "status":
            say({"state": status(home).state})
        else:
            say({"stopped": stop(home)})
    except LauncherError as error:
        say({"error": error.code, "message": str(error)})
        sys.exit(1)


if __name__ == "__main__":
    main()
