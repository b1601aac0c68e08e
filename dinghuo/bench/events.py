"""How fast carriers' events are taken in, each told twice and all shuffled; and that none is lost and none is there twice."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from dinghuo.bench import journey
from dinghuo.bench.world import SEED, World, some_drafts
from dinghuo.journey.shipping.models import Shipment, TrackingEvent, UnclaimedEvent
from dinghuo.journey.shipping.operations import record_events
from dinghuo.journey.shipping.tracking_states import SeenEvent, TrackingState
from dinghuo.kernel.tenancy import acting_for

BATCH = 1_000
ORDERS_AT_ONCE = 500
EVENTS_A_SHIPMENT = 25
# Of so many numbers one belongs to no shipment.
STRAYS = 20


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of the events told: how many were different, how long taking took, and what is there now."""

    told: int
    different: int
    seconds: float
    rows: int
    delivered: int

    @property
    def per_second(self) -> int:
        """Events told for each second."""
        return round(self.told / self.seconds)

    @property
    def lost(self) -> int:
        """Different events that are not there."""
        return max(self.different - self.rows, 0)

    @property
    def doubled(self) -> int:
        """Events that are there and should not be."""
        return max(self.rows - self.different, 0)


def take_in(world: World, told: int) -> Intake:
    """Tell a world's shipments so many events, in transactions of 1,000."""
    shipments = max(told // (2 * EVENTS_A_SHIPMENT), 1)
    with acting_for(world.act.company_id):
        make_notices(world, shipments)
        different = list(some_events(world, told // 2, shipments))
        many = different * 2
        random.Random(SEED).shuffle(many)
        began = time.perf_counter()
        for start in range(0, len(many), BATCH):
            record_events(act=world.act, seen=many[start : start + BATCH])
        seconds = time.perf_counter() - began
        with transaction.atomic():
            rows = TrackingEvent.objects.exclude(external_ref=None).count() + UnclaimedEvent.objects.count()
            delivered = Shipment.objects.filter(state="delivered").count()
    return Intake(len(many), len(different), seconds, rows, delivered)


def make_notices(world: World, count: int) -> None:
    """Notices of one line each, known to their carrier by T and their place."""
    for start in range(0, count, ORDERS_AT_ONCE):
        size = min(ORDERS_AT_ONCE, count - start)
        travel = journey.enter(world, some_drafts(world, orders=size, lines=1, seed=start))
        for name in ("review", "allocate", "notice"):
            with transaction.atomic():
                run_stage(name, travel)
    with transaction.atomic():
        number = Concat(Value("T"), Cast(F("id"), CharField()))
        Shipment.objects.filter(company_id=world.act.company_id).update(tracking_number=number)


def run_stage(name: str, travel: journey.Travel) -> None:
    """One stage of the journey over all its orders."""
    for step in journey.STAGES[name].values():
        step(travel)


def some_events(world: World, count: int, shipments: int) -> Iterator[SeenEvent]:
    """So many different events, on a world's shipments in turn and now and then on a number of nobody."""
    with transaction.atomic():
        numbers: Sequence[Any] = list(Shipment.objects.order_by("id").values_list("tracking_number", flat=True))
    statuses = [TrackingState.PICKED_UP, TrackingState.IN_TRANSIT, TrackingState.OUT_FOR_DELIVERY, TrackingState.DELIVERED]
    for place in range(count):
        step, turn = divmod(place, shipments)
        number = f"NOBODY{place}" if place % STRAYS == STRAYS - 1 else numbers[turn % len(numbers)]
        yield SeenEvent(
            carrier_id=world.carrier_id,
            tracking_number=number,
            status=statuses[min(step, len(statuses) - 1)].value,
            occurred_at=world.act.at + timedelta(minutes=step),
            external_ref=f"E{place}",
            code=str(step),
            text="Yiwu",
            raw={"step": step, "place": place},
        )


def as_data(intake: Intake) -> dict[str, Any]:
    """An intake, ready for JSON."""
    return {
        "told": intake.told,
        "different": intake.different,
        "seconds": round(intake.seconds, 2),
        "per_second": intake.per_second,
        "lost": intake.lost,
        "doubled": intake.doubled,
    }


def as_text(intake: Intake) -> list[str]:
    """An intake as a line for people."""
    return [
        f"Carriers' events, each told twice and shuffled: {intake.told} in {intake.seconds:.1f} s,"
        f" {intake.per_second}/s, {intake.lost} lost, {intake.doubled} doubled"
    ]
