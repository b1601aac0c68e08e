"""What was given and sold before: quotas of a period count it, and slow stock is told by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from tests.builders import TODAY, a_carrier
from tests.journey.allocation.conftest import Room
from tests.journey.allocation.test_runs import in_force, posted

MONTH = {"from_on": "2026-03-01", "until_on": "2026-03-31"}


def wanted(room: Room, units: int, day: str = "2026-03-10") -> int:
    """A released order of the room's customer, to China by a day."""
    order_id = room.order(units)
    SalesOrder.objects.filter(id=order_id).update(ship_to_country="CN", requested_on=day)
    return order_id


def noticed(room: Room, *order_ids: int) -> list[int]:
    """The shipments of orders that got stock at once and have notices."""
    a_carrier(room.company)
    allocate_orders(act=room.act, order_ids=order_ids)
    made = make_shipping_notices(act=room.act, order_ids=order_ids)
    assert all(outcome.done for outcome in made), made
    return list(Shipment.objects.filter(order_id__in=order_ids).values_list("id", flat=True))


def quota(room: Room, units: int, **period: object) -> None:
    """The policy `east`: so many units for China."""
    in_force(room, "east", quotas=[{"key": "region", "value": "CN", "units": units, **period}])


@pytest.mark.parametrize("leaves", [False, True])
def test_a_quota_counts_what_its_period_has_already_been_given(room: Room, leaves: bool) -> None:
    """Quota 70 in March: 50 are noticed or have left, so 20 of the next 40 can be given."""
    room.stock(200)
    shipments = noticed(room, wanted(room, 50))
    if leaves:
        assert all(outcome.done for outcome in dispatch_shipments(act=room.act, shipment_ids=shipments))
    quota(room, 70, **MONTH)
    order_id = wanted(room, 40)
    posted(room, "east")
    assert room.given(order_id) == [20]


def test_what_was_asked_for_in_another_period_or_goes_elsewhere_does_not_count(room: Room) -> None:
    room.stock(200)
    elsewhere = wanted(room, 30)
    SalesOrder.objects.filter(id=elsewhere).update(ship_to_country="DE")
    noticed(room, wanted(room, 50, "2026-04-10"), wanted(room, 40, "2026-02-28"), elsewhere)
    quota(room, 70, **MONTH)
    order_id = wanted(room, 80)
    posted(room, "east")
    assert room.given(order_id) == [70]


def test_a_quota_without_a_period_counts_the_lines_of_the_run_alone(room: Room) -> None:
    room.stock(200)
    noticed(room, wanted(room, 50))
    quota(room, 30)
    order_id = wanted(room, 40)
    posted(room, "east")
    assert room.given(order_id) == [30]


def test_stock_that_a_run_can_still_move_is_counted_once(room: Room) -> None:
    room.stock(200)
    first = wanted(room, 50)
    allocate_orders(act=room.act, order_ids=[first])
    quota(room, 70, **MONTH)
    second = wanted(room, 40)
    posted(room, "east")
    assert room.given(first, second) == [50, 20]


@pytest.mark.parametrize(("days", "serves"), [(0, "slow"), (89, "slow"), (90, "own")])
def test_the_warehouse_whose_stock_lasts_longest_serves_first(room: Room, days: int, serves: str) -> None:
    """D5.11: 90 left after 10 sold in 90 days last 810 days, 58 after 2 last 2,610; older sales do not count."""
    other = replace(room, warehouse=room.other_warehouse())
    room.stock(100)
    other.stock(60)
    shipments = noticed(room, room.order(10)) + noticed(other, other.order(2))
    assert all(outcome.done for outcome in dispatch_shipments(act=room.act, shipment_ids=shipments))
    order_id = room.order(20)
    later = replace(room, act=replace(room.act, on=TODAY + timedelta(days=days)))
    in_force(room, "slow", placement={"warehouses": "slow_stock"})
    posted(later, "slow")
    (allocation,) = Allocation.objects.filter(order_line__order_id=order_id)
    assert allocation.stock_level.warehouse_id == (other if serves == "slow" else room).warehouse.id
