"""What every carrier can be asked, in our words, whatever protocol it speaks; and how it says no, or nothing.

Three ways to fail, kept apart because what follows differs: a carrier that refused has made nothing and will not later; one that
was not reached has made nothing yet; after anything else it may have made a label, so it must be asked before it is told again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from dinghuo.journey.shipping.tracking_states import SeenEvent


class Declined(Exception):
    """The carrier says no, in its own words; it has made nothing."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class NotReached(Exception):
    """The carrier was surely not reached, or said to come back later: nothing was made."""


class Doubtful(Exception):
    """Nobody knows whether the carrier did it: the answer is missing, broken, or makes no sense."""


class CannotBeAsked(Exception):
    """The carrier's protocol has no such question."""


class Forged(Exception):
    """What came was not signed by the carrier."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How we reach one carrier: where, with which account, and the secrets that sign for us.

    `repr` leaves the secrets out, so that no log or traceback tells them.
    """

    carrier_id: int
    protocol: str
    base_url: str
    settings: Mapping[str, str]
    secrets: "Secrets"
    callback_url: str = ""


class Secrets(dict[str, str]):
    """Secrets by name, which do not show themselves."""

    def __repr__(self) -> str:
        return f"<{len(self)} secrets>"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or receives, and where."""

    name: str
    address: str
    city: str
    postcode: str
    country: str
    phone: str


@dataclass(frozen=True, slots=True)
class Consignment:
    """What a carrier is asked to move. `request_ref` is the same each time we ask for the same label."""

    request_ref: str
    number: str
    sender: Party
    receiver: Party
    weight_kg: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """A label that a carrier has made; `label` is empty where it must be fetched, or where there is none."""

    tracking_number: str
    label: bytes = b""
    label_format: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """What a carrier pushed to us: the raw body and the headers that sign it, their names in lower case."""

    body: bytes
    headers: Mapping[str, str]


class CarrierPort(Protocol):
    """A carrier as shipping knows it."""

    def book(self, consignment: Consignment) -> Booked:
        """Ask for a label. Raises Declined, NotReached, Doubtful."""

    def find(self, consignment: Consignment) -> Booked | None:
        """The label made for a consignment, None when there surely is none. Raises CannotBeAsked, NotReached, Doubtful."""

    def label(self, tracking_number: str) -> Booked:
        """A label that was made before, with its file. Raises Declined, NotReached, Doubtful."""

    def cancel(self, consignment: Consignment, tracking_number: str) -> None:
        """Take a label back; one that is gone already is no error. Raises Declined, NotReached, Doubtful."""

    def track(self, tracking_numbers: Sequence[str], now: datetime) -> list[SeenEvent]:
        """What the carrier has seen of these numbers. Raises Declined, NotReached, Doubtful."""

    def follow(self, tracking_number: str) -> None:
        """Ask for pushes about a number, where the protocol has them. Raises Declined, NotReached, Doubtful."""

    def read_push(self, push: Push) -> list[SeenEvent]:
        """The events in what came, once its signature holds. Raises Forged, Doubtful."""
