"""Runs of a policy: asked for, computed slice by slice, and dropped. Posting them is `posting`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from dinghuo.journey.allocation.definitions import FaultyPolicy
from dinghuo.journey.allocation.models import PolicyRun, PolicyRunProduct, PolicySchedule
from dinghuo.journey.allocation.operations.deciding import HASH_BYTES, Judge, Kept, Sums, decide
from dinghuo.journey.allocation.operations.gathering import Gathered, Question, gather, network, questions
from dinghuo.journey.allocation.operations.policies import policy_in_force, understood
from dinghuo.journey.allocation.rules.problem import Policy
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

# So many lines are decided in one transaction: what is done is seen, and a run can be stopped between two.
SLICE_LINES = 5_000
# A run that nobody has worked on for so long was left by a worker that died, and may be taken up.
LEFT_AFTER = timedelta(minutes=2)
PROBLEMS_KEPT = 50

Clock = Callable[[], datetime]


def now() -> datetime:
    """The moment, for the marks that tell a run at work from one that was left."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Count:
    lines: int


@transaction.atomic
def ask_run(*, act: Act, policy_code: str = "", posts: bool = False) -> Outcome:
    """Ask for a run of a policy, the default one without a code; `posts` has it posted as soon as it is computed.

    Refuses `unknown_policy`, and what the policy refuses now that its codes are looked up again. The outcome's document is the run.
    """
    policy = policy_in_force(act, policy_code) if policy_code else None
    if policy_code and policy is None:
        return Outcome(id=0, code="unknown_policy", facts={"policy": policy_code})
    definition = {} if policy is None else policy.definition
    try:
        understood(act, definition)
    except FaultyPolicy as fault:
        return Outcome(id=0, code=fault.code, facts=fault.facts)
    run = PolicyRun.objects.create(
        company_id=act.company_id,
        policy=policy,
        definition=definition,
        posts=posts,
        asked_at=act.at,
        asked_by_id=act.actor_id,
        decided_on=act.on,
    )
    facts = {"policy": policy_code, "version": 1 if policy is None else policy.version, "posts": posts}
    journal.record(act, "PolicyRunAsked", "policy_run", [Happened(run.pk, facts=facts)])
    return Outcome(id=run.pk, document_id=run.pk)


def compute_run(*, act: Act, run_id: int, clock: Clock = now) -> Outcome:
    """Compute a run that was asked for, on one look at the tables; many short transactions, the last makes it `simulated`.

    Facts of a run done: lines, gaining, losing and problems. Refused: not_found, not_asked when somebody else computes it or it
    was dropped meanwhile. A run that was left in the middle goes on with the products that are still missing.
    """
    refused = _claim(act, run_id, clock)
    if refused is not None:
        return refused
    run = _run(act, run_id)
    policy = understood_of(act, run)
    with transaction.atomic():
        gathered = gather(act, policy, run.decided_on)
        judge = Judge.of(policy, network(act))
        done = set(PolicyRunProduct.objects.filter(policy_run_id=run_id).values_list("product_id", flat=True))
        known = PolicyRun.objects.filter(company_id=act.company_id, id=run_id, state="computing")
        known.update(products=len(gathered), worked_at=clock())
    waiting = [product for product in gathered if product.product_id not in done]
    del gathered
    proved = 0
    for part in slices(questions(waiting, policy, run.decided_on.toordinal())):
        sums, kept = Sums(proved=proved), Kept()
        for question in part:
            decide(question, judge, sums, kept)
        proved = sums.proved
        if not _write_slice(act, run_id, sums, kept, clock):
            return Outcome(id=run_id, code="not_asked", facts={"state": _run(act, run_id).state})
    return _finish(act, run_id)


@transaction.atomic
def drop_run(*, act: Act, run_id: int) -> Outcome:
    """Drop a run that was not posted, or stop one that is being computed; nothing was changed by it.

    Refuses `not_found` and `not_to_be_dropped` (posted, being posted or dropped already; facts: state).
    """
    run = _locked(act, run_id)
    if run is None:
        return missing([run_id], [])[0]
    if run.state not in {"asked", "computing", "simulated"}:
        return Outcome(id=run_id, code="not_to_be_dropped", facts={"state": run.state})
    states.move(PolicyRun, company_id=act.company_id, ids=[run_id], to="dropped", also={"ended_at": act.at})
    journal.record(act, "PolicyRunDropped", "policy_run", [Happened(run_id)])
    return Outcome(id=run_id)


@transaction.atomic
def ask_due_runs(*, act: Act, hour: int) -> list[Outcome]:
    """Ask for the runs that schedules want by now, each once a day; `hour` is the company's. Refused schedules are returned too."""
    due = PolicySchedule.objects.select_for_update(no_key=True, of=("self",)).filter(
        Q(last_ran_on=None) | Q(last_ran_on__lt=act.on),
        company_id=act.company_id,
        ended_at=None,
        hour__lte=hour,
        weekdays__contains=str(act.on.isoweekday()),
    )
    outcomes = []
    for schedule in due.order_by("id"):
        outcomes.append(ask_run(act=act, policy_code=schedule.policy_code, posts=schedule.posts))
    due.update(last_ran_on=act.on)
    return outcomes


@transaction.atomic
def waiting_lines(*, act: Act, most: int) -> int:
    """How many lines a run would decide about, counted up to `most`: a small run can be computed while its caller waits."""
    (found,) = sql.rows("allocation/count_waiting_lines", _Count, company_id=act.company_id, most=most)
    return found.lines


@transaction.atomic
def runs_to_work_on(*, act: Act, clock: Clock = now) -> list[PolicyRun]:
    """The runs that wait to be computed or posted, and those that were left in the middle, oldest first."""
    found = PolicyRun.objects.filter(company_id=act.company_id, state__in=["asked", "computing", "posting"])
    return [run for run in found.order_by("id") if run.state == "asked" or is_left(run, clock)]


def is_left(run: PolicyRun, clock: Clock) -> bool:
    """Whether nobody has worked on a run for so long that whoever did must be gone."""
    return run.worked_at is None or run.worked_at < clock() - LEFT_AFTER


def understood_of(act: Act, run: PolicyRun) -> Policy:
    """The policy of a run, its codes looked up."""
    with transaction.atomic():
        return understood(act, run.definition)


def slices(asked: Iterator[Question]) -> Iterator[Sequence[Question]]:
    """Questions in parts of about SLICE_LINES lines; a question is never split."""
    part: list[Question] = []
    lines = 0
    for question in asked:
        part.append(question)
        lines += len(question.problem.demands)
        if lines >= SLICE_LINES:
            yield part
            part, lines = [], 0
    if part:
        yield part


def versions(gathered: Sequence[Gathered]) -> dict[int, bytes]:
    """The version of each product as it was read."""
    return {product.product_id: product.version for product in gathered}


@transaction.atomic
def _write_slice(act: Act, run_id: int, sums: Sums, kept: Kept, clock: Clock) -> bool:
    """Keep what was decided about some products; False when the run was stopped meanwhile."""
    run = _locked(act, run_id)
    if run is None or run.state != "computing":
        return False
    kept.write(act, run_id)
    _add(act, run, sums, clock)
    return True


def _add(act: Act, run: PolicyRun, sums: Sums, clock: Clock) -> None:
    """Add a slice to the run's own sums."""
    proofs: dict[str, dict[str, Any]] = {proof["name"]: dict(proof) for proof in run.proofs}
    for name, count in sums.checked.items():
        proof = proofs.setdefault(name, {"name": name, "checked": 0, "broken": 0})
        proof["checked"] += count
        proof["broken"] += sums.broken[name]
    breaches = next((dict(problem) for problem in run.problems if problem["code"] == "promise_broken"), None)
    if sums.breached:
        breaches = breaches or {"code": "promise_broken", "count": 0, "lines": []}
        breaches["count"] += sums.breached
        breaches["lines"] = (breaches["lines"] + sums.breaches)[:PROBLEMS_KEPT]
    PolicyRun.objects.filter(company_id=act.company_id, id=run.pk).update(
        products_done=F("products_done") + sums.products,
        lines=F("lines") + sums.lines,
        lines_gaining=F("lines_gaining") + sums.gaining,
        lines_losing=F("lines_losing") + sums.losing,
        units_gained=F("units_gained") + sums.gained,
        units_lost=F("units_lost") + sums.lost,
        inputs_hash=mixed(bytes(run.inputs_hash or b""), sums.inputs),
        outputs_hash=mixed(bytes(run.outputs_hash or b""), sums.outputs),
        proofs=sorted(proofs.values(), key=lambda proof: str(proof["name"])),
        problems=[] if breaches is None else [breaches],
        worked_at=clock(),
    )


def mixed(so_far: bytes, more: int) -> bytes:
    """A hash with that of another part mixed in; the order of parts does not matter."""
    return (int.from_bytes(so_far) ^ more).to_bytes(HASH_BYTES)


def _finish(act: Act, run_id: int) -> Outcome:
    """Mark a run as computed."""
    with transaction.atomic():
        run = _locked(act, run_id)
        if run is None or run.state != "computing":
            return Outcome(id=run_id, code="not_asked", facts={"state": None if run is None else run.state})
        broken = [proof["name"] for proof in run.proofs if proof["broken"]]
        problems = [*run.problems, *([{"code": "proof_failed", "proofs": broken}] if broken else [])]
        PolicyRun.objects.filter(company_id=act.company_id, id=run_id).update(problems=problems, worked_at=None)
        states.move(PolicyRun, company_id=act.company_id, ids=[run_id], to="simulated", also={"computed_at": act.at})
        facts: Mapping[str, Any] = {
            "lines": run.lines,
            "gaining": run.lines_gaining,
            "losing": run.lines_losing,
            "problems": [problem["code"] for problem in problems],
        }
        journal.record(act, "PolicyRunComputed", "policy_run", [Happened(run_id, facts=facts)])
        return Outcome(id=run_id, document_id=run_id, facts=facts)


@transaction.atomic
def _claim(act: Act, run_id: int, clock: Clock) -> Outcome | None:
    """Take a run up, unless somebody else is at it; returns the refusal."""
    run = _locked(act, run_id)
    if run is None:
        return missing([run_id], [])[0]
    if run.state == "asked":
        states.move(PolicyRun, company_id=act.company_id, ids=[run_id], to="computing", also={"worked_at": clock()})
        return None
    if run.state == "computing" and is_left(run, clock):
        PolicyRun.objects.filter(company_id=act.company_id, id=run_id).update(worked_at=clock())
        return None
    return Outcome(id=run_id, code="not_asked", facts={"state": run.state})


@transaction.atomic
def _run(act: Act, run_id: int) -> PolicyRun:
    return PolicyRun.objects.get(company_id=act.company_id, id=run_id)


def _locked(act: Act, run_id: int) -> PolicyRun | None:
    return PolicyRun.objects.select_for_update(no_key=True, of=("self",)).filter(company_id=act.company_id, id=run_id).first()
