"""What the worker does for runs of policies: asks for those that are due, computes and posts what was asked for."""

from zoneinfo import ZoneInfo

from django.db import transaction

from dinghuo.journey.allocation.definitions import FaultyPolicy
from dinghuo.journey.allocation.models import PolicyRun
from dinghuo.journey.allocation.operations.posting import finish_posting, post_run
from dinghuo.journey.allocation.operations.runs import ask_due_runs, ask_run, compute_run, drop_run, runs_to_work_on
from dinghuo.kernel.errors import Outcome, Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company

# Up to so many lines a run is computed, or posted, while its caller waits; a larger one is left to the worker.
LINES_AT_ONCE = 2_000


def work_on_runs(*, act: Act) -> list[Outcome]:
    """Bring every run as far as it goes by itself; a run that cannot be computed is dropped with the reason, and stops no other."""
    with transaction.atomic():
        zone = ZoneInfo(Company.objects.get(id=act.company_id).time_zone)
    ask_due_runs(act=act, hour=act.at.astimezone(zone).hour)
    return [work_on(act, run.pk, run.state) for run in runs_to_work_on(act=act)]


def work_on(act: Act, run_id: int, state: str) -> Outcome:
    """Compute a run and post it if that was asked for, or finish posting it."""
    if state == "posting":
        return finish_posting(act=act, run_id=run_id)
    try:
        computed = compute_run(act=act, run_id=run_id)
    except (FaultyPolicy, Refused) as fault:
        return drop_because(act, run_id, fault)
    if not computed.done or not asks_to_post(act, run_id):
        return computed
    allowed = post_run(act=act, run_id=run_id)
    return finish_posting(act=act, run_id=run_id) if allowed.done else allowed


def run_policy(*, act: Act, policy_code: str = "", posts: bool = False) -> list[Outcome]:
    """Ask for a run, compute it, and post it if wanted, all at once: for the command line and for small runs."""
    asked = ask_run(act=act, policy_code=policy_code, posts=posts)
    return [work_on(act, asked.id, "asked")] if asked.done else [asked]


@transaction.atomic
def asks_to_post(act: Act, run_id: int) -> bool:
    """Whether a run is to be posted as soon as it is computed."""
    return PolicyRun.objects.filter(company_id=act.company_id, id=run_id, posts=True).exists()


@transaction.atomic
def drop_because(act: Act, run_id: int, fault: FaultyPolicy | Refused) -> Outcome:
    """Drop a run that cannot be computed, and keep why."""
    code = fault.code if isinstance(fault, FaultyPolicy) else fault.reason
    problem = {**fault.facts, "code": code}
    PolicyRun.objects.filter(company_id=act.company_id, id=run_id).update(problems=[problem])
    drop_run(act=act, run_id=run_id)
    return Outcome(run_id, code, facts=dict(fault.facts))


def are_few(lines: int) -> bool:
    """Whether so many lines are few enough for a caller to wait for."""
    return lines <= LINES_AT_ONCE
