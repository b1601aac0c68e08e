"""Posting a run: lines are made to have what it decided, a slice after the other, while everybody else goes on working."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from dinghuo.journey.allocation.models import AllocationRun, PolicyRun, PolicyRunProduct
from dinghuo.journey.allocation.operations.gathering import gather
from dinghuo.journey.allocation.operations.runs import Clock, is_left, now, understood_of, versions
from dinghuo.journey.allocation.rules.problem import Reason
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Product

# So many lines are posted in one transaction: whoever wants one of their orders or products waits for no more.
SLICE_LINES = 1_000
PRODUCTS_TOLD = 20
EVERY_RANK = 2**31 - 1
REASON_CODES = [reason.name.lower() for reason in sorted(Reason)]


@dataclass(frozen=True, slots=True)
class _Decision:
    id: int
    product_id: int
    lines: int


@dataclass(frozen=True, slots=True)
class _Overtaken:
    id: int
    product_id: int


@dataclass(frozen=True, slots=True)
class _Id:
    id: int


@dataclass(frozen=True, slots=True)
class _Moved:
    order_id: int
    lines: int
    units: Decimal
    lines_lost: int
    units_lost: Decimal
    short: Decimal
    newly_short_line_ids: list[int]
    newly_short: list[Decimal]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is posted in one transaction: some decisions, which of their ranks, and which half of the work."""

    decisions: Sequence[_Decision]
    first: int = 0
    last: int = EVERY_RANK
    takes: bool = True
    gives: bool = True
    ends: bool = True


@transaction.atomic
def post_run(*, act: Act, run_id: int) -> Outcome:
    """Let a simulated run be posted; `finish_posting` then does it.

    Refused: not_found, not_simulated (facts: state), promise_broken and proof_failed (facts: the run's problems), inputs_changed
    when a line, an order or stock is not what it was any more (facts: how many products, and the first of them by code). Rule:
    docs/rules/allocation.md, D6.8.
    """
    run = _locked(act, run_id)
    if run is None:
        return missing([run_id], [])[0]
    if run.state != "simulated":
        return Outcome(id=run_id, code="not_simulated", facts={"state": run.state})
    for problem in run.problems:
        return Outcome(id=run_id, code=problem["code"], facts={name: fact for name, fact in problem.items() if name != "code"})
    changed = products_changed(act, run)
    if changed:
        codes = Product.objects.filter(company_id=act.company_id, id__in=changed[:PRODUCTS_TOLD]).order_by("id")
        facts = {"count": len(changed), "products": list(codes.values_list("code", flat=True))}
        return Outcome(id=run_id, code="inputs_changed", facts=facts)
    kept = AllocationRun.objects.create(
        company_id=act.company_id,
        ran_at=act.at,
        policy={"policy_run": run.pk, "definition": run.definition},
        inputs_hash=run.inputs_hash or b"",
        lines_considered=run.lines,
        lines_served=run.lines_gaining,
        lines_short=run.lines_losing,
    )
    PolicyRun.objects.filter(company_id=act.company_id, id=run_id).update(run=kept, products_done=0, worked_at=None)
    states.move(PolicyRun, company_id=act.company_id, ids=[run_id], to="posting")
    return Outcome(id=run_id, document_id=kept.pk)


def finish_posting(*, act: Act, run_id: int, clock: Clock = now) -> Outcome:
    """Post what a run decided, slice by slice; a product that somebody was faster with is left as it is and told of.

    Facts of a run done: products left out. Refused: not_found, not_posting. One that was left in the middle goes on where it was.
    """
    refused = _take_up(act, run_id, clock)
    if refused is not None:
        return refused
    while True:
        run = with_retries(_current, act, run_id)
        decisions = with_retries(_next_decisions, act, run)
        if not decisions:
            return with_retries(_finish, act, run_id)
        for piece in pieces(decisions):
            with_retries(_post_piece, act, run_id, piece, clock)


def pieces(decisions: Sequence[_Decision]) -> Iterator[Piece]:
    """Decisions in parts of about SLICE_LINES lines; one that is larger is cut: all is taken back before anything is given."""
    part: list[_Decision] = []
    lines = 0
    for decision in decisions:
        if decision.lines > SLICE_LINES:
            if part:
                yield Piece(part)
                part, lines = [], 0
            yield from cut(decision)
            continue
        if lines + decision.lines > SLICE_LINES:
            yield Piece(part)
            part, lines = [], 0
        part.append(decision)
        lines += decision.lines
    if part:
        yield Piece(part)


def cut(decision: _Decision) -> Iterator[Piece]:
    """The pieces of one decision with very many lines."""
    for takes in (True, False):
        for first in range(0, decision.lines, SLICE_LINES):
            last = min(first + SLICE_LINES, decision.lines) - 1
            yield Piece([decision], first, last, takes, not takes, ends=not takes and last == decision.lines - 1)


def products_changed(act: Act, run: PolicyRun) -> list[int]:
    """The products whose lines or stock are not what the run was computed from, by id."""
    today = versions(gather(act, understood_of(act, run), run.decided_on))
    known = PolicyRunProduct.objects.filter(company_id=act.company_id, policy_run_id=run.pk)
    then = {product_id: bytes(version) for product_id, version in known.values_list("product_id", "inputs_hash")}
    return sorted(product_id for product_id in today.keys() | then.keys() if today.get(product_id) != then.get(product_id))


@transaction.atomic
def _next_decisions(act: Act, run: PolicyRun) -> list[_Decision]:
    return sql.rows(
        "allocation/next_decisions",
        _Decision,
        company_id=act.company_id,
        run_id=run.pk,
        done=run.products_done,
        count=SLICE_LINES,
    )


@transaction.atomic
def _post_piece(act: Act, run_id: int, piece: Piece, clock: Clock) -> None:
    ids = [decision.id for decision in piece.decisions]
    asked: dict[str, Any] = {"first": piece.first, "last": piece.last, "takes": piece.takes, "gives": piece.gives}
    orders = sql.rows("allocation/orders_of_decisions", _Id, company_id=act.company_id, decision_ids=ids)
    lock_orders(company_id=act.company_id, order_ids=[order.id for order in orders], ready_in=())
    products = [decision.product_id for decision in piece.decisions]
    sql.rows("allocation/lock_levels_of_products", _Id, company_id=act.company_id, product_ids=products)

    overtaken = sql.rows("allocation/decisions_overtaken", _Overtaken, company_id=act.company_id, decision_ids=ids, **asked)

    run = _locked(act, run_id)
    assert run is not None, "a run that is being posted stays"
    out = {row.id for row in overtaken}
    moved = sql.rows(
        "allocation/post_decisions",
        _Moved,
        company_id=act.company_id,
        at=act.at,
        run_id=run.run_id,
        decision_ids=[key for key in ids if key not in out],
        reason_codes=REASON_CODES,
        **asked,
    )
    done = F("products_done") + len(ids) if piece.ends else F("products_done")
    known = PolicyRun.objects.filter(company_id=act.company_id, id=run_id)
    known.update(products_done=done, worked_at=clock(), problems=with_left_out(run.problems, overtaken))
    _record(act, moved)


def with_left_out(problems: list[dict[str, Any]], overtaken: Sequence[_Overtaken]) -> list[dict[str, Any]]:
    """A run's problems with the products added that could not be posted as decided."""
    all_of_them = sorted({*left_out(problems), *(row.product_id for row in overtaken)})
    return [{"code": "left_out", "product_ids": all_of_them}] if all_of_them else []


def left_out(problems: Sequence[Mapping[str, Any]]) -> list[int]:
    """The products that could not be posted as decided."""
    return [product_id for problem in problems if problem["code"] == "left_out" for product_id in problem["product_ids"]]


def _record(act: Act, moved: Sequence[_Moved]) -> None:
    given = [
        Happened(row.order_id, row.order_id, {"lines": row.lines, "units": row.units, "short": row.short})
        for row in moved
        if row.lines
    ]
    back = [
        Happened(row.order_id, row.order_id, {"lines": row.lines_lost, "units": row.units_lost}) for row in moved if row.lines_lost
    ]
    short = [
        Happened(line_id, row.order_id, {"short": quantity})
        for row in moved
        for line_id, quantity in zip(row.newly_short_line_ids, row.newly_short, strict=True)
    ]
    journal.record(act, "AllocationGivenBack", "sales_order", back)
    journal.record(act, "StockAllocated", "sales_order", given)
    journal.record(act, "LineShort", "sales_order_line", short)


@transaction.atomic
def _take_up(act: Act, run_id: int, clock: Clock) -> Outcome | None:
    run = _locked(act, run_id)
    if run is None:
        return missing([run_id], [])[0]
    if run.state != "posting" or not is_left(run, clock):
        return Outcome(id=run_id, code="not_posting", facts={"state": run.state})
    PolicyRun.objects.filter(company_id=act.company_id, id=run_id).update(worked_at=clock())
    return None


@transaction.atomic
def _finish(act: Act, run_id: int) -> Outcome:
    run = _locked(act, run_id)
    if run is None or run.state != "posting":
        return Outcome(id=run_id, code="not_posting", facts={"state": None if run is None else run.state})
    states.move(PolicyRun, company_id=act.company_id, ids=[run_id], to="posted", also={"ended_at": act.at})
    facts = {"gaining": run.lines_gaining, "losing": run.lines_losing, "left_out": len(left_out(run.problems))}
    journal.record(act, "PolicyRunPosted", "policy_run", [Happened(run_id, facts=facts)])
    return Outcome(id=run_id, document_id=run.run_id, facts=facts)


@transaction.atomic
def _current(act: Act, run_id: int) -> PolicyRun:
    return PolicyRun.objects.get(company_id=act.company_id, id=run_id)


def _locked(act: Act, run_id: int) -> PolicyRun | None:
    return PolicyRun.objects.select_for_update(no_key=True, of=("self",)).filter(company_id=act.company_id, id=run_id).first()
