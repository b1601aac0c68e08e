"""An order goes on when the right people have approved it, in order, and not before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dinghuo.journey import reactions
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import amend_order, cancel_orders, copy_order, submit_orders
from dinghuo.journey.ordering.rules import Amendment
from dinghuo.journey.review.models import Approval, ApprovalMatrix, ApprovalRequest, Delegation
from dinghuo.journey.review.operations import (
    approve_step,
    approve_steps,
    ask_step,
    ask_steps,
    delegate,
    end_delegations,
    escalate_overdue,
    reject_orders,
    reject_step,
    reject_steps,
    release_orders,
    review_held_orders,
    review_orders,
    set_matrix,
    set_sales_person,
)
from dinghuo.journey.review.queries import decisions_by_person
from dinghuo.journey.review.queue import Wanted, queued_orders
from dinghuo.journey.review.rules.approval import Band, DelegationDraft, MatrixDraft
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Product
from dinghuo.web import words
from tests.builders import TODAY, a_customer, a_product, a_warehouse, an_order
from tests.concurrency.races import at_once
from tests.journey.review.approving import (
    a_person,
    an_order_of,
    approve,
    by,
    is_held_by_a_rule,
    reviewed,
    state_of,
    steps_of,
    the_matrix,
)
from tests.shop import open_shop


def amended(act: Act, order_id: int, **change: Any) -> str:
    """Change an order's only line, and what review makes of that."""
    line = SalesOrderLine.objects.get(order_id=order_id)
    version = SalesOrder.objects.get(id=order_id).version
    changes: dict[str, Any] = {name: {line.pk: Decimal(value)} for name, value in change.items()}
    outcome = amend_order(act=act, order_id=order_id, amendment=Amendment(version=version, **changes))
    assert outcome.done, outcome
    return reviewed(act, order_id)


def an_approved_order(act: Act, company: Company, gross: int, **given: Any) -> int:
    """An order that credit control approved."""
    order_id = an_order_of(act, company, gross, **given)
    assert reviewed(act, order_id) == "held"
    assert approve(act, steps_of(order_id)[0], a_person(company, "credit")).facts["state"] == "released"
    return order_id


def test_without_a_matrix_nothing_needs_approval(company: Company, act: Act) -> None:
    assert reviewed(act, an_order_of(act, company, 60_000)) == "released"


def test_an_order_waits_until_all_its_steps_are_approved_in_order(company: Company, act: Act) -> None:
    the_matrix(act)
    assert reviewed(act, an_order_of(act, company, 10_000)) == "released"
    order_id = an_order_of(act, company, 60_000)
    (outcome,) = review_orders(act=act, order_ids=[order_id])
    assert outcome.facts == {"state": "held", "rules": ["approval"]}
    first, second = steps_of(order_id)
    manager, director = a_person(company, "credit"), a_person(company, "admin")
    assert approve(act, second, director).code == "not_its_turn"
    assert approve(act, first, manager).facts == {"state": "held"}
    assert approve(act, second, director).facts == {"state": "released"}
    assert [step.decided_by_id for step in steps_of(order_id)] == [manager, director]
    kinds = list(Event.objects.filter(journey_id=order_id).order_by("id").values_list("kind", flat=True))
    assert [kind for kind in kinds if "Appro" in kind or "Released" in kind] == [
        "ApprovalAsked", "StepApproved", "StepApproved", "OrderReleased",
    ]  # fmt: skip


def test_a_thin_margin_asks_finance_as_well(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 60_000, margin="0.05")
    reviewed(act, order_id)
    assert [step.role for step in steps_of(order_id)] == ["credit", "admin", "finance"]


def test_an_order_that_waits_for_approval_is_not_touched_by_another_review(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    assert review_held_orders(act=act)[0].code == "still_held"
    assert ApprovalRequest.objects.filter(order_id=order_id).count() == 1
    assert release_orders(act=act, order_ids=[order_id], reason_code="other", reason="hurry")[0].code == "waits_for_approval"


def test_a_released_hold_leads_to_approval_and_then_on_without_the_rule_again(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000, customer=a_customer(company, is_blocked=True))
    assert reviewed(act, order_id) == "held"
    assert not ApprovalRequest.objects.filter(order_id=order_id).exists(), "a rule's hold comes first"
    assert release_orders(act=act, order_ids=[order_id], reason="paid", reason_code="paid")[0].facts["state"] == "held"
    assert not is_held_by_a_rule(order_id)
    assert approve(act, steps_of(order_id)[0], a_person(company, "credit")).facts == {"state": "released"}


def test_what_breaks_a_rule_by_the_time_of_approval_stays_held_by_that_rule(company: Company, act: Act) -> None:
    the_matrix(act)
    customer = a_customer(company)
    order_id = an_order_of(act, company, 20_000, customer=customer)
    reviewed(act, order_id)
    Customer.objects.filter(id=customer.pk).update(is_blocked=True)
    assert approve(act, steps_of(order_id)[0], a_person(company, "credit")).facts == {"state": "held"}
    assert is_held_by_a_rule(order_id)
    Customer.objects.filter(id=customer.pk).update(is_blocked=False)
    assert review_held_orders(act=act)[0].facts["state"] == "released", "the approval holds still"


def test_a_step_is_refused_with_the_reason_why(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    credit = by(act, a_person(company, "credit"))
    assert approve_step(act=credit, step_id=step.pk + 1_000, reason_code="other", reason="x").code == "not_found"
    assert approve_step(act=credit, step_id=step.pk, reason_code="mood", reason="x").code == "unknown_reason"
    assert approve_step(act=credit, step_id=step.pk, reason_code="other", reason=" ").code == "unknown_reason"
    assert approve(act, step, a_person(company, "finance")).code == "lacks_role"
    assert approve(act, step, None).code == "lacks_role"
    assert approve(act, step, credit.actor_id).done
    assert approve(act, step, credit.actor_id).code == "already_decided"


def test_a_declined_step_turns_the_order_down(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    credit = by(act, a_person(company, "credit"))
    assert reject_step(act=credit, step_id=step.pk, reason_code="price_too_low", reason="loss").facts == {"state": "rejected"}
    assert state_of(order_id) == "rejected"
    assert approve(act, step, credit.actor_id).code == "already_decided"


def test_a_question_is_on_record_and_decides_nothing(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    credit = by(act, a_person(company, "credit"))
    assert ask_step(act=credit, step_id=step.pk, question="Why so cheap?").done
    assert Approval.objects.get(order_id=order_id).decision == "asked"
    assert ask_step(act=by(act, a_person(company, "sales")), step_id=step.pk, question="Me too?").code == "lacks_role"
    assert approve(act, step, credit.actor_id).done


@pytest.mark.parametrize("end", [cancel_orders, partial(reject_orders, reason_code="other")])
def test_an_order_that_is_not_held_any_more_cannot_be_approved(company: Company, act: Act, end: Callable[..., Any]) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    assert end(act=act, order_ids=[order_id], reason="no")[0].done
    assert approve(act, steps_of(order_id)[0], a_person(company, "credit")).code in {"not_held", "already_decided"}
    assert state_of(order_id) in {"cancelled", "rejected"}


def created(act: Act, company: Company, boss: int) -> int:
    return an_order_of(by(act, boss), company, 60_000)


def copied(act: Act, company: Company, boss: int) -> int:
    first = an_order_of(act, company, 60_000)
    copy = copy_order(act=by(act, boss), order_id=first)
    assert copy.document_id is not None
    submit_orders(act=act, order_ids=[copy.document_id])
    return copy.document_id


def imported(act: Act, company: Company, boss: int) -> int:
    product = a_product(company, list_price=Decimal(1), tax_rate=Decimal(0))
    order_id = an_order(by(act, boss), a_customer(company), a_warehouse(company), [(product, 60_000)], source="import")
    submit_orders(act=act, order_ids=[order_id])
    return order_id


def edited(act: Act, company: Company, boss: int) -> int:
    order_id = an_order_of(act, company, 60_000)
    line = SalesOrderLine.objects.get(order_id=order_id)
    change = Amendment(version=1, quantities={line.pk: Decimal(70_000)})
    assert amend_order(act=by(act, boss), order_id=order_id, amendment=change).done
    return order_id


def sold(act: Act, company: Company, boss: int) -> int:
    customer = a_customer(company)
    set_sales_person(act=act, customer_id=customer.pk, user_id=boss)
    return an_order_of(act, company, 60_000, customer=customer)


@pytest.mark.parametrize("made", [created, copied, imported, edited, sold])
def test_four_eyes_hold_for_whoever_created_copied_edited_or_sold(
    company: Company, act: Act, made: Callable[[Act, Company, int], int]
) -> None:
    the_matrix(act, bars_sales_person=True)
    boss = a_person(company, "credit", "admin")
    order_id = made(act, company, boss)
    assert reviewed(act, order_id) == "held"
    assert approve(act, steps_of(order_id)[0], boss).code == "four_eyes"
    assert state_of(order_id) == "held"


def test_an_earlier_editor_stays_barred_after_somebody_else_edits(company: Company, act: Act) -> None:
    the_matrix(act)
    boss, clerk = a_person(company, "credit"), a_person(company, "sales")
    order_id = edited(act, company, boss)
    reviewed(act, order_id)
    assert amended(by(act, clerk), order_id, quantities=70_001) == "held"
    assert approve(act, steps_of(order_id)[0], boss).code == "four_eyes"


def test_nobody_decides_two_steps_of_an_order(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 60_000)
    reviewed(act, order_id)
    first, second = steps_of(order_id)
    both = a_person(company, "credit", "admin")
    assert approve(act, first, both).done
    assert approve(act, second, both).code == "four_eyes"


def test_the_sales_person_may_approve_unless_the_matrix_says_otherwise(company: Company, act: Act) -> None:
    the_matrix(act)
    boss = a_person(company, "credit")
    order_id = sold(act, company, boss)
    reviewed(act, order_id)
    assert approve(act, steps_of(order_id)[0], boss).done


def test_a_higher_amount_voids_the_approval(company: Company, act: Act) -> None:
    set_matrix(act=act, draft=MatrixDraft([Band(("credit",))]))
    order_id = an_approved_order(act, company, 9_900)
    assert amended(act, order_id, quantities=10_100) == "held"
    old, new = ApprovalRequest.objects.filter(order_id=order_id).order_by("id")
    assert (old.state, old.void_because, new.state) == ("void", "amount quantity", "open")
    assert old.snapshot_hash != new.snapshot_hash


@pytest.mark.parametrize(
    ("change", "state"),
    [({"quantities": 19_000}, "released"), ({"prices": "0.99"}, "held"), ({"prices": "1.01"}, "held")],
)
def test_a_lower_quantity_keeps_the_approval_and_another_price_voids_it(
    company: Company, act: Act, change: dict[str, Any], state: str
) -> None:
    the_matrix(act)
    assert amended(act, an_approved_order(act, company, 20_000), **change) == state


@pytest.mark.parametrize(("column", "value"), [("payment_terms_days", 90), ("ship_to_address", "a barn")])
def test_longer_terms_and_another_address_void_the_approval(company: Company, act: Act, column: str, value: Any) -> None:
    the_matrix(act)
    order_id = an_approved_order(act, company, 20_000)
    SalesOrder.objects.filter(id=order_id).update(**{column: value})
    assert amended(act, order_id, quantities=19_000) == "held"


def test_a_quantity_that_falls_further_than_the_tolerance_voids_the_approval(company: Company, act: Act) -> None:
    the_matrix(act, quantity_tolerance=Decimal("0.1"))
    order_id = an_approved_order(act, company, 30_000)
    assert amended(act, order_id, quantities=27_000) == "released"
    assert amended(act, order_id, quantities=26_999) == "held"


def test_an_order_that_changes_so_that_more_must_approve_loses_its_approval(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_approved_order(act, company, 20_000)
    product = SalesOrderLine.objects.get(order_id=order_id).product
    product.standard_cost = Decimal("0.95")
    product.save()
    assert amended(act, order_id, quantities=19_000) == "held"
    assert [step.role for step in steps_of(order_id)] == ["credit", "finance"]


def test_a_changed_order_cannot_be_approved_by_the_step_of_before(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    line = SalesOrderLine.objects.get(order_id=order_id)
    change = Amendment(version=1, quantities={line.pk: Decimal(30_000)})
    amend_order(act=act, order_id=order_id, amendment=change)
    credit = a_person(company, "credit")
    assert approve(act, step, credit).code == "order_changed", "before review has seen the change"
    assert reviewed(act, order_id) == "held"
    assert approve(act, step, credit).code == "order_changed", "and after"
    assert approve(act, steps_of(order_id)[0], credit).done


def test_a_held_order_changed_past_review_cannot_be_approved(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    SalesOrder.objects.filter(id=order_id).update(ship_to_city="elsewhere")
    outcome = approve(act, steps_of(order_id)[0], a_person(company, "credit"))
    assert (outcome.code, outcome.facts["changed"]) == ("order_changed", ["address"])


def test_an_order_that_shrinks_below_the_matrix_goes_on_and_its_request_is_closed(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    assert amended(act, order_id, quantities=9_000) == "released"
    assert ApprovalRequest.objects.get(order_id=order_id).void_because == "not_needed"


def test_a_copy_starts_unapproved_and_is_the_copiers(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_approved_order(act, company, 20_000)
    copier = a_person(company, "sales")
    outcome = copy_order(act=by(act, copier), order_id=order_id)
    assert outcome.document_id is not None
    copy = SalesOrder.objects.get(id=outcome.document_id)
    assert (copy.state, copy.created_by_id, copy.amount_gross, copy.source) == ("draft", copier, 20_000, "copy")
    submit_orders(act=act, order_ids=[copy.pk])
    assert reviewed(act, copy.pk) == "held"
    assert copy_order(act=act, order_id=copy.pk + 1_000).code == "not_found"


def lend(act: Act, lender: int, delegate_id: int, **given: Any) -> Any:
    plain = {"role": "credit", "from_on": TODAY, "until_on": TODAY, "reason": "on leave"}
    return delegate(act=act, draft=DelegationDraft(lender, delegate_id, **{**plain, **given}))


def test_a_delegate_approves_for_the_lender_on_the_days_agreed(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    lender, other = a_person(company, "credit"), a_person(company, "finance")
    tomorrow = TODAY + timedelta(days=1)
    assert lend(by(act, lender), lender, other, from_on=tomorrow, until_on=tomorrow).done
    assert approve(act, step, other).code == "lacks_role", "not yet"
    assert lend(by(act, lender), lender, other).done, "delegations may overlap"
    assert approve(act, step, other).done
    decision = Approval.objects.get(order_id=order_id)
    assert (decision.decided_by_id, decision.granted_by_id) == (other, lender)


def test_a_creator_cannot_approve_by_his_delegates_hand(company: Company, act: Act) -> None:
    the_matrix(act)
    lender, other = a_person(company, "credit"), a_person(company, "finance")
    order_id = an_order_of(by(act, lender), company, 20_000)
    reviewed(act, order_id)
    assert lend(by(act, lender), lender, other).done
    assert approve(act, steps_of(order_id)[0], other).code == "four_eyes"


def test_a_delegation_is_refused_with_the_reason_why(company: Company, act: Act) -> None:
    lender, other, clerk = a_person(company, "credit"), a_person(company, "finance"), a_person(company, "sales")
    mine = by(act, lender)
    assert lend(mine, lender, other, until_on=TODAY - timedelta(days=1)).code == "malformed"
    assert lend(mine, lender, lender).code == "malformed"
    assert lend(mine, lender, other, reason="").code == "malformed"
    assert lend(mine, lender, other, role="warehouse").code == "unknown_role"
    assert lend(mine, lender, clerk).code == "unknown_user"
    assert lend(by(act, other), lender, other).code == "not_yours"
    assert lend(mine, lender, other).done
    assert lend(by(act, other), other, a_person(company, "finance")).code == "lacks_role", "what is lent cannot be lent on"
    assert lend(by(act, a_person(company, "admin")), lender, other).done
    first, second = Delegation.objects.order_by("id").values_list("id", flat=True)
    assert [row.code for row in end_delegations(act=by(act, other), delegation_ids=[first, 0])] == ["not_yours", "not_found"]
    assert end_delegations(act=mine, delegation_ids=[first, second])[0].done
    assert not Delegation.objects.filter(ended_at=None).exists()


def test_a_step_that_nobody_acts_on_goes_to_the_deputy_then_to_the_next_level_and_is_never_approved(
    company: Company, act: Act
) -> None:
    deputy, director, manager = a_person(company, "finance"), a_person(company, "admin"), a_person(company, "credit")
    the_matrix(act, deputies={"credit": deputy}, escalate_after_hours=4)
    first, second = (an_order_of(act, company, 20_000) for _ in range(2))
    for order_id in (first, second):
        reviewed(act, order_id)
    assert escalate_overdue(act=replace(act, at=act.at + timedelta(hours=3, minutes=59))) == []
    later = replace(act, at=act.at + timedelta(hours=4))
    assert [row.facts["level"] for row in escalate_overdue(act=later)] == [1, 1]
    assert escalate_overdue(act=later) == [], "once a level"
    assert approve(later, steps_of(first)[0], director).code == "lacks_role"
    assert approve(later, steps_of(first)[0], deputy).facts == {"state": "released"}
    latest = replace(act, at=act.at + timedelta(hours=8))
    assert [row.facts["level"] for row in escalate_overdue(act=latest)] == [2]
    assert escalate_overdue(act=replace(act, at=act.at + timedelta(days=99))) == []
    assert state_of(second) == "held", "silence approves nothing"
    assert approve(latest, steps_of(second)[0], director).facts == {"state": "released"}
    assert manager


def test_without_a_deputy_a_step_goes_to_the_next_level_by_the_conveyor(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 60_000)
    reviewed(act, order_id)
    reactions.run_ready(act=replace(act, at=act.at + timedelta(hours=4)), only=["escalate"])
    first, second = steps_of(order_id)
    director = a_person(company, "admin")
    assert first.level == 2
    assert approve(act, first, director).facts == {"state": "held"}
    assert approve(act, second, director).facts == {"state": "released"}, "the next level took both"


def test_the_step_of_a_cancelled_order_is_never_looked_at_again(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    cancel_orders(act=act, order_ids=[order_id], reason="no")
    with CaptureQueriesContext(connection) as statements:
        assert escalate_overdue(act=replace(act, at=act.at + timedelta(hours=5))) == []
    assert not any("FOR NO KEY UPDATE" in statement["sql"] for statement in statements.captured_queries)


def test_a_matrix_is_versioned_and_a_bad_one_changes_nothing(company: Company, act: Act) -> None:
    the_matrix(act)
    assert set_matrix(act=act, draft=MatrixDraft([Band(("sales",))])).code == "unknown_role"
    assert set_matrix(act=act, draft=MatrixDraft([Band(), Band()])).code == "bands_overlap"
    stranger = a_person(company, "sales")
    assert set_matrix(act=act, draft=MatrixDraft([Band()], deputies={"credit": stranger})).code == "unknown_user"
    assert ApprovalMatrix.objects.get(retired_at=None).version == 1
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    assert set_matrix(act=by(act, 7), draft=MatrixDraft([Band()])).facts == {"version": 2}
    assert review_held_orders(act=act)[0].facts["state"] == "released", "the new matrix asks for nothing"
    newest = ApprovalMatrix.objects.get(retired_at=None)
    assert (newest.version, newest.created_by_id) == (2, 7)


def test_a_sales_person_is_a_member_of_the_company(company: Company, act: Act) -> None:
    with pytest.raises(Malformed):
        set_sales_person(act=act, customer_id=a_customer(company).pk, user_id=0)
    with pytest.raises(Missing):
        set_sales_person(act=act, customer_id=0, user_id=a_person(company, "sales"))


def test_every_decision_has_a_reason_and_counts_for_its_person(company: Company, act: Act) -> None:
    the_matrix(act)
    credit = a_person(company, "credit")
    blocked = a_customer(company, is_blocked=True)
    first, second = (an_order_of(act, company, 100, customer=blocked) for _ in range(2))
    third = an_order_of(act, company, 20_000)
    review_orders(act=act)
    mine = by(act, credit)
    assert release_orders(act=mine, order_ids=[first], reason="", reason_code="paid")[0].code == "unknown_reason"
    assert release_orders(act=mine, order_ids=[first], reason="x", reason_code="mood")[0].code == "unknown_reason"
    assert release_orders(act=mine, order_ids=[first], reason="transfer seen", reason_code="paid")[0].done
    assert reject_orders(act=mine, order_ids=[second], reason="gone", reason_code="credit_risk")[0].done
    assert approve(act, steps_of(third)[0], credit).done
    rows = decisions_by_person(company_id=company.id, from_on=TODAY, until_on=TODAY)
    assert [(row.user_id, row.decision, row.reason_code, row.decisions, int(row.amount_gross)) for row in rows] == [
        (credit, "approved", "price_agreed", 1, 20_000),
        (credit, "rejected", "credit_risk", 1, 100),
        (credit, "released", "paid", 1, 100),
    ]
    assert decisions_by_person(company_id=company.id, from_on=date(2026, 1, 1), until_on=date(2026, 1, 31)) == []


def test_asking_for_approvals_takes_the_same_statements_for_one_and_for_many(company: Company, act: Act) -> None:
    the_matrix(act)
    customer, warehouse = a_customer(company), a_warehouse(company)
    product = a_product(company, list_price=Decimal(1_000))
    counts = []
    for orders in (1, 20):
        ids = [an_order(act, customer, warehouse, [(product, 20)] * orders) for _ in range(orders)]
        submit_orders(act=act, order_ids=ids)
        with CaptureQueriesContext(connection) as first:
            assert {outcome.facts["state"] for outcome in review_orders(act=act)} == {"held"}
        with CaptureQueriesContext(connection) as again:
            assert {outcome.code for outcome in review_held_orders(act=act)} == {"still_held"}
        counts.append((len(first), len(again)))
    assert counts[0] == counts[1]


def test_of_an_order_amended_after_its_release_only_what_changed_is_reviewed_again(company: Company, act: Act) -> None:
    first, second = a_product(company), a_product(company)
    order_id = an_order(act, a_customer(company), a_warehouse(company), [(first, 1), (second, 1)])
    submit_orders(act=act, order_ids=[order_id])
    assert reviewed(act, order_id) == "released"
    Product.objects.filter(id=first.pk).update(is_blocked=True)
    lines = dict(SalesOrderLine.objects.filter(order_id=order_id).values_list("product_id", "id"))
    for version, product, state in ((1, second, "released"), (2, first, "held")):
        change = Amendment(version=version, quantities={lines[product.pk]: Decimal(2)})
        assert amend_order(act=act, order_id=order_id, amendment=change).done
        assert reviewed(act, order_id) == state
    change = Amendment(version=3, quantities={lines[second.pk]: Decimal(3)})
    assert amend_order(act=act, order_id=order_id, amendment=change).done
    assert reviewed(act, order_id) == "held", "an order that was not released since is reviewed whole"


def test_rules_about_the_whole_order_look_at_all_of_an_amended_one(company: Company, act: Act) -> None:
    customer = a_customer(company)
    order_id = an_order_of(act, company, 100, customer=customer)
    assert reviewed(act, order_id) == "released"
    Customer.objects.filter(id=customer.pk).update(is_blocked=True)
    assert amended(act, order_id, quantities=90) == "held"


def test_two_approvers_at_once_have_one_effect(committed: None) -> None:
    shop = open_shop()

    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            the_matrix(shop.act)
            people = [a_person(shop.company, "credit") for _ in range(2)]
        for _ in range(10):
            with transaction.atomic():
                order_id = an_order_of(shop.act, shop.company, 20_000)
                reviewed(shop.act, order_id)
                (step,) = steps_of(order_id)
            outcomes = at_once(shop, [partial(approve, shop.act, step, who) for who in people])
            assert sorted(outcome.code for outcome in outcomes) == ["already_decided", "done"]
            with transaction.atomic():
                assert Approval.objects.filter(order_id=order_id).count() == 1
                assert state_of(order_id) == "released"


def test_the_list_of_held_orders_names_the_approval_that_is_missing(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    reviewed(act, order_id)
    (row,) = queued_orders(act, Wanted(), count=2)
    assert (row.id, row.held_since) == (order_id, act.at)
    ((kind, inputs),) = row.holds
    assert kind == "approval"
    with translation.override("en"):
        assert words.finding(kind, "breach", inputs) == ("An order over 20,000.00 with a margin of 40 % waits for Credit control.")


def test_an_approval_takes_the_same_statements_for_a_short_order_and_a_long_one(company: Company, act: Act) -> None:
    the_matrix(act)
    product, credit, counts = a_product(company, list_price=Decimal(100)), a_person(company, "credit"), []
    for lines in (1, 40):
        order_id = an_order(act, a_customer(company), a_warehouse(company), [(product, 200 // lines)] * lines)
        submit_orders(act=act, order_ids=[order_id])
        assert reviewed(act, order_id) == "held"
        (step,) = steps_of(order_id)
        with CaptureQueriesContext(connection) as statements:
            assert approve(act, step, credit).facts == {"state": "released"}
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_of_a_change_and_an_approval_at_once_neither_is_lost_and_the_change_is_not_approved(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            the_matrix(shop.act)
            credit = a_person(shop.company, "credit")
        for _ in range(6):
            with transaction.atomic():
                order_id = an_order_of(shop.act, shop.company, 20_000)
                reviewed(shop.act, order_id)
                (step,) = steps_of(order_id)
                line = SalesOrderLine.objects.get(order_id=order_id)
            change = Amendment(version=1, quantities={line.pk: Decimal(30_000)})
            amend = partial(amend_order, act=shop.act, order_id=order_id, amendment=change)
            amendment, approval = at_once(shop, [amend, partial(approve, shop.act, step, credit)])
            assert amendment.done
            assert approval.code in {"done", "order_changed"}
            with transaction.atomic():
                assert reviewed(shop.act, order_id) == "held"
                assert ApprovalRequest.objects.get(order_id=order_id, state="open").amount == 30_000


@pytest.mark.parametrize("decision", ["approve", "decline", "ask"])
def test_a_set_of_approvals_is_decided_in_as_many_statements_as_a_small_one(company: Company, act: Act, decision: str) -> None:
    the_matrix(act)
    credit = by(act, a_person(company, "credit"))
    work = {
        "approve": partial(approve_steps, reason_code="price_agreed", reason="as agreed"),
        "decline": partial(reject_steps, reason_code="price_too_low", reason="loss"),
        "ask": partial(ask_steps, question="Whose idea?"),
    }[decision]

    def statements(count: int) -> int:
        """How many statements so many orders take: half of them need one approval, half a second one."""
        ids = [an_order_of(act, company, gross) for _ in range(count // 2) for gross in (20_000, 60_000)]
        review_orders(act=act, order_ids=ids)
        first = [steps_of(order_id)[0].pk for order_id in ids]
        with CaptureQueriesContext(connection) as captured:
            assert all(outcome.done for outcome in work(act=credit, step_ids=first))
        return len(captured)

    assert statements(2) == statements(12)


def test_one_bad_step_does_not_stop_the_others_of_its_set(company: Company, act: Act) -> None:
    the_matrix(act)
    manager = a_person(company, "credit")
    good, own, done = (an_order_of(act, company, 20_000) for _ in range(3))
    SalesOrder.objects.filter(id=own).update(created_by_id=manager)
    review_orders(act=act, order_ids=[good, own, done])
    assert approve(act, steps_of(done)[0], a_person(company, "credit")).done
    steps = [steps_of(order_id)[0].pk for order_id in (good, own, done)]
    why = {"reason_code": "price_agreed", "reason": "as agreed"}
    outcomes = approve_steps(act=by(act, manager), step_ids=[*steps, 10**15], **why)
    assert {outcome.id: outcome.code for outcome in outcomes} == dict(
        zip([*steps, 10**15], ["done", "four_eyes", "already_decided", "not_found"], strict=True)
    )
    assert [state_of(order_id) for order_id in (good, own, done)] == ["released", "held", "released"]
