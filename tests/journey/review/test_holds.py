"""What people hold and let go by hand: single lines, orders that were released too soon, and the questions before it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.reactions import hold_back_orders
from dinghuo.journey.review.models import Approval, ApprovalStep, Hold, OrderQuestion, ReasonCode
from dinghuo.journey.review.operations import (
    answer_question,
    ask_about_orders,
    ask_step,
    hold_lines,
    hold_orders,
    reject_orders,
    release_holds,
    release_orders,
    review_held_orders,
)
from dinghuo.journey.shipping.models import Shipment
from dinghuo.journey.shipping.operations import dispatch_shipments, make_shipping_notices
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.models import Event
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests.builders import a_carrier, a_customer, a_product, a_released_order, a_warehouse, an_act, an_order, some_stock
from tests.concurrency.races import at_once
from tests.journey.review.approving import a_person, an_order_of, by, reviewed, state_of, the_matrix
from tests.shop import held, open_shop, released
from tests.web.site import CountedQueries

WHY = {"reason_code": "credit_risk", "reason": "the buyer has to sign"}


def a_line_of(order_id: int, position: int = 1) -> int:
    return SalesOrderLine.objects.get(order_id=order_id, position=position).pk


def a_held_order(company: Company, act: Act, lines: int = 2) -> int:
    """An order of a blocked customer with stock for every line."""
    goods, warehouse = [a_product(company) for _ in range(lines)], a_warehouse(company)
    for product in goods:
        some_stock(act, warehouse, product, 10)
    order_id = an_order(act, a_customer(company, is_blocked=True), warehouse, [(product, 2) for product in goods])
    SalesOrder.objects.filter(id=order_id).update(state="submitted")
    assert reviewed(act, order_id) == "held"
    return order_id


def test_a_line_held_by_a_person_waits_although_its_order_is_released(company: Company, act: Act) -> None:
    person = an_act(company, actor_id=a_person(company, "credit"))
    order_id = a_held_order(company, act)
    assert hold_lines(act=person, line_ids=[a_line_of(order_id)], **WHY)[0].done
    assert release_orders(act=person, order_ids=[order_id], reason_code="paid", reason="seen")[0].done
    allocate_orders(act=act)
    assert dict(SalesOrderLine.objects.filter(order_id=order_id).values_list("position", "allocated")) == {1: 0, 2: 2}

    hold = Hold.objects.get(order_id=order_id, lifted_at=None)
    assert (hold.rule_id, hold.reason_code, hold.placed_by_id) == (None, "credit_risk", person.actor_id)
    assert release_holds(act=person, hold_ids=[hold.pk], reason_code="paid", reason="signed")[0].done
    allocate_orders(act=act)
    assert SalesOrderLine.objects.get(order_id=order_id, position=1).allocated == 2
    decisions = Approval.objects.filter(order_id=order_id).order_by("id").values_list("decision", "reason_code")
    assert list(decisions) == [("line_held", "credit_risk"), ("released", "paid"), ("line_freed", "paid")]
    assert Event.objects.get(journey_id=order_id, kind="LineHeld").facts["line"] == 1


def test_a_line_is_held_only_where_something_still_waits(company: Company, act: Act) -> None:
    person = an_act(company, actor_id=7)
    warehouse, product = a_warehouse(company), a_product(company)
    some_stock(act, warehouse, product, 2)
    served = a_released_order(act, a_customer(company), warehouse, [(product, 2)])
    allocate_orders(act=act)
    draft = an_order(act, a_customer(company), warehouse, [(product, 1)])
    waiting = a_released_order(act, a_customer(company), warehouse, [(product, 5)])
    lines = {order_id: a_line_of(order_id) for order_id in (served, draft, waiting)}
    outcomes = {row.id: row.code for row in hold_lines(act=person, line_ids=[*lines.values(), 0], **WHY)}
    assert outcomes == {lines[served]: "nothing_to_hold", lines[draft]: "cannot_be_held", lines[waiting]: "done", 0: "not_found"}
    assert hold_lines(act=person, line_ids=[lines[waiting]], **WHY)[0].code == "already_on_hold"


def test_who_entered_or_changed_an_order_lifts_none_of_its_holds(company: Company, act: Act) -> None:
    seller, credit = a_person(company, "admin"), a_person(company, "credit")
    order_id = a_held_order(company, by(act, seller))
    assert hold_lines(act=by(act, credit), line_ids=[a_line_of(order_id)], **WHY)[0].done
    hold = Hold.objects.get(order_id=order_id, rule=None)
    assert release_holds(act=by(act, seller), hold_ids=[hold.pk], **WHY)[0].code == "four_eyes"
    assert release_orders(act=by(act, seller), order_ids=[order_id], **WHY)[0].code == "four_eyes"
    assert Hold.objects.get(id=hold.pk).lifted_at is None
    assert state_of(order_id) == "held"
    assert release_holds(act=by(act, credit), hold_ids=[hold.pk], **WHY)[0].done


@pytest.mark.parametrize(("code", "words"), [("mood", "x"), ("", "x"), ("paid", "  ")])
def test_a_decision_without_its_code_or_words_names_the_codes(company: Company, act: Act, code: str, words: str) -> None:
    order_id = a_held_order(company, act)
    why = {"reason_code": code, "reason": words}
    person = an_act(company, actor_id=7)
    outcomes = [
        *release_orders(act=person, order_ids=[order_id], **why),
        *reject_orders(act=person, order_ids=[order_id], **why),
        *hold_orders(act=person, order_ids=[order_id], **why),
        *hold_lines(act=person, line_ids=[a_line_of(order_id)], **why),
        *release_holds(act=person, hold_ids=[Hold.objects.get(order_id=order_id).pk], **why),
    ]
    assert [row.code for row in outcomes] == ["unknown_reason"] * 5
    assert all(row.facts["codes"] == ReasonCode.values for row in outcomes)
    assert state_of(order_id) == "held"
    assert not Approval.objects.exists()


def test_a_release_before_its_time_is_undone_and_holds_until_a_person_lets_go(company: Company, act: Act) -> None:
    person = an_act(company, actor_id=7)
    a_carrier(company)
    warehouse, product = a_warehouse(company), a_product(company)
    level = some_stock(act, warehouse, product, 2)
    order_id = a_released_order(act, a_customer(company), warehouse, [(product, 2)])
    allocate_orders(act=act)
    make_shipping_notices(act=act)
    assert hold_orders(act=person, order_ids=[order_id], **WHY)[0].code == "already_under_way"

    assert hold_back_orders(act=person, order_ids=[order_id], **WHY)[0].done
    assert state_of(order_id) == "held"
    assert Shipment.objects.get(order_id=order_id).state == "cancelled"
    level.refresh_from_db()
    assert level.allocated == 0
    assert review_held_orders(act=act, order_ids=[order_id])[0].code == "still_held", "no rule lets go what a person holds"
    assert release_orders(act=person, order_ids=[order_id], reason_code="paid", reason="signed")[0].facts["state"] == "released"
    assert not Hold.objects.filter(order_id=order_id, lifted_at=None).exists()


def test_an_order_whose_goods_have_left_is_not_held_back(company: Company, act: Act) -> None:
    a_carrier(company)
    warehouse, product = a_warehouse(company), a_product(company)
    some_stock(act, warehouse, product, 2)
    order_id = a_released_order(act, a_customer(company), warehouse, [(product, 2)])
    allocate_orders(act=act)
    make_shipping_notices(act=act)
    dispatch_shipments(act=act, shipment_ids=[Shipment.objects.get(order_id=order_id).pk])
    assert hold_back_orders(act=act, order_ids=[order_id], **WHY)[0].code == "already_under_way"
    assert [row.code for row in hold_back_orders(act=act, order_ids=[0], **WHY)] == ["not_found"]
    assert state_of(order_id) == "released"


def test_an_amended_order_that_a_person_holds_is_held_again_by_its_review(company: Company, act: Act) -> None:
    person = an_act(company, actor_id=7)
    order_id = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    assert hold_orders(act=person, order_ids=[order_id], **WHY)[0].done
    SalesOrder.objects.filter(id=order_id).update(state="submitted", version=2)
    assert reviewed(act, order_id) == "held"


def test_a_release_says_for_whose_approval_the_order_goes_on_waiting(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000, margin="0.05", customer=a_customer(company, is_blocked=True))
    assert reviewed(act, order_id) == "held"
    (outcome,) = release_orders(act=act, order_ids=[order_id], reason_code="paid", reason="seen")
    assert outcome.facts == {
        "state": "held",
        "number": SalesOrder.objects.get(id=order_id).number,
        "waits_for": ["credit", "finance"],
    }


def test_a_question_is_asked_and_answered_once(company: Company, act: Act) -> None:
    person, seller = an_act(company, actor_id=7), an_act(company, actor_id=8)
    order_id = a_held_order(company, act)
    assert ask_about_orders(act=person, order_ids=[order_id], asked_of="sales", question="Who signed?")[0].done
    question = OrderQuestion.objects.get(order_id=order_id)
    assert answer_question(act=seller, question_id=question.pk, answer=" The owner ").document_id == order_id
    question.refresh_from_db()
    assert (question.answer, question.answered_by_id) == ("The owner", 8)
    with pytest.raises(Refused) as refused:
        answer_question(act=seller, question_id=question.pk, answer="again")
    assert refused.value.reason == "question_answered"
    kinds = Event.objects.filter(journey_id=order_id, kind__startswith="Question").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["QuestionAsked", "QuestionAnswered"]


def test_a_question_needs_words_a_held_order_and_somebody_to_answer(company: Company, act: Act) -> None:
    order_id = a_held_order(company, act)
    free = a_released_order(act, a_customer(company), a_warehouse(company), [(a_product(company), 1)])
    asked = {"asked_of": "customer", "question": "Really?"}
    codes = [row.code for row in ask_about_orders(act=act, order_ids=[order_id, free, 0], **asked)]
    assert codes == ["done", "not_held", "not_found"]
    assert ask_about_orders(act=act, order_ids=[order_id], asked_of="sales", question=" ")[0].code == "unknown_reason"
    with pytest.raises(Malformed):
        ask_about_orders(act=act, order_ids=[order_id], asked_of="the boss", question="Really?")
    question = OrderQuestion.objects.get()
    for answer in ("", " ", "x" * 301):
        with pytest.raises(Malformed):
            answer_question(act=act, question_id=question.pk, answer=answer)


def test_a_customer_answers_only_what_it_was_asked(company: Company, act: Act) -> None:
    order_id = a_held_order(company, act)
    own = SalesOrder.objects.get(id=order_id).customer_id
    for asked_of in ("sales", "customer"):
        ask_about_orders(act=act, order_ids=[order_id], asked_of=asked_of, question="When?")
    inner, outer = OrderQuestion.objects.order_by("id")
    for question, customer_id in ((inner, own), (outer, a_customer(company).pk)):
        with pytest.raises(Missing):
            answer_question(act=act, question_id=question.pk, answer="Now", customer_id=customer_id)
    assert answer_question(act=act, question_id=outer.pk, answer="Now", customer_id=own).done


def test_an_approvers_question_waits_for_an_answer_like_any_other(company: Company, act: Act) -> None:
    the_matrix(act)
    order_id = an_order_of(act, company, 20_000)
    assert reviewed(act, order_id) == "held"
    step = ApprovalStep.objects.get(request__order_id=order_id)
    assert ask_step(act=by(act, a_person(company, "credit")), step_id=step.pk, question="Whose idea?").done
    assert OrderQuestion.objects.get(order_id=order_id).asked_of == "sales"


def statements_of_decisions(company: Company, act: Act, person: Act, size: int) -> list[int]:
    """How many statements it takes to hold lines, ask, release, lift the holds of lines and hold again, for so many orders."""
    orders = [a_held_order(company, act, lines=1) for _ in range(size)]
    lines = [a_line_of(order_id) for order_id in orders]
    taken = []

    def counted(work: Callable[..., Sequence[Outcome]], **asked: Any) -> None:
        with CountedQueries() as statements:
            outcomes = work(act=person, **asked)
        assert all(outcome.done for outcome in outcomes), outcomes
        taken.append(statements.count)

    counted(hold_lines, line_ids=lines, **WHY)
    counted(ask_about_orders, order_ids=orders, asked_of="sales", question="Why?")
    counted(release_orders, order_ids=orders, **WHY)
    holds = Hold.objects.filter(order_id__in=orders, rule=None, lifted_at=None).values_list("id", flat=True)
    counted(release_holds, hold_ids=list(holds), **WHY)
    counted(hold_orders, order_ids=orders, **WHY)
    return taken


def test_deciding_takes_as_many_statements_for_one_as_for_many(company: Company, act: Act) -> None:
    person = replace(act, actor_id=a_person(company, "credit"))
    counts = [statements_of_decisions(company, act, person, size) for size in (1, 8)]
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12, counts


def test_holding_a_line_keeps_its_amount_in_the_order(company: Company, act: Act) -> None:
    order_id = a_held_order(company, act)
    before = SalesOrder.objects.get(id=order_id).amount_gross
    hold_lines(act=an_act(company, actor_id=7), line_ids=[a_line_of(order_id)], **WHY)
    assert SalesOrder.objects.get(id=order_id).amount_gross == before > Decimal(0)


def answered(act: Act, question_id: int) -> str:
    """What answering came to."""
    try:
        return answer_question(act=act, question_id=question_id, answer="I did").code
    except Refused as refusal:
        return refusal.reason


def test_of_two_people_at_once_one_holds_the_line_one_lifts_the_hold_and_one_answers(committed: None) -> None:
    shop = open_shop()
    with tenancy.acting_for(shop.company.id):
        with transaction.atomic():
            people = [by(shop.act, a_person(shop.company, "credit")) for _ in range(2)]
            line_ids = [a_line_of(released(shop, [(shop.products[0], 1)])) for _ in range(5)]
        for line_id in line_ids:
            outcomes = at_once(shop, [partial(hold_lines, act=act, line_ids=[line_id], **WHY) for act in people])
            assert sorted(outcome.code for (outcome,) in outcomes) == ["already_on_hold", "done"]
            with transaction.atomic():
                hold_id = Hold.objects.get(order_line_id=line_id).pk
            outcomes = at_once(shop, [partial(release_holds, act=act, hold_ids=[hold_id], **WHY) for act in people])
            assert sorted(outcome.code for (outcome,) in outcomes) == ["already_lifted", "done"]
        with transaction.atomic():
            ask_about_orders(act=people[0], order_ids=[held(shop, [(shop.products[0], 1)])], asked_of="sales", question="Who?")
            question_id = OrderQuestion.objects.get().pk
        codes = at_once(shop, [partial(answered, act, question_id) for act in people])
        assert sorted(codes) == ["done", "question_answered"]
