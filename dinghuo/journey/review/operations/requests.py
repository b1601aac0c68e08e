"""What the matrix asks for orders that pass their rules, and whether approvals given before still hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dinghuo.journey.review.models import ApprovalRequest, RequestState
from dinghuo.journey.review.operations.matrix import BandInForce, bands_in_force
from dinghuo.journey.review.rules.approval import Band, fingerprint, roles_for, why_void
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.journal import Happened, as_json
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What the matrix looks at: gross in company currency, margin as a share of net."""

    order_id: int
    number: str
    version: int
    amount: Decimal
    margin: Decimal
    customer_class: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an approval of an order is about, as it stands."""

    order_id: int
    snapshot: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LiveRequest:
    """The approvals that an order waits for, or has."""

    id: int
    order_id: int
    state: str
    snapshot: Mapping[str, Any]
    snapshot_hash: str
    roles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that needs approvals of these roles."""

    facts: ApprovalFacts
    roles: Sequence[str]
    snapshot: Mapping[str, Any]


def ask_for_approvals(act: Act, order_ids: Sequence[int]) -> dict[int, bool]:
    """Which of these orders must wait for approval, and whether that is news; the others may go on.

    An approval from before holds as long as nothing got worse and it covers the roles asked for now; else it is void and a new
    one is asked for. A fixed number of statements; one without a matrix. The orders must be locked.
    """
    in_force = bands_in_force(act) if order_ids else []
    if not in_force:
        return {}
    bands = [row.band for row in in_force]
    facts = sql.rows("review/approval_facts", ApprovalFacts, company_id=act.company_id, order_ids=list(order_ids))
    needed = {row.order_id: roles for row in facts if (roles := roles_of(bands, row))}
    live = {row.order_id: row for row in live_requests(act, order_ids)}
    snapshots = snapshots_of(act, list(needed))

    void: list[tuple[LiveRequest, list[str]]] = []
    waiting: dict[int, bool] = {}
    asked: list[Asked] = []
    for row in facts:
        request, roles = live.get(row.order_id), needed.get(row.order_id, [])
        worse = reasons_against(request, roles, snapshots.get(row.order_id), in_force[0].quantity_tolerance) if request else []
        if request and worse:
            void.append((request, worse))
        if roles and (request is None or worse):
            asked.append(Asked(row, roles, snapshots[row.order_id]))
            waiting[row.order_id] = True
        elif roles and request and request.state == RequestState.OPEN:
            waiting[row.order_id] = False

    void_requests(act, void)
    open_requests(act, in_force[0], asked)
    return waiting


def roles_of(bands: Sequence[Band], facts: ApprovalFacts) -> list[str]:
    """The roles that the matrix asks to approve an order."""
    return roles_for(bands, amount=facts.amount, margin=facts.margin, customer_class=facts.customer_class)


def live_requests(act: Act, order_ids: Sequence[int]) -> list[LiveRequest]:
    """The requests of orders that are open or approved."""
    return sql.rows("review/live_requests", LiveRequest, company_id=act.company_id, order_ids=list(order_ids))


def snapshots_of(act: Act, order_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What an approval would be bound to, by order."""
    found = sql.rows("review/order_snapshots", Snapshot, company_id=act.company_id, order_ids=list(order_ids))
    return {row.order_id: row.snapshot for row in found}


def reasons_against(
    request: LiveRequest, roles: Sequence[str], snapshot: Mapping[str, Any] | None, tolerance: Decimal
) -> list[str]:
    """Why a request from before no longer serves, or none."""
    if snapshot is None:
        # An approval that is not needed any more does no harm; one that is still waited for would.
        return ["not_needed"] if request.state == RequestState.OPEN else []
    if not set(roles) <= set(request.roles):
        return ["more_approvers"]
    if fingerprint(snapshot) == request.snapshot_hash:
        return []
    return why_void(request.snapshot, snapshot, quantity_tolerance=tolerance)


def void_requests(act: Act, void: Sequence[tuple[LiveRequest, Sequence[str]]]) -> None:
    """Take approvals back, with the reasons on record."""
    because = {request.id: " ".join(reasons) for request, reasons in void}
    also = {"closed_at": act.at, "void_because": because}
    states.move(ApprovalRequest, company_id=act.company_id, ids=list(because), to=RequestState.VOID, also=also)
    happened = [Happened(request.order_id, request.order_id, {"reasons": list(reasons)}) for request, reasons in void]
    journal.record(act, "ApprovalVoided", "sales_order", happened)


def close_requests(act: Act, request_ids: Sequence[int], state: str) -> None:
    """Move requests to the state in which people's decisions end them."""
    states.move(ApprovalRequest, company_id=act.company_id, ids=list(request_ids), to=state, also={"closed_at": act.at})


def open_requests(act: Act, band: BandInForce, asked: Sequence[Asked]) -> None:
    """Ask for approvals, the first step of each order at once."""
    if not asked:
        return
    steps = [(one.facts.order_id, position, role) for one in asked for position, role in enumerate(one.roles, 1)]
    sql.execute(
        "review/open_requests",
        company_id=act.company_id,
        matrix_id=band.matrix_id,
        at=act.at,
        due_at=act.at + timedelta(hours=band.escalate_after_hours),
        order_ids=[one.facts.order_id for one in asked],
        versions=[one.facts.version for one in asked],
        amounts=[one.facts.amount for one in asked],
        margins=[one.facts.margin for one in asked],
        classes=[one.facts.customer_class for one in asked],
        snapshots=[as_json(one.snapshot) for one in asked],
        digests=[fingerprint(one.snapshot) for one in asked],
        step_order_ids=[order_id for order_id, _, _ in steps],
        positions=[position for _, position, _ in steps],
        roles=[role for _, _, role in steps],
    )
    happened = [Happened(one.facts.order_id, one.facts.order_id, {"roles": list(one.roles)}) for one in asked]
    journal.record(act, "ApprovalAsked", "sales_order", happened)
