"""Keeping apart what one person must not do alone: when a role is granted, and when a duty is done."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from dinghuo.journey.review.models import DutySeparation
from dinghuo.journey.review.rules.duties import DEFAULT_PAIRS, DUTIES, PAIRS_MAX, Pair, clash_in_grant, clash_in_use
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import allowed
from dinghuo.reference.models import Company, Membership, Role, User
from dinghuo.reference.operations.users import admit_user

# The permission that lets a member do a duty.
PERMISSION_FOR: Mapping[str, str] = {
    "edit_credit_limit": "customers.write",
    "release_hold": "orders.release",
    "create_customer": "customers.write",
    "approve_order": "orders.approve",
    "take_payment": "payments.take",
    "write_off": "receivables.write_off",
}
assert set(PERMISSION_FOR) == set(DUTIES), "every duty has its permission"


@dataclass(frozen=True, slots=True)
class DutyDone:
    """A duty that a person has done for an order or its customer."""

    order_id: int
    duty: str


@transaction.atomic
def separate_duties(*, act: Act, pairs: Sequence[Pair]) -> Outcome:
    """Put a new list of incompatible duties in force; an empty one separates nothing.

    Who has both already keeps them: what he does is looked at when he does it. Refuses `unknown_duty` and `malformed`.
    """
    Company.objects.select_for_update(no_key=True).get(id=act.company_id)

    fault = fault_in_pairs(pairs)
    if fault is not None:
        return fault

    former = DutySeparation.objects.filter(company_id=act.company_id)
    newest = former.order_by("-version").values_list("version", flat=True).first()
    former.filter(retired_at=None).update(retired_at=act.at)
    made = DutySeparation.objects.create(
        company_id=act.company_id,
        version=(newest or 0) + 1,
        pairs=[asdict(pair) for pair in pairs],
        created_at=act.at,
        created_by_id=act.actor_id,
    )

    journal.record(act, "DutiesSeparated", "duty_separation", [Happened(made.pk, facts={"version": made.version})])
    return Outcome(id=made.pk, document_id=made.pk, facts={"version": made.version})


def fault_in_pairs(pairs: Sequence[Pair]) -> Outcome | None:
    """Why a list of incompatible duties is refused, or None."""
    if len(pairs) > PAIRS_MAX:
        facts = {"column": "pairs", "message": f"There are at most {PAIRS_MAX} pairs."}
        return Outcome(id=0, code="malformed", facts=facts)
    for position, pair in enumerate(pairs, 1):
        for duty in (pair.duty, pair.other):
            if duty not in DUTIES:
                return Outcome(id=0, code="unknown_duty", facts={"pair": position, "duty": duty})
        if pair.duty == pair.other or not pair.reason:
            message = "A pair names two duties and a reason."
            return Outcome(id=0, code="malformed", facts={"column": "pairs", "pair": position, "message": message})
    return None


@transaction.atomic
def admit_member(*, act: Act, name: str, password_hash: str, role: str, customer_code: str | None = None) -> User:
    """Let a person act in the company with a role, unless that would unite incompatible duties.

    An administrator's role has every duty and unites nothing new. Raises Refused `incompatible_duties`, and what `admit_user`
    raises.
    """
    # The check comes second: admitting locks the user, so of two grants at once the later one sees the earlier.
    user = admit_user(act=act, name=name, password_hash=password_hash, role=role, customer_code=customer_code)
    held = set(Membership.objects.filter(company_id=act.company_id, user=user).values_list("role", flat=True))
    if Role.ADMIN not in held:
        duties = {each: duties_of(each) for each in held}
        pair = clash_in_grant(pairs_in_force(act), role, held, duties)
        if pair is not None:
            raise Refused(
                "These duties must not be in one hand.",
                code="incompatible_duties",
                user=name,
                role=role,
                duties=[pair.duty, pair.other],
                because=pair.reason,
            )
    return user


def duties_of(role: str) -> set[str]:
    """The duties that a role may do."""
    return {duty for duty, permission in PERMISSION_FOR.items() if allowed(role, permission)}


def pairs_in_force(act: Act) -> tuple[Pair, ...]:
    """The incompatible duties in force: the usual ones until the company says otherwise."""
    found = DutySeparation.objects.filter(company_id=act.company_id, retired_at=None).values_list("pairs", flat=True).first()
    return DEFAULT_PAIRS if found is None else tuple(Pair(**pair) for pair in found)


def clashes(act: Act, duty: str, order_ids: Sequence[int]) -> dict[int, Outcome]:
    """The refusals for orders for which the person acting has done what does not go with a duty; the system itself is nobody.

    Two statements, or none for the system.
    """
    if act.actor_id is None or not order_ids:
        return {}
    pairs = pairs_in_force(act)
    asked = {"actor_id": act.actor_id, "order_ids": list(order_ids)}
    done: dict[int, set[str]] = {}
    for row in sql.rows("review/duties_done", DutyDone, company_id=act.company_id, **asked):
        done.setdefault(row.order_id, set()).add(row.duty)
    refused = {}
    for order_id, duties in done.items():
        pair = clash_in_use(pairs, duty, duties)
        if pair is not None:
            facts = {"duties": [pair.duty, pair.other], "because": pair.reason}
            refused[order_id] = Outcome(id=order_id, code="incompatible_duties", facts=facts)
    return refused
