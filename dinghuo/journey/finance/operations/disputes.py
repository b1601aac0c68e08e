"""What customers do not accept of what they owe: opened with a reason, closed with what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.models import Dispute
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

TEXT_MAX = 300


@dataclass(frozen=True, slots=True)
class DisputeDraft:
    """A dispute as asked for; without an amount all that is open of the invoice is disputed."""

    invoice_id: int
    reason: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Disputable:
    """A receivable that this transaction has locked, and what may be disputed of it."""

    invoice_id: int
    receivable_id: int
    order_id: int | None
    open: Decimal
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class LockedDispute:
    """A dispute that this transaction has locked."""

    id: int
    receivable_id: int
    invoice_id: int
    order_id: int | None
    is_open: bool


@transaction.atomic
def open_disputes(*, act: Act, drafts: Sequence[DisputeDraft]) -> list[Outcome]:
    """Mark what customers owe as disputed: it is still owed, but no rule counts it as late; orders held by it are judged again.

    An outcome's id is the invoice's, its document the dispute. Refuses `unknown_invoice`, `already_settled`, `already_disputed`,
    `malformed_amount` (not above zero, or more than is open) and `reason_missing`. Rule: docs/rules/finance.md.
    """
    asked = {"company_id": act.company_id, "invoice_ids": sorted({draft.invoice_id for draft in drafts})}
    found = {row.invoice_id: row for row in sql.rows("finance/receivables_to_dispute", Disputable, **asked)}

    outcomes: list[Outcome] = []
    taken: list[tuple[Disputable, DisputeDraft]] = []
    for draft in drafts:
        owed = found.get(draft.invoice_id)
        code = fault_in_dispute(draft, owed, {row.invoice_id for row, _ in taken})
        if code is None and owed is not None:
            taken.append((owed, draft))
        else:
            outcomes.append(Outcome(id=draft.invoice_id, code=code or errors.UNKNOWN_INVOICE))

    made = Dispute.objects.bulk_create(
        Dispute(
            company_id=act.company_id,
            receivable_id=owed.receivable_id,
            amount=owed.open if draft.amount is None else draft.amount,
            reason=draft.reason.strip(),
            opened_at=act.at,
            opened_by_id=act.actor_id,
        )
        for owed, draft in taken
    )

    pairs = list(zip(made, taken, strict=True))
    events = [
        Happened(owed.invoice_id, owed.order_id, {"amount": str(row.amount), "reason": row.reason}) for row, (owed, _) in pairs
    ]
    journal.record(act, "DisputeOpened", "sales_invoice", events)
    return [Outcome(id=owed.invoice_id, document_id=row.pk) for row, (owed, _) in pairs] + outcomes


def fault_in_dispute(draft: DisputeDraft, owed: Disputable | None, taken: set[int]) -> str | None:
    """Why an invoice cannot be disputed like that, as a code; None when it can."""
    if owed is None:
        return errors.UNKNOWN_INVOICE
    if owed.is_disputed or owed.invoice_id in taken:
        return errors.ALREADY_DISPUTED
    if owed.open <= 0:
        return errors.ALREADY_SETTLED
    if draft.amount is not None and not 0 < draft.amount <= owed.open:
        return errors.MALFORMED_AMOUNT
    return None if 0 < len(draft.reason.strip()) <= TEXT_MAX else errors.REASON_MISSING


@transaction.atomic
def close_disputes(*, act: Act, dispute_ids: Sequence[int], resolution: str) -> list[Outcome]:
    """End disputes, with what came of them: what is still open of their items may be late again.

    Refuses `not_found`, `already_closed` and `reason_missing`.
    """
    found = sql.rows("finance/lock_disputes", LockedDispute, company_id=act.company_id, dispute_ids=sorted(set(dispute_ids)))

    said = resolution.strip()
    is_said = 0 < len(said) <= TEXT_MAX
    refused = [Outcome(id=row.id, code=errors.ALREADY_CLOSED) for row in found if not row.is_open]
    refused += [Outcome(id=row.id, code=errors.REASON_MISSING) for row in found if row.is_open and not is_said]
    closing = [row for row in found if row.is_open and is_said]

    ids = [row.id for row in closing]
    Dispute.objects.filter(company_id=act.company_id, id__in=ids).update(closed_at=act.at, resolution=said)

    events = [Happened(row.invoice_id, row.order_id, {"reason": said}) for row in closing]
    journal.record(act, "DisputeClosed", "sales_invoice", events)
    return [Outcome(id=key) for key in ids] + refused + missing(dispute_ids, (row.id for row in found))
