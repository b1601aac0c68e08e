"""Every kind of rule on its worked numbers: what passes, what is broken, and the edge between."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.review.rules import KINDS, Case, OrderFacts, RuleInForce, checked_parameters, decided_again, judge
from dinghuo.journey.review.rules.facts import (
    CreditFacts,
    DeniedMatch,
    LineFacts,
    LineHistory,
    LineListing,
    LineSupply,
    OtherOrder,
    ProductHistory,
)
from dinghuo.journey.review.rules.judging import finding_of
from dinghuo.journey.review.rules.orders import is_valid_tax_id, next_receiving_day
from dinghuo.journey.review.rules.outside import Listed, likest

TODAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)

ORDER = OrderFacts(
    order_id=1, number="SO-1", version=1, state="submitted", customer_id=7, customer_code="C7", customer_class="B",
    ordered_on=TODAY, requested_on=None, amount_gross=Decimal(4_000), amount_new=Decimal(4_000), goods_net=Decimal(100),
    discount_net=Decimal(0), currency="CNY", company_currency="CNY", payment_terms_days=30, customer_po="", ship_to_name="N",
    ship_to_address="1 Road", ship_to_city="Ningbo", ship_to_region="", ship_to_postcode="", ship_to_country="CN",
    cash_discount_rate=Decimal(0), cash_discount_days=0, customer_cash_discount_rate=Decimal(0), customer_cash_discount_days=0,
    incoterm="", freight_payer="", from_country="CN", amount_tax=Decimal(460), customer_name="Ningbo Harbour Tools Co., Ltd.",
    customer_name_zh="", entered_by_roles=(), registry_status="", registry_checked_on=None,
    customer_blocked=False, credit_limit=Decimal(80_000),
    customer_terms_days=30, group_id=7, group_limit=None, order_maximum=None, limit_expires_on=None, account_status="",
    dunning_level=0, receiving_days="", po_must_be_unique=None, tax_id="", customer_country="CN", earlier_orders=1, grace={},
)  # fmt: skip
LINE = LineFacts(
    order_id=1, line_id=11, position=1, product_id=5, product="P5", category="tools", ordered=Decimal(1), unit_price=Decimal(100),
    amount_net=Decimal(100), agreed_price=Decimal(100), unit_cost=Decimal(60), is_blocked=False, minimum_quantity=None,
    case_quantity=Decimal(1), lead_time_days=None, sold_from=None, discontinued_on=None,
    price_until=None, is_dual_use=False, weight_kg=Decimal(0),
)  # fmt: skip
NOTHING_OWED = CreditFacts(7, 7, Decimal(0), (), (), Decimal(0), Decimal(0), Decimal(0), (), (), (), Decimal(0), (), ())


def owing(**given: Any) -> CreditFacts:
    """A customer's debts; numbers become decimals."""
    exact: dict[str, Any] = {name: value if isinstance(value, tuple) else Decimal(value) for name, value in given.items()}
    return replace(NOTHING_OWED, **exact)


def amounts(*values: int | str) -> tuple[Decimal, ...]:
    """Numbers as decimals."""
    return tuple(Decimal(value) for value in values)


def a_case(*, order: Mapping[str, Any] | None = None, line: Mapping[str, Any] | None = None, **given: Any) -> Case:
    """An order of one line that breaks nothing, but for what is given."""
    lines = [replace(LINE, **(line or {}))]
    return Case(**{"order": replace(ORDER, **(order or {})), "today": TODAY, "at": AT, "lines": lines, **given})


def a_rule(kind: str, **parameters: Any) -> RuleInForce:
    """A rule of a kind over the whole company."""
    checked, fault = checked_parameters(KINDS[kind], parameters)
    assert fault is None, fault
    return RuleInForce(1, kind, kind, checked, KINDS[kind].severity, "company", "", False)


def broken(kind: str, case: Case, **parameters: Any) -> bool:
    """Whether the case breaks a rule of that kind; what it stores must give the same answer again."""
    rule = a_rule(kind, **parameters)
    finding = finding_of(rule, case)
    stored = {name: str(value) if isinstance(value, Decimal) else value for name, value in finding.inputs.items()}
    assert decided_again(kind, dict(rule.parameters), stored) == finding.is_breach
    return finding.is_breach


FOUR_BUCKETS = owing(
    order_days=(TODAY, TODAY + timedelta(days=45)), order_amounts=amounts(10_000, 20_000), delivered_not_billed=8_000,
    billed_not_posted=3_000, receivables=42_000, unapplied=5_000,
)  # fmt: skip


def test_exposure_is_the_sum_of_its_buckets_less_payments() -> None:
    assert FOUR_BUCKETS.exposure == 78_000  # E1.1


@pytest.mark.parametrize(("limit", "is_broken"), [(80_000, True), (82_000, False), (81_999, True), (None, False)])
def test_exposure_and_the_order_stay_within_the_limit(limit: int | None, is_broken: bool) -> None:
    order = {"credit_limit": None if limit is None else Decimal(limit)}
    assert broken("credit", a_case(order=order, credit=FOUR_BUCKETS)) is is_broken  # E1.2


@pytest.mark.parametrize(("days", "is_broken"), [(30, False), (44, False), (45, True)])
def test_orders_that_leave_after_the_horizon_do_not_count(days: int, is_broken: bool) -> None:
    assert broken("credit_horizon", a_case(credit=FOUR_BUCKETS), horizon_days=days) is is_broken  # E1.3
    figures = finding_of(a_rule("credit_horizon", horizon_days=30), a_case(credit=FOUR_BUCKETS)).inputs
    assert (figures["exposure"], figures["total"]) == (58_000, 62_000)


@pytest.mark.parametrize(("amount", "is_broken"), [(4_000, False), (4_500, True)])
def test_only_a_share_of_the_limit_may_be_used(amount: int, is_broken: bool) -> None:
    order = {"credit_limit": Decimal(10_000), "amount_new": Decimal(amount)}
    assert (
        broken("credit_utilisation", a_case(order=order, credit=owing(receivables=5_000)), utilisation="0.9") is is_broken
    )  # E1.4


@pytest.mark.parametrize(
    ("classes", "counts_drafts", "is_broken"),
    [
        (["open_orders", "open_deliveries", "unaudited_invoices", "receivables"], False, True),
        (["open_orders", "open_deliveries", "receivables"], False, False),
        (["open_orders", "open_deliveries", "receivables"], True, True),
    ],
)
def test_the_classes_of_documents_that_count_are_chosen(classes: list[str], counts_drafts: bool, is_broken: bool) -> None:
    credit = owing(
        order_days=(TODAY,), order_amounts=amounts(10), delivered_not_billed=5, billed_not_posted=2, receivables=30, unreleased=2
    )
    case = a_case(order={"credit_limit": Decimal(50), "amount_new": Decimal(4)}, credit=credit)
    assert broken("credit_documents", case, classes=classes, counts_drafts=counts_drafts) is is_broken  # E1.5


@pytest.mark.parametrize(
    ("days", "amount", "is_broken"), [(36, "9.90", False), (36, "4500", True), (3, "4500", False), (4, "10", False)]
)
def test_an_old_item_above_the_tolerance_holds(days: int, amount: str, is_broken: bool) -> None:
    credit = owing(due_days=(TODAY - timedelta(days=days),), due_amounts=amounts(amount), due_largest=amounts(amount))
    assert broken("oldest_item", a_case(credit=credit), days=3, tolerance="10") is is_broken  # E1.6


def test_an_old_trifle_does_not_hide_a_newer_large_item() -> None:
    days = (TODAY - timedelta(days=36), TODAY - timedelta(days=20))
    credit = owing(due_days=days, due_amounts=amounts("9.90", 4_500), due_largest=amounts("9.90", 4_500))
    assert broken("oldest_item", a_case(credit=credit), days=3, tolerance="10")


@pytest.mark.parametrize(("overdue", "is_broken"), [(20, True), (15, False), (0, False)])
def test_too_large_a_share_overdue_holds(overdue: int, is_broken: bool) -> None:
    credit = owing(
        receivables=100, due_days=(TODAY - timedelta(days=9),), due_amounts=amounts(overdue), due_largest=amounts(overdue)
    )
    assert broken("overdue_share", a_case(credit=credit), days=0, share_max="0.15") is is_broken  # E1.7


@pytest.mark.parametrize(
    ("own", "rule", "is_broken"), [(20_000, None, True), (25_000, "20000", False), (None, "20000", True), (None, None, False)]
)
def test_an_order_has_a_maximum_of_its_customer_or_of_the_rule(own: int | None, rule: str | None, is_broken: bool) -> None:
    order = {"order_maximum": None if own is None else Decimal(own), "amount_gross": Decimal(25_000)}
    assert broken("order_maximum", a_case(order=order), **({} if rule is None else {"maximum": rule})) is is_broken  # E1.8


@pytest.mark.parametrize(("amount", "earlier", "is_broken"), [(2_500, 0, True), (2_000, 0, False), (2_500, 1, False)])
def test_a_new_customer_has_a_cap(amount: int, earlier: int, is_broken: bool) -> None:
    order = {"amount_gross": Decimal(amount), "earlier_orders": earlier}
    assert broken("first_order", a_case(order=order), maximum="2000") is is_broken  # E1.9


@pytest.mark.parametrize(("days", "is_broken"), [(60, True), (30, False), (31, True), (10, False)])
def test_terms_better_than_the_customers_own_hold(days: int, is_broken: bool) -> None:
    assert broken("terms", a_case(order={"payment_terms_days": days})) is is_broken  # E1.10


@pytest.mark.parametrize(
    ("rate", "days", "is_broken"),
    [("0.03", 10, True), ("0.02", 14, True), ("0.02", 10, False), ("0.01", 30, False), ("0", 0, False)],
)
def test_a_cash_discount_better_than_the_customers_own_holds(rate: str, days: int, is_broken: bool) -> None:
    order = {
        "cash_discount_rate": Decimal(rate), "cash_discount_days": days, "customer_cash_discount_rate": Decimal("0.02"),
        "customer_cash_discount_days": 10,
    }  # fmt: skip
    assert broken("terms", a_case(order=order)) is is_broken  # E1.10
    assert not broken("terms", a_case(order=order), checks_cash_discount=False)


def test_each_switch_of_the_terms_leaves_the_other_on() -> None:
    order = {"payment_terms_days": 60, "cash_discount_rate": Decimal("0.03"), "cash_discount_days": 10}
    assert broken("terms", a_case(order=order), checks_days=False)
    assert broken("terms", a_case(order=order), checks_cash_discount=False)
    assert not broken("terms", a_case(order=order), checks_days=False, checks_cash_discount=False)


@pytest.mark.parametrize(
    ("order", "is_broken"),
    [
        ({"limit_expires_on": TODAY - timedelta(days=1)}, True),
        ({"limit_expires_on": TODAY}, False),
        ({"account_status": "frozen"}, True),
        ({"account_status": "open"}, False),
        ({"dunning_level": 3}, True),
        ({"dunning_level": 2}, False),
    ],
)
def test_an_expired_limit_a_status_or_dunning_shuts_the_account(order: dict[str, Any], is_broken: bool) -> None:
    assert broken("account", a_case(order=order), statuses=["frozen"], dunning_level=3) is is_broken  # E1.11


@pytest.mark.parametrize(("group", "own", "is_broken"), [(100, 40, False), (94, 40, True), (100, 34, True), (None, None, False)])
def test_a_group_shares_one_limit(group: int | None, own: int | None, is_broken: bool) -> None:
    order = {
        "amount_new": Decimal(10), "group_limit": None if group is None else Decimal(group),
        "credit_limit": None if own is None else Decimal(own),
    }  # fmt: skip
    mine, others = owing(receivables=25), owing(receivables=60)
    assert broken("group_limit", a_case(order=order, credit=mine, pool=[mine, others])) is is_broken  # E1.12


def test_an_order_that_an_exclusion_releases_passes_although_it_is_overdue() -> None:
    exclusion = replace(a_rule("small_order", minimum="100"), is_release_exclusion=True)
    late = owing(due_days=(TODAY - timedelta(days=90),), due_amounts=amounts(500), due_largest=amounts(500))
    rules = [exclusion, a_rule("oldest_item", days=3)]
    small, large = (a_case(order={"amount_gross": Decimal(amount)}, credit=late) for amount in (99, 100))
    assert [row.outcome for row in judge(rules, [small])] == ["released"]  # E1.13
    assert [row.outcome for row in judge(rules, [large])] == ["held"]


@pytest.mark.parametrize(("days", "is_broken"), [(4, False), (5, False), (6, True)])
def test_an_order_that_a_person_released_is_not_held_again_for_some_days(days: int, is_broken: bool) -> None:
    released_on = (TODAY - timedelta(days=days)).isoformat()
    case = a_case(order={"customer_blocked": True, "grace": {"customer": released_on}})
    assert broken("customer", case, grace_days=5) is is_broken  # E1.14


def test_goods_that_were_released_add_nothing_to_exposure_again() -> None:
    order = {"state": "released", "amount_new": Decimal(0), "credit_limit": Decimal(78_000)}
    assert not broken("credit", a_case(order=order, credit=FOUR_BUCKETS))  # E1.15


def test_the_room_goes_to_the_oldest_orders_that_fit() -> None:
    cases = [
        a_case(order={"order_id": key, "amount_new": Decimal(amount), "credit_limit": Decimal(10_000)}, credit=NOTHING_OWED)
        for key, amount in enumerate((6_000, 7_000, 3_000))
    ]
    assert [row.outcome for row in judge([a_rule("credit")], cases)] == ["released", "held", "released"]  # E1.16


@pytest.mark.parametrize(("paid", "reference", "is_broken"), [(4_000, "SO-1", False), (3_999, "SO-1", True), (4_000, "SO-2", True)])
def test_an_order_paid_in_advance_is_spared_credit_and_nothing_else(paid: int, reference: str, is_broken: bool) -> None:
    credit = owing(receivables=80_000, paid_for=(reference,), paid_amounts=amounts(paid))
    assert broken("credit", a_case(credit=credit)) is is_broken  # E1.17
    assert broken("customer", a_case(order={"customer_blocked": True}, credit=credit))


@pytest.mark.parametrize(("price", "agreed", "is_broken"), [(90, 100, True), (95, 100, False), (106, 100, True), (5, 0, False)])
def test_a_price_is_close_to_the_agreed_one(price: int, agreed: int, is_broken: bool) -> None:
    line = {"unit_price": Decimal(price), "agreed_price": Decimal(agreed)}
    assert broken("prices", a_case(line=line), deviation_max="0.05") is is_broken  # E2.1


@pytest.mark.parametrize(("cost", "is_broken"), [(78, True), ("76.5", False), (60, False)])
def test_a_margin_counts_discounts_and_stays_above_its_floor(cost: int | str, is_broken: bool) -> None:
    case = a_case(order={"goods_net": Decimal(100), "discount_net": Decimal(10)}, line={"unit_cost": Decimal(cost)})
    assert broken("margin", case, margin_min="0.15") is is_broken  # E2.2
    if cost == 78:
        assert round(finding_of(a_rule("margin"), case).inputs["margin"], 3) == Decimal("0.133")


@pytest.mark.parametrize(("discount", "is_broken"), [(8, True), (5, False), (0, False)])
def test_a_discount_stays_within_its_authority(discount: int, is_broken: bool) -> None:
    assert broken("discount", a_case(order={"discount_net": Decimal(discount)}), share_max="0.05") is is_broken  # E2.3


@pytest.mark.parametrize(
    ("roles", "discount", "is_broken"),
    [
        (["sales"], 8, True),
        (["sales"], 5, False),
        (["admin"], 8, False),
        (["admin", "sales"], 8, False),
        (["auditor"], 4, True),
        ([], 3, False),
    ],
)
def test_a_discount_is_within_the_authority_of_whoever_entered_it(roles: list[str], discount: int, is_broken: bool) -> None:
    order = {"discount_net": Decimal(discount), "entered_by_roles": roles}
    case = a_case(order=order)
    assert broken("discount", case, share_max="0.03", share_max_sales="0.05", share_max_admin="0.10") is is_broken  # E2.3


@pytest.mark.parametrize(("quantity", "minimum", "is_broken"), [(5, 6, True), (6, 6, False), (5, None, False)])
def test_a_quantity_below_the_minimum_suggests_the_minimum(quantity: int, minimum: int | None, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(quantity), "minimum_quantity": None if minimum is None else Decimal(minimum)})
    assert broken("minimum_quantity", case) is is_broken  # E2.4
    if is_broken:
        assert finding_of(a_rule("minimum_quantity"), case).inputs["suggested"] == 6


@pytest.mark.parametrize(("amount", "is_broken"), [(99, True), (100, False)])
def test_an_order_reaches_its_minimum_value(amount: int, is_broken: bool) -> None:
    assert broken("order_minimum", a_case(order={"amount_gross": Decimal(amount)}), minimum="100") is is_broken  # E2.4


@pytest.mark.parametrize(("quantity", "pack", "is_broken"), [(50, 12, True), (48, 12, False), (7, 1, False)])
def test_a_broken_case_suggests_the_whole_ones_around_it(quantity: int, pack: int, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(quantity), "case_quantity": Decimal(pack)})
    assert broken("cases", case) is is_broken  # E2.5
    if is_broken:
        figures = finding_of(a_rule("cases"), case).inputs
        assert (figures["down"], figures["up"]) == (48, 60)


@pytest.mark.parametrize(("quantity", "orders", "is_broken"), [(400, 4, True), (200, 4, False), (201, 4, True), (400, 3, False)])
def test_one_zero_too_many_is_held_against_the_customers_own_median(quantity: int, orders: int, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(quantity)}, history={11: LineHistory(11, Decimal(40), orders)})
    assert broken("usual_quantity", case) is is_broken  # E2.6


@pytest.mark.parametrize(("quantity", "is_broken"), [(1_000, False), (1_001, True)])
def test_no_line_asks_for_more_than_the_maximum(quantity: int, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(quantity)})
    assert broken("quantities", case, quantity_max="1000") is is_broken  # E2.6


def test_a_line_without_a_habit_does_not_hide_one_that_breaks_it() -> None:
    first, second = replace(LINE, ordered=Decimal(100)), replace(LINE, line_id=12, position=2, ordered=Decimal(60))
    history = {11: LineHistory(11, Decimal(1), 1), 12: LineHistory(12, Decimal(10), 4)}
    case = a_case(lines=[first, second], history=history)
    assert broken("usual_quantity", case)
    finding = finding_of(a_rule("usual_quantity"), case)
    assert (finding.inputs["line"], finding.line_ids) == (2, [12])


@pytest.mark.parametrize(("quantity", "lines", "is_broken"), [(61, 100, True), (60, 100, False), (61, 99, False)])
def test_a_product_new_to_the_customer_is_compared_with_what_everybody_orders(quantity: int, lines: int, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(quantity)}, of_product={5: ProductHistory(5, Decimal(60), lines)})
    assert broken("usual_quantity", case, p99_times="1") is is_broken  # E2.6
    assert not broken("usual_quantity", case)


@pytest.mark.parametrize(
    ("matters", "others", "is_broken"), [(None, 1, True), (True, 1, True), (False, 1, False), (None, 0, False)]
)
def test_a_po_number_that_came_before_is_held_unless_the_customer_repeats_them(
    matters: bool | None, others: int, is_broken: bool
) -> None:
    earlier = [OtherOrder(3, "SO-0", Decimal(1), Decimal(24))] * others
    assert (
        broken("same_po", a_case(order={"po_must_be_unique": matters, "customer_po": "PO-4711 ."}, same_po=earlier)) is is_broken
    )  # E2.7


@pytest.mark.parametrize(
    ("likeness", "hours", "is_broken"), [("0.8182", 47, True), ("0.8", 48, True), ("0.79", 1, False), ("1", 49, False)]
)
def test_an_order_like_one_of_the_last_days_warns(likeness: str, hours: int, is_broken: bool) -> None:
    alike = [OtherOrder(3, "SO-0", Decimal(likeness), Decimal(hours))]
    assert broken("alike_order", a_case(alike=alike)) is is_broken  # E2.8


@pytest.mark.parametrize(
    ("order", "is_broken"),
    [
        ({}, False),
        ({"ship_to_city": " "}, True),
        ({"ship_to_address": "P.O. Box 12"}, True),
        ({"ship_to_postcode": "310000"}, False),
        ({"ship_to_postcode": "31000"}, True),
        ({"ship_to_postcode": "310000", "ship_to_region": "浙江省"}, False),
        ({"ship_to_postcode": "510000", "ship_to_region": "Zhejiang Sheng"}, True),
        ({"ship_to_postcode": "510000", "ship_to_region": "Nowhere"}, False),
        ({"ship_to_postcode": "94105", "ship_to_region": "California", "ship_to_country": "US"}, False),
        ({"ship_to_postcode": "10001", "ship_to_region": "California", "ship_to_country": "US"}, True),
        ({"ship_to_postcode": "sw1a 1aa", "ship_to_country": "GB"}, False),
        ({"ship_to_postcode": "12345", "ship_to_country": "GB"}, True),
        ({"ship_to_postcode": "anything", "ship_to_country": "AO"}, False),
        ({"ship_to_address": "Boxer Road"}, False),
    ],
)
def test_an_address_is_complete_and_no_po_box(order: dict[str, str], is_broken: bool) -> None:
    assert broken("address", a_case(order=order)) is is_broken  # E2.9


def test_a_missing_district_holds_where_districts_are_asked_for() -> None:
    parts = ["name", "address", "city", "region"]
    assert broken("address", a_case(), parts=parts)  # E2.9
    assert not broken("address", a_case(order={"ship_to_region": "海淀区"}), parts=parts)


@pytest.mark.parametrize(("weight", "is_broken"), [("31.5", False), ("31.6", True), ("0", True)])
def test_a_parcel_may_go_to_a_po_box_and_freight_may_not(weight: str, is_broken: bool) -> None:
    case = a_case(order={"ship_to_address": "PO Box 12"}, line={"weight_kg": Decimal(weight)})
    assert broken("address", case, parcel_kg_max="31.5") is is_broken  # E2.9
    assert broken("address", case)
    assert not broken("address", case, po_box_allowed=True)


@pytest.mark.parametrize(
    ("status", "days", "is_broken"), [("valid", 30, False), ("valid", 31, True), ("invalid", 0, True), ("", None, True)]
)
def test_a_tax_id_that_no_registry_confirmed_lately_does_not_pass(status: str, days: int | None, is_broken: bool) -> None:
    asked = None if days is None else TODAY - timedelta(days=days)
    order = {"tax_id": "DE136695976", "customer_country": "DE", "registry_status": status, "registry_checked_on": asked}
    assert broken("tax_registry", a_case(order=order), days=30) is is_broken  # E2.10
    said = finding_of(a_rule("tax_registry", days=30), a_case(order=order)).inputs["status"]
    assert said == ("unchecked" if days in {31, None} else status)


@pytest.mark.parametrize(
    ("order", "is_broken"),
    [
        ({"ship_to_country": "DE", "from_country": "FR", "amount_tax": Decimal(0)}, True),
        ({"ship_to_country": "DE", "from_country": "FR"}, False),
        ({"ship_to_country": "DE", "from_country": "DE", "amount_tax": Decimal(0)}, False),
        ({"ship_to_country": "DE", "from_country": "CN", "amount_tax": Decimal(0)}, False),
    ],
)
def test_an_exempt_order_inside_the_eu_needs_a_tax_id(order: dict[str, Any], is_broken: bool) -> None:
    assert broken("tax_registry", a_case(order=order)) is is_broken  # E2.10


@pytest.mark.parametrize(
    ("tax_id", "country", "is_valid"),
    [
        ("91110000600037341L", "CN", True),
        ("91110000600037342L", "CN", False),
        ("DE136695976", "DE", True),
        ("DE136695978", "DE", False),
        ("", "CN", None),
        ("12345", "AQ", None),
    ],
)
def test_a_tax_id_has_the_form_and_check_digits_of_its_country(tax_id: str, country: str, is_valid: bool | None) -> None:
    assert is_valid_tax_id(tax_id, country) is is_valid
    assert broken("tax_id", a_case(order={"tax_id": tax_id, "customer_country": country})) is (is_valid is False)  # E2.10


def test_a_tax_id_may_be_required() -> None:
    assert broken("tax_id", a_case(), required=True)
    assert not broken("tax_id", a_case(), required=False)


@pytest.mark.parametrize(
    ("line", "available", "because"),
    [
        ({"is_blocked": True}, 0, "blocked"),
        ({"sold_from": TODAY + timedelta(days=1)}, 0, "not_on_sale_yet"),
        ({"sold_from": TODAY}, 0, None),
        ({"discontinued_on": TODAY}, 0, "discontinued"),
        ({"discontinued_on": TODAY}, 1, None),
    ],
)
def test_a_product_that_may_not_be_sold_holds(line: dict[str, Any], available: int, because: str | None) -> None:
    case = a_case(line=line, supply={11: LineSupply(11, Decimal(available))})
    assert broken("products", case) is (because is not None)  # E2.11
    assert finding_of(a_rule("products"), case).inputs["because"] == because


@pytest.mark.parametrize(
    ("allowed", "denied", "has_list", "is_broken"),
    [
        (True, False, True, False),
        (False, False, True, True),
        (False, True, False, True),
        (True, True, True, True),
        (False, False, False, False),
    ],
)
def test_an_assortment_allows_and_denies(allowed: bool, denied: bool, has_list: bool, is_broken: bool) -> None:
    case = a_case(listing={11: LineListing(11, allowed, denied, has_list)})
    assert broken("assortment", case) is is_broken  # E2.11


def test_a_sunday_is_offered_the_next_monday() -> None:
    sunday, monday = date(2026, 3, 8), date(2026, 3, 9)
    assert next_receiving_day(sunday, "12345") == monday
    case = a_case(order={"requested_on": sunday, "receiving_days": "12345"})
    assert broken("dates", case)  # E2.12
    assert finding_of(a_rule("dates"), case).inputs["offered_on"] == monday.isoformat()
    assert not broken("dates", a_case(order={"requested_on": monday, "receiving_days": "12345"}))


@pytest.mark.parametrize(
    ("requested", "until", "is_broken"),
    [(9, 10, False), (10, 10, False), (11, 10, True), (11, None, False), (None, -1, True), (None, 0, False)],
)
def test_a_price_has_to_hold_on_the_requested_day(requested: int | None, until: int | None, is_broken: bool) -> None:
    asked = None if requested is None else TODAY + timedelta(days=requested)
    line = {"price_until": None if until is None else TODAY + timedelta(days=until)}
    assert broken("dates", a_case(order={"requested_on": asked}, line=line)) is is_broken  # E2.12


@pytest.mark.parametrize(("days", "is_broken"), [(4, True), (5, False)])
def test_a_date_within_the_lead_time_is_too_early(days: int, is_broken: bool) -> None:
    case = a_case(order={"requested_on": TODAY + timedelta(days=days)}, line={"lead_time_days": 5})
    assert broken("dates", case) is is_broken


@pytest.mark.parametrize(("available", "is_broken"), [(27, True), (40, False)])
def test_a_line_short_of_stock_says_by_how_much(available: int, is_broken: bool) -> None:
    case = a_case(line={"ordered": Decimal(40)}, supply={11: LineSupply(11, Decimal(available))})
    assert broken("stock", case) is is_broken  # E2.13
    assert finding_of(a_rule("stock"), case).inputs["short"] == 40 - available


@pytest.mark.parametrize(
    ("order", "is_broken"),
    [({}, False), ({"currency": "EUR"}, False), ({"currency": "USD"}, True), ({"payment_terms_days": 91}, True)],
)
def test_currency_and_terms_are_those_allowed(order: dict[str, Any], is_broken: bool) -> None:
    assert broken("currency", a_case(order=order), currencies=["EUR"], terms_days_max=90) is is_broken  # E2.15


@pytest.mark.parametrize(
    ("incoterm", "payer", "is_broken"),
    [("EXW", "buyer", False), ("EXW", "seller", True), ("DAP", "seller", False), ("DAP", "buyer", True), ("FOB", "", False),
     ("", "buyer", False), ("XYZ", "", True)],
)  # fmt: skip
def test_who_pays_the_freight_is_who_the_incoterm_says(incoterm: str, payer: str, is_broken: bool) -> None:
    assert broken("incoterm", a_case(order={"incoterm": incoterm, "freight_payer": payer})) is is_broken  # E2.15


LIST = [
    Listed("OWN", "Ivanov Trading Company", "7701234567"),
    Listed("UN", "Müller Präzision GmbH", ""),
    Listed("OWN", "宁波恶意贸易有限公司", ""),
]


@pytest.mark.parametrize(
    ("name", "tax_id", "listed", "is_broken"),
    [
        ("Harbour Tools", "77-0123 4567", "Ivanov Trading Company", True),
        ("Ivanov Trading Co., Ltd.", "", "Ivanov Trading Company", True),
        ("TRADING, IVANOV", "", "Ivanov Trading Company", True),
        ("Ivanow Tradding", "", "Ivanov Trading Company", True),
        ("Muller Prazision", "", "Müller Präzision GmbH", True),
        ("宁波恶意贸易有限公司", "", "宁波恶意贸易有限公司", True),
        ("Ivanhoe Traders", "", None, False),
        ("Harbour Tools", "", None, False),
    ],
)
def test_a_denied_party_is_found_by_number_or_by_a_name_like_it(
    name: str, tax_id: str, listed: str | None, is_broken: bool
) -> None:
    match = likest([name], tax_id, LIST, cutoff=Decimal("0.85"))
    assert (None if match is None else match.name) == listed
    assert broken("denied_party", a_case(denied=match), likeness="0.85") is is_broken  # E2.14


def test_a_likeness_below_the_rules_own_passes() -> None:
    case = a_case(denied=DeniedMatch("OWN", "Ivanov", Decimal("0.89"), by_number=False))
    assert not broken("denied_party", case)
    assert broken("denied_party", case, likeness="0.89")


@pytest.mark.parametrize(("to_country", "dual_use", "is_broken"), [("RU", True, True), ("CN", True, False), ("RU", False, False)])
def test_goods_of_dual_use_do_not_leave_the_country_by_themselves(to_country: str, dual_use: bool, is_broken: bool) -> None:
    case = a_case(order={"ship_to_country": to_country}, line={"is_dual_use": dual_use})
    assert broken("export_licence", case) is is_broken  # E2.14


@pytest.mark.parametrize(
    ("parameters", "spared_as"),
    [({"except_customers": ["C7"]}, "C7"), ({"except_classes": ["B"]}, "B"), ({"except_classes": ["A"]}, None)],
)
def test_a_rules_own_exclusions_spare_whom_they_name(parameters: dict[str, Any], spared_as: str | None) -> None:
    case = a_case(order={"customer_blocked": True})
    assert broken("customer", case, **parameters) is (spared_as is None)  # E1.13
    assert finding_of(a_rule("customer", **parameters), case).inputs.get("excluded") == spared_as


@pytest.mark.parametrize(
    ("kind", "parameters", "column"),
    [
        ("prices", {"deviation_max": "-0.1"}, "deviation_max"),
        ("prices", {"deviation_max": 0.05}, "deviation_max"),
        ("prices", {"deviation_max": "NaN"}, "deviation_max"),
        ("prices", {"deviation": "0.1"}, "deviation"),
        ("prices", {"deviation_max": None}, "deviation_max"),
        ("oldest_item", {"days": "3.5"}, "days"),
        ("oldest_item", {"days": 3651}, "days"),
        ("oldest_item", {"days": True}, "days"),
        ("credit_documents", {"classes": ["debts"]}, "classes"),
        ("credit_documents", {"classes": "receivables"}, "classes"),
        ("credit_documents", {"counts_drafts": "yes"}, "counts_drafts"),
        ("customer", {"grace_days": 366}, "grace_days"),
    ],
)
def test_a_parameter_out_of_its_schema_is_refused_by_name(kind: str, parameters: dict[str, Any], column: str) -> None:
    _, fault = checked_parameters(KINDS[kind], parameters)
    assert fault is not None
    assert fault["column"] == column


def scoped(rule: RuleInForce, key: int, scope: str, value: str) -> RuleInForce:
    """The rule in a narrower scope."""
    return replace(rule, id=key, code=f"{rule.code}-{key}", scope=scope, scope_value=value)


def test_a_rule_of_a_narrower_scope_takes_the_place_of_wider_ones() -> None:
    wide, own = a_rule("quantities", quantity_max="100"), a_rule("quantities", quantity_max="500")
    rules = [wide, scoped(own, 2, "customer", "C7"), scoped(wide, 3, "customer_class", "B"), scoped(wide, 4, "customer", "C8")]
    (judged,) = judge(rules, [a_case(line={"ordered": Decimal(300)})])
    assert [rule.id for rule, _ in judged.findings] == [2]
    assert judged.outcome == "released"


def test_a_category_is_judged_by_its_own_rule_and_the_rest_by_the_wider_one() -> None:
    wide, own = a_rule("quantities", quantity_max="100"), a_rule("quantities", quantity_max="500")
    lines = [replace(LINE, ordered=Decimal(300)), replace(LINE, line_id=12, position=2, category="toys", ordered=Decimal(300))]
    (judged,) = judge([wide, scoped(own, 2, "product_category", "tools")], [a_case(lines=lines)])
    assert {rule.id: [*finding.line_ids] for rule, finding in judged.findings} == {1: [12], 2: []}


def test_a_broken_line_is_named_and_a_pass_stores_the_worst_line_alone() -> None:
    lines = [replace(LINE, line_id=key, position=key, ordered=Decimal(key)) for key in range(1, 101)]
    found = finding_of(a_rule("quantities", quantity_max="98"), a_case(lines=lines))
    assert [line["line"] for line in found.inputs["broken"]] == [99, 100]
    passed = finding_of(a_rule("quantities"), a_case(lines=lines))
    assert (passed.inputs["line"], passed.inputs["broken"]) == (100, [])


def test_the_gravest_breach_decides_and_a_line_hold_holds_no_order() -> None:
    case = a_case(order={"customer_blocked": True}, line={"is_blocked": True})
    line_hold = replace(a_rule("products"), severity="hold_line")
    assert judge([line_hold], [case])[0].outcome == "released"
    assert judge([line_hold, a_rule("customer")], [case])[0].outcome == "held"
    assert judge([line_hold, a_rule("customer"), replace(a_rule("address", parts=["name"]), severity="reject")], [
        replace(case, order=replace(case.order, ship_to_name=""))
    ])[0].outcome == "rejected"  # fmt: skip


def test_every_kind_passes_an_order_that_nothing_is_wrong_with() -> None:
    found = {kind: finding_of(a_rule(kind), a_case(order={"amount_gross": Decimal(100)}, credit=NOTHING_OWED,
             supply={11: LineSupply(11, Decimal(9))})).is_breach for kind in KINDS}  # fmt: skip
    assert not any(found.values()), found
