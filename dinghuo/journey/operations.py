"""Writes that a caller makes in one go and that belong to more than one stage: an order is handed over and judged at once."""

from django.db import transaction

from dinghuo.journey.ordering.operations import amend_order, enter_orders, submit_orders
from dinghuo.journey.ordering.rules import Amendment, OrderDraft
from dinghuo.journey.review.operations import review_orders
from dinghuo.kernel.errors import Outcome, the_only
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company


@transaction.atomic
def enter_order(*, act: Act, draft: OrderDraft, submit: bool) -> Outcome:
    """Enter one order and, if wanted, submit and judge it; one whose `external_ref` is known stays as it is.

    Raises Malformed with what `enter_orders` refuses.
    """
    entered = the_only(enter_orders(act=act, drafts=[draft]))
    assert entered.document_id is not None, "an order that was entered has an id"
    if submit and all(outcome.done for outcome in submit_orders(act=act, order_ids=[entered.document_id])):
        judge(act, entered.document_id)
    return entered


@transaction.atomic
def submit_order(*, act: Act, order_id: int) -> Outcome:
    """Submit one order and judge it. Raises Missing, Refused `not_a_draft`."""
    submitted = the_only(submit_orders(act=act, order_ids=[order_id]))
    judge(act, order_id)
    return submitted


@transaction.atomic
def change_order(*, act: Act, order_id: int, amendment: Amendment) -> Outcome:
    """Amend one order and judge what it has become. Raises Missing, Malformed, and Refused with what `amend_order` refuses."""
    amended = the_only([amend_order(act=act, order_id=order_id, amendment=amendment)])
    judge(act, order_id)
    return amended


def judge(act: Act, order_id: int) -> None:
    """Review the order if it waits for that and the company lets review run by itself."""
    if Company.objects.filter(id=act.company_id, auto_release=True).exists():
        review_orders(act=act, order_ids=[order_id])
