"""Connections to carriers: made, changed, and found by what only their carrier knows."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from dinghuo.journey.shipping import errors
from dinghuo.journey.shipping.carriers.protocols import PROTOCOLS
from dinghuo.journey.shipping.models import CarrierConnection
from dinghuo.kernel import journal
from dinghuo.kernel.errors import Malformed, Outcome
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Carrier

VALUE_MAX = 500


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """How a carrier is to be reached; without an address its public one. Secrets left out of a change stay as they are."""

    carrier_id: int
    protocol: str
    base_url: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    is_active: bool = True


@transaction.atomic
def connect_carrier(*, act: Act, draft: ConnectionDraft) -> Outcome:
    """Say how a carrier is reached, or change it; the outcome's id is the connection's. Its secrets are in no event.

    Raises Malformed `unknown_carrier`, `unknown_protocol`, `malformed` for an address that is none and what is missing.
    """
    if not Carrier.objects.filter(company_id=act.company_id, id=draft.carrier_id).exists():
        raise Malformed("There is no such carrier.", code=errors.UNKNOWN_CARRIER, column="carrier")
    protocol = PROTOCOLS.get(draft.protocol)
    if protocol is None:
        raise Malformed("There is no such protocol.", code="unknown_protocol", column="protocol", known=sorted(PROTOCOLS))
    known = CarrierConnection.objects.select_for_update(no_key=True).filter(
        company_id=act.company_id, carrier_id=draft.carrier_id, protocol=draft.protocol
    )
    connection = known.first()
    kept = {**(connection.secrets if connection else {}), **{name: value for name, value in draft.secrets.items() if value}}
    refuse_incomplete(draft, kept)

    values = {
        "base_url": (draft.base_url or protocol.base_url).rstrip("/"),
        "settings": dict(draft.settings),
        "secrets": kept,
        "is_active": draft.is_active,
        "failures": 0,
        "open_until": None,
    }
    if connection is None:
        connection = CarrierConnection.objects.create(
            company_id=act.company_id,
            carrier_id=draft.carrier_id,
            protocol=draft.protocol,
            push_key=secrets.token_urlsafe(32),
            **values,
        )
    else:
        known.update(**values)

    facts = {"carrier_id": draft.carrier_id, "protocol": draft.protocol, "is_active": draft.is_active}
    journal.record(act, "CarrierConnected", "carrier_connection", [Happened(connection.pk, None, facts)])
    return Outcome(id=connection.pk)


def refuse_incomplete(draft: ConnectionDraft, kept: Mapping[str, str]) -> None:
    """Raise Malformed naming the first thing that a connection lacks, or that is not as it should be."""
    protocol = PROTOCOLS[draft.protocol]
    address = urlsplit(draft.base_url)
    if draft.base_url and (address.scheme not in {"http", "https"} or not address.hostname or address.username):
        raise Malformed("An address begins with https:// and names a host.", column="base_url")
    for name in protocol.settings:
        if not draft.settings.get(name):
            raise Malformed(f"The setting {name} is missing.", column=name)
    for name in protocol.secrets:
        if not kept.get(name):
            raise Malformed(f"The secret {name} is missing.", column=name)
    for name, value in (*draft.settings.items(), *kept.items()):
        if len(value) > VALUE_MAX or not value.isprintable():
            raise Malformed("A setting has at most 500 characters that can be printed.", column=name)
