"""Who bears an API token: a user of one company, with the rights that its role and the token's scopes have in common.

A token is `dh_` and 43 random characters; only its SHA-256 is kept, so that a copy of the database lets nobody in.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from dinghuo.kernel import sql, tenancy
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.access import PERMISSIONS, SIGNED_IN, MemberRequest, allowed

PREFIX: Final = "dh_"
TOKEN_LENGTH_MAX: Final = 100


class Denied(Refused):
    """The token's role or scopes do not allow this (HTTP 403)."""

    code = "denied"
    status = 403


class ApiRequest(MemberRequest):
    """A request by token: for whom it acts, whose documents alone it may see, and which orders it moved."""

    bearer: "Bearer"
    only_customer: int | None
    moved: Sequence[int]


@dataclass(frozen=True, slots=True)
class Bearer:
    """The user, company and rights that a token stands for; names, time zone and currency are the company's."""

    token_id: int
    scopes: Sequence[str]
    user_id: int
    username: str
    company_id: int
    company_code: str
    name: str
    name_zh: str
    time_zone: str
    currency: str
    roles: Sequence[str]
    customer_id: int | None

    def may(self, permission: str) -> bool:
        """Whether both a role of the user and the token's scopes have the permission."""
        if permission == SIGNED_IN:
            return True
        return permission in self.scopes and any(allowed(role, permission) for role in self.roles)

    @property
    def permissions(self) -> list[str]:
        """Everything that the token may do."""
        return [permission for permission in PERMISSIONS if self.may(permission)]


def new_token() -> str:
    """A token that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def bearer_of(token: str, *, at: datetime) -> Bearer | None:
    """Who bears a token at a moment, or None when it opens nothing."""
    if not token.startswith(PREFIX) or not token.isascii() or len(token) > TOKEN_LENGTH_MAX:
        return None
    with tenancy.acting_for(None):
        found = sql.rows("reference/bearer_of_token", Bearer, token_hash=hash_of(token), at=at)
    return found[0] if found else None


class BearerToken(HttpBearer):
    """Lets a request in whose token has one of the permissions; with none given, nobody."""

    def __init__(self, needs: Sequence[str] = ()) -> None:
        super().__init__()
        self.needs = tuple(needs)

    def authenticate(self, request: HttpRequest, token: str) -> Bearer | None:
        """Settle for whom the request acts; None answers 401, Denied 403."""
        now = timezone.now()
        bearer = bearer_of(token, at=now)
        if bearer is None:
            return None
        granted = [permission for permission in self.needs if bearer.may(permission)]
        if not granted:
            raise Denied("This token may not do that.", needs=list(self.needs))
        is_customer = granted[0].startswith("portal.")
        assert not is_customer or bearer.customer_id is not None, "a customer's member names its customer"
        on = now.astimezone(ZoneInfo(bearer.time_zone)).date()
        settled: Mapping[str, object] = {
            "bearer": bearer,
            "act": Act(company_id=bearer.company_id, at=now, on=on, actor_id=bearer.user_id),
            "only_customer": bearer.customer_id if is_customer else None,
            "moved": (),
        }
        vars(request).update(settled)
        structlog.contextvars.bind_contextvars(user_id=bearer.user_id, company_id=bearer.company_id)
        return bearer
