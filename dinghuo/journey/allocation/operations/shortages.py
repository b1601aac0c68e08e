"""What is done about lines that stay short: proposals are written, one is accepted and acts at once, and what can be is undone."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import Shortage, ShortageProposal, StockLevel, SubstitutionConsent
from dinghuo.journey.allocation.models.shortages import ProposalKind, ProposalState
from dinghuo.journey.allocation.operations.allocations import allocate_orders
from dinghuo.journey.allocation.operations.promises import close_promises
from dinghuo.journey.allocation.operations.receipts import expect_supply
from dinghuo.journey.allocation.operations.supplies import change_supplies, peg_backorders
from dinghuo.journey.allocation.operations.transfers import send_transfer
from dinghuo.journey.allocation.rules.keeping import TRANSIT_CODE, SupplyChange, TransferDraft, TransferLineDraft
from dinghuo.journey.allocation.rules.shortages import Alternative, Elsewhere, Proposal, ShortLine, proposals
from dinghuo.journey.allocation.rules.stock import Supply
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import cancel_orders, cut_lines, enter_orders, lock_orders, submit_orders
from dinghuo.journey.ordering.rules import LineDraft, OrderDraft
from dinghuo.kernel import journal, sql, states
from dinghuo.kernel.errors import Missing, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Product

# Their orders stay locked until all of a slice are written; the next call takes the next slice.
SLICE = 1_000
UNDOABLE = frozenset({ProposalKind.WAIT, ProposalKind.BUY})


@dataclass(frozen=True, slots=True)
class _Written:
    id: int
    shortage_id: int


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal that is being carried out, its short line, and the order it belongs to."""

    proposal: ShortageProposal
    shortage: Shortage
    line: SalesOrderLine
    order: SalesOrder

    @property
    def missing(self) -> Decimal:
        """Stock units that the line still wants."""
        return Decimal(self.line.ordered - self.line.allocated)


@transaction.atomic
def propose(*, act: Act, shortage_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Write down what could be done about short lines, the best first: the shortages named, or those that nobody has looked at.

    At most 1,000 in one call. Proposals that were open lapse. Facts of a shortage done: proposals, best (its kind), missing.
    Refused: not_found (closed, or of an order that is not released). Rule: docs/rules/shortages.md.
    """
    ids = None if shortage_ids is None else list(shortage_ids)
    found = sql.rows("allocation/short_lines", ShortLine, company_id=act.company_id, shortage_ids=ids, count=SLICE)
    outcomes = [] if ids is None else missing(ids, (line.shortage_id for line in found))
    if not found:
        return outcomes
    lock_orders(company_id=act.company_id, order_ids=[line.order_id for line in found], ready_in=())
    # Again under the lock: an answer or a run may have changed what is missing.
    looked = [line.shortage_id for line in found]
    lines = sql.rows("allocation/short_lines", ShortLine, company_id=act.company_id, shortage_ids=looked, count=SLICE)

    written = _proposed(act, lines)
    sql.rows("allocation/write_proposals", _Written, company_id=act.company_id, at=act.at, **_columns(looked, written))

    best = {proposal.shortage_id: proposal.kind for proposal in reversed(written)}
    counts: dict[int, int] = defaultdict(int)
    for proposal in written:
        counts[proposal.shortage_id] += 1
    events = [
        Happened(line.shortage_id, line.order_id, {"missing": line.missing, "best": best[line.shortage_id]}) for line in lines
    ]
    journal.record(act, "ShortageProposed", "shortage", events)
    return outcomes + [
        Outcome(
            line.shortage_id,
            facts={"proposals": counts[line.shortage_id], "best": best[line.shortage_id], "missing": line.missing},
        )
        for line in lines
    ]


@transaction.atomic
def accept_proposal(*, act: Act, proposal_id: int) -> Outcome:
    """Carry out a proposal, once: a repeat finds it accepted and does nothing more. The other proposals of the line lapse.

    The outcome's document is what it made: a supply, a transfer or an order. Refused: not_found, proposal_over (state),
    shortage_closed, consent_missing, and whatever the act itself is refused with; then nothing is changed.
    """
    proposal, case = _locked(act, proposal_id)
    if proposal is None:
        return Outcome(proposal_id, Missing.code)
    if proposal.state == ProposalState.ACCEPTED:
        return Outcome(proposal_id, document_id=proposal.document_id, facts={"kind": proposal.kind, "repeated": True})
    if proposal.state != ProposalState.OPEN:
        return Outcome(proposal_id, errors.PROPOSAL_OVER, facts={"state": proposal.state})
    if case is None or case.missing <= 0:
        return Outcome(proposal_id, errors.SHORTAGE_CLOSED)
    return carry_out(act, case)


def carry_out(act: Act, case: Case, *, is_asked: bool = False) -> Outcome:
    """Do what an open proposal says; its order is locked. `is_asked` says that the customer chose it, which is consent."""
    proposal = case.proposal
    if proposal.kind == ProposalKind.SUBSTITUTE and not is_asked and not _consents(act, case.order.customer_id):
        return Outcome(proposal.pk, errors.CONSENT_MISSING, facts={"customer_id": case.order.customer_id})

    savepoint = transaction.savepoint()
    done = ACTS[ProposalKind(proposal.kind)](act, case)
    if not done.done:
        transaction.savepoint_rollback(savepoint)
        return replace(done, id=proposal.pk, document_id=None)
    transaction.savepoint_commit(savepoint)

    also = {"decided_at": act.at, "decided_by_id": act.actor_id}
    accepted = {**also, "document_id": done.document_id}
    states.move(ShortageProposal, company_id=act.company_id, ids=[proposal.pk], to=ProposalState.ACCEPTED, also=accepted)
    others = ShortageProposal.objects.filter(company_id=act.company_id, shortage_id=case.shortage.pk, state=ProposalState.OPEN)
    ids = list(others.values_list("id", flat=True))
    states.move(ShortageProposal, company_id=act.company_id, ids=ids, to=ProposalState.LAPSED, also=also)

    facts = {"kind": proposal.kind, "quantity": proposal.quantity, "line": case.line.position}
    journal.record(act, "ProposalAccepted", "shortage_proposal", [Happened(proposal.pk, case.order.pk, facts)])
    return Outcome(proposal.pk, document_id=done.document_id, facts={"kind": proposal.kind})


@transaction.atomic
def undo_proposal(*, act: Act, proposal_id: int) -> Outcome:
    """Take back an accepted proposal: to wait, or to buy while nothing of it has come. The line can then be proposed for again.

    Refused: not_found, proposal_over (it was not accepted), cannot_be_undone (goods have moved or the order has changed).
    """
    proposal, _ = _locked(act, proposal_id)
    if proposal is None:
        return Outcome(proposal_id, Missing.code)
    if proposal.state != ProposalState.ACCEPTED:
        return Outcome(proposal_id, errors.PROPOSAL_OVER, facts={"state": proposal.state})
    if proposal.kind not in UNDOABLE:
        return Outcome(proposal_id, errors.CANNOT_BE_UNDONE, facts={"kind": proposal.kind})

    if proposal.kind == ProposalKind.BUY and proposal.document_id is not None:
        change = SupplyChange(proposal.document_id, quantity=Decimal(0))
        (closed,) = change_supplies(act=act, changes=[change], reason="undone")
        if not closed.done:
            return Outcome(proposal_id, errors.CANNOT_BE_UNDONE, facts={"kind": proposal.kind})
    also = {"decided_at": act.at, "decided_by_id": act.actor_id}
    states.move(ShortageProposal, company_id=act.company_id, ids=[proposal_id], to=ProposalState.UNDONE, also=also)

    order_id = proposal.shortage.order_line.order_id
    facts = {"kind": proposal.kind, "quantity": proposal.quantity}
    journal.record(act, "ProposalUndone", "shortage_proposal", [Happened(proposal_id, order_id, facts)])
    return Outcome(proposal_id, facts={"kind": proposal.kind})


def _proposed(act: Act, lines: Sequence[ShortLine]) -> list[Proposal]:
    """The proposals of some lines, one line after another, each line's best first."""
    ids = {"shortage_ids": [line.shortage_id for line in lines]}
    elsewhere: Mapping[int, list[Elsewhere]] = defaultdict(list)
    for place in sql.rows("allocation/stock_elsewhere", Elsewhere, company_id=act.company_id, transit=TRANSIT_CODE, **ids):
        elsewhere[place.shortage_id].append(place)
    others: Mapping[int, list[Alternative]] = defaultdict(list)
    for other in sql.rows("allocation/substitutes_of_shortages", Alternative, company_id=act.company_id, today=act.on, **ids):
        others[other.shortage_id].append(other)
    return [each for line in lines for each in proposals(line, elsewhere[line.shortage_id], others[line.shortage_id], act.on)]


def _columns(shortage_ids: Sequence[int], written: Sequence[Proposal]) -> dict[str, object]:
    ranks: dict[int, int] = defaultdict(int)
    ranked = []
    for proposal in written:
        ranks[proposal.shortage_id] += 1
        ranked.append(ranks[proposal.shortage_id])
    return {
        "shortage_ids": list(shortage_ids),
        "of_ids": [proposal.shortage_id for proposal in written],
        "kinds": [proposal.kind for proposal in written],
        "ranks": ranked,
        "quantities": [proposal.quantity for proposal in written],
        "days": [proposal.expected_on for proposal in written],
        "warehouse_ids": [proposal.warehouse_id for proposal in written],
        "product_ids": [proposal.product_id for proposal in written],
        "keeps_price": [proposal.keeps_price for proposal in written],
    }


def _locked(act: Act, proposal_id: int) -> tuple[ShortageProposal | None, Case | None]:
    """A proposal under the lock of its order, and its case while the line is short; the order keeps rivals apart."""
    of_company = ShortageProposal.objects.filter(company_id=act.company_id, id=proposal_id)
    order_id = of_company.values_list("shortage__order_line__order_id", flat=True).first()
    if order_id is None:
        return None, None
    lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())
    proposal = of_company.select_related("shortage__order_line__order").get()
    return proposal, case_of(proposal)


def case_of(proposal: ShortageProposal) -> Case | None:
    """A proposal with its line and order; None when the line is not short any more."""
    shortage = proposal.shortage
    return None if shortage.closed_at else Case(proposal, shortage, shortage.order_line, shortage.order_line.order)


def _consents(act: Act, customer_id: int) -> bool:
    return SubstitutionConsent.objects.filter(company_id=act.company_id, customer_id=customer_id, is_given=True).exists()


def _wait(_act: Act, case: Case) -> Outcome:
    return Outcome(case.proposal.pk)


def _transfer(act: Act, case: Case) -> Outcome:
    """Send free stock of one other warehouse, the lots that expire first before the others."""
    proposal = case.proposal
    levels = StockLevel.objects.filter(
        company_id=act.company_id, warehouse_id=proposal.warehouse_id or 0, product_id=case.line.product_id
    ).select_related("lot")
    wanted, lines = min(proposal.quantity, case.missing), []
    for level in sorted(levels, key=lambda row: (row.lot.expires_on or date.max if row.lot else date.max, row.pk)):
        taken = min(wanted, level.on_hand - level.allocated)
        if taken > 0:
            lines.append(TransferLineDraft(level.product_id, taken, level.lot_id))
            wanted -= taken
    if wanted:
        return Outcome(proposal.pk, errors.NOT_ENOUGH_FREE_STOCK, facts={"missing": wanted})
    expected_on = max(proposal.expected_on or act.on, act.on)
    draft = TransferDraft(proposal.warehouse_id or 0, case.order.warehouse_id, lines, expected_on, case.order.number)
    sent = send_transfer(act=act, draft=draft)
    refused = next((outcome for outcome in sent if not outcome.done), None)
    peg_backorders(act=act, product_ids=[case.line.product_id])
    return refused or sent[0]


def _buy(act: Act, case: Case) -> Outcome:
    product = Product.objects.get(company_id=act.company_id, id=case.line.product_id)
    expected_on = max(case.proposal.expected_on or act.on, act.on)
    supply = Supply(
        warehouse_id=case.order.warehouse_id,
        product_id=product.pk,
        quantity=case.proposal.quantity,
        unit_cost=product.standard_cost,
        expected_on=expected_on,
        reference=case.order.number,
    )
    (bought,) = expect_supply(act=act, supplies=[supply])
    peg_backorders(act=act, product_ids=[product.pk])
    return bought


def _substitute(act: Act, case: Case) -> Outcome:
    proposal = case.proposal
    quantity = min(proposal.quantity, case.missing)
    price = case.line.unit_price if proposal.keeps_price else None
    draft = LineDraft(proposal.product_id or 0, quantity, price)
    done = _cut(act, case, case.line.ordered - quantity, [draft])
    if done.done:
        allocate_orders(act=act, order_ids=[case.order.pk])
    return done


def _split(act: Act, case: Case) -> Outcome:
    """Give what is missing an order of its own, that is reviewed like any; this order is then complete with what it has."""
    draft = OrderDraft(
        case.order.customer_id,
        case.order.warehouse_id,
        [LineDraft(case.line.product_id, case.missing, case.line.unit_price)],
        source=case.order.source,
        customer_po=case.order.customer_po,
        requested_on=case.order.requested_on,
        ship_to_name=case.order.ship_to_name,
        ship_to_address=case.order.ship_to_address,
        ship_to_city=case.order.ship_to_city,
        ship_to_country=case.order.ship_to_country,
        payment_terms_days=case.order.payment_terms_days,
    )
    (entered,) = enter_orders(act=act, drafts=[draft])
    if entered.document_id is None:
        return entered
    done = _cut(act, case, case.line.allocated)
    if not done.done:
        return done
    submit_orders(act=act, order_ids=[entered.document_id])
    return Outcome(case.proposal.pk, document_id=entered.document_id)


def _cancel_rest(act: Act, case: Case) -> Outcome:
    done = _cut(act, case, case.line.allocated)
    if done.code != "order_would_be_empty":
        return done
    (cancelled,) = cancel_orders(act=act, order_ids=[case.order.pk], reason=ProposalKind.CANCEL_REST.value)
    if cancelled.done:
        _close(act, case)
    return replace(cancelled, document_id=case.order.pk)


def _cut(act: Act, case: Case, quantity: Decimal, added: Sequence[LineDraft] = ()) -> Outcome:
    """Lower the line, and end its shortage and what counted on supply for it when nothing is missing any more."""
    reason = str(case.proposal.kind)
    done = cut_lines(act=act, order_id=case.order.pk, quantities={case.line.pk: quantity}, added=added, reason=reason)
    if not done.done:
        return done
    if quantity <= case.line.allocated:
        _close(act, case)
    else:
        left = quantity - case.line.allocated
        Shortage.objects.filter(company_id=act.company_id, id=case.shortage.pk).update(quantity=left)
    return done


def _close(act: Act, case: Case) -> None:
    Shortage.objects.filter(company_id=act.company_id, id=case.shortage.pk).update(closed_at=act.at)
    close_promises(act, [case.line.product_id])
    peg_backorders(act=act, product_ids=[case.line.product_id])


ACTS: Mapping[ProposalKind, Callable[[Act, Case], Outcome]] = {
    ProposalKind.WAIT: _wait,
    ProposalKind.TRANSFER: _transfer,
    ProposalKind.SUBSTITUTE: _substitute,
    ProposalKind.BUY: _buy,
    ProposalKind.SPLIT: _split,
    ProposalKind.CANCEL_REST: _cancel_rest,
}
