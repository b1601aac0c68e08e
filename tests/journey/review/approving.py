"""A company with the matrix of the rule book, people with roles, and orders of a wanted amount."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.review.models import ApprovalStep, Hold
from dinghuo.journey.review.operations import approve_step, review_orders, set_matrix
from dinghuo.journey.review.rules.approval import Band, MatrixDraft
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Membership, User
from tests.builders import a_code, a_customer, a_product, a_warehouse, an_order

# E3.1, with credit control as the manager and the administrator as the director.
TEN, FIFTY, THIN = Decimal(10_000), Decimal(50_000), Decimal("0.10")
BANDS = [
    Band((), None, TEN, THIN, None),
    Band(("finance",), None, TEN, None, THIN),
    Band(("credit",), TEN, FIFTY, THIN, None),
    Band(("credit", "finance"), TEN, FIFTY, None, THIN),
    Band(("credit", "admin"), FIFTY, None, THIN, None),
    Band(("credit", "admin", "finance"), FIFTY, None, None, THIN),
]


def the_matrix(act: Act, **given: Any) -> Outcome:
    """Put the matrix of the rule book in force."""
    outcome = set_matrix(act=act, draft=MatrixDraft(BANDS, **given))
    assert outcome.done, outcome
    return outcome


def a_person(company: Company, *roles: str) -> int:
    """A member with these roles; returns the user's id."""
    user = User.objects.create(username=a_code("person"))
    for role in roles:
        Membership.objects.create(company_id=company.id, user=user, role=role)
    return user.pk


def by(act: Act, user_id: int | None) -> Act:
    """The act, done by somebody else."""
    return replace(act, actor_id=user_id)


def an_order_of(act: Act, company: Company, gross: int, *, margin: str = "0.40", customer: Customer | None = None) -> int:
    """A submitted order of so many pieces at 1.00 each, without tax, with that margin."""
    cost = 1 - Decimal(margin)
    product = a_product(company, list_price=Decimal(1), standard_cost=cost, tax_rate=Decimal(0))
    order_id = an_order(act, customer or a_customer(company), a_warehouse(company), [(product, gross)])
    submit_orders(act=act, order_ids=[order_id])
    return order_id


def reviewed(act: Act, order_id: int) -> str:
    """What review makes of an order."""
    (outcome,) = review_orders(act=act, order_ids=[order_id])
    return str(outcome.facts["state"])


def state_of(order_id: int) -> str:
    """Where the order stands."""
    return str(SalesOrder.objects.get(id=order_id).state)


def steps_of(order_id: int) -> list[ApprovalStep]:
    """The steps of the order's newest request, in order."""
    steps = ApprovalStep.objects.filter(request__order_id=order_id).order_by("-request_id", "position")
    return [step for step in steps if step.request_id == steps[0].request_id]


def approve(act: Act, step: ApprovalStep, user_id: int | None) -> Outcome:
    """Somebody approves a step."""
    return approve_step(act=by(act, user_id), step_id=step.pk, reason_code="price_agreed", reason="as agreed")


def is_held_by_a_rule(order_id: int) -> bool:
    """Whether a rule holds the order now."""
    return Hold.objects.filter(order_id=order_id, lifted_at=None).exists()
