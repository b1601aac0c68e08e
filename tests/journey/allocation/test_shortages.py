"""Short lines: what is proposed in which order, each proposal acts once, and the customer's answer does the same."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dinghuo.journey.allocation.models import (
    InboundSupply,
    Shortage,
    ShortageProposal,
    ShortageQuestion,
    StockTransfer,
    SupplyPeg,
)
from dinghuo.journey.allocation.operations import allocate_orders, expect_supply
from dinghuo.journey.allocation.operations.shortage_questions import (
    answer_by_token,
    answer_question,
    ask_customers,
    company_of_token,
)
from dinghuo.journey.allocation.operations.shortages import accept_proposal, propose, undo_proposal
from dinghuo.journey.allocation.operations.substitutes import SubstituteDraft, set_consent, set_substitutes
from dinghuo.journey.allocation.operations.supplies import peg_backorders
from dinghuo.journey.allocation.rules.shortages import Alternative, Elsewhere, ShortLine, proposals
from dinghuo.journey.allocation.rules.stock import Supply
from dinghuo.journey.ordering.models import OrderAmendment, SalesOrder, SalesOrderLine
from dinghuo.journey.ordering.operations import cut_lines
from dinghuo.kernel.errors import Malformed, Missing
from dinghuo.kernel.models import Event
from dinghuo.reference.models import Customer, Product
from tests.builders import TODAY, a_product, a_warehouse, some_stock
from tests.journey.allocation.conftest import Room


def short_of_13(room: Room) -> int:
    """An order for 40 of which 27 are there; returns its id."""
    room.stock(27)
    order_id = room.order(40)
    allocate_orders(act=room.act, order_ids=[order_id])
    return order_id


def proposed(room: Room) -> dict[str, ShortageProposal]:
    """The open proposals after looking at all shortages, by kind."""
    propose(act=room.act)
    return {row.kind: row for row in ShortageProposal.objects.filter(state="open").order_by("-rank")}


def line_of(order_id: int) -> SalesOrderLine:
    """The order's first line."""
    return SalesOrderLine.objects.filter(order_id=order_id).order_by("position")[0]


def expected(room: Room, quantity: int, days: int) -> int:
    """Goods that are expected in some days, and pegged; returns the supply's id."""
    supply = Supply(room.warehouse.id, room.product.id, Decimal(quantity), Decimal(6), TODAY + timedelta(days=days))
    (outcome,) = expect_supply(act=room.act, supplies=[supply])
    peg_backorders(act=room.act, product_ids=[room.product.id])
    return outcome.document_id or 0


def a_substitute(room: Room, quantity: int, *, keeps_price: bool = True) -> Product:
    """Another product that may come in the place of the room's, in stock."""
    other = a_product(room.company, list_price=Decimal(12), name="Mug", name_zh="马克杯")
    some_stock(room.act, room.warehouse, other, quantity)
    set_substitutes(act=room.act, product_id=room.product.id, substitutes=[SubstituteDraft(other.id, keeps_price)])
    return other


def a_line(*, allocated: int = 27, pegged: int = 0, pegged_on: date | None = None) -> ShortLine:
    missing = Decimal(40 - allocated)
    return ShortLine(1, 1, 1, 1, 1, 1, Decimal(40), Decimal(allocated), missing, 10, Decimal(pegged), pegged_on)


def test_what_fills_the_line_sooner_is_proposed_first() -> None:
    line = a_line(pegged=13, pegged_on=TODAY + timedelta(days=5))
    found = proposals(line, [Elsewhere(1, 2, Decimal(20))], [Alternative(1, 9, 1, True, Decimal(4))], TODAY)
    assert [(each.kind, each.quantity) for each in found] == [
        ("transfer", Decimal(13)),
        ("wait", Decimal(13)),
        ("substitute", Decimal(4)),
        ("split", Decimal(13)),
        ("cancel_rest", Decimal(13)),
    ]


def test_only_what_is_not_expected_is_bought_and_a_line_with_nothing_is_not_split() -> None:
    line = a_line(pegged=5, pegged_on=TODAY, allocated=0)
    found = proposals(line, [], [], TODAY)
    assert [(each.kind, each.quantity, each.expected_on) for each in found] == [
        ("wait", Decimal(5), TODAY),
        ("buy", Decimal(35), TODAY + timedelta(days=10)),
        ("cancel_rest", Decimal(40), None),
    ]


def test_substitutes_are_proposed_by_their_rank() -> None:
    others = [Alternative(1, 8, 2, True, Decimal(50)), Alternative(1, 9, 1, True, Decimal(50))]
    found = proposals(a_line(), [], others, TODAY)
    assert [each.product_id for each in found if each.kind == "substitute"] == [9, 8]


def test_a_short_line_is_proposed_for_once_and_anew_when_what_is_missing_changed(room: Room) -> None:
    short_of_13(room)
    (outcome,) = propose(act=room.act)
    assert (outcome.facts["best"], outcome.facts["missing"]) == ("buy", Decimal(13))
    assert propose(act=room.act) == []
    room_two = a_warehouse(room.company, priority=2)
    some_stock(room.act, room_two, room.product, 3)
    allocate_orders(act=room.act)
    (outcome,) = propose(act=room.act)
    assert outcome.facts["missing"] == Decimal(10)
    assert {row.quantity for row in ShortageProposal.objects.filter(state="open")} == {Decimal(10)}
    assert ShortageProposal.objects.filter(state="lapsed").count() == 3


def test_to_buy_makes_a_supply_that_is_pegged_and_a_repeat_makes_no_second(room: Room) -> None:
    Product.objects.filter(id=room.product.id).update(lead_time_days=9)
    order_id = short_of_13(room)
    buy = proposed(room)["buy"]
    first = accept_proposal(act=room.act, proposal_id=buy.id)
    again = accept_proposal(act=room.act, proposal_id=buy.id)
    assert (first.code, again.code, again.facts["repeated"]) == ("done", "done", True)
    supply = InboundSupply.objects.get()
    assert first.document_id == again.document_id == supply.id
    assert (supply.quantity, supply.expected_on, supply.warehouse_id) == (13, TODAY + timedelta(days=9), room.warehouse.id)
    assert SupplyPeg.objects.get().order_line_id == line_of(order_id).id
    assert set(ShortageProposal.objects.exclude(id=buy.id).values_list("state", flat=True)) == {"lapsed"}
    assert Event.objects.get(kind="ProposalAccepted").journey_id == order_id


def test_a_purchase_can_be_undone_while_nothing_came_and_the_line_is_proposed_for_again(room: Room) -> None:
    short_of_13(room)
    buy = proposed(room)["buy"]
    accept_proposal(act=room.act, proposal_id=buy.id)
    assert undo_proposal(act=room.act, proposal_id=buy.id).code == "done"
    assert not SupplyPeg.objects.exists()
    assert undo_proposal(act=room.act, proposal_id=buy.id).code == "proposal_over"
    assert accept_proposal(act=room.act, proposal_id=buy.id).code == "proposal_over"
    assert [row.code for row in propose(act=room.act)] == ["done"]


def test_to_wait_changes_nothing_but_says_so(room: Room) -> None:
    short_of_13(room)
    expected(room, 20, 4)
    wait = proposed(room)["wait"]
    assert (wait.rank, wait.quantity, wait.expected_on) == (1, 13, TODAY + timedelta(days=4))
    assert accept_proposal(act=room.act, proposal_id=wait.id).code == "done"
    assert Shortage.objects.get().closed_at is None
    assert propose(act=room.act) == []


def test_a_transfer_sends_what_lies_elsewhere(room: Room) -> None:
    short_of_13(room)
    elsewhere = a_warehouse(room.company, is_active=False)
    some_stock(room.act, elsewhere, room.product, 8)
    transfer = proposed(room)["transfer"]
    done = accept_proposal(act=room.act, proposal_id=transfer.id)
    sent = StockTransfer.objects.get()
    assert (done.code, done.document_id) == ("done", sent.id)
    assert (sent.from_warehouse_id, sent.to_warehouse_id) == (elsewhere.id, room.warehouse.id)
    assert undo_proposal(act=room.act, proposal_id=transfer.id).code == "cannot_be_undone"


def test_a_transfer_of_what_has_gone_is_refused_and_changes_nothing(room: Room) -> None:
    short_of_13(room)
    level = some_stock(room.act, a_warehouse(room.company, is_active=False), room.product, 8)
    transfer = proposed(room)["transfer"]
    type(level).objects.filter(id=level.id).update(allocated=5)
    refused = accept_proposal(act=room.act, proposal_id=transfer.id)
    type(level).objects.filter(id=level.id).update(allocated=0)
    assert (refused.code, refused.facts) == ("not_enough_free_stock", {"missing": Decimal(5)})
    assert not StockTransfer.objects.exists()
    assert ShortageProposal.objects.get(id=transfer.id).state == "open"


@pytest.mark.parametrize(("keeps_price", "price"), [(True, Decimal(10)), (False, Decimal(12))])
def test_a_substitute_takes_the_place_of_what_is_missing_at_the_price_that_was_said(
    room: Room, keeps_price: bool, price: Decimal
) -> None:
    order_id = short_of_13(room)
    other = a_substitute(room, 50, keeps_price=keeps_price)
    set_consent(act=room.act, customer_id=room.customer.id, is_given=True)
    done = accept_proposal(act=room.act, proposal_id=proposed(room)["substitute"].id)
    assert done.code == "done"
    first, second = SalesOrderLine.objects.filter(order_id=order_id).order_by("position")
    assert (first.ordered, first.allocated) == (27, 27)
    assert (second.product_id, second.ordered, second.allocated, second.unit_price) == (other.id, 13, 13, price)
    order = SalesOrder.objects.get(id=order_id)
    assert (order.state, order.amount_net) == ("released", 270 + 13 * price)
    assert Shortage.objects.get().closed_at == room.act.at
    assert OrderAmendment.objects.get().reason == "substitute"


def test_a_substitute_that_fills_a_part_leaves_the_rest_short(room: Room) -> None:
    order_id = short_of_13(room)
    a_substitute(room, 5)
    set_consent(act=room.act, customer_id=room.customer.id, is_given=True)
    assert accept_proposal(act=room.act, proposal_id=proposed(room)["substitute"].id).done
    assert line_of(order_id).ordered == 35
    shortage = Shortage.objects.get()
    assert (shortage.closed_at, shortage.quantity) == (None, 8)


def test_without_consent_no_substitute_is_taken(room: Room) -> None:
    short_of_13(room)
    a_substitute(room, 50)
    substitute = proposed(room)["substitute"]
    assert accept_proposal(act=room.act, proposal_id=substitute.id).code == "consent_missing"
    set_consent(act=room.act, customer_id=room.customer.id, is_given=False)
    assert accept_proposal(act=room.act, proposal_id=substitute.id).code == "consent_missing"


def test_a_split_gives_what_is_missing_an_order_of_its_own(room: Room) -> None:
    order_id = short_of_13(room)
    done = accept_proposal(act=room.act, proposal_id=proposed(room)["split"].id)
    assert line_of(order_id).ordered == 27
    rest = SalesOrder.objects.get(id=done.document_id or 0)
    assert (rest.state, rest.customer_id, line_of(rest.id).ordered) == ("submitted", room.customer.id, 13)


def test_to_cancel_the_rest_leaves_what_is_there(room: Room) -> None:
    order_id = short_of_13(room)
    assert accept_proposal(act=room.act, proposal_id=proposed(room)["cancel_rest"].id).done
    assert (line_of(order_id).ordered, SalesOrder.objects.get(id=order_id).amount_net) == (27, 270)
    assert Shortage.objects.get().closed_at == room.act.at


def test_an_order_of_which_nothing_is_left_is_cancelled_and_a_line_of_many_stays_with_nothing(room: Room) -> None:
    alone = room.order(5)
    allocate_orders(act=room.act, order_ids=[alone])
    assert accept_proposal(act=room.act, proposal_id=proposed(room)["cancel_rest"].id).done
    assert SalesOrder.objects.get(id=alone).state == "cancelled"
    some_stock(room.act, room.warehouse, room.product, 5)
    both = room.order(5, 6)
    allocate_orders(act=room.act, order_ids=[both])
    assert accept_proposal(act=room.act, proposal_id=proposed(room)["cancel_rest"].id).done
    assert list(SalesOrderLine.objects.filter(order_id=both).order_by("position").values_list("ordered", flat=True)) == [5, 0]
    assert SalesOrder.objects.get(id=both).state == "released"


def test_what_is_not_short_any_more_or_not_there_is_refused(room: Room) -> None:
    short_of_13(room)
    buy = proposed(room)["buy"]
    some_stock(room.act, a_warehouse(room.company, priority=2), room.product, 50)
    allocate_orders(act=room.act)
    assert accept_proposal(act=room.act, proposal_id=buy.id).code == "shortage_closed"
    assert accept_proposal(act=room.act, proposal_id=-1).code == "not_found"
    assert undo_proposal(act=room.act, proposal_id=-1).code == "not_found"
    assert [row.code for row in propose(act=room.act, shortage_ids=[buy.shortage_id, -1])] == ["not_found", "not_found"]


def test_proposing_costs_the_same_statements_for_many_lines(room: Room) -> None:
    def statements(lines: int) -> int:
        allocate_orders(act=room.act, order_ids=[room.order(*[3] * lines)])
        with CaptureQueriesContext(connection) as captured:
            assert len(propose(act=room.act)) == lines
        return len(captured)

    assert statements(1) == statements(12)


def test_the_customer_is_told_in_its_language_and_the_answer_acts_once(room: Room) -> None:
    Customer.objects.filter(id=room.customer.id).update(language="en")
    Product.objects.filter(id=room.product.id).update(name="Teapot")
    order_id = short_of_13(room)
    expected(room, 13, 4)
    a_substitute(room, 50)
    propose(act=room.act)
    (asked,) = ask_customers(act=room.act)
    number = SalesOrder.objects.get(id=order_id).number
    assert asked.facts["text"] == (
        f"Order {number}, Teapot: 27 of 40 now, 13 on March 6, 2026, because it is out of stock."
        " Please choose: wait, take Mug instead, or cancel the rest."
    )
    assert ask_customers(act=room.act) == []
    token = asked.facts["token"]
    assert company_of_token(token) == room.company.id
    assert bytes(ShortageQuestion.objects.get().token_hash) != token.encode()

    first = answer_by_token(act=room.act, token=token, choice="substitute")
    again = answer_by_token(act=room.act, token=token, choice="substitute")
    other = answer_by_token(act=room.act, token=token, choice="cancel_rest")
    assert (first.code, again.code, other.code) == ("done", "done", "already_answered")
    assert SalesOrderLine.objects.filter(order_id=order_id).count() == 2
    assert Event.objects.filter(kind="CustomerAnswered").count() == 1


def test_a_chinese_customer_reads_chinese(room: Room) -> None:
    Product.objects.filter(id=room.product.id).update(name_zh="茶壶")
    short_of_13(room)
    propose(act=room.act)
    (asked,) = ask_customers(act=room.act)
    assert "茶壶" in asked.facts["text"]
    assert "取消" in asked.facts["text"]
    assert "Order" not in asked.facts["text"]


def test_the_answer_to_wait_or_to_cancel_does_so(room: Room) -> None:
    order_id = short_of_13(room)
    propose(act=room.act)
    (asked,) = ask_customers(act=room.act)
    question_id = asked.document_id or 0
    assert answer_question(act=room.act, question_id=question_id, choice="substitute").code == "not_offered"
    assert answer_question(act=room.act, question_id=question_id, choice="more").code == "malformed"
    assert answer_question(act=room.act, question_id=question_id, choice="wait", customer_id=-1).code == "not_found"
    assert answer_question(act=room.act, question_id=question_id, choice="cancel_rest", customer_id=room.customer.id).done
    assert line_of(order_id).ordered == 27


def test_a_token_that_is_old_wrong_or_out_of_date_changes_nothing(room: Room) -> None:
    order_id = short_of_13(room)
    propose(act=room.act)
    (asked,) = ask_customers(act=room.act)
    token = asked.facts["token"]
    for wrong in (token + "x", f"{room.company.id}-", "nonsense"):
        with pytest.raises(Missing):
            answer_by_token(act=room.act, token=wrong, choice="wait")
    for wrong in ("nonsense", "-", "x-1", "1" * 20 + "-x"):
        with pytest.raises(Missing):
            company_of_token(wrong)
    ShortageQuestion.objects.update(expires_at=room.act.at)
    assert answer_by_token(act=room.act, token=token, choice="cancel_rest").code == "question_expired"
    assert line_of(order_id).ordered == 40


def test_substitutes_that_cannot_be_are_refused(room: Room) -> None:
    other = a_product(room.company)
    for drafts in ([SubstituteDraft(room.product.id)], [SubstituteDraft(other.id)] * 2, [SubstituteDraft(-1)]):
        with pytest.raises(Malformed):
            set_substitutes(act=room.act, product_id=room.product.id, substitutes=drafts)
    with pytest.raises(Missing):
        set_substitutes(act=room.act, product_id=-1, substitutes=[])
    with pytest.raises(Missing):
        set_consent(act=room.act, customer_id=-1, is_given=True)


def test_a_cut_that_cannot_be_is_refused(room: Room) -> None:
    order_id = short_of_13(room)
    line = line_of(order_id)
    for quantity, code in ((26, "already_allocated"), (41, "malformed"), (-1, "malformed")):
        assert cut_lines(act=room.act, order_id=order_id, quantities={line.id: Decimal(quantity)}, reason="x").code == code
    assert cut_lines(act=room.act, order_id=order_id, quantities={-1: Decimal(1)}, reason="x").code == "malformed"
    assert cut_lines(act=room.act, order_id=-1, quantities={}, reason="x").code == "not_found"
