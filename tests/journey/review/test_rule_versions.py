"""Versions of rules: older ones come back as new ones, and a rule that would judge nothing is refused."""

from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.review.models import ReviewRule
from dinghuo.journey.review.operations import RuleDraft, add_rule, change_rule, restore_rule, retire_rule
from dinghuo.journey.review.trials import Tried, agreement, dry_run
from dinghuo.kernel import sql
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import a_company, a_customer, a_product, an_act


def big(most: int, scope: str = "company", scope_value: str = "") -> RuleDraft:
    """A rule about large quantities."""
    return RuleDraft("big", "quantities", {"quantity_max": str(most)}, scope=scope, scope_value=scope_value)


def in_force() -> tuple[int, str]:
    """The version in force and its threshold."""
    rule = ReviewRule.objects.get(code="big", retired_at=None)
    return rule.version, rule.parameters["quantity_max"]


def test_an_older_version_comes_back_as_a_new_one_with_its_author(company: Company, act: Act) -> None:
    first = add_rule(act=act, draft=big(1))
    second = change_rule(act=act, rule_id=first.id, draft=big(2))
    person = an_act(company, actor_id=7)
    third = restore_rule(act=person, rule_id=first.id)
    assert third.facts == {"version": 3}
    assert in_force() == (3, "1")
    assert ReviewRule.objects.get(id=third.id).created_by_id == 7
    assert ReviewRule.objects.get(id=second.id).retired_at == person.at
    assert Event.objects.filter(kind="RuleInForce", document_id=third.id).count() == 1


def test_a_retired_rule_comes_back_too(company: Company, act: Act) -> None:
    first = add_rule(act=act, draft=big(1))
    retire_rule(act=act, rule_id=first.id)
    assert restore_rule(act=act, rule_id=first.id).facts == {"version": 2}
    assert in_force() == (2, "1")


def test_what_cannot_be_restored_is_refused(company: Company, act: Act) -> None:
    customer = a_customer(company, code="GONE")
    first = add_rule(act=act, draft=big(1, scope="customer", scope_value="GONE"))
    assert restore_rule(act=act, rule_id=first.id).code == "version_conflict"
    change_rule(act=act, rule_id=first.id, draft=big(2))
    Customer.objects.filter(id=customer.id).update(code="NEW")
    assert restore_rule(act=act, rule_id=first.id).code == "unknown_scope"
    assert restore_rule(act=act, rule_id=999_999).code == "not_found"
    assert in_force() == (2, "2")


@pytest.mark.parametrize("scope", ["customer", "customer_class", "product_category"])
def test_a_scope_that_nobody_has_is_refused(company: Company, act: Act, scope: str) -> None:
    a_customer(company, code="C1", customer_class="VIP")
    a_product(company, category="Cups")
    held = {"customer": "C1", "customer_class": "VIP", "product_category": "Cups"}[scope]
    assert add_rule(act=act, draft=big(1, scope=scope, scope_value="NOBODY")).code == "unknown_scope"
    assert add_rule(act=act, draft=big(1, scope=scope, scope_value=held)).done


@transaction.atomic
def written_after_read_only(company: Company) -> None:
    """A customer added in a part of a transaction that may write nothing."""
    sql.execute("review/read_only")
    a_customer(company)


def test_a_trial_cannot_write_whatever_it_runs(company: Company, act: Act) -> None:
    with pytest.raises(InternalError, match="read-only"):
        written_after_read_only(company)
    # What surrounds a trial goes on writing: only the trial's own part was read only.
    dry_run(act=act, draft=big(1), last=10)
    assert a_customer(company).id


def test_agreement_counts_orders_that_people_decided_on(company: Company) -> None:
    assert agreement([]) is None
    assert agreement([(True, ""), (False, "")]) is None
    assert agreement([(True, "rejected"), (False, "released"), (True, "released"), (False, "")]) == Decimal("0.6667")
    assert Tried(1, "SO-1", True, False, "").change == "newly_passed"


@pytest.mark.parametrize("versions", [1, 20])
def test_restoring_takes_the_same_statements_for_one_version_and_for_many(company: Company, act: Act, versions: int) -> None:
    rule_id = first = add_rule(act=act, draft=big(1)).id
    for number in range(versions):
        rule_id = change_rule(act=act, rule_id=rule_id, draft=big(number + 2)).id
    with CaptureQueriesContext(connection) as statements:
        assert restore_rule(act=act, rule_id=first).done
    assert len(statements) == 6


def test_another_companys_rule_is_not_there(company: Company, act: Act) -> None:
    first = add_rule(act=act, draft=big(1))
    stranger = an_act(a_company())
    assert restore_rule(act=stranger, rule_id=first.id).code == "not_found"
