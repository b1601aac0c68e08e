"""Lending a role's approvals to somebody else for some days."""

from collections.abc import Sequence

from django.db import transaction

from dinghuo.journey.review.models import Delegation
from dinghuo.journey.review.operations.matrix import RIGHT, approvers
from dinghuo.journey.review.rules.approval import DelegationDraft
from dinghuo.kernel import journal
from dinghuo.kernel.errors import Missing, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PERMISSIONS
from dinghuo.reference.models import Membership, Role


@transaction.atomic
def delegate(*, act: Act, draft: DelegationDraft) -> Outcome:
    """Lend a role's approvals to another approver for some days; several may overlap, what is lent cannot be lent on.

    Refuses `malformed`, `unknown_role`, `not_yours` (only the lender or an administrator may), `lacks_role` for a lender who does
    not have the role himself, `unknown_user` for somebody who may not approve at all.
    """
    fault = fault_in_delegation(act, draft)
    if fault is not None:
        return fault

    made = Delegation.objects.create(
        company_id=act.company_id,
        role=draft.role,
        given_by_id=draft.from_user_id,
        user_id=draft.to_user_id,
        from_on=draft.from_on,
        until_on=draft.until_on,
        reason=draft.reason,
        created_at=act.at,
        created_by_id=act.actor_id,
    )

    facts = {"role": draft.role, "from": draft.from_user_id, "to": draft.to_user_id}
    journal.record(act, "RoleDelegated", "delegation", [Happened(made.pk, facts=facts)])
    return Outcome(id=made.pk, document_id=made.pk)


def fault_in_delegation(act: Act, draft: DelegationDraft) -> Outcome | None:
    """Why a role cannot be lent like that, or None."""
    if draft.until_on < draft.from_on or draft.from_user_id == draft.to_user_id or not draft.reason.strip():
        message = "A delegation goes to somebody else, ends after it begins and has a reason."
        return Outcome(id=0, code="malformed", facts={"column": "until_on", "message": message})
    if draft.role not in {str(role) for role in PERMISSIONS[RIGHT]}:
        return Outcome(id=0, code="unknown_role", facts={"role": draft.role})
    if act.actor_id != draft.from_user_id and not has_role(act, act.actor_id, Role.ADMIN):
        return Outcome(id=0, code="not_yours", facts={"user_id": draft.from_user_id})
    if not has_role(act, draft.from_user_id, draft.role):
        return Outcome(id=0, code="lacks_role", facts={"user_id": draft.from_user_id, "role": draft.role})
    if draft.to_user_id not in approvers(act, [draft.to_user_id]):
        return Outcome(id=0, code="unknown_user", facts={"column": "to_user_id", "user_id": draft.to_user_id})
    return None


@transaction.atomic
def end_delegations(*, act: Act, delegation_ids: Sequence[int]) -> list[Outcome]:
    """Take lent roles back from now on; one that ended already stays so.

    Refuses `not_found`, and `not_yours` unless the lender or an administrator asks.
    """
    known = {
        row.pk: row
        for row in Delegation.objects.select_for_update(no_key=True)
        .filter(company_id=act.company_id, id__in=delegation_ids)
        .order_by("id")
    }
    is_admin = has_role(act, act.actor_id, Role.ADMIN)
    outcomes = [taken_back(act, key, known.get(key), is_admin=is_admin) for key in delegation_ids]
    ended = [outcome.id for outcome in outcomes if outcome.done and known[outcome.id].ended_at is None]
    Delegation.objects.filter(company_id=act.company_id, id__in=ended).update(ended_at=act.at)
    journal.record(act, "DelegationEnded", "delegation", [Happened(key) for key in ended])
    return outcomes


def taken_back(act: Act, key: int, row: Delegation | None, *, is_admin: bool) -> Outcome:
    """What becomes of one delegation that somebody wants back."""
    if row is None:
        return Outcome(id=key, code=Missing.code)
    if act.actor_id != row.given_by_id and not is_admin:
        return Outcome(id=key, code="not_yours", facts={"user_id": row.given_by_id})
    return Outcome(id=key)


def has_role(act: Act, user_id: int | None, role: str) -> bool:
    """Whether somebody is a member with a role."""
    return user_id is not None and Membership.objects.filter(company_id=act.company_id, user_id=user_id, role=role).exists()
