"""Matching: what the engine decides is posted, the rest waits for a person with what was found.

Deciding comes before the locks, since it takes seconds for ten thousand lines and the journal is everybody's; what it rests on is
looked at again under them, and a line whose invoices have changed meanwhile waits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from dinghuo.journey.finance import errors
from dinghuo.journey.finance.matching.book import Alias, Item, Payer, book_of
from dinghuo.journey.finance.matching.engine import Verdict, decide
from dinghuo.journey.finance.matching.evidence import Choice, Incoming
from dinghuo.journey.finance.matching.policy import Policy, policy_of
from dinghuo.journey.finance.models import BankMatch
from dinghuo.journey.finance.operations.applications import lock_receivables
from dinghuo.journey.finance.operations.entries import lock_journal
from dinghuo.journey.finance.operations.payments import take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Outcome, missing
from dinghuo.kernel.journal import Happened, as_json
from dinghuo.kernel.tenancy import Act

# So long after it was settled an invoice is known to have been paid, when it is paid once more.
PAID_TWICE_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line that waits to be matched."""

    line_id: int
    match_id: int
    booked_on: date
    amount: Decimal
    payer: str
    payer_account: str
    reference: str


@dataclass(frozen=True, slots=True)
class LockedMatch:
    """What is in force for a line, locked by this transaction."""

    match_id: int
    line_id: int
    state: str
    outcome: str
    booked_on: date
    amount: Decimal
    payer: str
    payer_account: str
    reference: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An invoice as the database gives it."""

    invoice_id: int
    receivable_id: int
    number: str
    order_number: str
    customer_po: str
    customer_id: int
    due_on: date
    amount: Decimal
    open: Decimal


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """The policy in force, and how many decimals the company's currency has."""

    version: int
    settings: Mapping[str, Any]
    minor_units: int


@dataclass(slots=True)
class Settlement:
    """What a line is to settle: shares by invoice in order, by customer; `kept` is the rest, and whose."""

    match: LockedMatch
    shares: Sequence[tuple[int, Decimal]]
    kept_for: int
    payments: list[int] = field(default_factory=list)
    refusal: Outcome | None = None


@transaction.atomic
def match_lines(*, act: Act, line_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Match bank lines that wait with open invoices, take the money and settle; None named: all that wait.

    An outcome's id is the line's; its code is done for a matched one, else `suggested`, `ambiguous` or `unmatched`, or
    `changed_meanwhile` when an invoice was settled by somebody else just now. Refuses `already_matched`. Rule:
    docs/rules/matching.md.
    """
    waiting = sql.rows("finance/lines_to_match", WaitingLine, company_id=act.company_id, line_ids=listed(line_ids))
    policy, minor_units = policy_in_force(act)
    verdicts = {verdict.line_id: verdict for verdict in verdicts_of(act, waiting, policy, minor_units)}

    lock_journal(act)
    asked = [line.line_id for line in waiting] if line_ids is None else list(line_ids)
    locked = sql.rows("finance/lock_matches", LockedMatch, company_id=act.company_id, line_ids=asked)
    held = [match for match in locked if match.state == "waiting" and match.line_id in verdicts]
    coin = Decimal(1).scaleb(-minor_units)
    wanted = [settlement_of(match, verdicts[match.line_id], coin) for match in held if verdicts[match.line_id].settled]
    settle(act, wanted)

    write_verdicts(act, held, verdicts, policy)
    done = {settlement.match.match_id for settlement in wanted if settlement.refusal is None}
    mark_matched(act, wanted, is_automatic=True)

    record_matches(act, wanted)
    changed = {settlement.match.match_id for settlement in wanted} - done
    outcomes = [outcome_of(match, verdicts[match.line_id], done, changed) for match in held]
    return outcomes + refusals(locked, held, line_ids) + missing(line_ids, (match.line_id for match in locked))


def listed(line_ids: Sequence[int] | None) -> list[int] | None:
    """Ids as a parameter."""
    return None if line_ids is None else list(line_ids)


def policy_in_force(act: Act) -> tuple[Policy, int]:
    """The company's match policy, and the decimals of its currency."""
    (row,) = sql.rows("finance/match_policy_in_force", PolicyRow, company_id=act.company_id)
    return policy_of(row.settings, row.version), row.minor_units


def verdicts_of(act: Act, waiting: Sequence[WaitingLine], policy: Policy, minor_units: int) -> list[Verdict]:
    """Read what is open and who pays, and decide the lines."""
    if not waiting:
        return []
    since = act.on - PAID_TWICE_WITHIN
    rows = sql.rows("finance/items_to_match", ItemRow, company_id=act.company_id, since=since)
    payers = sql.rows("finance/payers_to_match", Payer, company_id=act.company_id)
    aliases = sql.rows("finance/aliases_in_force", Alias, company_id=act.company_id)
    items = [
        Item(
            invoice_id=row.invoice_id,
            number=row.number,
            order_number=row.order_number,
            customer_po=row.customer_po,
            customer_id=row.customer_id,
            due_on=row.due_on,
            amount=coins(row.amount, minor_units),
            open=coins(row.open, minor_units),
        )
        for row in rows
    ]
    lines = [
        Incoming(line.line_id, coins(line.amount, minor_units), line.payer, line.payer_account, line.reference) for line in waiting
    ]
    return decide(book_of(items, payers, aliases, minor_units=minor_units), lines, policy)


def coins(amount: Decimal, minor_units: int) -> int:
    """An amount in smallest coins."""
    return int(amount.scaleb(minor_units))


def settlement_of(match: LockedMatch, verdict: Verdict, coin: Decimal) -> Settlement:
    """What an engine's verdict is to settle."""
    best = verdict.choices[0]
    shares = [(invoice_id, paid * coin) for invoice_id, paid in verdict.settled]
    return Settlement(match, shares, kept_for=best.items[-1].customer_id)


def settle(act: Act, wanted: Sequence[Settlement]) -> None:
    """Take the money of lines and settle what each is to settle, all of it or nothing; says of each what came of it.

    Money for invoices of several customers of a group is taken as a payment of each.
    """
    debts = lock_receivables(act, (), {invoice_id for settlement in wanted for invoice_id, _ in settlement.shares})
    drafts: list[PaymentDraft] = []
    owners: list[Settlement] = []
    left = {invoice_id: debt.open for invoice_id, debt in debts.items()}
    for settlement in wanted:
        if any(left.get(invoice_id, Decimal(0)) < amount for invoice_id, amount in settlement.shares):
            settlement.refusal = Outcome(id=settlement.match.line_id, code=errors.CHANGED_MEANWHILE)
            continue
        by_customer: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
        for invoice_id, amount in settlement.shares:
            left[invoice_id] -= amount
            by_customer[debts[invoice_id].customer_id].append((invoice_id, amount))
        rest = settlement.match.amount - sum((amount for _, amount in settlement.shares), Decimal(0))
        by_customer[settlement.kept_for] += []
        for customer_id, shares in by_customer.items():
            amount = sum((share for _, share in shares), rest if customer_id == settlement.kept_for else Decimal(0))
            if amount > 0:
                drafts.append(payment_of(settlement.match, customer_id, amount, [invoice_id for invoice_id, _ in shares]))
                owners.append(settlement)
    named = [place for place, draft in enumerate(drafts) if draft.invoice_ids]
    kept = [place for place, draft in enumerate(drafts) if not draft.invoice_ids]
    for places, apply in ((named, True), (kept, False)):
        outcomes = take_payments(act=act, payments=[drafts[place] for place in places], apply=apply) if places else []
        for place, outcome in zip(places, outcomes, strict=True):
            assert outcome.document_id is not None, outcome
            owners[place].payments.append(outcome.document_id)


def payment_of(match: LockedMatch, customer_id: int, amount: Decimal, invoice_ids: Sequence[int]) -> PaymentDraft:
    """A line's money as a payment; its reference makes a repeat harmless."""
    return PaymentDraft(
        customer_id=customer_id,
        amount=amount,
        method="bank_transfer",
        received_on=match.booked_on,
        reference=match.reference,
        external_ref=f"bank-match:{match.match_id}:{customer_id}",
        invoice_ids=invoice_ids,
    )


def write_verdicts(act: Act, held: Sequence[LockedMatch], verdicts: Mapping[int, Verdict], policy: Policy) -> None:
    """Keep what was found for the lines."""
    if not held:
        return
    found = [verdicts[match.line_id] for match in held]
    sql.execute(
        "finance/keep_verdicts",
        company_id=act.company_id,
        version=policy.version,
        match_ids=[match.match_id for match in held],
        outcomes=[verdict.outcome for verdict in found],
        scores=[verdict.score for verdict in found],
        customer_ids=[customer_of(verdict) for verdict in found],
        findings=[as_json({"choices": [as_data(choice) for choice in verdict.choices]}) for verdict in found],
    )


def customer_of(verdict: Verdict) -> int | None:
    """Whose a line seems to be: the customer of the best choice."""
    if not verdict.choices:
        return None
    best = verdict.choices[0]
    return best.items[0].customer_id if best.items else best.group_id


def as_data(choice: Choice) -> dict[str, Any]:
    """A choice as it is kept: its invoices with what is open of each in smallest coins, its points, and why."""
    return {
        "customer_id": choice.items[0].customer_id if choice.items else choice.group_id,
        "score": choice.score,
        "items": [{"invoice_id": item.invoice_id, "number": item.number} for item in choice.items],
        "reasons": [{"code": reason.code, "points": reason.points, "facts": dict(reason.facts)} for reason in choice.reasons],
    }


def mark_matched(act: Act, wanted: Sequence[Settlement], *, is_automatic: bool) -> None:
    """Move what was settled to matched, and write what it became."""
    done = [settlement for settlement in wanted if settlement.refusal is None]
    if not done:
        return
    states.move(
        BankMatch,
        company_id=act.company_id,
        ids=[settlement.match.match_id for settlement in done],
        to="matched",
        also={"is_automatic": is_automatic, "decided_at": act.at, "decided_by_id": act.actor_id},
    )
    pairs = [(settlement.match.match_id, payment_id) for settlement in done for payment_id in settlement.payments]
    sql.execute(
        "finance/write_match_items",
        company_id=act.company_id,
        match_ids=[match_id for match_id, _ in pairs],
        payment_ids=[payment_id for _, payment_id in pairs],
    )


def record_matches(act: Act, wanted: Sequence[Settlement]) -> None:
    """Record BankLineMatched for what was settled."""
    done = [settlement for settlement in wanted if settlement.refusal is None]
    facts = [
        Happened(settlement.match.line_id, None, {"amount": settlement.match.amount, "payments": settlement.payments})
        for settlement in done
    ]
    journal.record(act, "BankLineMatched", "bank_statement_line", facts)


def outcome_of(match: LockedMatch, verdict: Verdict, done: set[int], changed: set[int]) -> Outcome:
    """What became of a line."""
    facts = {"score": verdict.score}
    if match.match_id in done:
        return Outcome(id=match.line_id, document_id=match.match_id, facts=facts)
    code = errors.CHANGED_MEANWHILE if match.match_id in changed else verdict.outcome
    return Outcome(id=match.line_id, code=code, document_id=match.match_id, facts=facts)


def refusals(locked: Sequence[LockedMatch], held: Sequence[LockedMatch], line_ids: Sequence[int] | None) -> list[Outcome]:
    """Why named lines were not looked at."""
    looked_at = {match.match_id for match in held}
    return [not_waiting(match) for match in locked if match.match_id not in looked_at] if line_ids is not None else []


def not_waiting(match: LockedMatch) -> Outcome:
    """Why a line cannot be matched."""
    code = errors.ALREADY_MATCHED if match.state == "matched" else match.outcome or errors.SET_ASIDE
    return Outcome(id=match.line_id, code=errors.CHANGED_MEANWHILE if match.state == "waiting" else code)
