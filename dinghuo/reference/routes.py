"""How a stage declares a route of the API, and what surrounds every call: rights, company, exactly-once, retries, errors.

A view takes the request and what was parsed, calls one operation or query, and returns what is to be answered. Its return type is
the reply's schema. Reads run in one transaction; writes too, together with the reply that is kept under their `Idempotency-Key`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, ClassVar, Concatenate, Final, ParamSpec, TypeVar, cast, get_type_hints

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import TypeAdapter

from dinghuo.kernel import idempotency, tenancy
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused, the_only
from dinghuo.kernel.idempotency import KEY_MAX, Reply
from dinghuo.kernel.journal import as_json
from dinghuo.kernel.retries import with_retries
from dinghuo.reference.access import PERMISSIONS, PUBLIC, SIGNED_IN, declare
from dinghuo.reference.bearers import ApiRequest, BearerToken
from dinghuo.reference.wire import BATCH_MAX, Batch, Problem, Result

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[Concatenate[ApiRequest, P], R]

JSON: Final = "application/json; charset=utf-8"
SAFE: Final = frozenset({"GET"})
KEY_HEADER: Final = "Idempotency-Key"
VERSION_HEADER: Final = "If-Match"

IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": KEY_HEADER,
    "required": False,
    "description": "Makes a repeat harmless: the first reply to a key is replayed byte for byte.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX, "pattern": "^[!-~]+$"},
}
IF_MATCH: Final = {
    "in": "header",
    "name": VERSION_HEADER,
    "required": True,
    "description": "The version that the change is meant for, as the ETag of the order gave it.",
    "schema": {"type": "string", "pattern": '^"?[0-9]{1,9}"?$', "examples": ['"1"']},
}


class File(bytes):
    """A reply that is no JSON but a file of its own type."""

    media: ClassVar[str] = "application/octet-stream"

    @classmethod
    def described(cls) -> dict[str, Any]:
        """What the OpenAPI document says of it."""
        return {"responses": {200: {"content": {cls.media: {"schema": {"type": "string", "format": "binary"}}}}}}


class Pdf(File):
    """A paper."""

    media = "application/pdf"


class Xml(File):
    """An e-document."""

    media = "application/xml"


class KeyMalformed(Malformed):
    """The key has a form that no client of ours would send."""

    code = "idempotency_key_malformed"


def route(
    router: Router,
    call: str,
    *,
    needs: str | Sequence[str],
    status: int = 200,
    extra: Mapping[str, Any] | None = None,
) -> Callable[[View[P, R]], View[P, R]]:
    """Declare a view as the route `call` ("POST /orders") for tokens that have one of the permissions.

    The view's name, as camel case, is the operation id; its docstring the description; its return type the schema of the reply.
    A view that returns a `File` answers with that file.
    """
    method, path = call.split(" ")
    permissions = (needs,) if isinstance(needs, str) else tuple(needs)
    assert all(name in PERMISSIONS or name in {PUBLIC, SIGNED_IN} for name in permissions), f"{call}: {permissions}"

    def declaring(view: View[P, R]) -> View[P, R]:
        reply = get_type_hints(view)["return"]
        file = reply if isinstance(reply, type) and issubclass(reply, File) else None
        answered = answering(view, bytes if file else reply, status, is_safe=method in SAFE or PUBLIC in permissions)
        summary, _, details = (view.__doc__ or "").partition("\n")
        router.api_operation(
            [method],
            path,
            auth=None if PUBLIC in permissions else BearerToken(permissions),
            response={status: None if file else reply, **dict.fromkeys(problem_codes(method, path, permissions), Problem)},
            operation_id=camel(view.__name__),
            summary=summary.rstrip("."),
            description=details.strip() or summary,
            openapi_extra=described(method, permissions, file.described() if file else extra),
        )(declare(answered, " ".join(permissions)))
        return view

    return declaring


def answering(view: View[P, R], schema: Any, status: int, *, is_safe: bool) -> Callable[..., HttpResponse]:
    """The view as it is called: inside the company, again when the database asks for it, its reply written as JSON."""
    adapter: TypeAdapter[R] = TypeAdapter(schema)
    has_version = "version" in getattr(schema, "__dataclass_fields__", {})

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = cast("ApiRequest", request)

        def work() -> Reply:
            try:
                value = view(asked, *args, **kwargs)
                media, body = (value.media, value) if isinstance(value, File) else (JSON, adapter.dump_json(value))
                return Reply(status, media, body)
            except Refused as refusal:
                return refused(refusal)

        act = vars(request).get("act")
        with tenancy.acting_for(act and act.company_id):
            reply = with_retries(in_one_transaction, work) if is_safe else with_retries(once, asked, work)
        response = response_of(reply)
        if has_version and reply.status < 400:
            # The reply's own version, so that a replayed one carries the tag that it had.
            response["ETag"] = f'"{json.loads(reply.body)["version"]}"'
        return response

    return answered


def in_one_transaction(work: Callable[[], Reply]) -> Reply:
    """Do the work in a transaction of its own, and leave nothing of it behind when it was refused."""
    with transaction.atomic():
        return idempotency.attempt(work)


def once(request: ApiRequest, work: Callable[[], Reply]) -> Reply:
    """Do the work once for the request's key, or simply do it when there is none."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return in_one_transaction(work)
    if not 0 < len(key) <= KEY_MAX or not key.isascii() or not key.isprintable():
        raise KeyMalformed("An Idempotency-Key has between 1 and 200 printable ASCII characters.", length=len(key))
    version = request.headers.get(VERSION_HEADER, "")
    asked = idempotency.fingerprint(str(request.method), request.get_full_path(), version, request.body)
    return idempotency.once(act=request.act, key=key, request_hash=asked, work=work)


def refused(refusal: Refused) -> Reply:
    """A refusal as it goes over the wire; what is missing, or not this caller's, always looks the same."""
    if isinstance(refusal, Missing):
        return problem(Missing.status, Missing.code, "There is no such document.")
    return problem(refusal.status, refusal.reason, refusal.message, refusal.facts)


def problem(status: int, code: str, message: str, facts: Mapping[str, Any] | None = None) -> Reply:
    """An error in the shape that all have."""
    body = as_json({"code": code, "message": message, "facts": facts or {}})
    return Reply(status, JSON, body.encode("utf-8", "replace"))


def response_of(reply: Reply, *, again_after: int | None = None) -> HttpResponse:
    """A reply as Django sends it; `again_after` says in how many seconds a repeat may do better."""
    response = HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
    if again_after is not None:
        response["Retry-After"] = str(again_after)
    return response


def wanted_version(request: HttpRequest) -> int:
    """The version that a change is meant for, from If-Match; raises Malformed when there is none."""
    given = request.headers.get(VERSION_HEADER, "").strip('"')
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise Malformed("If-Match must hold the version that the change is meant for.", code="if_match_missing", column="If-Match")
    return int(given)


def batch_of(outcomes: Sequence[Outcome]) -> Batch:
    """What became of a batch, the refused items first."""
    done = sum(outcome.done for outcome in outcomes)
    shown = sorted(outcomes, key=lambda outcome: outcome.done)[:BATCH_MAX]
    results = [Result(outcome.id, outcome.code, outcome.document_id, outcome.facts) for outcome in shown]
    return Batch(done=done, refused=len(outcomes) - done, results=results)


def all_done(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes of lines that are done together or not at all; raises the refusal of the first that was not done, naming it."""
    for outcome in outcomes:
        if not outcome.done:
            the_only([replace(outcome, facts={"line": outcome.id + 1, **outcome.facts})])
    return outcomes


def problem_codes(method: str, path: str, permissions: Sequence[str]) -> list[int]:
    """The errors that a route may answer with, beside a fault of ours."""
    public = [429] if PUBLIC in permissions else [403]
    missing = [404] if "{" in path else []
    unsafe = [] if method in SAFE else [409, 413, 415]
    return [401, *public, *missing, *unsafe, 422, 500, 503]


def described(method: str, permissions: Sequence[str], extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the OpenAPI document says of a route beside its schemas."""
    found: dict[str, Any] = {"x-permissions": list(permissions), **(extra or {})}
    if method not in SAFE and PUBLIC not in permissions:
        found["parameters"] = [IDEMPOTENCY_KEY, *found.get("parameters", [])]
    return found


def camel(name: str) -> str:
    """A view's name as an operation id: list_orders is listOrders."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
