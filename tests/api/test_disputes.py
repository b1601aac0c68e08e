"""Disputes over the API: opened, closed, and what they change for orders that wait."""

from datetime import timedelta
from typing import Any

import pytest

from dinghuo.journey import reactions
from dinghuo.journey.finance.models import Dispute, Receivable
from dinghuo.journey.review.operations import RuleDraft, add_rule
from dinghuo.kernel import tenancy
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company
from tests.api.callers import Caller, a_caller, a_wholesaler
from tests.api.goods import Shop, a_shop, an_order


@pytest.fixture
def late(wholesaler: Company, admin: Caller) -> Shop:
    """A shop whose customer is 40 days late with an invoice, and a rule that holds its orders because of it."""
    shop = a_shop(wholesaler, admin)
    with tenancy.acting_for(wholesaler.id):
        act = act_now(wholesaler)
        owed = Receivable.objects.filter(invoice_id=shop.invoice_id)
        assert owed.update(applied=0, due_on=act.on - timedelta(days=40)) == 1
        assert add_rule(act=act, draft=RuleDraft("late", "oldest_item", {"days": 30})).done
    return shop


def moved_on(company: Company) -> None:
    """What the worker does next."""
    with tenancy.acting_for(company.id):
        reactions.run_ready(act=act_now(company), only=["review", "review_again"])


def dispute(admin: Caller, shop: Shop, **given: Any) -> Any:
    return admin.post(f"/invoices/{shop.invoice_id}/disputes", {"reason": "goods broken", **given})


def test_a_dispute_lets_an_order_go_that_waited_because_of_it(wholesaler: Company, admin: Caller, late: Shop) -> None:
    order = an_order(admin, late.customer, late.product)
    moved_on(wholesaler)
    assert admin.get(f"/orders/{order['id']}").ok()["state"] == "held"
    opened = dispute(admin, late)
    assert (opened.status, opened.body["invoice_id"]) == (201, late.invoice_id)
    moved_on(wholesaler)
    assert admin.get(f"/orders/{order['id']}").ok()["state"] == "released"

    closed = admin.post(f"/disputes/{opened.body['dispute_id']}/close", {"resolution": "replaced"})
    assert (closed.status, closed.body) == (200, {"dispute_id": opened.body["dispute_id"]})
    with tenancy.acting_for(wholesaler.id):
        assert Dispute.objects.get(id=opened.body["dispute_id"]).resolution == "replaced"
    after = an_order(admin, late.customer, late.product)
    moved_on(wholesaler)
    assert admin.get(f"/orders/{after['id']}").ok()["state"] == "held", "the invoice is late again"


def test_a_dispute_that_cannot_be_is_refused(admin: Caller, late: Shop) -> None:
    assert dispute(admin, late, amount="0").status == 422
    assert dispute(admin, late, amount="999999").body["code"] == "malformed_amount"
    opened = dispute(admin, late, amount="5.00").ok()
    assert dispute(admin, late).body["code"] == "already_disputed"
    path = f"/disputes/{opened['dispute_id']}/close"
    admin.post(path, {"resolution": "credited"}).ok()
    assert admin.post(path, {"resolution": "credited"}).body["code"] == "already_closed"
    assert admin.post(path, {"resolution": ""}).status == 422


def test_another_company_s_invoice_and_dispute_are_not_there(admin: Caller, late: Shop) -> None:
    opened = dispute(admin, late).ok()
    with a_wholesaler() as other:
        stranger = a_caller(other, "admin")
        missing = stranger.post("/disputes/4611686018427387904/close", {"resolution": "mine"})
        foreign = stranger.post(f"/disputes/{opened['dispute_id']}/close", {"resolution": "mine"})
        assert (foreign.status, foreign.raw) == (404, missing.raw)
        assert dispute(stranger, late).status == 404
    assert admin.post(f"/disputes/{opened['dispute_id']}/close", {"resolution": "credited"}).status == 200
