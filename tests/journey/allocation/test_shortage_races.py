"""Rivals that settle the same short line, each on a connection of its own: one of them does it, once."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from django.db import transaction

from dinghuo.journey.allocation.models import InboundSupply, Shortage, ShortageProposal, ShortageQuestion
from dinghuo.journey.allocation.operations import allocate_orders
from dinghuo.journey.allocation.operations.shortage_questions import answer_question, ask_customers
from dinghuo.journey.allocation.operations.shortages import accept_proposal, propose
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import tenancy
from dinghuo.kernel.errors import Outcome
from dinghuo.kernel.tenancy import Act
from dinghuo.reference.models import Company
from tests import builders
from tests.journey.allocation.test_races import at_once, company, stocked

__all__ = ["company"]


def a_short_line(act: Act, of: Company) -> tuple[int, int]:
    """An order for 40 of which 27 are there, proposed for and asked about: the order, the question."""
    customer, warehouse, (product,) = stocked(act, of, [27])
    order_id = builders.a_released_order(act, customer, warehouse, [(product, 40)])
    allocate_orders(act=act, order_ids=[order_id])
    propose(act=act)
    (asked,) = ask_customers(act=act)
    return order_id, builders.document_of(asked)


def one(deed: Callable[[], Outcome]) -> list[Outcome]:
    return [deed()]


def test_of_many_who_settle_a_short_line_one_does_it_once(company: Company) -> None:
    act = builders.an_act(company)
    with tenancy.acting_for(company.id):
        for _ in range(3):
            with transaction.atomic():
                order_id, question_id = a_short_line(act, company)
                of_line = ShortageProposal.objects.filter(shortage__order_line__order_id=order_id)
                ids = {row.kind: row.pk for row in of_line.filter(state="open")}
                bought_before = InboundSupply.objects.count()
            deeds = [partial(accept_proposal, act=act, proposal_id=ids[kind]) for kind in ("buy", "cancel_rest") * 3]
            answers = [partial(answer_question, act=act, question_id=question_id, choice="cancel_rest") for _ in range(2)]
            outcomes = at_once(company, [partial(one, deed) for deed in [*deeds, *answers]])
            with transaction.atomic():
                accepted = list(of_line.filter(state="accepted").values_list("kind", flat=True))
                bought = InboundSupply.objects.count() - bought_before
                ordered = SalesOrderLine.objects.get(order_id=order_id).ordered
                is_open = Shortage.objects.filter(order_line__order_id=order_id, closed_at=None).exists()
                answered = ShortageQuestion.objects.get(id=question_id).choice
            done = [outcome for (outcome,) in outcomes if outcome.done]
            assert done
            assert len(accepted) == 1
            assert (bought, ordered, is_open) in {(1, Decimal(40), True), (0, Decimal(27), False)}
            assert answered in {None, "cancel_rest"}
            assert not (answered and bought)
