"""What matching goes by: the company's bank accounts, whose accounts and names payers' are, and the policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.matching.policy import policy_of
from dinghuo.journey.finance.matching.statements import account_number
from dinghuo.journey.finance.matching.texts import name_key
from dinghuo.journey.finance.models import BankAccount, MatchPolicy, PayerAlias
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Currency, Customer


@dataclass(frozen=True, slots=True)
class BankAccountDraft:
    """A bank account as it is to be; one of the same code is changed."""

    code: str
    name: str
    number: str
    currency: str
    mapping: Mapping[str, Any] | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class AliasDraft:
    """Whose money comes from an account or under a name; `match_id` is the match that taught it."""

    kind: str
    value: str
    customer_id: int
    match_id: int | None = None


@transaction.atomic
def keep_bank_account(*, act: Act, draft: BankAccountDraft) -> int:
    """Add a bank account, or change the one of that code; returns its id.

    Raises Malformed for a number that is empty or another account's, and for an unknown currency.
    """
    known = BankAccount.objects.select_for_update(no_key=True).filter(company_id=act.company_id, code=draft.code).first()

    number = account_number(draft.number)
    if not number or not Currency.objects.filter(code=draft.currency).exists():
        raise Malformed("A bank account has a number and a known currency.", column="number" if not number else "currency")
    others = BankAccount.objects.filter(company_id=act.company_id, number=number).exclude(code=draft.code)
    if others.exists():
        raise Malformed(f"{draft.number} is the number of another bank account.", column="number")

    row = known or BankAccount(company_id=act.company_id, code=draft.code)
    row.name, row.number, row.currency_id = draft.name, number, draft.currency
    row.mapping = None if draft.mapping is None else dict(draft.mapping)
    row.is_active = draft.is_active

    row.save()

    journal.record(act, "BankAccountKept", "bank_account", [Happened(row.id, None, {"code": row.code, "number": number})])
    return row.id


@transaction.atomic
def teach_aliases(*, act: Act, aliases: Sequence[AliasDraft]) -> list[Outcome]:
    """Learn whose the accounts and names of payers are; what was another customer's before is retired, and stays readable.

    An outcome's id is the draft's position (0-based). Refuses with `unknown_customer`, and with `malformed` what says nothing.
    """
    customers = set(
        Customer.objects.filter(company_id=act.company_id, id__in={alias.customer_id for alias in aliases}).values_list(
            "id", flat=True
        )
    )

    taught: dict[tuple[str, str], AliasDraft] = {}
    outcomes = []
    for place, alias in enumerate(aliases):
        value = alias_value(alias.kind, alias.value)
        if alias.customer_id not in customers:
            outcomes.append(Outcome(id=place, code=errors.UNKNOWN_CUSTOMER, facts={"customer": alias.customer_id}))
        elif not value:
            outcomes.append(Outcome(id=place, code=errors.MALFORMED, facts={"column": "value"}))
        else:
            taught[alias.kind, value] = alias
            outcomes.append(Outcome(id=place))
    if not taught:
        return outcomes

    columns: dict[str, list[Any]] = {
        "kinds": [kind for kind, _ in taught],
        "alias_values": [value for _, value in taught],
        "customer_ids": [alias.customer_id for alias in taught.values()],
    }
    told = {"company_id": act.company_id, "actor_id": act.actor_id, "at": act.at}
    sql.execute("finance/teach_aliases", **told, **columns)
    sql.execute("finance/write_aliases", **told, **columns, match_ids=[alias.match_id for alias in taught.values()])

    facts = [Happened(alias.customer_id, None, {"kind": kind, "value": value}) for (kind, value), alias in taught.items()]
    journal.record(act, "PayerAliasTaught", "customer", facts)
    return outcomes


def alias_value(kind: str, value: str) -> str:
    """An account or a name as matching compares it."""
    return account_number(value)[:60] if kind == "account" else name_key(value)[:200]


@transaction.atomic
def retire_aliases(*, act: Act, alias_ids: Sequence[int]) -> list[Outcome]:
    """Forget whose some accounts or names are. Refuses with `already_retired`, `not_found`."""
    found = list(
        PayerAlias.objects.select_for_update(no_key=True).filter(company_id=act.company_id, id__in=alias_ids).order_by("id")
    )

    fresh = [row for row in found if row.retired_at is None]
    late = [Outcome(id=row.id, code=errors.ALREADY_RETIRED) for row in found if row.retired_at is not None]

    ids = [row.id for row in fresh]
    PayerAlias.objects.filter(company_id=act.company_id, id__in=ids).update(retired_at=act.at, retired_by_id=act.actor_id)

    facts = [Happened(row.customer_id, None, {"kind": row.kind, "value": row.value}) for row in fresh]
    journal.record(act, "PayerAliasRetired", "customer", facts)
    return [Outcome(id=row.id) for row in fresh] + late + missing(alias_ids, (row.id for row in found))


@transaction.atomic
def set_match_policy(*, act: Act, settings: Mapping[str, Any]) -> int:
    """Put a new version of the match policy in force; returns its number. Raises Malformed for settings that make no sense."""
    newest = MatchPolicy.objects.filter(company_id=act.company_id).order_by("-version").first()
    version = (newest.version if newest else 0) + 1

    try:
        policy_of(settings)
    except ValueError as fault:
        raise Malformed(f"{fault}.") from fault

    row = MatchPolicy.objects.create(
        company_id=act.company_id, version=version, settings=dict(settings), made_at=act.at, made_by_id=act.actor_id
    )

    journal.record(act, "MatchPolicySet", "match_policy", [Happened(row.id, None, {"version": version})])
    return version
