"""What people decide about bank lines: which invoices they pay, that a match was wrong, that a line is no customer's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.models import BankMatch, InvoiceState
from dinghuo.journey.finance.operations.applications import lock_receivables
from dinghuo.journey.finance.operations.bank_accounts import AliasDraft, teach_aliases
from dinghuo.journey.finance.operations.bank_matching import (
    LockedMatch,
    Settlement,
    mark_matched,
    not_waiting,
    record_matches,
    settle,
)
from dinghuo.journey.finance.operations.entries import Posting, lock_journal, write_entries
from dinghuo.journey.finance.operations.invoices import Key
from dinghuo.journey.finance.rules import MONEY_ROLES, Debt
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Customer

SHORT_REASONS = ("cash_discount", "bank_fee", "price", "damaged", "missing_goods", "returned", "other")


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a line pays, as a person says: invoices in the order in which they are settled, and whose the rest is.

    `short_reason` is why the last invoice is not paid in full: a dispute over the rest is opened with it. With `teach` the payer's
    account and name are known from then on.
    """

    line_id: int
    invoice_ids: Sequence[int] = ()
    customer_id: int | None = None
    short_reason: str | None = None
    note: str = ""
    teach: bool = True


@dataclass(frozen=True, slots=True)
class MatchedPayment:
    """A payment that a match made, locked by this transaction."""

    match_id: int
    payment_id: int
    number: str
    customer_id: int
    received_on: date
    amount: Decimal


@transaction.atomic
def settle_lines(*, act: Act, decisions: Sequence[LineDecision]) -> list[Outcome]:
    """Settle with bank lines what people say that they pay; what is over stays the customer's, what falls short stays open.

    An outcome's id is the line's. Refuses `already_matched`, `not_incoming`, `other_currency`, `nothing_chosen`,
    `unknown_invoice`, `not_posted`, `already_settled`, `unknown_customer`. Rule: docs/rules/matching.md.
    """
    lock_journal(act)
    by_line = {decision.line_id: decision for decision in decisions}
    locked = sql.rows("finance/lock_matches", LockedMatch, company_id=act.company_id, line_ids=list(by_line))
    debts = lock_receivables(act, (), {key for decision in decisions for key in decision.invoice_ids})

    asked = {decision.customer_id for decision in decisions if decision.customer_id}
    customers = set(Customer.objects.filter(company_id=act.company_id, id__in=asked).values_list("id", flat=True))
    refused = {match.line_id: refusal_of(match, by_line[match.line_id], debts, customers) for match in locked}

    left = {key: debt.open for key, debt in debts.items()}
    wanted = [settlement_of(match, by_line[match.line_id], debts, left) for match in locked if refused[match.line_id] is None]
    settle(act, wanted)

    mark_matched(act, wanted, is_automatic=False)
    done = [settlement for settlement in wanted if settlement.refusal is None]
    dispute_rests(act, [(by_line[settlement.match.line_id], settlement) for settlement in done], debts)
    taught = [alias for settlement in done for alias in aliases_of(by_line[settlement.match.line_id], settlement)]
    teach_aliases(act=act, aliases=taught)

    record_matches(act, wanted)
    outcomes = [outcome_of(settlement) for settlement in wanted]
    others = [refusal for refusal in refused.values() if refusal is not None]
    return outcomes + others + missing(list(by_line), (match.line_id for match in locked))


def outcome_of(settlement: Settlement) -> Outcome:
    """What became of a line that somebody decided."""
    done = Outcome(id=settlement.match.line_id, document_id=settlement.match.match_id)
    return settlement.refusal or done


def refusal_of(match: LockedMatch, decision: LineDecision, debts: Mapping[int, Debt], customers: set[int]) -> Outcome | None:
    """Why a decision cannot be done, or None."""
    line_id = match.line_id
    if match.state != "waiting":
        return not_waiting(match)
    if not decision.invoice_ids and decision.customer_id is None:
        return Outcome(id=line_id, code=errors.NOTHING_CHOSEN)
    if decision.customer_id is not None and decision.customer_id not in customers:
        return Outcome(id=line_id, code=errors.UNKNOWN_CUSTOMER, facts={"customer": decision.customer_id})
    for key in decision.invoice_ids:
        debt = debts.get(key)
        if debt is None:
            return Outcome(id=line_id, code=errors.UNKNOWN_INVOICE, facts={"invoice": key})
        if debt.invoice_state != InvoiceState.POSTED:
            return Outcome(id=line_id, code=errors.NOT_POSTED, facts={"invoice": key})
        if debt.open <= 0:
            return Outcome(id=line_id, code=errors.ALREADY_SETTLED, facts={"invoice": key})
    return None


def settlement_of(match: LockedMatch, decision: LineDecision, debts: Mapping[int, Debt], left: dict[int, Decimal]) -> Settlement:
    """What a decision settles: each invoice as far as the money goes, in the order given; `left` goes down with it."""
    rest = match.amount
    shares = []
    for key in decision.invoice_ids:
        part = min(left[key], rest)
        if part > 0:
            shares.append((key, part))
            left[key] -= part
            rest -= part
    keeper = decision.customer_id or debts[decision.invoice_ids[-1]].customer_id
    found = Settlement(match, shares, kept_for=keeper)
    if decision.invoice_ids and not shares:
        # An earlier line of the same set has settled all of it.
        found.refusal = Outcome(id=match.line_id, code=errors.ALREADY_SETTLED, facts={"invoice": decision.invoice_ids[0]})
    return found


def dispute_rests(act: Act, settled: Sequence[tuple[LineDecision, Settlement]], debts: Mapping[int, Debt]) -> None:
    """Open a dispute over what is still open of the last invoice of each decision that gives a reason for it."""
    paid: dict[int, Decimal] = {}
    for _, settlement in settled:
        for key, amount in settlement.shares:
            paid[key] = paid.get(key, Decimal(0)) + amount
    rests = []
    for decision, settlement in settled:
        if decision.short_reason and settlement.shares:
            debt = debts[settlement.shares[-1][0]]
            rest = debt.open - paid[debt.invoice_id]
            rests += [(debt.receivable_id, rest, decision.short_reason, decision.note[:300])] if rest > 0 else []
    if rests:
        sql.execute(
            "finance/write_disputes",
            company_id=act.company_id,
            actor_id=act.actor_id,
            at=act.at,
            receivable_ids=[rest[0] for rest in rests],
            amounts=[rest[1] for rest in rests],
            reason_codes=[rest[2] for rest in rests],
            reasons=[rest[3] for rest in rests],
        )


def aliases_of(decision: LineDecision, settlement: Settlement) -> list[AliasDraft]:
    """What a decision teaches: whose the payer's account and name are."""
    match = settlement.match
    given = (("account", match.payer_account), ("name", match.payer)) if decision.teach else ()
    return [AliasDraft(kind, value, settlement.kept_for, match.match_id) for kind, value in given if value]


@transaction.atomic
def unmatch_lines(*, act: Act, line_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Take matches back: their payments are reversed whole, what they settled is open again, what they taught is forgotten.

    The lines wait once more; what was undone stays to be read. Lines that were set aside wait again as well. An outcome's id is
    the line's. Refuses `not_matched`, and `not_incoming` or `other_currency` for lines that are never matched.
    """
    lock_journal(act)
    locked = sql.rows("finance/lock_matches", LockedMatch, company_id=act.company_id, line_ids=list(line_ids))
    wrong = [match for match in locked if refusal_to_undo(match) is None]
    match_ids = [match.match_id for match in wrong]
    payments = sql.rows("finance/payments_of_matches", MatchedPayment, company_id=act.company_id, match_ids=match_ids)
    payment_ids = [payment.payment_id for payment in payments]
    settled = sql.rows("finance/invoices_of_payments", Key, company_id=act.company_id, payment_ids=payment_ids)
    lock_receivables(act, (), [row.id for row in settled])

    told = {"company_id": act.company_id, "actor_id": act.actor_id, "at": act.at}
    if payments:
        sql.execute("finance/reverse_payments", **told, reversed_on=act.on, reason=reason[:300], payment_ids=payment_ids)
        write_entries(act, [reversal_of(act, payment) for payment in payments])
    also = {"undone_at": act.at, "undone_by_id": act.actor_id, "undo_reason": reason[:300]}
    states.move(BankMatch, company_id=act.company_id, ids=match_ids, to="undone", also=also)
    sql.execute("finance/queue_again", **told, line_ids=[match.line_id for match in wrong], match_ids=match_ids)

    facts = [Happened(match.line_id, None, {"reason": reason[:300], "amount": match.amount}) for match in wrong]
    journal.record(act, "BankLineUnmatched", "bank_statement_line", facts)
    refused = [refusal for match in locked if (refusal := refusal_to_undo(match)) is not None]
    done = [Outcome(id=match.line_id, document_id=match.match_id) for match in wrong]
    return done + refused + missing(line_ids, (match.line_id for match in locked))


def refusal_to_undo(match: LockedMatch) -> Outcome | None:
    """Why there is nothing to take back of a line, or None."""
    if match.state == "waiting":
        return Outcome(id=match.line_id, code=errors.NOT_MATCHED)
    never = match.state == "set_aside" and match.outcome in {errors.NOT_INCOMING, errors.OTHER_CURRENCY}
    return Outcome(id=match.line_id, code=match.outcome) if never else None


def reversal_of(act: Act, payment: MatchedPayment) -> Posting:
    """The entry that takes a payment back: the customer owes again, the bank's money is nobody's yet."""
    day = max(act.on, payment.received_on)
    lines = [("receivable", payment.amount), (MONEY_ROLES["bank_transfer"], -payment.amount)]
    return Posting("payment_reversal", "payment", payment.payment_id, payment.number, day, lines, customer_id=payment.customer_id)


@transaction.atomic
def set_aside_lines(*, act: Act, line_ids: Sequence[int], reason: str) -> list[Outcome]:
    """Say that lines are no customer's money: interest, a refund, a loan. Refuses what does not wait (`already_matched`)."""
    locked = sql.rows("finance/lock_matches", LockedMatch, company_id=act.company_id, line_ids=list(line_ids))

    waiting = [match for match in locked if match.state == "waiting"]

    also = {"decided_at": act.at, "decided_by_id": act.actor_id, "undo_reason": reason[:300]}
    states.move(BankMatch, company_id=act.company_id, ids=[match.match_id for match in waiting], to="set_aside", also=also)

    facts = [Happened(match.line_id, None, {"reason": reason[:300], "amount": match.amount}) for match in waiting]
    journal.record(act, "BankLineSetAside", "bank_statement_line", facts)
    done = [Outcome(id=match.line_id, document_id=match.match_id) for match in waiting]
    return (
        done
        + [not_waiting(match) for match in locked if match.state != "waiting"]
        + missing(line_ids, (match.line_id for match in locked))
    )
