"""What the pages of shipments show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dinghuo.kernel import sql


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment in a list, with its order and customer."""

    id: int
    number: str
    state: str
    order_id: int
    order_number: str
    customer_code: str
    name: str
    name_zh: str
    warehouse_code: str
    carrier_code: str
    planned_on: date
    dispatched_on: date | None
    expected_on: date
    delivered_on: date | None


def shipments_in_work(*, company_id: int, state: str, due_on: date, after: tuple[date, int], count: int) -> list[ShipmentRow]:
    """Notices or goods on the road planned up to a day, the first planned first, after a day and id."""
    after_on, after_id = after
    limits = {"due_on": due_on, "after_on": after_on, "after_id": after_id, "count": count}
    return sql.rows("shipping/shipments_in_work", ShipmentRow, company_id=company_id, state=state, **limits)


def shipments_latest(*, company_id: int, states: Sequence[str], wanted: str, before_id: int, count: int) -> list[ShipmentRow]:
    """Shipments in some states, the newest first, whose number begins with a text."""
    limits = {"states": list(states), "wanted": wanted, "before_id": before_id, "count": count}
    return sql.rows("shipping/shipments_latest", ShipmentRow, company_id=company_id, **limits)
