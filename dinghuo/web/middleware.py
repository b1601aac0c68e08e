"""What surrounds every request: a log line, the security headers, and the company it acts for."""

import re
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference import access
from dinghuo.reference.access import Member
from dinghuo.reference.models import User
from dinghuo.web import errors

Respond = Callable[[HttpRequest], HttpResponseBase]

COMPANY_KEY: Final = "company"
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
# The last part of a carrier's address is known to that carrier alone.
KEYED: Final = re.compile(r"^(/carriers/\d+/).*", re.DOTALL)
log = structlog.get_logger("dinghuo.web")


class Logged:
    """Gives each request an id, sends it back, and writes one line about how the request went."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and log it."""
        began = time.perf_counter()
        offered = request.headers.get("X-Request-Id", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        log.info(
            "request",
            method=request.method,
            path=KEYED.sub(r"\1*/", request.path),
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
        )
        return response


class Guarded:
    """Adds the headers that tell browsers what a page of this site may load and who may frame it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with the headers; a page of one's company is nobody else's to keep."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if not request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Membership:
    """Settles for whom a request acts: the signed-in user's company, its calendar's date, the user's language.

    Sets `request.membership` and `request.act`, and refuses every view that declares nothing about who may call it.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside the company."""
        user = request.user
        with ExitStack() as around:
            if isinstance(user, User):
                structlog.contextvars.bind_contextvars(user_id=user.pk)
                if user.language:
                    around.enter_context(translation.override(user.language))
                    vars(request)["LANGUAGE_CODE"] = user.language
                settle(request, user, around)
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse a view that does not say who may call it."""
        if access.declared(view) is None:
            raise PermissionDenied("this address declares nobody who may call it")
        return None

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Turn a refusal that a page let through into its page."""
        return errors.refused(request, fault) if isinstance(fault, Refused) else None


def settle(request: HttpRequest, user: User, around: ExitStack) -> None:
    """Choose the company and act for it as long as the request takes; a user of no company acts for none."""
    found = access.members(user.pk)
    member = chosen(found, request.session.get(COMPANY_KEY))
    if member is None:
        return
    now = timezone.now()
    on = now.astimezone(ZoneInfo(member.time_zone)).date()
    attributes = vars(request)
    attributes["memberships"] = found
    attributes["membership"] = member
    attributes["act"] = Act(company_id=member.company_id, at=now, on=on, actor_id=user.pk)
    structlog.contextvars.bind_contextvars(company_id=member.company_id)
    around.enter_context(tenancy.acting_for(member.company_id))
    around.enter_context(timezone.override(member.time_zone))


def chosen(found: Sequence[Member], company_id: object) -> Member | None:
    """The membership of the company that the session names, else the first, else none."""
    wanted = [member for member in found if member.company_id == company_id]
    return next(iter([*wanted, *found]), None)
