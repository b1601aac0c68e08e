"""What a run changes: its lines, its customers, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.journey.allocation.models import PolicyRun
from dinghuo.journey.allocation.rules.problem import Reason
from dinghuo.kernel import sql

CUSTOMERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that a run changes, in stock units; the amount is net, in company currency."""

    id: int
    order_id: int
    order_number: str
    position: int
    customer: str
    product: str
    wanted: Decimal
    had: Decimal
    given: Decimal
    change: Decimal
    amount: Decimal
    requested_on: date | None
    reason: int

    @property
    def reason_code(self) -> str:
        """Why the line got no more, as a code."""
        return Reason(self.reason).name.lower()


@dataclass(frozen=True, slots=True)
class ChangedCustomer:
    """What a run changes for a customer; promises are lines that are served in full."""

    customer_id: int
    customer: str
    name: str
    lines_gaining: int
    lines_losing: int
    units_gained: Decimal
    units_lost: Decimal
    amount: Decimal
    promises_won: int
    promises_lost: int


@dataclass(frozen=True, slots=True)
class RunListed:
    """A run of a policy as lists show it; `share_done` is how much of its present step is done, in per cent."""

    id: int
    policy: str
    version: int
    state: str
    posts: bool
    asked_at: datetime
    computed_at: datetime | None
    ended_at: datetime | None
    products: int
    share_done: int
    lines: int
    lines_gaining: int
    lines_losing: int
    units_gained: Decimal
    units_lost: Decimal
    inputs_hash: str
    outputs_hash: str
    proofs: list[dict[str, Any]]
    problems: list[dict[str, Any]]


def runs(*, company_id: int, before: int, count: int) -> list[RunListed]:
    """Runs, the newest first."""
    found = PolicyRun.objects.filter(company_id=company_id, id__lt=before).select_related("policy").order_by("-id")
    return [listed(run) for run in found[:count]]


def run_named(*, company_id: int, run_id: int) -> RunListed | None:
    """One run, or None."""
    found = PolicyRun.objects.filter(company_id=company_id, id=run_id).select_related("policy").first()
    return None if found is None else listed(found)


def listed(run: PolicyRun) -> RunListed:
    """A run as lists show it."""
    is_done = run.state in {"simulated", "posted"}
    return RunListed(
        id=run.pk,
        policy="" if run.policy is None else run.policy.code,
        version=1 if run.policy is None else run.policy.version,
        state=run.state,
        posts=run.posts,
        asked_at=run.asked_at,
        computed_at=run.computed_at,
        ended_at=run.ended_at,
        products=run.products,
        share_done=100 if is_done else 100 * run.products_done // max(run.products, 1),
        lines=run.lines,
        lines_gaining=run.lines_gaining,
        lines_losing=run.lines_losing,
        units_gained=run.units_gained.normalize() + 0,
        units_lost=run.units_lost.normalize() + 0,
        inputs_hash=bytes(run.inputs_hash or b"").hex(),
        outputs_hash=bytes(run.outputs_hash or b"").hex(),
        proofs=run.proofs,
        problems=run.problems,
    )


def changed_lines(*, company_id: int, run_id: int, only: str = "all", after: int = 0, count: int) -> list[ChangedLine]:
    """The lines that a run changes, by id: those who gain, those who lose, or all."""
    return sql.rows(
        "allocation/run_difference", ChangedLine, company_id=company_id, run_id=run_id, which=only, after=after, count=count
    )


def changed_customers(*, company_id: int, run_id: int, count: int = CUSTOMERS_MAX) -> list[ChangedCustomer]:
    """What a run changes by customer, whoever loses most money first."""
    return sql.rows("allocation/run_by_customer", ChangedCustomer, company_id=company_id, run_id=run_id, count=count)
