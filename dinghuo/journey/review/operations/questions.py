"""Questions about held orders: a reviewer asks the salesperson or the customer, the answer brings the order back to the queue."""

from collections.abc import Sequence

from django.db import transaction

from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.journey.review.models import AskedOf, OrderQuestion, ReasonCode
from dinghuo.journey.review.operations.decisions import ready_to_decide
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome, Refused
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

TEXT_MAX = 300


@transaction.atomic
def ask_about_orders(*, act: Act, order_ids: Sequence[int], asked_of: str, question: str) -> list[Outcome]:
    """Ask the salesperson or the customer about held orders before deciding; they wait for the answer meanwhile.

    Refuses `not_found`, `not_held`, `unknown_reason` for a question without words; raises Malformed for anybody else to ask.
    """
    if asked_of not in AskedOf.values:
        raise Malformed("Ask sales or the customer.", column="asked_of", asked_of=asked_of)
    ready, refused = ready_to_decide(act, order_ids, ReasonCode.QUESTION, question)

    sql.execute(
        "review/ask_questions",
        company_id=act.company_id,
        order_ids=[order.id for order in ready],
        versions=[order.version for order in ready],
        asked_of=asked_of,
        question=question,
        reason_code=ReasonCode.QUESTION.value,
        at=act.at,
        actor_id=act.actor_id,
    )

    facts = {"asked_of": asked_of, "question": question}
    journal.record(act, "QuestionAsked", "sales_order", [Happened(order.id, order.id, facts) for order in ready])
    return [Outcome(id=order.id, document_id=order.id) for order in ready] + refused


@transaction.atomic
def answer_question(*, act: Act, question_id: int, answer: str, customer_id: int | None = None) -> Outcome:
    """Answer a question about an order, once; with `customer_id` only what that customer was asked.

    Raises Missing, Malformed for an empty or overlong answer, Refused `question_answered`.
    """
    asked = OrderQuestion.objects.filter(company_id=act.company_id, id=question_id)
    if customer_id is not None:
        asked = asked.filter(asked_of=AskedOf.CUSTOMER, order__customer_id=customer_id)
    order_id = asked.values_list("order_id", flat=True).first()
    if order_id is None:
        raise Missing("There is no such question.", id=question_id)
    lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())

    words = answer.strip()
    if not 1 <= len(words) <= TEXT_MAX:
        raise Malformed("An answer has between 1 and 300 characters.", code="answer_missing", column="answer", max=TEXT_MAX)
    if asked.filter(answered_at=None).update(answer=words, answered_at=act.at, answered_by_id=act.actor_id) == 0:
        raise Refused("This question has been answered already.", code="question_answered", id=question_id)

    journal.record(act, "QuestionAnswered", "sales_order", [Happened(order_id, order_id, {"answer": words})])
    return Outcome(id=question_id, document_id=order_id)
