"""When a carrier is asked again, when nobody asks it any more for a while, and what a label needs."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

AGAIN_FIRST: Final = timedelta(seconds=30)
AGAIN_MAX: Final = timedelta(hours=1)
FAILURES_MAX: Final = 5
OPEN_FIRST: Final = timedelta(minutes=1)
OPEN_MAX: Final = timedelta(hours=1)
DOUBLINGS_MAX: Final = 10
# Longer than any call may take, so that nobody else asks while one is out.
CLAIMED_FOR: Final = timedelta(minutes=3)
MUST_BE_DECIDED: Final = "must_be_decided"
POSTCODE: Final = re.compile(r"(?<!\d)\d{4,6}(?!\d)")


def again_at(now: datetime, attempts: int) -> datetime:
    """When to try again after so many attempts: 30 s, then twice as long each time, an hour at most."""
    return now + min(AGAIN_FIRST * (1 << min(max(attempts - 1, 0), DOUBLINGS_MAX)), AGAIN_MAX)


def open_until(now: datetime, failures: int) -> datetime | None:
    """Until when nobody asks a carrier that failed so often in a row: from the fifth time a minute, doubling, an hour at most."""
    if failures < FAILURES_MAX:
        return None
    return now + min(OPEN_FIRST * (1 << min(failures - FAILURES_MAX, DOUBLINGS_MAX)), OPEN_MAX)


def postcode_in(address: str, city: str) -> str:
    """The postal code that an address names, with the city or at the end of the street's line; empty when there is none."""
    found = POSTCODE.findall(city) or POSTCODE.findall(address)
    return found[-1] if found else ""


def lacks(weight_kg: Decimal, address: str, city: str, *, needs_postcode: bool) -> str | None:
    """What a label cannot be made without, as a reason code; None when all is there."""
    if weight_kg <= 0:
        return "weight_missing"
    if not address.strip() or not city.strip():
        return "address_missing"
    if needs_postcode and not postcode_in(address, city):
        return "postcode_missing"
    return None
