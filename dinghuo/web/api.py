"""The root of the API: which routes there are, how errors are answered, and what runs after a write.

Under `/api/v1`: the routes of every stage, `openapi.json` and `docs`. Everything is answered in JSON, also what is not there.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.urls import URLPattern, re_path
from ninja import NinjaAPI, Router, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError

from dinghuo.exchange.bank import api as bank
from dinghuo.exchange.einvoice import api as e_invoices
from dinghuo.exchange.papers import api as papers
from dinghuo.journey import api as journey
from dinghuo.journey.allocation import api as allocation
from dinghuo.journey.allocation import count_api as counts
from dinghuo.journey.allocation import lines_api as lines
from dinghuo.journey.allocation import policies_api as policies
from dinghuo.journey.allocation import product_api as products
from dinghuo.journey.allocation import promise_api as promises
from dinghuo.journey.allocation import runs_api as allocation_runs
from dinghuo.journey.allocation import shortages_api as shortages
from dinghuo.journey.allocation import sourcing_api as sourcing
from dinghuo.journey.allocation import stock_api as stock
from dinghuo.journey.finance import ageing_api as ageing
from dinghuo.journey.finance import api as finance
from dinghuo.journey.reactions import run_after
from dinghuo.journey.review import api as review
from dinghuo.journey.review import approval_api as approvals
from dinghuo.journey.review import customer_api as customers
from dinghuo.journey.review import queue_api as review_queue
from dinghuo.journey.review import rule_api as rules
from dinghuo.journey.shipping import api as shipping
from dinghuo.journey.shipping import label_api as labels
from dinghuo.journey.tracking import api as tracking
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed, Refused
from dinghuo.kernel.retries import is_passing
from dinghuo.reference.access import PUBLIC, declare
from dinghuo.reference.api import company, places, tokens
from dinghuo.reference.bearers import BearerToken
from dinghuo.reference.routes import SAFE, problem, refused, response_of
from dinghuo.reference.wire import BODY_BYTES_MAX
from dinghuo.web.errors import request_id

log = structlog.get_logger("dinghuo.api")

ABOUT: Final = """\
Everything that the pages can do, for programs. Get a token from `POST /api/v1/token` and send it with every call as
`Authorization: Bearer <token>`.

* Decimals are strings, dates are ISO 8601, moments are UTC.
* Lists come in pages: ask again with `cursor` set to the `next` of the page before, until it is null.
* Send an `Idempotency-Key` with every unsafe call: a repeat then gets the first reply, byte for byte, and does nothing.
* Refusals are 409 with a code and the facts; input that is not as described is 422 and names line and column.
"""

ROUTERS: Final[Sequence[Router]] = (
    tokens.router,
    company.router,
    # The routes of customers, with the change that looks at duties.
    customers.router,
    # The routes of products, with the change that looks at stock.
    products.router,
    places.router,
    # Ordering's router, with the routes that move an order across the stages.
    journey.router,
    review.router,
    approvals.router,
    review_queue.router,
    rules.router,
    allocation.router,
    policies.router,
    allocation_runs.router,
    lines.router,
    stock.router,
    counts.router,
    promises.router,
    sourcing.router,
    shortages.router,
    shipping.router,
    # With the routes of what carriers say.
    labels.router,
    finance.router,
    ageing.router,
    bank.router,
    tracking.router,
    papers.router,
    e_invoices.router,
)

# What the database says when a number or a day that passed the checks grows beyond its column on the way.
OUT_OF_RANGE: Final = frozenset({"22003", "22008"})
ERRORS_TOLD: Final = 20

api = NinjaAPI(
    title="Dinghuo",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": True, "defaultModelsExpandDepth": 0}),
    # A route that forgot to say who may call it lets nobody in.
    auth=BearerToken(),
)
for _router in ROUTERS:
    api.add_router("", _router)


class TooLarge(Refused):
    """The body is larger than 10 MB (HTTP 413)."""

    code = "body_too_large"
    status = 413


class NotJson(Refused):
    """The body says that it is something else than JSON (HTTP 415)."""

    code = "unsupported_media_type"
    status = 415


class MethodNotAllowed(Refused):
    """The address is there, but not for this method (HTTP 405)."""

    code = "method_not_allowed"
    status = 405


@api.exception_handler(Refused)
def on_refusal(_request: HttpRequest, refusal: Exception) -> HttpResponse:
    """A refusal in its shape; one whose twin is still at work may be repeated at once."""
    assert isinstance(refusal, Refused)
    return response_of(refused(refusal), again_after=1 if refusal.reason == "still_running" else None)


@api.exception_handler(ValidationError)
def on_malformed(_request: HttpRequest, fault: Exception) -> HttpResponse:
    """What does not fit the schema, with the field, and the line and column where there are any."""
    assert isinstance(fault, ValidationError)
    told = [told_of(error) for error in fault.errors[:ERRORS_TOLD]]
    first = {name: value for name, value in told[0].items() if name != "message"}
    message = f"{told[0]['field']}: {told[0]['message']}."
    return response_of(problem(Malformed.status, Malformed.code, message, {**first, "errors": told}))


@api.exception_handler(AuthenticationError)
def on_stranger(_request: HttpRequest, _fault: Exception) -> HttpResponse:
    """A call without a token that opens anything."""
    response = response_of(problem(401, "unauthenticated", "Send a valid token as Authorization: Bearer."))
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def on_unreadable(_request: HttpRequest, _fault: Exception) -> HttpResponse:
    """A body that is no JSON text."""
    return response_of(problem(Malformed.status, "malformed_json", "The body is not valid JSON."))


@api.exception_handler(UnreadablePostError)
def on_broken_body(_request: HttpRequest, _fault: Exception) -> HttpResponse:
    """A body that broke off on its way."""
    return response_of(problem(Malformed.status, "body_broken_off", "The body could not be read to its end."))


@api.exception_handler(SuspiciousOperation)
def on_suspicious(_request: HttpRequest, _fault: Exception) -> HttpResponse:
    """A request that Django will not read, such as one with 20,001 parameters."""
    return response_of(problem(Malformed.status, "malformed_request", "The request cannot be read."))


@api.exception_handler(Http404)
def on_nothing(_request: HttpRequest, _fault: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    return response_of(problem(404, "no_such_route", "There is no such address; see /api/v1/openapi.json."))


@api.exception_handler(DataError)
def on_out_of_range(request: HttpRequest, fault: Exception) -> HttpResponse:
    """A sum or a day that no column holds comes from the input; any other such error is ours."""
    if getattr(fault.__cause__, "sqlstate", None) in OUT_OF_RANGE:
        return response_of(problem(Malformed.status, "out_of_range", "The numbers come to more than can be kept."))
    return on_fault(request, fault)


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_database(request: HttpRequest, fault: Exception) -> HttpResponse:
    """A database that was busy or away for longer than the retries took."""
    if not is_passing(fault):
        return on_fault(request, fault)
    log.warning("database is busy", exc_info=fault)
    return response_of(problem(503, "busy", "The database is busy; try again shortly."), again_after=2)


@api.exception_handler(Exception)
def on_fault(_request: HttpRequest, fault: Exception) -> HttpResponse:
    """Our own mistake: the request's id leads to the log line that tells it."""
    log.error("fault", exc_info=fault)
    facts = {"request_id": request_id()}
    return response_of(problem(500, "fault", "Something went wrong on our side; the request id leads to it.", facts))


def told_of(error: Mapping[str, Any]) -> dict[str, Any]:
    """An error of the schema as facts: the field's whole name, its line (from 1) and column, and what is wrong with it."""
    source, *place = error["loc"]
    # The body as a whole has a name inside the code, which is nobody's business.
    place = place[1:] if source == "body" else place
    lines = [part + 1 for part in place if isinstance(part, int)]
    named = [str(part) for part in place if not isinstance(part, int)]
    if error["type"] == "too_long":
        lines = [int(error["ctx"]["max_length"]) + 1]
    return {
        "field": ".".join(str(part) for part in place) or str(source),
        "column": named[-1] if named else str(source),
        **({"line": lines[0]} if lines else {}),
        "message": str(error["msg"]).removeprefix("Value error, "),
    }


def enclosed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of the API with what surrounds all: the body's limit, errors as JSON, and the conveyor after a write.

    Cookies open nothing here, so that there is no form to forge; each route says by itself who may call it.
    """

    @wraps(view)
    def answered(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            read_body(request)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseNotAllowed):
                raise MethodNotAllowed(f"Not {request.method}.", allowed=sorted(response["Allow"].split(", ")))
        except Exception as fault:
            return api.on_exception(request, fault)
        move_on(request, response)
        return response

    vars(answered)["csrf_exempt"] = True
    return declare(answered, PUBLIC)


def read_body(request: HttpRequest) -> None:
    """Read the body, if it is JSON and within its limit, which is wider than that of the pages' forms.

    A body sent in chunks has no stated length, and Django would take it for none: it is read from the server itself.
    """
    if request.method in SAFE:
        return
    given = request.META.get("CONTENT_LENGTH") or "0"
    length = int(given) if given.isascii() and given.isdigit() else 0
    if length > BODY_BYTES_MAX:
        raise TooLarge("The body is too large.", bytes_max=BODY_BYTES_MAX)
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "")
    body = request.META["wsgi.input"].read(BODY_BYTES_MAX + 1) if is_chunked else request.read()
    if len(body) > BODY_BYTES_MAX:
        raise TooLarge("The body is too large.", bytes_max=BODY_BYTES_MAX)
    if body and request.content_type != "application/json":
        raise NotJson("Send JSON, as application/json.", content_type=str(request.content_type))
    vars(request)["_body"] = body


def move_on(request: HttpRequest, response: HttpResponse) -> None:
    """Let the conveyor take the orders that a call moved as far as they go by themselves.

    The call is done and committed: a fault in what follows is ours, and the worker will come by again.
    """
    moved = vars(request).get("moved")
    if not moved or response.status_code >= 400:
        return
    act = vars(request)["act"]
    try:
        with tenancy.acting_for(act.company_id):
            run_after(act=act, order_ids=list(moved))
    except Exception:
        log.exception("the conveyor stopped", order_ids=list(moved))


def nothing_here(_request: HttpRequest, **_: object) -> HttpResponse:
    """Whatever lies below /api/v1 and is no route."""
    raise Http404


def addresses() -> tuple[list[URLPattern], str, str]:
    """Every address of the API, for `path("api/v1/", ...)`."""
    patterns, app, namespace = api.urls
    found = [pattern for pattern in patterns if isinstance(pattern, URLPattern)]
    assert len(found) == len(patterns), "routers are mounted flat"
    for pattern in found:
        pattern.callback = enclosed(pattern.callback)
    return [*found, re_path(r"^.*$", enclosed(nothing_here))], app, namespace
