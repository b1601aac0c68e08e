"""Asking a tax registry about tax ids: a port with one adapter, for VIES, whose address is a setting.

The registry may be away, and then nobody knows: such a number stays unchecked, and the rule `tax_registry` says so. Source of the
protocol: the REST interface of the European Commission's VIES, `check-vat-number`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.db import transaction

from dinghuo.journey.review.models import RegistryCheck
from dinghuo.kernel import sql
from dinghuo.kernel.tenancy import Act

VIES = "https://ec.europa.eu/taxation_customs/vies/rest-api"
SECONDS_MAX = 10.0
NAME_MAX = 300
# The registry names Greece by its language.
VIES_COUNTRIES = {"GR": "EL"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry says about a number, and to whom it gave it, where it tells."""

    is_valid: bool
    name: str = ""


Ask = Callable[[str, str], Answer | None]


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A tax id of some customer that no registry was asked about lately."""

    country: str
    tax_number: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many tax ids were confirmed, denied, and left unchecked because the registry did not answer."""

    valid: int
    invalid: int
    unchecked: int


def vies(address: str = VIES) -> Ask:
    """The registry at an address: asks about one number, None when it cannot say."""

    def ask(country: str, tax_number: str) -> Answer | None:
        prefix = VIES_COUNTRIES.get(country, country)
        number = "".join(letter for letter in tax_number.upper() if letter.isalnum()).removeprefix(prefix)
        try:
            reply = httpx.post(
                f"{address.rstrip('/')}/check-vat-number", json={"countryCode": prefix, "vatNumber": number}, timeout=SECONDS_MAX
            )
            said = reply.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return None
        # A member state whose own registry is down is answered for with an error, or with no word about the number.
        if not isinstance(said, dict) or not isinstance(said.get("valid"), bool):
            return None
        return Answer(said["valid"], str(said.get("name") or "")[:NAME_MAX])

    return ask


def ask_registry(*, act: Act, ask: Ask, days: int) -> Checked:
    """Ask about every tax id inside the EU that no answer of the last days covers, and keep the answers with their date.

    The registry is asked outside of any transaction; each number once, however many customers have it.
    """
    with transaction.atomic():
        wanted = sql.rows("review/tax_numbers_to_check", ToCheck, company_id=act.company_id, day=act.on, days=days)
    answers = [(row, ask(row.country, row.tax_number)) for row in wanted]
    known = [(row, answer) for row, answer in answers if answer is not None]
    with transaction.atomic():
        RegistryCheck.objects.bulk_create(
            RegistryCheck(
                company_id=act.company_id,
                country=row.country,
                tax_number=row.tax_number,
                status=RegistryCheck.Status.VALID if answer.is_valid else RegistryCheck.Status.INVALID,
                name=answer.name,
                checked_at=act.at,
                checked_on=act.on,
            )
            for row, answer in known
        )
    valid = sum(answer.is_valid for _, answer in known)
    return Checked(valid, len(known) - valid, len(answers) - len(known))
