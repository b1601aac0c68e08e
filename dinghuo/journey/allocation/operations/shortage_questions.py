"""Customers are asked about short lines in their language, and what they answer is done at once."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from dinghuo.journey.allocation import errors
from dinghuo.journey.allocation.models import ShortageProposal, ShortageQuestion
from dinghuo.journey.allocation.models.shortages import AnswerChoice, ProposalState
from dinghuo.journey.allocation.operations.shortages import carry_out, case_of
from dinghuo.journey.allocation.rules.shortage_words import Told, question
from dinghuo.journey.allocation.rules.shortages import QUESTION_DAYS
from dinghuo.journey.ordering.operations import lock_orders
from dinghuo.kernel import journal, sql
from dinghuo.kernel.errors import Malformed, Missing, Outcome, missing
from dinghuo.kernel.journal import Happened
from dinghuo.kernel.tenancy import Act

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class _Short:
    shortage_id: int
    order_id: int
    customer_id: int
    language: str
    number: str
    product: str
    product_zh: str
    ordered: Decimal
    missing: Decimal
    day: date | None
    because: str
    substitute: str
    substitute_zh: str


@transaction.atomic
def ask_customers(*, act: Act, shortage_ids: Sequence[int] | None = None) -> list[Outcome]:
    """Tell customers of short lines and ask what they want, once a shortage: those named, or all that have open proposals.

    Outcome by shortage; its document is the question. Facts: text and token, which is told here and kept nowhere: whoever holds it
    may answer for a week. Refused: not_found (closed, asked already, or nothing is proposed). Rule: docs/rules/shortages.md.
    """
    ids = None if shortage_ids is None else list(shortage_ids)
    found = sql.rows("allocation/shortages_to_ask", _Short, company_id=act.company_id, shortage_ids=ids)
    tokens = [f"{act.company_id}-{secrets.token_urlsafe(TOKEN_BYTES)}" for _ in found]
    texts = [_text(row) for row in found]

    asked = ShortageQuestion.objects.bulk_create(
        ShortageQuestion(
            company_id=act.company_id,
            shortage_id=row.shortage_id,
            customer_id=row.customer_id,
            language=row.language,
            text=text,
            token_hash=_hashed(token),
            asked_at=act.at,
            expires_at=act.at + timedelta(days=QUESTION_DAYS),
        )
        for row, token, text in zip(found, tokens, texts, strict=True)
    )

    events = [Happened(row.shortage_id, row.order_id, {"missing": row.missing, "day": row.day}) for row in found]
    journal.record(act, "CustomerAsked", "shortage", events)
    refused = [] if ids is None else missing(ids, (row.shortage_id for row in found))
    return refused + [
        Outcome(row.shortage_id, document_id=made.pk, facts={"token": token, "text": text})
        for row, made, token, text in zip(found, asked, tokens, texts, strict=True)
    ]


def company_of_token(token: str) -> int:
    """The company that a token says it is of; raises Missing for what no token of ours looks like."""
    company, dash, _secret = token.partition("-")
    if not dash or not company.isascii() or not company.isdigit() or len(company) > 9:
        raise Missing("There is no such question.")
    return int(company)


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question as the holder of its link sees it: what was asked, what was chosen, and whether a substitute is offered."""

    text: str
    choice: str | None
    expires_at: datetime
    is_open: bool
    has_substitute: bool


@transaction.atomic
def question_of_token(*, act: Act, token: str) -> QuestionShown:
    """The question that a token came with. Raises Missing."""
    asked = ShortageQuestion.objects.filter(company_id=act.company_id, token_hash=_hashed(token)).select_related("shortage").first()
    if asked is None:
        raise Missing("There is no such question.")
    offered = ShortageProposal.objects.filter(company_id=act.company_id, shortage_id=asked.shortage_id, state=ProposalState.OPEN)
    is_open = asked.choice is None and asked.shortage.closed_at is None and asked.expires_at > act.at
    has_substitute = offered.filter(kind=AnswerChoice.SUBSTITUTE).exists()
    return QuestionShown(asked.text, asked.choice, asked.expires_at, is_open, has_substitute)


@transaction.atomic
def answer_by_token(*, act: Act, token: str, choice: str) -> Outcome:
    """Answer a question with the token that came with it. Raises Missing; else as `answer_question`."""
    of_token = ShortageQuestion.objects.filter(company_id=act.company_id, token_hash=_hashed(token))
    question_id = of_token.values_list("id", flat=True).first()
    if question_id is None:
        raise Missing("There is no such question.")
    return answer_question(act=act, question_id=question_id, choice=choice)


@transaction.atomic
def answer_question(*, act: Act, question_id: int, choice: str, customer_id: int | None = None) -> Outcome:
    """Do what a customer chose of a short line, once: wait, substitute or cancel_rest; a repeat of the same changes nothing.

    Choosing a substitute is consent to it. With `customer_id` the question must be that customer's. Refused: not_found, malformed,
    already_answered (choice), question_expired, shortage_closed, not_offered, and what carrying it out is refused with.
    """
    of_company = ShortageQuestion.objects.filter(company_id=act.company_id, id=question_id)
    if customer_id is not None:
        of_company = of_company.filter(customer_id=customer_id)
    order_id = of_company.values_list("shortage__order_line__order_id", flat=True).first()
    if order_id is None:
        return Outcome(question_id, Missing.code)
    if choice not in AnswerChoice.values:
        return Outcome(question_id, Malformed.code, facts={"column": "choice"})
    lock_orders(company_id=act.company_id, order_ids=[order_id], ready_in=())
    asked = of_company.select_related("shortage").get()

    if asked.choice is not None:
        code = "done" if asked.choice == choice else errors.ALREADY_ANSWERED
        return Outcome(question_id, code, facts={"choice": asked.choice, "repeated": True})
    refusal = _refusal(act, asked)
    done = refusal or _done(act, asked, choice)
    if not done.done:
        return done

    of_company.update(choice=choice, answered_at=act.at)
    journal.record(act, "CustomerAnswered", "shortage", [Happened(asked.shortage_id, order_id, {"choice": choice})])
    return Outcome(question_id, document_id=done.document_id, facts={"choice": choice})


def _refusal(act: Act, asked: ShortageQuestion) -> Outcome | None:
    if asked.shortage.closed_at is not None:
        return Outcome(asked.pk, errors.SHORTAGE_CLOSED)
    if asked.expires_at <= act.at:
        return Outcome(asked.pk, errors.QUESTION_EXPIRED, facts={"expires_at": asked.expires_at})
    return None


def _done(act: Act, asked: ShortageQuestion, choice: str) -> Outcome:
    of_shortage = ShortageProposal.objects.filter(company_id=act.company_id, shortage_id=asked.shortage_id)
    offered = of_shortage.filter(state=ProposalState.OPEN, kind=choice).select_related("shortage__order_line__order")
    proposal = offered.order_by("rank").first()
    case = None if proposal is None else case_of(proposal)
    if case is not None:
        return _of(asked, carry_out(act, case, is_asked=True))
    # Waiting needs nothing to be done, and so no proposal.
    return Outcome(asked.pk) if choice == AnswerChoice.WAIT else Outcome(asked.pk, errors.NOT_OFFERED, facts={"choice": choice})


def _of(asked: ShortageQuestion, done: Outcome) -> Outcome:
    return Outcome(asked.pk, done.code, done.document_id, done.facts)


def _text(row: _Short) -> str:
    is_chinese = row.language.lower().startswith("zh")
    told = Told(
        number=row.number,
        product=(row.product_zh if is_chinese else "") or row.product,
        ordered=row.ordered,
        missing=row.missing,
        day=row.day,
        because=row.because,
        substitute=(row.substitute_zh if is_chinese else "") or row.substitute,
    )
    return question(told, row.language)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
