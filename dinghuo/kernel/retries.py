"""Runs an operation again when the database asked for it: lost races, deadlocks, a server that restarts.

An operation is one short transaction, so running it again is safe; whatever it does to the outside goes through the journal.
"""

import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.utils import InterfaceError, OperationalError

P = ParamSpec("P")
T = TypeVar("T")

RETRIED = frozenset({"40001", "40P01", "55P03", "57P01", "57P03", "25006"})
ATTEMPTS_MAX = 5
SECONDS_MAX = 30.0


def is_passing(fault: BaseException) -> bool:
    """Whether the fault is one that a second try may not meet; a lost connection has no SQLSTATE."""
    cause = fault.__cause__
    state = getattr(cause, "sqlstate", None)
    return isinstance(fault, OperationalError | InterfaceError) and (state is None or state in RETRIED)


def with_retries(operation: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the operation, at most 5 times in 30 s with jitter between; inside an open transaction it runs once."""
    began = time.monotonic()
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return operation(*args, **kwargs)
        except (OperationalError, InterfaceError) as fault:
            is_last = attempt == ATTEMPTS_MAX or time.monotonic() - began > SECONDS_MAX
            if connection.in_atomic_block or is_last or not is_passing(fault):
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0.01, 0.05 * 2**attempt))
    raise AssertionError("unreachable")
