"""What is asked of stock that is kept: transfers, counts, holds, settings; and which of it cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

# A hold is a courtesy, not an order: the longest one, counted from now.
HOLD_DAYS_MAX = 90
HOLD_KINDS = ("cart", "quote", "phone")
HOLD_LASTS = {"cart": timedelta(hours=2), "phone": timedelta(hours=24), "quote": timedelta(days=7)}
# Where goods lie between two warehouses: a place of the company that no order is served from.
TRANSIT_CODE = "TRANSIT"


@dataclass(frozen=True, slots=True)
class TransferLineDraft:
    """How many stock units of a product, and of which lot where it keeps lots, are to go."""

    product_id: int
    quantity: Decimal
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """Goods to send from one warehouse to another, and when they should be there."""

    from_warehouse_id: int
    to_warehouse_id: int
    lines: Sequence[TransferLineDraft]
    expected_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a product, and lot where it keeps lots, in stock units; nothing there is a zero."""

    product_id: int
    quantity: Decimal
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """Free stock to keep for somebody until a moment; the usual time of its kind when none is said."""

    kind: str
    warehouse_id: int
    product_id: int
    quantity: Decimal
    customer_id: int | None = None
    expires_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a warehouse keeps a product: the reserve that no promise counts on, in stock units, and the zone where it lies."""

    warehouse_id: int
    product_id: int
    safety_quantity: Decimal
    zone: str = ""


@dataclass(frozen=True, slots=True)
class SupplyChange:
    """News of an inbound supply: a day, a quantity, or both; what is left out stays. A quantity of what has come closes it."""

    inbound_id: int
    expected_on: date | None = None
    quantity: Decimal | None = None


def expiry(draft: HoldDraft, at: datetime) -> datetime:
    """When a hold that begins now ends by itself."""
    return draft.expires_at or at + HOLD_LASTS[draft.kind]


def may_last_until(expires_at: datetime, at: datetime) -> bool:
    """Whether a hold may end at a moment: after now, and within 90 days."""
    return at < expires_at <= at + timedelta(days=HOLD_DAYS_MAX)
