"""What one person must not do alone is refused when a role is granted and when a duty is done."""

from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.journey.review.models import DutySeparation
from dinghuo.journey.review.operations import admit_member, release_orders, separate_duties
from dinghuo.journey.review.operations import change_customer as change_within_duties
from dinghuo.journey.review.rules.duties import DEFAULT_PAIRS, Pair
from dinghuo.kernel.errors import Refused
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer, Membership
from dinghuo.reference.operations import add_customer, change_customer
from tests.builders import a_code, a_customer
from tests.journey.review.approving import a_person, an_order_of, approve, by, reviewed, state_of, steps_of, the_matrix


def grant(act: Act, name: str, *roles: str) -> None:
    for role in roles:
        admit_member(act=act, name=name, password_hash="!", role=role)


@pytest.mark.parametrize("roles", [("sales", "credit"), ("credit", "sales"), ("sales", "finance"), ("finance", "credit")])
def test_a_role_is_not_granted_to_whom_it_would_give_both_of_a_pair(company: Company, act: Act, roles: tuple[str, str]) -> None:
    name = a_code("person")
    with pytest.raises(Refused) as refused:
        grant(act, name, *roles)
    assert refused.value.reason == "incompatible_duties"
    assert refused.value.facts["role"] == roles[1]
    assert refused.value.facts["because"]


@pytest.mark.parametrize(
    "roles", [("sales", "warehouse"), ("credit", "auditor"), ("admin", "sales"), ("sales", "admin"), ("sales", "sales")]
)
def test_other_roles_go_together(company: Company, act: Act, roles: tuple[str, str]) -> None:
    name = a_code("person")
    grant(act, name, *roles)
    assert set(Membership.objects.filter(user__username=name).values_list("role", flat=True)) == set(roles)


def test_a_company_says_itself_which_duties_are_kept_apart(company: Company, act: Act) -> None:
    name = a_code("person")
    assert separate_duties(act=by(act, 7), pairs=()).facts == {"version": 1}
    grant(act, name, "sales", "credit")
    assert separate_duties(act=act, pairs=DEFAULT_PAIRS).facts == {"version": 2}
    with pytest.raises(Refused):
        grant(act, name, "finance")
    assert DutySeparation.objects.get(retired_at=None).version == 2


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([Pair("release_hold", "sing", "x")], "unknown_duty"),
        ([Pair("release_hold", "release_hold", "x")], "malformed"),
        ([Pair("release_hold", "take_payment", "")], "malformed"),
        ([Pair("release_hold", "take_payment", "x")] * 21, "malformed"),
    ],
)
def test_a_senseless_list_of_duties_is_refused_and_changes_nothing(
    company: Company, act: Act, pairs: list[Pair], code: str
) -> None:
    assert separate_duties(act=act, pairs=pairs).code == code
    assert not DutySeparation.objects.exists()


def test_who_raised_a_limit_does_not_release_the_hold(company: Company, act: Act) -> None:
    boss, other = a_person(company, "admin"), a_person(company, "admin")
    customer = a_customer(company, is_blocked=True)
    change_customer(act=by(act, boss), customer_id=customer.pk, fields={"name": "Lotus"})
    order_id, free = (an_order_of(act, company, 100, customer=one) for one in (customer, a_customer(company, is_blocked=True)))
    for key in (order_id, free):
        assert reviewed(act, key) == "held"
    change_customer(act=by(act, boss), customer_id=customer.pk, fields={"credit_limit": 5})
    outcomes = {
        row.id: row.code for row in release_orders(act=by(act, boss), order_ids=[order_id, free], reason_code="other", reason="ok")
    }
    assert outcomes == {order_id: "incompatible_duties", free: "done"}
    assert state_of(order_id) == "held"
    assert release_orders(act=by(act, other), order_ids=[order_id], reason_code="other", reason="ok")[0].done


def test_a_limit_that_was_raised_before_the_order_came_does_not_count(company: Company, act: Act) -> None:
    boss, customer = a_person(company, "admin"), a_customer(company, is_blocked=True)
    earlier = Act(act.company_id, act.at.replace(hour=0), act.on, boss)
    change_customer(act=earlier, customer_id=customer.pk, fields={"credit_limit": 5_000})
    order_id = an_order_of(act, company, 100, customer=customer)
    reviewed(act, order_id)
    assert release_orders(act=by(act, boss), order_ids=[order_id], reason_code="other", reason="ok")[0].done


def test_who_created_a_customer_does_not_approve_its_orders(company: Company, act: Act) -> None:
    the_matrix(act)
    boss, other = a_person(company, "credit", "admin"), a_person(company, "credit")
    fields: dict[str, Any] = {"code": a_code("C"), "name": "Lotus", "country": "CN"}
    customer = Customer.objects.get(id=add_customer(act=by(act, boss), fields=fields).id)
    order_id = an_order_of(act, company, 20_000, customer=customer)
    reviewed(act, order_id)
    (step,) = steps_of(order_id)
    assert approve(act, step, boss).code == "incompatible_duties"
    separate_duties(act=act, pairs=[pair for pair in DEFAULT_PAIRS if pair.duty != "create_customer"])
    assert approve(act, step, boss).done
    assert other


@pytest.mark.parametrize("name", ["credit_limit", "group_credit_limit", "order_maximum"])
def test_who_released_an_order_does_not_raise_a_limit_of_its_customer(company: Company, act: Act, name: str) -> None:
    boss, other = a_person(company, "admin"), a_person(company, "admin")
    customer = a_customer(company, is_blocked=True, **{name: Decimal(5_000)})
    order_id = an_order_of(act, company, 100, customer=customer)
    reviewed(act, order_id)
    assert release_orders(act=by(act, boss), order_ids=[order_id], reason_code="other", reason="ok")[0].done
    for more in (Decimal(5_001), None):
        with pytest.raises(Refused) as refused:
            change_within_duties(act=by(act, boss), customer_id=customer.pk, fields={name: more})
        assert refused.value.reason == "incompatible_duties"
        assert refused.value.facts["order_id"] == order_id
    change_within_duties(act=by(act, boss), customer_id=customer.pk, fields={name: Decimal(4_000), "city": "Wuhu"})
    change_within_duties(act=by(act, other), customer_id=customer.pk, fields={name: Decimal(9_000)})
    assert getattr(Customer.objects.get(id=customer.pk), name) == Decimal(9_000)


def test_an_order_that_is_over_keeps_nobody_from_raising_a_limit(company: Company, act: Act) -> None:
    boss, customer = a_person(company, "admin"), a_customer(company, is_blocked=True, credit_limit=Decimal(5_000))
    order_id = an_order_of(act, company, 100, customer=customer)
    reviewed(act, order_id)
    assert release_orders(act=by(act, boss), order_ids=[order_id], reason_code="other", reason="ok")[0].done
    SalesOrder.objects.filter(id=order_id).update(state="completed")
    assert change_within_duties(act=by(act, boss), customer_id=customer.pk, fields={"credit_limit": None}).done
