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


@dataclass(frozen=True, slots=True)
class ShipmentOfOrder:
    """A shipment and its order, before either is locked; a shipment never changes its order."""

    shipment_id: int
    order_id: int


def orders_of_shipments(act: Act, shipment_ids: Sequence[int]) -> list[ShipmentOfOrder]:
    """The orders of named shipments, so that they can be locked first; an unknown shipment is left out."""
    return sql.rows("shipping/orders_of_shipments", ShipmentOfOrder, company_id=act.company_id, shipment_ids=list(shipment_ids))


def lock_shipments(act: Act, shipment_ids: Sequence[int]) -> list[LockedShipment]:
    """Lock shipments in order of id; series, orders and stock levels are locked before."""
    return sql.rows("shipping/lock_shipments", LockedShipment, company_id=act.company_id, shipment_ids=list(shipment_ids))
