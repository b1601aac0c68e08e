"""The pages that say no: what happened in a sentence, and never a stack trace."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from dinghuo.kernel.errors import Missing, Refused

log = structlog.get_logger("dinghuo.web")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read."""
    log.info("refused", status=400, reason=str(exception or ""))
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that the member's roles do not open."""
    log.info("refused", status=403, reason=str(exception or ""))
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or no such document for this member."""
    log.info("refused", status=404, reason=str(exception or ""))
    return answer(request, 404)


def fault(_request: HttpRequest) -> HttpResponse:
    """Our own mistake; the request's id leads to the log line that tells it.

    Drawn without the request, since whatever failed may be what surrounds every page.
    """
    page = render_to_string("web/error.html", {"status": 500, "request_id": request_id()})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from one of our pages, or from one that has become too old."""
    log.warning("form_refused", reason=reason)
    return answer(request, 403, is_stale=True)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as a page of its own; what is missing answers like a page that does not exist."""
    if isinstance(refusal, Missing):
        return answer(request, 404)
    return answer(request, refusal.status, refusal=refusal)


def answer(request: HttpRequest, status: int, **facts: Any) -> HttpResponse:
    """The error page, with the id under which the log knows the request."""
    return render(request, "web/error.html", {"status": status, "request_id": request_id(), **facts}, status=status)


def request_id() -> str:
    """The id under which the log knows the running request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
