"""The reviewer's queue: what waits, in which order, what each order needs to be decided on, and how often nobody had to look."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dinghuo.journey.allocation.models import InboundSupply
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.finance.operations import take_payments
from dinghuo.journey.finance.rules import PaymentDraft
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import amend_order, submit_orders
from dinghuo.journey.ordering.rules import Amendment
from dinghuo.journey.review.models import ApprovalStep, Hold, OrderQuestion
from dinghuo.journey.review.operations import (
    answer_question,
    approve_step,
    ask_about_orders,
    ask_step,
    delegate,
    hold_lines,
    hold_orders,
    release_holds,
    release_orders,
    review_orders,
)
from dinghuo.journey.review.queries import touched_orders, touchless_periods
from dinghuo.journey.review.queue import (
    BUCKETS,
    QuestionsWanted,
    Wanted,
    exposure,
    held_lines,
    line_promises,
    questions,
    queued_order,
    queued_orders,
)
from dinghuo.journey.review.rules.approval import DelegationDraft
from dinghuo.journey.review.rules.facts import CreditFacts
from dinghuo.kernel import sql, tenancy
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company, Customer
from tests import shop as shops
from tests.builders import (
    TODAY,
    a_carrier,
    a_company,
    a_customer,
    a_product,
    a_released_order,
    a_warehouse,
    an_act,
    an_order,
    some_stock,
)
from tests.journey.review.approving import a_person, an_order_of, by, reviewed, state_of, the_matrix
from tests.web.site import CountedQueries

WHY = {"reason_code": "credit_risk", "reason": "the buyer has to sign"}


def held_of(act: Act, company: Company, gross: int, **customer: Any) -> int:
    """An order of so much, held because its customer is blocked."""
    order_id = an_order_of(act, company, gross, customer=a_customer(company, is_blocked=True, **customer))
    assert reviewed(act, order_id) == "held"
    return order_id


def listed(act: Act, **wanted: Any) -> list[int]:
    return [row.id for row in queued_orders(act, Wanted(**wanted), count=100)]


def later(act: Act, hours: int) -> Act:
    return replace(act, at=act.at + timedelta(hours=hours))


def test_the_queue_is_sorted_by_age_or_value(company: Company, act: Act) -> None:
    small, large, middle = (held_of(later(act, hours), company, gross) for hours, gross in ((2, 10), (1, 900), (3, 90)))
    assert listed(act) == [large, small, middle]
    assert listed(act, sort="value") == [large, middle, small]


@pytest.mark.parametrize("sort", ["age", "value"])
def test_pages_of_the_queue_show_each_order_once(company: Company, act: Act, sort: str) -> None:
    ids = {held_of(later(act, number % 3), company, 100 + number % 4) for number in range(9)}
    seen: list[int] = []
    wanted = Wanted(sort=sort)
    while rows := queued_orders(act, wanted, count=2):
        assert {(row.orders, int(row.amount_in_all)) for row in rows} == {(9, sum(100 + number % 4 for number in range(9)))}
        seen += [row.id for row in rows]
        wanted = replace(wanted, after=(rows[-1].key, rows[-1].id))
    assert len(seen) == 9
    assert set(seen) == ids


def test_the_queue_is_narrowed_by_customer_value_age_and_cause(company: Company, act: Act) -> None:
    first, second = held_of(act, company, 10), held_of(later(act, 5), company, 500)
    own = SalesOrder.objects.get(id=first).customer_id
    assert listed(act, customer_ids=[own]) == [first]
    assert listed(act, amount_from=Decimal(11)) == [second]
    assert listed(act, amount_until=Decimal(10)) == [first]
    assert listed(act, held_before=act.at + timedelta(hours=1)) == [first]
    assert listed(act, cause="customer") == [first, second]
    assert listed(act, cause="credit") == []
    third = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    hold_orders(act=act, order_ids=[third], **WHY)
    assert listed(act, cause="by_hand") == [third]
    row = queued_order(act, third)
    assert row is not None
    assert row.holds == [("by_hand", {"reason": "the buyer has to sign"})]


def test_an_order_with_an_open_question_leaves_the_queue_and_comes_back_with_its_answer(company: Company, act: Act) -> None:
    asked, other = held_of(act, company, 10), held_of(act, company, 20)
    ask_about_orders(act=act, order_ids=[asked], asked_of="sales", question="Who signed?")
    assert (listed(act, shown="to_decide"), listed(act, shown="asked")) == ([other], [asked])
    answer_question(act=act, question_id=OrderQuestion.objects.get().pk, answer="The owner")
    assert (listed(act, shown="to_decide"), listed(act, shown="asked")) == ([asked, other], [])
    row = queued_order(act, asked)
    assert row is not None
    assert (row.question, row.answer) == ("Who signed?", "The owner")
    ask_about_orders(act=act, order_ids=[asked], asked_of="customer", question="Really?")
    assert listed(act, shown="asked") == [asked], "a new question waits although an older one was answered"


def test_mine_are_the_approvals_that_are_mine_by_role_or_delegation_and_not_my_own_orders(company: Company, act: Act) -> None:
    the_matrix(act)
    credit, finance, lender = (a_person(company, role) for role in ("credit", "finance", "credit"))
    order_id, own = an_order_of(act, company, 20_000), an_order_of(by(act, credit), company, 20_000)
    for each in (order_id, own):
        assert reviewed(act, each) == "held"
    assert listed(by(act, credit), shown="mine") == [order_id]
    assert listed(by(act, finance), shown="mine") == []
    draft = DelegationDraft(lender, finance, "credit", TODAY, TODAY, "holiday")
    assert delegate(act=by(act, lender), draft=draft).done
    assert listed(by(act, finance), shown="mine") == [order_id, own]
    assert listed(act, shown="mine") == [], "the system approves nothing"
    assert listed(act, cause="approval") == [order_id, own]


def owing_customer(company: Company, act: Act) -> Customer:
    """A customer with open orders of 113 and 226, of which nothing has left."""
    customer = a_customer(company, credit_limit=Decimal(1_000))
    for quantity in (10, 20):
        a_released_order(act, customer, a_warehouse(company), [(a_product(company), quantity)])
    return customer


def test_exposure_names_the_documents_behind_each_bucket(company: Company, act: Act) -> None:
    customer = owing_customer(company, act)
    found = exposure(act, customer.pk, count=1)
    assert found is not None
    assert found.amount == Decimal(339)
    assert [bucket.name for bucket in found.buckets] == list(BUCKETS)
    first = found.buckets[0]
    assert (int(first.amount), first.documents_in_all, [int(row.amount) for row in first.documents]) == (339, 2, [226])
    number = SalesOrder.objects.get(id=first.documents[0].document_id).number
    assert first.documents[0].number == number
    assert exposure(act, 0, count=1) is None


def test_every_bucket_is_the_sum_of_its_documents(company: Company) -> None:
    shop = shops.open_shop()
    with tenancy.acting_for(shop.company.id):
        first = shop.products[0]
        shops.stocked(shop, (first, 100))
        shops.posted(shop, [(first, 5)])
        shops.drafted(shop, [(first, 2)])
        shops.delivered(shop, [(first, 4)])
        shops.allocated(shop, [(first, 7)])
        take_payments(act=shop.act, payments=[PaymentDraft(shop.customer.pk, Decimal(100), "bank_transfer")])
        shops.posted(shop, [(first, 3)])
        found = exposure(shop.act, shop.customer.pk, count=100)
        assert found is not None
        amounts = {bucket.name: bucket.amount for bucket in found.buckets}
        assert amounts == {
            name: sum(row.amount for row in bucket.documents) for name, bucket in zip(BUCKETS, found.buckets, strict=True)
        }
        assert all(amounts.values()), amounts
        assert found.amount == sum(amounts.values()) - 2 * amounts["unapplied_payments"]
        (credit,) = sql.rows(
            "review/credit_facts", CreditFacts, company_id=shop.company.id, customer_ids=[shop.customer.pk], with_groups=False
        )
        assert credit.exposure == found.amount


def test_a_line_is_promised_by_what_is_free_and_expected_behind_those_that_wait(company: Company, act: Act) -> None:
    a_carrier(company, transit_days=2)
    warehouse, mug, pot = a_warehouse(company), a_product(company), a_product(company)
    some_stock(act, warehouse, mug, 10)
    expected = date(2026, 3, 11)
    InboundSupply.objects.create(
        company_id=company.id, warehouse=warehouse, product=mug, quantity=10, unit_cost=6, expected_on=expected
    )
    a_released_order(act, a_customer(company), warehouse, [(mug, 4)])
    order_id = an_order(act, a_customer(company, is_blocked=True), warehouse, [(mug, 6), (mug, 10), (mug, 1), (pot, 1)])
    submit_orders(act=act, order_ids=[order_id])
    review_orders(act=act)
    found = [(row.supplied_by, row.ready_on, row.promised_on) for row in line_promises(act, order_id, after_position=0, count=9)]
    # A Monday is 2026-03-02: what is here leaves at once and travels for two days.
    assert found == [
        ("stock", TODAY, TODAY + timedelta(days=2)),
        ("supply", expected, expected + timedelta(days=2)),
        ("none", None, None),
        ("none", None, None),
    ]
    assert [row.position for row in line_promises(act, order_id, after_position=2, count=1)] == [3]


def test_goods_leave_on_the_companys_days_and_not_before_they_are_asked_for(company: Company, act: Act) -> None:
    a_carrier(company, transit_days=1)
    warehouse, mug = a_warehouse(company), a_product(company)
    some_stock(act, warehouse, mug, 10)
    # Asked for on Monday the 9th, the goods would leave on Sunday the 8th, which is no working day.
    order_id = an_order(act, a_customer(company), warehouse, [(mug, 1)], requested_on=date(2026, 3, 9))
    (line,) = line_promises(act, order_id, after_position=0, count=9)
    assert (line.ready_on, line.promised_on) == (TODAY, date(2026, 3, 10))
    given = a_released_order(act, a_customer(company), warehouse, [(mug, 1)])
    allocate_orders(act=act, order_ids=[given])
    assert line_promises(act, given, after_position=0, count=9)[0].supplied_by == "allocated"


def test_lines_on_hold_are_listed_with_what_holds_them(company: Company, act: Act) -> None:
    order_id = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)] * 2)
    line_id = SalesOrderLine.objects.get(order_id=order_id, position=2).pk
    hold_lines(act=act, line_ids=[line_id], **WHY)
    (row,) = held_lines(act, after_id=0, count=9)
    assert (row.order_id, row.position, row.kind, row.reason_code) == (order_id, 2, "by_hand", "credit_risk")
    assert held_lines(act, after_id=row.id, count=9) == []
    (shown,) = [row for row in line_promises(act, order_id, after_position=0, count=9) if row.hold_id]
    assert (shown.id, shown.hold_kind, shown.hold_reason) == (line_id, "by_hand", WHY["reason"])


def test_another_companys_queue_holds_none_of_ours(company: Company, act: Act) -> None:
    customer = owing_customer(company, act)
    order_id = held_of(act, company, 10)
    ask_about_orders(act=act, order_ids=[order_id], asked_of="sales", question="Who?")
    hold_lines(act=act, line_ids=[SalesOrderLine.objects.get(order_id=order_id).pk], **WHY)
    stranger = an_act(a_company())
    with tenancy.acting_for(stranger.company_id):
        assert queued_orders(stranger, Wanted(), count=9) == []
        assert queued_order(stranger, order_id) is None
        assert exposure(stranger, customer.pk, count=9) is None
        assert held_lines(stranger, after_id=0, count=9) == []
        assert questions(stranger, QuestionsWanted(), after_id=0, count=9) == []
        assert line_promises(stranger, order_id, after_position=0, count=9) == []


def the_touches(company: Company) -> dict[int, list[tuple[str, str, str]]]:
    found = touched_orders(company_id=company.id, from_on=TODAY, until_on=TODAY, after_id=0, count=100)
    return {row.id: row.told for row in found}


def test_every_touch_is_counted_by_the_event_that_it_left(company: Company, act: Act) -> None:
    """Each kind of touch is made by its operation, so renaming an event without the statement fails here."""
    the_matrix(act)
    credit, seller = an_act(company, actor_id=a_person(company, "credit")), an_act(company, actor_id=a_person(company, "sales"))
    untouched = an_order_of(act, company, 10)
    assert reviewed(act, untouched) == "released"

    released = held_of(act, company, 10)
    line_id = SalesOrderLine.objects.get(order_id=released).pk
    hold_lines(act=credit, line_ids=[line_id], **WHY)
    release_holds(act=credit, hold_ids=[Hold.objects.get(order_id=released, rule=None).pk], **WHY)
    ask_about_orders(act=credit, order_ids=[released], asked_of="sales", question="Who?")
    answer_question(act=seller, question_id=OrderQuestion.objects.get().pk, answer="Me")
    release_orders(act=credit, order_ids=[released], reason_code="paid", reason="seen")

    approved = an_order_of(act, company, 20_000)
    assert reviewed(act, approved) == "held"
    step = ApprovalStep.objects.get(request__order_id=approved)
    ask_step(act=credit, step_id=step.pk, question="Why?")
    approve_step(act=credit, step_id=step.pk, reason_code="price_agreed", reason="as agreed")
    assert state_of(approved) == "released"

    amended = an_order_of(act, company, 10)
    amend_order(act=seller, order_id=amended, amendment=Amendment(version=1, reason="one more", quantities={}))
    assert reviewed(act, amended) == "released"

    assert the_touches(company) == {
        released: [
            ("LineHeld", *WHY.values()),
            ("HoldLifted", *WHY.values()),
            ("QuestionAsked", "", "Who?"),
            ("QuestionAnswered", "", "Me"),
            ("OrderReleased", "paid", "seen"),
        ],
        approved: [("ApproverAsked", "", "Why?"), ("StepApproved", "price_agreed", "as agreed")],
        amended: [("OrderAmended", "", "one more")],
    }
    (period,) = touchless_periods(company_id=company.id, from_on=TODAY, until_on=TODAY, step="day")
    assert (period.released, period.touchless, period.rate) == (4, 1, Decimal("0.25"))


def test_what_the_system_lifts_and_what_people_do_after_the_release_is_no_touch(company: Company, act: Act) -> None:
    order_id = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    hold_orders(act=an_act(company, actor_id=7), order_ids=[order_id], **WHY)
    release_orders(act=an_act(company, actor_id=7), order_ids=[order_id], **WHY)
    assert the_touches(company) == {}


def test_touchless_periods_are_days_weeks_and_months_of_the_company(company: Company, act: Act) -> None:
    for days in (0, 1, 31):
        then = replace(act, at=act.at + timedelta(days=days), on=act.on + timedelta(days=days))
        a_released_order(then, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    until = TODAY + timedelta(days=60)
    counts = {
        step: [
            (row.from_on, row.released)
            for row in touchless_periods(company_id=company.id, from_on=TODAY, until_on=until, step=step)
        ]
        for step in ("day", "week", "month")
    }
    assert counts["day"] == [(TODAY, 1), (TODAY + timedelta(days=1), 1), (TODAY + timedelta(days=31), 1)]
    assert counts["week"] == [(date(2026, 3, 2), 2), (date(2026, 3, 30), 1)]
    assert counts["month"] == [(date(2026, 3, 1), 2), (date(2026, 4, 1), 1)]
    assert touchless_periods(company_id=company.id, from_on=until, until_on=until, step="day") == []


def test_the_queue_takes_two_statements_however_many_wait(company: Company, act: Act) -> None:
    person = by(act, a_person(company, "credit"))
    counts = []
    for size in (1, 12):
        for _ in range(size):
            held_of(act, company, 10)
        with CountedQueries() as counted:
            queued_orders(person, Wanted(), count=50)
        counts.append(counted.count)
    assert counts == [2, 2]
