"""The journey by the real operations: six stages, each one transaction, over one order or a set."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction

from dinghuo.bench.world import World
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.operations import (
    complete_orders,
    draft_invoices,
    post_invoices,
    post_stock_documents,
    take_payments,
)
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.operations import enter_orders, submit_orders
from dinghuo.journey.ordering.rules import OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.journey.shipping.operations import deliver_shipments, dispatch_shipments, make_shipping_notices
from dinghuo.journey.tracking.operations import make_promises, notify_customers
from dinghuo.kernel.errors import Outcome


@dataclass(frozen=True, slots=True)
class Travel:
    """Some orders on their way: who pays for each, and what the stages so far have made of them."""

    world: World
    order_ids: Sequence[int]
    customer_ids: Mapping[int, int]
    made: dict[str, list[Outcome]]


def enter(world: World, drafts: Sequence[OrderDraft]) -> Travel:
    """Write the orders as drafts; this is where a journey begins."""
    ids = documents(enter_orders(act=world.act, drafts=drafts))
    return Travel(world, ids, dict(zip(ids, (draft.customer_id for draft in drafts), strict=True)), {})


def submit(travel: Travel) -> None:
    """Hand the orders over to review."""
    done(submit_orders(act=travel.world.act, order_ids=travel.order_ids))


def review(travel: Travel) -> None:
    """Release the orders."""
    judged = done(review_orders(act=travel.world.act, order_ids=travel.order_ids))
    assert all(outcome.facts["state"] == "released" for outcome in judged), "an order of the bench was not released"


def allocate(travel: Travel) -> None:
    """Give the orders all they want."""
    served = done(allocate_orders(act=travel.world.act, order_ids=travel.order_ids))
    assert not any(outcome.facts["short"] for outcome in served), "an order of the bench was short"


def notice(travel: Travel) -> None:
    """Make the shipping notices."""
    travel.made["shipments"] = done(make_shipping_notices(act=travel.world.act, order_ids=travel.order_ids))


def promise(travel: Travel) -> None:
    """Promise the day of arrival."""
    done(make_promises(act=travel.world.act, order_ids=travel.order_ids))


def dispatch(travel: Travel) -> None:
    """Send the goods."""
    done(dispatch_shipments(act=travel.world.act, shipment_ids=documents(travel.made["shipments"])))


def deliver(travel: Travel) -> None:
    """Have the goods arrive."""
    done(deliver_shipments(act=travel.world.act, shipment_ids=documents(travel.made["shipments"])))


def draft(travel: Travel) -> None:
    """Draft an invoice for each shipment."""
    travel.made["drafts"] = done(draft_invoices(act=travel.world.act, shipment_ids=documents(travel.made["shipments"])))


def post(travel: Travel) -> None:
    """Post the invoices: number, receivable, ledger."""
    travel.made["invoices"] = done(post_invoices(act=travel.world.act, invoice_ids=documents(travel.made["drafts"])))


def post_stock(travel: Travel) -> None:
    """Book what the goods cost: every stock document that the ledger does not have, and those are the journey's own."""
    done(post_stock_documents(act=travel.world.act))


def pay(travel: Travel) -> None:
    """Take a payment for each invoice and apply it."""
    payments = [
        PaymentDraft(travel.customer_ids[order_id], posted.facts["amount"], "bank_transfer", invoice_ids=[posted.id])
        for order_id, posted in zip(travel.order_ids, travel.made["invoices"], strict=True)
    ]
    done(take_payments(act=travel.world.act, payments=payments))


def complete(travel: Travel) -> None:
    """Close the orders."""
    done(complete_orders(act=travel.world.act, order_ids=travel.order_ids))


def tell(travel: Travel) -> None:
    """Tell the customers what happened."""
    done(notify_customers(act=travel.world.act, order_ids=travel.order_ids))


Step = Callable[[Travel], None]
STAGES: Mapping[str, Mapping[str, Step]] = {
    "review": {"submit_orders": submit, "review_orders": review},
    "allocate": {"allocate_orders": allocate},
    "notice": {"make_shipping_notices": notice, "make_promises": promise},
    "dispatch": {"dispatch_shipments": dispatch, "deliver_shipments": deliver},
    "invoice": {"draft_invoices": draft, "post_invoices": post, "post_stock_documents": post_stock},
    "pay": {"take_payments": pay, "complete_orders": complete, "notify_customers": tell},
}


def run_stage(travel: Travel, stage: str) -> None:
    """Run a stage's operations in one transaction; an operation alone is one already."""
    steps = list(STAGES[stage].values())
    with transaction.atomic() if len(steps) > 1 else nullcontext():
        for step in steps:
            step(travel)


def done(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes, all of which must be done: the bench measures work, not refusals."""
    found = list(outcomes)
    refused = [outcome for outcome in found if not outcome.done]
    assert not refused, f"refused in the bench: {refused[:3]}"
    return found


def documents(outcomes: Iterable[Outcome]) -> list[int]:
    """The documents that were made."""
    return [outcome.document_id for outcome in outcomes if outcome.document_id is not None]
