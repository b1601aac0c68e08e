"""Letting programs in, and shutting them out."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dinghuo.kernel.errors import Malformed, Missing, Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PERMISSIONS
from dinghuo.reference.bearers import hash_of, new_token
from dinghuo.reference.models import ApiToken, Membership


@transaction.atomic
def issue_token(*, act: Act, user_id: int, name: str, scopes: Sequence[str], expires_at: datetime | None = None) -> str:
    """Let a program act for a member of the company; the token is told once and kept as its SHA-256 alone.

    `scopes` name permissions and narrow what the member's roles allow. Raises Missing for a user who is no member, Malformed for
    a scope that there is not.
    """
    if not Membership.objects.filter(company_id=act.company_id, user_id=user_id).exists():
        raise Missing("There is no such member.", id=user_id)
    unknown = sorted(set(scopes) - set(PERMISSIONS))
    if unknown:
        raise Malformed("There is no such scope.", code="unknown_scope", column="scopes", scopes=unknown)

    token = new_token()
    ApiToken.objects.create(
        company_id=act.company_id,
        user_id=user_id,
        name=name,
        token_hash=hash_of(token),
        scopes=sorted(set(scopes)),
        created_at=act.at,
        expires_at=expires_at,
    )
    return token


@transaction.atomic
def revoke_tokens(*, act: Act, token_ids: Sequence[int]) -> list[Outcome]:
    """Shut tokens out from now on; one that is revoked already stays so. Refuses `not_found`."""
    known = set(
        ApiToken.objects.select_for_update(no_key=True)
        .filter(company_id=act.company_id, id__in=token_ids)
        .order_by("id")
        .values_list("id", flat=True)
    )
    ApiToken.objects.filter(company_id=act.company_id, id__in=known, revoked_at=None).update(revoked_at=act.at)
    return [Outcome(id=key) if key in known else Outcome(id=key, code=Missing.code) for key in token_ids]
