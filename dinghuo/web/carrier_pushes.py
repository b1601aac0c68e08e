"""Where carriers push what they see. Each connection has an address that only its carrier knows, and each push is signed.

Neither protocol signs a time, so a replay looks like the retry that it may be: it is answered, and changes nothing.
"""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from dinghuo.journey.reactions import run_after
from dinghuo.journey.shipping.carriers.port import CannotBeAsked, Connection, Doubtful, Forged, Push
from dinghuo.journey.shipping.carriers.protocols import port_of
from dinghuo.journey.shipping.models import CarrierConnection
from dinghuo.journey.shipping.operations import orders_of_shipments, record_events
from dinghuo.journey.shipping.operations.bookings import settings_of
from dinghuo.journey.shipping.tracking_states import SeenEvent
from dinghuo.kernel.retries import with_retries
from dinghuo.kernel.tenancy import Act, acting_for
from dinghuo.reference.access import PUBLIC, declare
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company

BYTES_MAX: Final = 1_000_000
PUSHES_A_MINUTE: Final = 600
EVENTS_MAX: Final = 5_000
# Carriers use numbers again: what is older than this is of another parcel.
STALE_AFTER: Final = timedelta(days=180)

log = structlog.get_logger("dinghuo.carriers")


class Unfit(Exception):
    """A push that is not taken: the HTTP status, a code and a sentence."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words

    def reply(self) -> HttpResponse:
        """What the carrier is told."""
        told = {"result": False, "returnCode": str(self.status), "code": self.code, "message": self.words}
        return JsonResponse(told, status=self.status)


def receive(request: HttpRequest, company_id: int, push_key: str) -> HttpResponse:
    """Take a carrier's push: 200 once its events are kept, else why not, and nothing of it is."""
    try:
        facts = taken(request, company_id, push_key)
    except Unfit as unfit:
        log.warning("push_not_taken", company_id=company_id, code=unfit.code)
        return unfit.reply()
    return JsonResponse({"result": True, "returnCode": "200", "message": "ok", **facts})


def taken(request: HttpRequest, company_id: int, push_key: str) -> dict[str, int]:
    """Check a push from the outside in, then keep its events; returns how many were new, known and without a shipment."""
    if request.method != "POST":
        raise Unfit(405, "method_not_allowed", "Carriers push with POST.")
    refuse_too_many(company_id, push_key)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > BYTES_MAX:
        raise Unfit(413, "body_too_large", "A push has at most 1,000,000 bytes.")
    push = Push(request.read(), {name.lower(): value for name, value in request.headers.items()})
    company = Company.objects.filter(id=company_id).first()
    if company is None:
        raise Unfit(404, "not_found", "There is no such address.")
    with acting_for(company.id):
        return kept(act_now(company), read(connection_of(company.id, push_key), push))


def refuse_too_many(company_id: int, push_key: str) -> None:
    """Raise Unfit above 600 pushes to one address in a minute."""
    key = f"push:{company_id}:{push_key[:64]}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        if cache.incr(key) > PUSHES_A_MINUTE:
            raise Unfit(429, "too_many_attempts", "Too many pushes; try again in a minute.")
    except ValueError:
        # The counter was dropped between the two steps, which costs one count.
        return


@transaction.atomic
def connection_of(company_id: int, push_key: str) -> Connection:
    """The connection that an address belongs to; raises Unfit for one of nobody, or switched off."""
    found = CarrierConnection.objects.filter(company_id=company_id, push_key=push_key, is_active=True)
    connections = settings_of(list(found), "")
    if not connections:
        raise Unfit(404, "not_found", "There is no such address.")
    return connections[0]


def read(connection: Connection, push: Push) -> list[SeenEvent]:
    """The events in a push whose signature holds; raises Unfit."""
    try:
        seen = port_of(connection).read_push(push)
    except Forged as fault:
        raise Unfit(401, "wrong_signature", "The signature does not belong to what was sent.") from fault
    except CannotBeAsked as fault:
        raise Unfit(404, "not_found", "There is no such address.") from fault
    except Doubtful as fault:
        raise Unfit(422, "malformed", "What was sent cannot be read.") from fault
    if len(seen) > EVENTS_MAX:
        raise Unfit(413, "body_too_large", "A push has at most 5,000 events.")
    return seen


def kept(act: Act, seen: Sequence[SeenEvent]) -> dict[str, int]:
    """Keep events and let their orders move on; raises Unfit for a push of nothing but old ones."""
    if seen and max(event.occurred_at for event in seen) < act.at - STALE_AFTER:
        raise Unfit(409, "stale", "All of this happened more than 180 days ago.")
    outcomes = with_retries(record_events, act=act, seen=seen)
    shipments = sorted({row.document_id for row in outcomes if row.document_id is not None and not row.facts})
    counts: dict[str, Any] = {
        "taken": sum(row.done and not row.facts for row in outcomes),
        "repeated": sum("repeated" in row.facts for row in outcomes),
        "kept": sum("kept" in row.facts for row in outcomes),
    }
    if shipments:
        move_on(act, shipments)
    return counts


def move_on(act: Act, shipment_ids: list[int]) -> None:
    """Let the orders of shipments go on as far as they go by themselves; a fault there is ours, and the worker comes by again."""
    try:
        with transaction.atomic():
            orders = sorted({row.order_id for row in orders_of_shipments(act, shipment_ids)})
        run_after(act=act, order_ids=orders)
    except Exception:
        log.exception("the conveyor stopped", shipments=shipment_ids)


receive = declare(csrf_exempt(receive), PUBLIC)
