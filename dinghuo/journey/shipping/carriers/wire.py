"""One HTTP call to a carrier: within a time and a size, and with every way to fail sorted into what it means for a label."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import httpx

from dinghuo.journey.shipping.carriers.port import Doubtful, NotReached

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS = 20.0
BYTES_MAX: Final = 5_000_000
BUSY: Final = 429
FAULTY: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status below 500 and the body."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; raises Doubtful for anything else."""
        return as_object(self.body)


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, **content: Any) -> Answer:
    """Call a carrier and wait at most 20 seconds for the whole answer, however slowly it drips.

    Follows no redirect: a carrier's address is set by a person. Raises NotReached when surely nothing was done, else Doubtful.
    """
    ends = time.monotonic() + ANSWER_SECONDS
    limits = httpx.Timeout(ANSWER_SECONDS, connect=min(CONNECT_SECONDS, ANSWER_SECONDS))
    try:
        with (
            httpx.Client(timeout=limits, trust_env=False) as client,
            client.stream(method, url, headers=dict(headers or {}), **content) as response,
        ):
            body = read_within(response, ends)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as fault:
        raise NotReached(type(fault).__name__) from fault
    except httpx.HTTPError as fault:
        raise Doubtful(type(fault).__name__) from fault
    if response.status_code == BUSY:
        raise NotReached("HTTP 429")
    if response.status_code >= FAULTY:
        raise Doubtful(f"HTTP {response.status_code}")
    return Answer(response.status_code, body)


def read_within(response: httpx.Response, ends: float) -> bytes:
    """The body, unless it takes too long or is too large; raises Doubtful then."""
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if time.monotonic() > ends:
            raise Doubtful("the answer took too long")
        if len(body) > BYTES_MAX:
            raise Doubtful("the answer is too large")
    return bytes(body)


def as_object(body: bytes | str) -> dict[str, Any]:
    """JSON text as an object; raises Doubtful for anything else."""
    try:
        found = json.loads(body)
    except ValueError as fault:
        raise Doubtful("the answer is no JSON") from fault
    if not isinstance(found, dict):
        raise Doubtful("the answer is no JSON object")
    return found


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; nothing for what is no list."""
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field as text, empty where there is none."""
    value = row.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


def reference(*parts: str) -> str:
    """A key for an event to which its carrier gives none: the same for the same facts."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def is_same(given: str, expected: str) -> bool:
    """Whether two signatures are the same, in a time that tells nothing; case does not count."""
    return hmac.compare_digest(given.strip().lower().encode(), expected.lower().encode())


def moment(text: str, zone: Any = None) -> datetime | None:
    """A moment as carriers write it, in their zone where they name none; None for what is no moment."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if found.tzinfo is None:
        return found.replace(tzinfo=zone) if zone is not None else None
    return found


def day(text: str) -> date | None:
    """The day of a date or moment; None for what is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
