"""The journal of events: what happened, to which document, when, by whom, in the transaction that made it happen."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: `document_id` it happened to, `journey_id` the sales order whose timeline shows it, `facts` JSON-ready."""

    document_id: int
    journey_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(act: Act, kind: str, document: str, events: Iterable[Happened]) -> None:
    """Write events of one kind about one sort of document, all in one statement; none writes nothing."""
    happened = list(events)
    if not happened:
        return
    sql.execute(
        "kernel/record_events",
        company_id=act.company_id,
        kind=kind,
        document=document,
        actor_id=act.actor_id,
        at=act.at,
        document_ids=[event.document_id for event in happened],
        journey_ids=[event.journey_id for event in happened],
        facts=[as_json(event.facts) for event in happened],
    )


def as_json(facts: Mapping[str, Any]) -> str:
    """Facts as JSON text: decimals and dates become strings, so that no digit is lost."""
    return json.dumps(facts, default=_exact, ensure_ascii=False, separators=(",", ":"))


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in an event")
