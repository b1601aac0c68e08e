"""Carriers that nobody has to be called for: our own vehicles, and customers who fetch their goods themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dinghuo.journey.shipping.carriers.port import Booked, CannotBeAsked, Connection, Consignment, Push
from dinghuo.journey.shipping.tracking_states import SeenEvent


@dataclass(frozen=True, slots=True)
class Own:
    """Goods that travel under their shipment's own number, with the delivery note for a label."""

    connection: Connection

    def book(self, consignment: Consignment) -> Booked:
        """There is nobody to ask: the shipment's number is the tracking number."""
        return Booked(consignment.number)

    def find(self, consignment: Consignment) -> Booked | None:
        """The same again."""
        return Booked(consignment.number)

    def label(self, tracking_number: str) -> Booked:
        """The delivery note serves."""
        return Booked(tracking_number)

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """Nobody has to be told."""

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """Drivers and the gate record what they see themselves."""
        return []

    def follow(self, tracking_number: str) -> None:
        """Nobody has to be told."""

    def read_push(self, push: Push) -> list[SeenEvent]:
        """Nobody pushes."""
        raise CannotBeAsked("nobody pushes for an own carrier")
