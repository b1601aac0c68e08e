"""Several threads at once, each with a connection of its own, and two operations in a stated order on one document."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from dinghuo.journey.invariants.queries import run_checks
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.retries import with_retries
from tests.shop import Shop

Call = Callable[[], Any]
PATIENCE_SECONDS = 60


@dataclass
class Answer:
    """What a call returned, or what it raised."""

    value: Any = None
    fault: BaseException | None = None


def in_thread(shop: Shop, call: Call, answer: Answer, gate: threading.Barrier | None = None) -> threading.Thread:
    """A thread that makes a call for the shop's company, through retries as every caller does."""

    def work() -> None:
        try:
            with tenancy.acting_for(shop.company.id):
                connection.ensure_connection()
                if gate is not None:
                    gate.wait()
                answer.value = with_retries(call)
        except BaseException as fault:
            answer.fault = fault
        finally:
            connections.close_all()

    return threading.Thread(target=work, daemon=True)


def at_once(shop: Shop, calls: Sequence[Call]) -> list[Any]:
    """Make the calls at the same moment and return what each returned; raises what any of them raised."""
    gate = threading.Barrier(len(calls))
    answers = [Answer() for _ in calls]
    threads = [in_thread(shop, call, answer, gate) for call, answer in zip(calls, answers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "a call never came back"
    for answer in answers:
        if answer.fault is not None:
            raise answer.fault
    return [answer.value for answer in answers]


def one_after_the_other(shop: Shop, first: Call, second: Call) -> tuple[Any, Any]:
    """Make the second call while the first has done its work and not yet committed: it waits, or needs nothing of the first."""
    early, late = Answer(), Answer()
    done, commit = threading.Event(), threading.Event()

    def held_open() -> Any:
        with transaction.atomic():
            value = first()
            done.set()
            assert commit.wait(PATIENCE_SECONDS)
            return value

    threads = in_thread(shop, held_open, early), in_thread(shop, second, late)
    threads[0].start()
    assert done.wait(PATIENCE_SECONDS) or early.fault is not None, "the first call never finished"
    threads[1].start()
    wait_until_blocked(threads[1])
    commit.set()
    for thread, answer in zip(threads, (early, late), strict=True):
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "a call never came back"
        if answer.fault is not None:
            raise answer.fault
    return early.value, late.value


def wait_until_blocked(thread: threading.Thread) -> None:
    """Return when some backend of this database waits for a lock, or the thread has ended without waiting."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + PATIENCE_SECONDS
    while thread.is_alive() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(question)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)


def the_one_done(answers: Sequence[Sequence[Outcome]], *codes: str) -> Outcome:
    """The single outcome that was done among one-item answers; every other must be refused with one of the codes."""
    outcomes = [outcome for (outcome,) in answers]
    done = [outcome for outcome in outcomes if outcome.done]
    refused = [outcome.code for outcome in outcomes if not outcome.done]
    assert len(done) == 1, outcomes
    assert set(refused) <= set(codes), refused
    return done[0]


def nothing_is_broken(shop: Shop) -> None:
    """Every invariant holds for the shop's company."""
    report = run_checks(shop.company.id)
    assert report.violations == 0, [check for check in report.checks if check.violations]
