"""Who must approve an order, what an approval is bound to and when it is void, as pure functions. Rule: docs/rules/approval.md."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from dinghuo.kernel.journal import as_json

BANDS_MAX = 60
HOURS_MAX = 720
LEVEL_MAX = 2
ANY_CLASS = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A cell of the matrix: amounts over one bound up to another, margins from one bound to below another; None is an open end."""

    roles: Sequence[str] = ()
    amount_over: Decimal | None = None
    amount_up_to: Decimal | None = None
    margin_from: Decimal | None = None
    margin_below: Decimal | None = None
    customer_class: str = ANY_CLASS

    @property
    def is_empty(self) -> bool:
        """Whether no amount or no margin can lie in it."""
        amounts, margins = (self.amount_over, self.amount_up_to), (self.margin_from, self.margin_below)
        return any(low is not None and high is not None and low >= high for low, high in (amounts, margins))

    def holds(self, amount: Decimal, margin: Decimal) -> bool:
        """Whether an amount and margin lie in it: its upper amount is inside, its upper margin is not."""
        return (
            (self.amount_over is None or amount > self.amount_over)
            and (self.amount_up_to is None or amount <= self.amount_up_to)
            and (self.margin_from is None or margin >= self.margin_from)
            and (self.margin_below is None or margin < self.margin_below)
        )


@dataclass(frozen=True, slots=True)
class MatrixDraft:
    """A matrix as asked for; `deputies` names a user id by role, `quantity_tolerance` is a share between 0 and 1."""

    bands: Sequence[Band]
    escalate_after_hours: int = 4
    quantity_tolerance: Decimal = Decimal(1)
    bars_sales_person: bool = False
    deputies: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a matrix is refused, with the band at fault."""

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DelegationDraft:
    """A role lent by one user to another, days included on both ends."""

    from_user_id: int
    to_user_id: int
    role: str
    from_on: date
    until_on: date
    reason: str


def fault_in_matrix(draft: MatrixDraft, approvers: Collection[str]) -> Fault | None:
    """The first thing wrong with a matrix: `malformed`, `unknown_role`, `bands_overlap`, `bands_leave_gap`; None for a sound one.

    Each class that a band names must be covered by its own bands, and the classes that none names by those of the empty class:
    every amount and margin lies in exactly one.
    """
    fault = fault_in_settings(draft) or fault_in_roles(draft, approvers)
    if fault is not None:
        return fault
    for customer_class in sorted({ANY_CLASS, *(band.customer_class for band in draft.bands)}):
        fault = fault_in_class(draft.bands, customer_class)
        if fault is not None:
            return fault
    return None


def fault_in_settings(draft: MatrixDraft) -> Fault | None:
    """What is wrong with a matrix but for its roles and how its bands meet, or None."""
    if not 0 < len(draft.bands) <= BANDS_MAX:
        return Fault("malformed", {"column": "bands", "message": f"A matrix has between 1 and {BANDS_MAX} bands."})
    if not 0 <= draft.quantity_tolerance <= 1:
        return Fault("malformed", {"column": "quantity_tolerance", "message": "The tolerance is a share between 0 and 1."})
    if not 1 <= draft.escalate_after_hours <= HOURS_MAX:
        message = f"A step waits for between 1 and {HOURS_MAX} hours."
        return Fault("malformed", {"column": "escalate_after_hours", "message": message})
    for position, band in enumerate(draft.bands, 1):
        if band.is_empty:
            return Fault("malformed", {"column": "bands", "band": position, "message": "The band's end is not above its start."})
    return None


def fault_in_roles(draft: MatrixDraft, approvers: Collection[str]) -> Fault | None:
    """The first band, or deputy, of a role that may not approve, or None."""
    for position, band in enumerate(draft.bands, 1):
        for role in band.roles:
            if role not in approvers:
                return Fault("unknown_role", {"band": position, "role": role})
    for role in draft.deputies:
        if role not in approvers:
            return Fault("unknown_role", {"column": "deputies", "role": role})
    return None


def fault_in_class(bands: Sequence[Band], customer_class: str) -> Fault | None:
    """Where the bands of a class overlap or leave a gap, or None: one point of every cell that their bounds cut is looked at."""
    own = [(position, band) for position, band in enumerate(bands, 1) if band.customer_class == customer_class]
    amounts = points({bound for _, band in own for bound in (band.amount_over, band.amount_up_to) if bound is not None})
    margins = points({bound for _, band in own for bound in (band.margin_from, band.margin_below) if bound is not None})
    for amount in amounts:
        for margin in margins:
            holding = [position for position, band in own if band.holds(amount, margin)]
            if len(holding) > 1:
                return Fault("bands_overlap", {"bands": holding[:2], "class": customer_class})
            if not holding:
                facts = {"class": customer_class, "amount": str(amount), "margin": str(margin)}
                return Fault("bands_leave_gap", {**nearest(own, amount), **facts})
    return None


def points(bounds: set[Decimal]) -> list[Decimal]:
    """One value on each bound, between each two, below the first and above the last."""
    if not bounds:
        return [Decimal(0)]
    found = sorted(bounds)
    between = [(low + high) / 2 for low, high in pairwise(found)]
    return sorted([found[0] - 1, *found, *between, found[-1] + 1])


def nearest(own: Sequence[tuple[int, Band]], amount: Decimal) -> dict[str, Any]:
    """The last band that ends before an amount of nobody's, the first one when none does; nothing for a class without bands."""
    before = [position for position, band in own if band.amount_up_to is not None and band.amount_up_to < amount]
    if not own:
        return {}
    return {"band": before[-1] if before else own[0][0]}


def roles_for(bands: Sequence[Band], *, amount: Decimal, margin: Decimal, customer_class: str) -> list[str]:
    """The roles that approve an order, in order; a class without bands of its own is judged by the empty class."""
    named = {band.customer_class for band in bands}
    wanted = customer_class if customer_class in named else ANY_CLASS
    (band,) = [band for band in bands if band.customer_class == wanted and band.holds(amount, margin)]
    return list(band.roles)


def fingerprint(snapshot: Mapping[str, Any]) -> str:
    """The SHA-256 of what an approval is about, as hexadecimal digits; the order of keys does not matter."""
    in_order = {key: snapshot[key] for key in sorted(snapshot)}
    return hashlib.sha256(as_json(in_order).encode()).hexdigest()


def why_void(approved: Mapping[str, Any], now: Mapping[str, Any], *, quantity_tolerance: Decimal) -> list[str]:
    """What has got worse since an approval, none when it still holds.

    `customer`, `address`, `terms`, `amount`, `lines`, `price` and `quantity` are the reasons. A quantity that falls by no more than
    the tolerance, a higher price that leaves the amount where it was and earlier payment keep the approval. Source: E3.3, 9,900
    approved and edited to 10,100 is void.
    """
    reasons = []
    if approved["customer"] != now["customer"]:
        reasons.append("customer")
    if approved["ship_to"] != now["ship_to"]:
        reasons.append("address")
    if now["payment_terms_days"] > approved["payment_terms_days"]:
        reasons.append("terms")
    if Decimal(now["amount"]) > Decimal(approved["amount"]):
        reasons.append("amount")
    return reasons + worse_lines(approved["lines"], now["lines"], quantity_tolerance)


def worse_lines(approved: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], tolerance: Decimal) -> list[str]:
    """What has got worse in the lines and charges: a lower price, a line that was not there, a quantity changed too far."""
    before = {line["line"]: line for line in approved}
    left = {line["line"]: line for line in now}
    reasons = set()
    for key, line in left.items():
        old = before.get(key)
        if old is None or old["product"] != line["product"]:
            reasons.add("lines")
        elif Decimal(line["price"]) < Decimal(old["price"]):
            reasons.add("price")
    for key, line in before.items():
        was = Decimal(line["quantity"])
        quantity = Decimal(left[key]["quantity"]) if key in left else Decimal(0)
        if quantity > was or was - quantity > was * tolerance:
            reasons.add("quantity")
    return sorted(reasons)


@dataclass(frozen=True, slots=True)
class Authority:
    """By what right somebody may decide a step: `granted_by_id` lent the role, else it is his; `level` is the escalation used."""

    granted_by_id: int | None
    level: int


@dataclass(frozen=True, slots=True)
class Approver:
    """What a person may act as on a day: own roles, and roles lent, each with the lender."""

    user_id: int
    roles: Collection[str]
    lent: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What decides who may decide a step: its role, how far it was escalated, and who is kept out of this order."""

    role: str
    level: int
    next_role: str
    deputy_id: int | None
    barred: Collection[int]


def authority_for(person: Approver, step: StepFacts) -> Authority | str:
    """By what right a person may decide a step, or the code of the refusal: `four_eyes` or `lacks_role`.

    Who is barred may not lend his role either: otherwise a creator could approve by another's hand.
    """
    if person.user_id in step.barred:
        return "four_eyes"
    if step.role in person.roles:
        return Authority(None, 0)
    lenders = [lender for role, lender in person.lent if role == step.role]
    for lender in lenders:
        if lender not in step.barred:
            return Authority(lender, 0)
    if step.level >= 1 and step.deputy_id == person.user_id:
        return Authority(None, 1)
    if step.level >= LEVEL_MAX and step.next_role in person.roles:
        return Authority(None, LEVEL_MAX)
    return "four_eyes" if lenders else "lacks_role"
