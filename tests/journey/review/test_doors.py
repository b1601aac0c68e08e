"""Later check points stop an order at the door while others go; a held line waits while the rest of its order flows on."""

from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import submit_orders
from dinghuo.journey.review.models import Hold, Review, ReviewRule
from dinghuo.journey.review.operations import (
    RuleDraft,
    add_rule,
    change_rule,
    check_orders,
    release_holds,
    retire_rule,
    review_orders,
)
from dinghuo.journey.review.rules import INSTALLED
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests.builders import a_carrier, a_customer, a_product, a_released_order, a_warehouse, an_act, an_order, some_stock


def allocated_order(company: Company, act: Act, customer: Customer) -> int:
    """A released order with all of its stock."""
    product, warehouse = a_product(company), a_warehouse(company)
    some_stock(act, warehouse, product, 10)
    order_id = a_released_order(act, customer, warehouse, [(product, 10)])
    assert allocate_orders(act=act, order_ids=[order_id])[0].done
    return order_id


def block_at(act: Act, point: str, **given: Any) -> None:
    """Let blocked customers stop at a point."""
    draft = RuleDraft(code="door", kind="customer", check_points=[point], **given)
    assert add_rule(act=act, draft=draft).done


def test_goods_of_a_customer_blocked_meanwhile_stop_at_the_door_and_others_go(company: Company, act: Act) -> None:
    a_carrier(company)
    block_at(act, "before_loading")
    customers = [a_customer(company), a_customer(company)]
    ids = [allocated_order(company, act, customer) for customer in customers]
    make_shipping_notices(act=act, order_ids=ids)
    Customer.objects.filter(id=customers[0].id).update(is_blocked=True)
    shipments = {row.order_id: row.id for row in Shipment.objects.all()}
    codes = {row.id: row.code for row in dispatch_shipments(act=act, shipment_ids=list(shipments.values()))}
    assert codes == {shipments[ids[0]]: "stopped_before_loading", shipments[ids[1]]: "done"}
    assert SalesOrder.objects.get(id=ids[0]).state == "released"
    assert Event.objects.get(journey_id=ids[0], kind="OrderStopped").facts == {"point": "before_loading", "rules": ["door"]}

    Customer.objects.filter(id=customers[0].id).update(is_blocked=False)
    assert dispatch_shipments(act=act, shipment_ids=[shipments[ids[0]]])[0].done
    assert Hold.objects.get(order_id=ids[0]).lifted_because == "cause_gone"


def test_an_order_stopped_before_picking_gets_no_notice_until_a_person_lets_it(company: Company, act: Act) -> None:
    a_carrier(company)
    block_at(act, "release_to_pick", severity="reject")
    customer = a_customer(company)
    order_id = allocated_order(company, act, customer)
    Customer.objects.filter(id=customer.id).update(is_blocked=True)
    for _ in range(2):
        assert make_shipping_notices(act=act, order_ids=[order_id])[0].code == "stopped_before_picking"
    assert Review.objects.filter(order_id=order_id, cause="release_to_pick").count() == 1, "a stop that lasts is no news"
    hold = Hold.objects.get(order_id=order_id, lifted_at=None)
    assert release_holds(act=an_act(company, actor_id=7), hold_ids=[hold.id], reason_code="other", reason="paid at the counter")[
        0
    ].done
    assert make_shipping_notices(act=act, order_ids=[order_id])[0].done


def test_shipped_goods_are_always_invoiceable(company: Company, act: Act) -> None:
    block_at(act, "invoice")
    customer = a_customer(company)
    order_id = allocated_order(company, act, customer)
    Customer.objects.filter(id=customer.id).update(is_blocked=True)
    assert check_orders(act=act, point="invoice", order_ids=[order_id]) == {}


def test_a_limit_full_of_released_orders_stops_none_of_them_at_the_door(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft(code="door", kind="credit", check_points=["before_loading"]))
    customer = a_customer(company, credit_limit=Decimal(226))
    ids = [allocated_order(company, act, customer) for _ in range(2)]
    assert check_orders(act=act, point="before_loading", order_ids=ids) == {}
    Customer.objects.filter(id=customer.id).update(credit_limit=Decimal(225))
    assert check_orders(act=act, point="before_loading", order_ids=ids) == {key: ["door"] for key in ids}


def test_a_held_line_gets_no_stock_until_its_hold_is_released(company: Company, act: Act) -> None:
    add_rule(act=act, draft=RuleDraft(code="whole", kind="cases", severity="hold_line"))
    warehouse, loose, packed = a_warehouse(company), a_product(company), a_product(company, case_quantity=Decimal(12))
    for product in (loose, packed):
        some_stock(act, warehouse, product, 50)
    order_id = a_released_order(act, a_customer(company), warehouse, [(loose, 5), (packed, 50)])
    allocate_orders(act=act)
    given = dict(SalesOrderLine.objects.filter(order_id=order_id).values_list("position", "allocated"))
    assert given == {1: 5, 2: 0}
    assert allocate_orders(act=act) == []

    person, hold = an_act(company, actor_id=7), Hold.objects.get(order_id=order_id)
    assert release_holds(act=person, hold_ids=[hold.id], reason_code="other", reason="agreed by phone")[0].done
    assert [row.code for row in release_holds(act=person, hold_ids=[hold.id, 0], reason_code="other", reason="x")] == [
        "already_lifted",
        "not_found",
    ]
    allocate_orders(act=act)
    assert SalesOrderLine.objects.get(order_id=order_id, position=2).allocated == 50
    assert Event.objects.get(journey_id=order_id, kind="HoldLifted").facts["reason"] == "agreed by phone"


def test_a_hold_of_a_whole_order_that_waits_is_not_lifted_by_itself(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company, is_blocked=True), a_warehouse(company), [(a_product(company), 1)])
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act)
    hold = Hold.objects.get(order_id=order_id)
    assert release_holds(act=act, hold_ids=[hold.id], reason_code="other", reason="x")[0].code == "order_is_held"
    assert Hold.objects.get(order_id=order_id).lifted_at is None


def test_a_change_of_a_rule_is_a_new_version_with_its_author(company: Company, act: Act) -> None:
    person = an_act(company, actor_id=7)
    first = add_rule(act=person, draft=RuleDraft("price", "prices", {"deviation_max": "0.10"}))
    second = change_rule(act=person, rule_id=first.id, draft=RuleDraft("price", "prices", {"deviation_max": "0.05"}))
    assert second.facts == {"version": 2}
    versions = ReviewRule.objects.filter(code="price").order_by("version")
    assert [(row.version, row.created_by_id, row.retired_at is None) for row in versions] == [(1, 7, False), (2, 7, True)]
    assert change_rule(act=person, rule_id=first.id, draft=RuleDraft("price", "prices")).code == "version_conflict"
    assert retire_rule(act=person, rule_id=second.id).done
    assert retire_rule(act=person, rule_id=second.id).code == "version_conflict"
    assert retire_rule(act=person, rule_id=0).code == "not_found"
    assert add_rule(act=person, draft=RuleDraft("price", "prices")).facts == {"version": 3}
    kinds = ["RuleInForce", "RuleInForce", "RuleRetired", "RuleInForce"]
    assert list(Event.objects.filter(document="review_rule").order_by("id").values_list("kind", flat=True)) == kinds


@pytest.mark.parametrize(
    ("draft", "code", "column"),
    [
        (RuleDraft("r", "astrology"), "unknown_kind", None),
        (RuleDraft("r", "prices", {"deviation_max": "-1"}), "malformed", "deviation_max"),
        (RuleDraft("r", "prices", {"colour": "red"}), "malformed", "colour"),
        (RuleDraft("r", "prices", scope="planet"), "unknown_scope", None),
        (RuleDraft("r", "prices", scope="customer"), "unknown_scope", None),
        (RuleDraft("r", "prices", scope="company", scope_value="x"), "unknown_scope", None),
        (RuleDraft("r", "credit", severity="hold_line"), "malformed", "severity"),
        (RuleDraft("r", "credit", severity="shout"), "malformed", "severity"),
        (RuleDraft("r", "credit", scope="product_category", scope_value="x"), "malformed", "scope"),
        (RuleDraft("r", "credit", check_points=["never"]), "malformed", "check_points"),
        (RuleDraft("r", "credit", check_points=[]), "malformed", "check_points"),
        (RuleDraft("r", "credit", precedence=-1), "malformed", "precedence"),
        (RuleDraft("", "credit"), "malformed", "code"),
        (RuleDraft("credit", "credit"), "version_conflict", None),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_changes(
    company: Company, act: Act, draft: RuleDraft, code: str, column: str | None
) -> None:
    refused = add_rule(act=act, draft=draft)
    assert (refused.code, refused.facts.get("column")) == (code, column)
    assert ReviewRule.objects.count() == len(INSTALLED)
    mine = ReviewRule.objects.get(code="prices")
    assert change_rule(act=act, rule_id=mine.id, draft=draft).code in {code, "version_conflict"}
    assert ReviewRule.objects.get(code="prices").retired_at is None


def test_a_hold_at_a_door_ends_on_record_when_its_rule_is_retired(company: Company, act: Act) -> None:
    a_carrier(company)
    block_at(act, "before_loading")
    customer = a_customer(company)
    order_id = allocated_order(company, act, customer)
    make_shipping_notices(act=act, order_ids=[order_id])
    Customer.objects.filter(id=customer.id).update(is_blocked=True)
    shipment_id = Shipment.objects.get(order_id=order_id).id
    assert dispatch_shipments(act=act, shipment_ids=[shipment_id])[0].code == "stopped_before_loading"
    first = ReviewRule.objects.get(code="door")
    change_rule(act=act, rule_id=first.id, draft=RuleDraft("door", "customer", check_points=["before_loading"], precedence=5))
    assert Hold.objects.get(order_id=order_id).lifted_at is None, "another version of the rule stops it still"

    newest = ReviewRule.objects.get(code="door", retired_at=None)
    assert retire_rule(act=an_act(company, actor_id=7), rule_id=newest.id).done
    hold = Hold.objects.get(order_id=order_id)
    assert (hold.lifted_because, hold.lifted_by_id) == ("cause_gone", 7)
    assert Event.objects.get(journey_id=order_id, kind="HoldLifted").facts == {"rules": ["door"]}
    assert dispatch_shipments(act=act, shipment_ids=[shipment_id])[0].done


def test_a_retired_rule_leaves_orders_on_hold_to_the_next_review(company: Company, act: Act) -> None:
    order_id = an_order(act, a_customer(company, is_blocked=True), a_warehouse(company), [(a_product(company), 1)])
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act)
    rule = ReviewRule.objects.get(code="customer", retired_at=None)
    assert retire_rule(act=act, rule_id=rule.id).done
    assert Hold.objects.get(order_id=order_id).lifted_at is None
    assert not Event.objects.filter(journey_id=order_id, kind="HoldLifted").exists()
