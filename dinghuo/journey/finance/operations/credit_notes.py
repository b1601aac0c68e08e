"""Drafting credit notes for goods that came back, and documents of charges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.operations.entries import Choice
from dinghuo.journey.finance.operations.invoices import Key, record_drafts
from dinghuo.journey.finance.rules import ChargeDocumentDraft, fault_in_charges
from dinghuo.kernel import sql
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.tenancy import Act


@dataclass(frozen=True, slots=True)
class LockedReturn:
    """A return that this transaction has locked."""

    id: int
    customer_id: int
    order_id: int | None
    is_credited: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a draft's customer and external reference; `place` counts from 0."""

    place: int
    customer_id: int | None
    known_id: int | None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A document that was drafted; `place` counts from 0, the amount is in company currency."""

    place: int
    invoice_id: int
    order_id: int | None
    kind: str
    amount_gross: Decimal


@transaction.atomic
def draft_credit_notes(*, act: Act, return_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Draft a credit note for each return, at the price and tax rate of its lines; none named: every return not credited.

    An outcome's id is the return's, its document the credit note. Refuses with `already_credited`.
    """
    asked = return_ids
    if asked is None:
        asked = [row.id for row in sql.rows("finance/returns_waiting", Key, company_id=act.company_id)]
    returns = lock_returns(act, asked)

    refused = [Outcome(id=row.id, code=errors.ALREADY_CREDITED) for row in returns if row.is_credited]
    open_returns = [row for row in returns if not row.is_credited]

    drafts = [ChargeDocumentDraft(row.customer_id, None, act.on, (), return_id=row.id) for row in open_returns]
    drafted = write_documents(act, drafts)

    record_drafts(act, ((row.invoice_id, row.order_id, row.kind, row.amount_gross) for row in drafted))
    done = [Outcome(id=open_returns[row.place].id, document_id=row.invoice_id) for row in drafted]
    return done + refused + missing(return_ids, (row.id for row in returns))


@transaction.atomic
def draft_charge_documents(*, act: Act, drafts: Sequence[ChargeDocumentDraft]) -> list[Outcome]:
    """Draft documents of charges, each joined to the credit of the return it names; one that comes to less than 0 is a credit note.

    An outcome's id is the draft's position (0-based), its document the draft; one whose `external_ref` is known gives
    the document of the first time. Refuses with `malformed` (facts name line and column), `unknown_customer`,
    `unknown_return`, `other_customer` (the return is another's) or `already_credited`.
    """
    returns = {row.id: row for row in lock_returns(act, [draft.return_id for draft in drafts if draft.return_id])}
    parties = sql.rows(
        "finance/find_credited",
        Known,
        company_id=act.company_id,
        customer_ids=[draft.customer_id for draft in drafts],
        external_refs=[draft.external_ref for draft in drafts],
    )

    choice = choose(drafts, parties, returns)
    drafted = write_documents(act, [drafts[place] for place in choice.fresh])

    record_drafts(act, ((row.invoice_id, row.order_id, row.kind, row.amount_gross) for row in drafted))
    ids = {choice.fresh[row.place]: row.invoice_id for row in drafted}
    done = [Outcome(id=place, document_id=key) for place, key in ids.items()]
    repeated = [Outcome(id=place, document_id=ids[former]) for place, former in choice.repeats.items()]
    return sorted([*done, *repeated, *choice.others], key=lambda outcome: outcome.id)


def choose(drafts: Sequence[ChargeDocumentDraft], parties: Sequence[Known], returns: Mapping[int, LockedReturn]) -> Choice:
    """Tell documents to draft from those drafted before and those refused; a return is credited once."""
    choice = Choice()
    references: dict[str, int] = {}
    claimed: set[int] = set()
    for party, draft in zip(parties, drafts, strict=True):
        if party.known_id is not None:
            choice.others.append(Outcome(id=party.place, document_id=party.known_id))
        elif draft.external_ref is not None and draft.external_ref in references:
            choice.repeats[party.place] = references[draft.external_ref]
        elif refusal := refusal_of(draft, party, returns, claimed):
            choice.others.append(refusal)
        else:
            choice.fresh.append(party.place)
            claimed |= {draft.return_id} if draft.return_id else set()
            references |= {draft.external_ref: party.place} if draft.external_ref is not None else {}
    return choice


def lock_returns(act: Act, return_ids: Sequence[int]) -> list[LockedReturn]:
    """Lock returns in order of id."""
    return sql.rows("finance/lock_returns", LockedReturn, company_id=act.company_id, return_ids=list(return_ids))


def refusal_of(draft: ChargeDocumentDraft, party: Known, returns: Mapping[int, LockedReturn], claimed: set[int]) -> Outcome | None:
    """Why a document cannot be drafted, or None; `claimed` are the returns that documents before it credit."""
    if party.customer_id is None:
        return Outcome(id=party.place, code=errors.UNKNOWN_CUSTOMER, facts={"customer": draft.customer_id})
    fault = fault_in_charges(draft.lines)
    if fault is None and not draft.lines and draft.return_id is None:
        fault = {"column": "lines", "message": "A document needs at least one line."}
    if fault:
        return Outcome(id=party.place, code=errors.MALFORMED, facts=fault)
    if draft.return_id is None:
        return None
    goods = returns.get(draft.return_id)
    if goods is None:
        return Outcome(id=party.place, code=errors.UNKNOWN_RETURN, facts={"return": draft.return_id})
    if goods.customer_id != draft.customer_id:
        return Outcome(id=party.place, code=errors.OTHER_CUSTOMER, facts={"return": draft.return_id})
    if goods.is_credited or goods.id in claimed:
        return Outcome(id=party.place, code=errors.ALREADY_CREDITED, facts={"return": draft.return_id})
    return None


def write_documents(act: Act, drafts: Sequence[ChargeDocumentDraft]) -> list[Drafted]:
    """Write documents with the lines of their returns and charges, and mark the returns as credited; one statement."""
    charges = [(place, line) for place, draft in enumerate(drafts, 1) for line in draft.lines]
    return sql.rows(
        "finance/draft_credits",
        Drafted,
        company_id=act.company_id,
        at=act.at,
        customer_ids=[draft.customer_id for draft in drafts],
        external_refs=[draft.external_ref for draft in drafts],
        issued_ons=[draft.issued_on for draft in drafts],
        return_ids=[draft.return_id for draft in drafts],
        documents=[place for place, _ in charges],
        kinds=[line.kind for _, line in charges],
        descriptions=[line.description[:200] for _, line in charges],
        quantities=[line.quantity for _, line in charges],
        prices=[line.unit_price for _, line in charges],
        rates=[line.tax_rate for _, line in charges],
        source_rows=[line.source_row for _, line in charges],
    )
