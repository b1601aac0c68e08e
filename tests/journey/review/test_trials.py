"""A rule is tried on past orders without a trace, and a past finding can be explained and decided again."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.cli import parser
from dinghuo.commands import review as command
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.review.models import Review, ReviewFinding, ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule, reject_orders, release_orders, review_orders
from dinghuo.journey.review.rules import KINDS
from dinghuo.journey.review.trials import dry_run
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import a_customer, a_product, a_warehouse, an_act, an_order


def reviewed(act: Act, company: Company, customer: Customer, quantity: int) -> str:
    """A reviewed order of so many units at 1.00; returns its number."""
    product = a_product(company, list_price=Decimal(1), tax_rate=Decimal(0))
    order_id = an_order(act, customer, a_warehouse(company), [(product, quantity)])
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act, order_ids=[order_id])
    return str(SalesOrder.objects.get(id=order_id).number)


def ids_of(*numbers: str) -> list[int]:
    """The ids of orders by number."""
    return [SalesOrder.objects.get(number=number).id for number in numbers]


def test_a_trial_names_what_would_be_held_or_passed_and_how_people_decided(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft("big", "quantities", {"quantity_max": "100"}))
    customer = a_customer(company)
    small, middle, large, huge = (reviewed(act, company, customer, quantity) for quantity in (50, 90, 150, 900))
    person = an_act(company, actor_id=7)
    release_orders(act=person, order_ids=ids_of(large), reason_code="other", reason="fine")
    reject_orders(act=person, order_ids=ids_of(huge), reason_code="other", reason="typing error")

    counts = Review.objects.count(), Event.objects.count(), ReviewRule.objects.count()
    tried = dry_run(act=act, draft=RuleDraft("big", "quantities", {"quantity_max": "200"}), last=100)
    assert (tried.orders, tried.newly_held, tried.newly_passed, tried.held_as_before) == (4, [], [large], [huge])
    assert (tried.precision_before, tried.precision_now) == (Decimal("0.5"), Decimal(1))
    tried = dry_run(act=act, draft=RuleDraft("big", "quantities", {"quantity_max": "60"}), last=100)
    assert (tried.newly_held, tried.newly_passed) == ([middle], [])
    assert dry_run(act=act, draft=RuleDraft("big", "quantities", {"quantity_max": "60"}), last=2).orders == 2
    assert counts == (Review.objects.count(), Event.objects.count(), ReviewRule.objects.count()), "a trial writes nothing"
    assert small not in tried.held_as_before


def test_credit_is_tried_on_what_was_owed_then(company: Company, act: Act) -> None:
    customer = a_customer(company, credit_limit=Decimal(1_000))
    first, second = reviewed(act, company, customer, 600), reviewed(act, company, customer, 350)
    Customer.objects.filter(id=customer.id).update(credit_limit=1)
    tried = dry_run(act=act, draft=RuleDraft("use", "credit_utilisation", {"utilisation": "0.9"}), last=10)
    assert tried.newly_held == [second]
    assert first not in tried.newly_held


def test_a_kind_that_stored_nothing_is_tried_on_the_orders_themselves(company: Company, act: Act) -> None:
    customer = a_customer(company)
    number = reviewed(act, company, customer, 5)
    draft = RuleDraft("least", "order_minimum", {"minimum": "6"}, scope="customer", scope_value=customer.code)
    assert dry_run(act=act, draft=draft, last=10).newly_held == [number]
    with pytest.raises(Malformed):
        dry_run(act=act, draft=RuleDraft("least", "order_minimum", {"minimum": "-6"}), last=10)


@pytest.mark.parametrize("orders", [1, 12])
@pytest.mark.parametrize("kind", ["cases", "quantities"])
def test_a_trial_takes_the_same_statements_for_one_and_for_many(company: Company, act: Act, kind: str, orders: int) -> None:
    for _ in range(orders):
        reviewed(act, company, a_customer(company), 5)
    with CaptureQueriesContext(connection) as statements:
        dry_run(act=act, draft=RuleDraft("mine", kind), last=100)
    assert len(statements) == {"quantities": 2, "cases": 4}[kind]


def run(*arguments: str) -> int:
    """Run `dinghuo review` with these arguments."""
    return command.run(parser().parse_args(["review", *arguments]))


def test_explain_prints_every_finding_in_a_sentence(company: Company, act: Act, capsys: Any) -> None:
    customer = a_customer(company, credit_limit=Decimal(80_000))
    reviewed(act, company, customer, 78_000)
    number = reviewed(act, company, customer, 4_000)
    assert run("explain", number, "--company", company.code) == 0
    told = capsys.readouterr().out
    assert "78,000.00" in told
    assert "82,000.00" in told
    assert told.count("\n") == 1 + ReviewRule.objects.count()
    with pytest.raises(Missing):
        run("explain", "SO-0", "--company", company.code)


def test_every_kind_that_ran_has_its_sentence(company: Company, act: Act, capsys: Any) -> None:
    for kind in KINDS:
        add_rule(act=act, draft=RuleDraft(f"my_{kind}", kind, severity="warn"))
    number = reviewed(act, company, a_customer(company), 5)
    run("explain", number, "--company", company.code)
    silent = [line for line in capsys.readouterr().out.splitlines() if line.endswith(": ")]
    assert silent == []


def test_verify_decides_every_finding_again_and_finds_one_that_was_changed(company: Company, act: Act, capsys: Any) -> None:
    for kind in KINDS:
        add_rule(act=act, draft=RuleDraft(f"my_{kind}", kind, severity="warn"))
    customer = a_customer(company, credit_limit=Decimal(100))
    for quantity in (50, 60, 40):
        reviewed(act, company, customer, quantity)
    assert run("verify", "--company", company.code) == 0
    assert f"{ReviewFinding.objects.count()} findings decided again" in capsys.readouterr().out
    # A finding is append-only; a rule's parameters are not, and with others the same figures decide differently.
    ReviewRule.objects.filter(code="quantities").update(parameters={"quantity_max": "1"})
    assert run("verify", "--company", company.code) == 1
    assert "quantities v1: stored pass" in capsys.readouterr().out
