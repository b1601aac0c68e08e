"""The run of a replay: reads the file, finds or makes its company, and goes through the days from where it was."""

import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.db import connections, transaction

from dinghuo.exchange.models import Replay
from dinghuo.exchange.replay.days import STEPS, Today
from dinghuo.exchange.replay.masters import Masters, make_company, make_masters, read_masters
from dinghuo.exchange.replay.year import Year, read_year
from dinghuo.journey.ordering.models import OrderState, SalesOrder
from dinghuo.kernel.errors import Malformed, Refused
from dinghuo.kernel.tenancy import acting_for
from dinghuo.reference.models import Company

COMPANY_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
# Holds last at most 5 days and supply is at most 10 late, so what is open after that is a fault and not a delay.
TAIL_DAYS_MAX = 45
# A table vacuumed while empty gives foreign-key checks sequential scans; a few looks while it grows are enough.
ANALYZED_AFTER_DAYS = frozenset({0, 2, 10, 40, 120})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a replay was asked for."""

    file: Path
    company: str
    seed: int
    until: date | None


@dataclass(frozen=True, slots=True)
class Ran:
    """A replay that has come to its end."""

    company: Company
    year: Year
    replay: Replay
    peak_rss_mb: int


Report = Callable[[date, date, date], None]


def replay(asked: Asked, report: Report) -> Ran:
    """Drive a file through the company's year, or go on where an earlier run was stopped.

    `report` is told each day, with the first and last one. Raises FileRefused for a file that cannot be read (nothing is written),
    Refused `company_is_taken` for a company that is not this replay's.
    """
    refuse_a_code(asked.company)
    began = time.perf_counter()
    year = read_year(asked.file, asked.until)
    company, state, masters = find_or_make(asked, year)
    add_seconds(state, "reading", time.perf_counter() - began)
    with acting_for(company.id):
        while not state.is_finished:
            report(state.next_day, year.first_day, year.last_day)
            run_day(year, masters, state)
    return Ran(company, year, state, peak_rss_mb())


def refuse_a_code(code: str) -> None:
    """Raise Malformed for a company code that the company table does not hold."""
    if not COMPANY_CODE.fullmatch(code):
        raise Malformed("A company code has 1 to 20 letters, digits, dashes or underscores.", company=code)


def find_or_make(asked: Asked, year: Year) -> tuple[Company, Replay, Masters]:
    """The company, state and masters of this replay, made in one transaction when they are new."""
    company = Company.objects.filter(code=asked.company).first()
    if company is not None:
        with acting_for(company.id), transaction.atomic():
            state = Replay.objects.filter(company_id=company.id).first()
            same = (year.file_sha256, asked.seed, asked.until)
            if state is None or (state.file_sha256, state.seed, state.until) != same:
                raise Refused(
                    f"The company {asked.company} is there already and is not a replay of this file with this seed and end;"
                    " name another one with --company.",
                    code="company_is_taken",
                    company=asked.company,
                )
            return company, state, read_masters(company)
    with transaction.atomic():
        company = make_company(asked.company, year.file_name)
        with acting_for(company.id):
            masters = make_masters(company, year, asked.seed)
            state = Replay.objects.create(
                company_id=company.id,
                file_name=year.file_name[:300],
                file_sha256=year.file_sha256,
                seed=asked.seed,
                until=asked.until,
                next_day=year.first_day,
                last_day=year.last_day,
                seconds={},
                next_step=0,
                is_finished=False,
            )
    return company, state, masters


def run_day(year: Year, masters: Masters, state: Replay) -> None:
    """Run the steps of a day that are still to run, each with its progress in one transaction."""
    today = Today(year, masters, state.seed, state.company_id, state.next_day)
    while state.next_step < len(STEPS):
        step = STEPS[state.next_step]
        began = time.perf_counter()
        with transaction.atomic():
            refuse_a_rival(state)
            step.run(today)
            state.next_step += 1
            add_seconds(state, step.stage, time.perf_counter() - began)
            state.save(update_fields=["next_step", "seconds"])
    if (state.next_day - year.first_day).days in ANALYZED_AFTER_DAYS:
        analyze()
    with transaction.atomic():
        state.is_finished = is_at_rest(state)
        state.next_day += timedelta(days=1)
        state.next_step = 0
        state.save(update_fields=["is_finished", "next_day", "next_step"])


def refuse_a_rival(state: Replay) -> None:
    """Lock the state and see that no other run of this replay has gone on meanwhile; raises Refused `replay_is_running`."""
    now = Replay.objects.select_for_update().get(company_id=state.company_id, id=state.pk)
    if (now.next_day, now.next_step) != (state.next_day, state.next_step):
        raise Refused("Another run of this replay is going on; it will finish the year.", code="replay_is_running")


def is_at_rest(state: Replay) -> bool:
    """Whether the file's last day is over and every order has been shipped and invoiced."""
    if state.next_day < state.last_day:
        return False
    open_states = [OrderState.SUBMITTED, OrderState.HELD, OrderState.RELEASED]
    if not SalesOrder.objects.filter(company_id=state.company_id, state__in=open_states).exists():
        return True
    waited = (state.next_day - state.last_day).days
    assert waited < TAIL_DAYS_MAX, f"orders are still open {waited} days after the file's last day"
    return False


def analyze() -> None:
    """Let the planner know how large the tables have become."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def add_seconds(state: Replay, stage: str, seconds: float) -> None:
    """Add to what a stage has taken, over all runs; in memory, the caller saves."""
    state.seconds[stage] = round(state.seconds.get(stage, 0) + seconds, 6)


def peak_rss_mb() -> int:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
