"""Locking shipments."""

from collections.abc import Sequence
from dataclasses import dataclass

from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class LockedShipment:
    """A shipment that this transaction has locked, and the state of its order."""

    id: int
    number: str
    state: str
    order_id: int
    order_state: str


def lock_shipments(act: Act, shipment_ids: Sequence[int]) -> list[LockedShipment]:
    """Lock shipments in order of id; series, orders and stock levels are locked before."""
    return sql.rows("shipping/lock_shipments", LockedShipment, company_id=act.company_id, shipment_ids=list(shipment_ids))
