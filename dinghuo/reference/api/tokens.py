"""Signing in by program: a token from a password, what it may do, and its end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Refused, the_only
from dinghuo.reference import access
from dinghuo.reference.access import PUBLIC, SIGNED_IN
from dinghuo.reference.bearers import ApiRequest
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company, User
from dinghuo.reference.operations import issue_token, revoke_tokens
from dinghuo.reference.routes import route
from dinghuo.reference.wire import Asked, Text

router = Router(tags=["sign-in"])

DAYS_USUAL = 30
DAYS_MAX = 365


class WrongCredentials(Refused):
    """User, password and company do not belong together (HTTP 401), whichever of them is wrong."""

    code = "wrong_credentials"
    status = 401


class TooManyAttempts(Refused):
    """Too many sign-ins from one address or for one account in a minute (HTTP 429)."""

    code = "too_many_attempts"
    status = 429


class TokenAsked(Asked):
    """Who wants a token, for which company, for how long; without scopes it may do all that the user's role allows."""

    username: Annotated[str, Text(most=254, least=1)]
    password: Annotated[str, Text(most=128, least=1)]
    company: Annotated[str, Text(most=20, least=1)] = Field(description="The company's code", examples=["DEMO"])
    name: Annotated[str, Text(most=100)] = "api"
    scopes: list[Annotated[str, Text(most=40)]] | None = Field(None, max_length=100, examples=[["orders.read", "orders.write"]])
    days: Annotated[int, Field(strict=True, ge=1, le=DAYS_MAX)] = DAYS_USUAL


@dataclass(frozen=True, slots=True)
class Token:
    """A token, told this once: send it as `Authorization: Bearer <token>`."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Me:
    """For whom the token acts, and what it may do; `customer_id` is set for a customer's user, who sees that customer's rows."""

    user_id: int
    username: str
    company_id: int
    company: str
    company_name: str
    company_name_zh: str
    currency: str
    time_zone: str
    roles: list[str]
    permissions: list[str]
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """The call did what it says."""

    done: bool = True


@route(router, "POST /token", needs=PUBLIC, status=201)
def create_token(request: ApiRequest, asked: TokenAsked) -> Token:
    """Get a token for a user of a company.

    The answer to a wrong password, an unknown user and a company that the user does not belong to is the same. Takes no
    Idempotency-Key: a token is told once and kept nowhere.
    """
    user = signed_in(request, asked.username, asked.password)
    company = Company.objects.filter(code=asked.company).first()
    member = next((row for row in access.members(user.pk) if company and row.company_id == company.id), None)
    if company is None or member is None:
        raise WrongCredentials("User, password and company do not belong together.")
    with tenancy.acting_for(company.id):
        expires_at = timezone.now() + timedelta(days=asked.days)
        scopes = [name for name in access.PERMISSIONS if member.may(name)] if asked.scopes is None else asked.scopes
        token = issue_token(
            act=act_now(company, actor_id=user.pk), user_id=user.pk, name=asked.name, scopes=scopes, expires_at=expires_at
        )
    return Token(token=token, expires_at=expires_at)


@route(router, "DELETE /token", needs=SIGNED_IN)
def revoke_token(request: ApiRequest) -> Done:
    """End the token that this call carries."""
    the_only(revoke_tokens(act=request.act, token_ids=[request.bearer.token_id]))
    return Done()


@route(router, "GET /me", needs=SIGNED_IN)
def get_me(request: ApiRequest) -> Me:
    """Tell for whom the token acts and what it may do."""
    bearer = request.bearer
    return Me(
        user_id=bearer.user_id,
        username=bearer.username,
        company_id=bearer.company_id,
        company=bearer.company_code,
        company_name=bearer.name,
        company_name_zh=bearer.name_zh,
        currency=bearer.currency,
        time_zone=bearer.time_zone,
        roles=list(bearer.roles),
        permissions=bearer.permissions,
        customer_id=bearer.customer_id,
    )


def signed_in(request: HttpRequest, username: str, password: str) -> User:
    """The user of this name and password, under the same limits as the sign-in page; raises WrongCredentials or TooManyAttempts."""
    if not ratelimit.consume(request, action="login"):
        raise TooManyAttempts("Too many sign-ins; try again in a minute.")
    adapter: Any = get_adapter(request)
    try:
        user = adapter.authenticate(request, username=username, email=username, password=password)
    except ValidationError as refused:
        raise TooManyAttempts("Too many sign-ins; try again in a minute.") from refused
    if not isinstance(user, User) or not user.is_active:
        raise WrongCredentials("User, password and company do not belong together.")
    return user
