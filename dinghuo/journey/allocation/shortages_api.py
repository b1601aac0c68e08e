"""Short lines over the API: what is proposed, what is accepted, and what customers are asked and answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

from allauth.core import ratelimit
from ninja import Query, Router
from pydantic import Field

from dinghuo.journey.allocation.models.shortages import AnswerChoice, ProposalKind
from dinghuo.journey.allocation.operations.shortage_questions import (
    answer_by_token,
    answer_question,
    ask_customers,
    company_of_token,
)
from dinghuo.journey.allocation.operations.shortages import accept_proposal, propose, undo_proposal
from dinghuo.journey.allocation.operations.substitutes import SUBSTITUTES_MAX, SubstituteDraft, set_consent, set_substitutes
from dinghuo.kernel import sql, tenancy
from dinghuo.kernel.errors import Malformed, Missing, the_only
from dinghuo.reference.access import PUBLIC
from dinghuo.reference.api.tokens import TooManyAttempts
from dinghuo.reference.bearers import ApiRequest, Denied
from dinghuo.reference.companies import act_now
from dinghuo.reference.models import Company, Product
from dinghuo.reference.naming import OneProduct, named
from dinghuo.reference.routes import route
from dinghuo.reference.wire import ID_MAX, Asked, Flag, Id, Page, Paging, Quantity, Reference, page_of

router = Router(tags=["stock"])

Choice = Literal["wait", "substitute", "cancel_rest"]
assert set(get_args(Choice)) == set(AnswerChoice.values), "the API names every choice"

# A proposal does what another permission is asked for elsewhere.
NEEDS: Final = {
    ProposalKind.WAIT: "stock.allocate",
    ProposalKind.BUY: "stock.write",
    ProposalKind.TRANSFER: "stock.write",
    ProposalKind.SUBSTITUTE: "orders.write",
    ProposalKind.SPLIT: "orders.write",
    ProposalKind.CANCEL_REST: "orders.write",
}


@dataclass(frozen=True, slots=True)
class ShortageProposal:
    """One way to deal with a short line; quantities are in stock units, `document_id` is what accepting it made."""

    id: int
    shortage_id: int
    order_id: int
    order_line_id: int
    kind: str
    rank: int
    quantity: Quantity
    expected_on: date | None
    warehouse: str | None
    product: str | None
    keeps_price: bool
    state: str
    proposed_at: datetime
    decided_at: datetime | None
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Proposals:
    """The proposals of a shortage, the newest round first, each by rank."""

    items: Sequence[ShortageProposal]


@dataclass(frozen=True, slots=True)
class ShortageQuestion:
    """What a customer was told of a short line, and the token that its answer carries; the token is told only here."""

    id: int
    text: str
    token: str


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """What a customer was asked about one of its orders, and what it chose."""

    id: int
    order_id: int
    order_number: str
    text: str
    asked_at: datetime
    expires_at: datetime
    is_open: bool
    choice: str | None


@dataclass(frozen=True, slots=True)
class ShortageAnswer:
    """What was chosen of a short line, and done."""

    choice: str


@dataclass(frozen=True, slots=True)
class Substitute:
    """A product that may come in another's place."""

    product_id: int
    product: str
    rank: int
    keeps_price: bool


@dataclass(frozen=True, slots=True)
class Substitutes:
    """What may come in a product's place, the first rank first."""

    items: Sequence[Substitute]


@dataclass(frozen=True, slots=True)
class SubstitutionConsent:
    """Whether a customer takes substitutes without being asked each time."""

    customer_id: int
    is_given: bool


class ChoiceAsked(Asked):
    """What the customer wants."""

    choice: Choice


class TokenChoiceAsked(ChoiceAsked):
    """What the holder of a question's token wants."""

    token: Reference


class SubstituteAsked(OneProduct):
    """A product that may come in another's place, at the price of the line or at its own."""

    keeps_price: Flag = True


class SubstitutesAsked(Asked):
    """All that may come in a product's place, the first before the others."""

    substitutes: list[SubstituteAsked] = Field(max_length=SUBSTITUTES_MAX)


class ConsentAsked(Asked):
    """Whether the customer takes substitutes without being asked each time."""

    is_given: Flag


class UnknownToken(Malformed):
    """There is no question with this token."""

    code = "unknown_token"


@route(router, "GET /shortages/{shortage_id}/proposals", needs="stock.read")
def list_proposals(request: ApiRequest, shortage_id: Id) -> Proposals:
    """List what was proposed for a short line, and what became of it."""
    found = list_of(request, shortage_id)
    if not found.items:
        raise Missing("There is no such shortage, or nothing was proposed for it.")
    return found


@route(router, "POST /shortages/{shortage_id}/proposals", needs="stock.allocate")
def propose_for_shortage(request: ApiRequest, shortage_id: Id) -> Proposals:
    """Look at a short line again; proposals that were open lapse."""
    the_only(propose(act=request.act, shortage_ids=[shortage_id]))
    return list_of(request, shortage_id)


@route(router, "POST /proposals/{proposal_id}/accept", needs="stock.allocate")
def accept_shortage_proposal(request: ApiRequest, proposal_id: Id) -> ShortageProposal:
    """Carry out a proposal, once. To buy and to transfer also need `stock.write`; what changes the order, `orders.write`.

    Refused with `proposal_over`, `shortage_closed`, `consent_missing`, and what the act itself is refused with.
    """
    found = proposal(request, proposal_id)
    if not request.bearer.may(NEEDS[ProposalKind(found.kind)]):
        raise Denied("The token's role or scopes do not allow this.")
    the_only([accept_proposal(act=request.act, proposal_id=proposal_id)])
    request.moved = [found.order_id]
    return proposal(request, proposal_id)


@route(router, "POST /proposals/{proposal_id}/undo", needs="stock.allocate")
def undo_shortage_proposal(request: ApiRequest, proposal_id: Id) -> ShortageProposal:
    """Take back that one waits, or a purchase of which nothing has come. Refused with `cannot_be_undone`, `proposal_over`."""
    found = proposal(request, proposal_id)
    if not request.bearer.may(NEEDS[ProposalKind(found.kind)]):
        raise Denied("The token's role or scopes do not allow this.")
    the_only([undo_proposal(act=request.act, proposal_id=proposal_id)])
    return proposal(request, proposal_id)


@route(router, "POST /shortages/{shortage_id}/question", needs="stock.allocate", status=201)
def ask_customer(request: ApiRequest, shortage_id: Id) -> ShortageQuestion:
    """Tell the customer of a short line in its language, and ask what it wants; once a shortage."""
    asked = the_only(ask_customers(act=request.act, shortage_ids=[shortage_id]))
    return ShortageQuestion(asked.document_id or 0, asked.facts["text"], asked.facts["token"])


@route(router, "GET /shortage-questions", needs="portal.read")
def list_shortage_questions(request: ApiRequest, wanted: Query[Paging]) -> Page[QuestionAsked]:
    """List what one was asked about one's own orders, the newest first."""
    asked = {"customer_id": request.bearer.customer_id or 0, "before": wanted.before, "count": wanted.count, "only_id": None}
    return page_of(sql.rows("allocation/questions_before", QuestionAsked, company_id=request.act.company_id, **asked), wanted)


@route(router, "POST /shortage-questions/{question_id}/answer", needs="portal.write")
def answer_own_question(request: ApiRequest, question_id: Id, asked: ChoiceAsked) -> QuestionAsked:
    """Choose what happens to a short line of one's own, once.

    Refused with `already_answered`, `question_expired`, `shortage_closed`, `not_offered`.
    """
    customer_id = request.bearer.customer_id or 0
    done = answer_question(act=request.act, question_id=question_id, choice=asked.choice, customer_id=customer_id)
    the_only([done])
    only = {"customer_id": customer_id, "before": ID_MAX, "count": 1, "only_id": question_id}
    (row,) = sql.rows("allocation/questions_before", QuestionAsked, company_id=request.act.company_id, **only)
    request.moved = [row.order_id]
    return row


@route(router, "POST /shortage-answers", needs=PUBLIC)
def answer_with_token(request: ApiRequest, asked: TokenChoiceAsked) -> ShortageAnswer:
    """Choose what happens to a short line with the token that came with the question; no other sign-in is needed.

    A repeat changes nothing. Limited as the sign-in is. Refused with `unknown_token`, `already_answered`, `question_expired`,
    `shortage_closed`, `not_offered`.
    """
    if not ratelimit.consume(request, action="login"):
        raise TooManyAttempts("Too many attempts; try again in a minute.")
    try:
        company = Company.objects.filter(id=company_of_token(asked.token)).first()
        if company is None:
            raise Missing("There is no such question.")
        with tenancy.acting_for(company.id):
            the_only([answer_by_token(act=act_now(company), token=asked.token, choice=asked.choice)])
    except Missing as fault:
        raise UnknownToken("There is no question with this token.") from fault
    return ShortageAnswer(asked.choice)


@route(router, "GET /products/{product_id}/substitutes", needs="products.read")
def list_substitutes(request: ApiRequest, product_id: Id) -> Substitutes:
    """List what may come in a product's place."""
    if not Product.objects.filter(company_id=request.act.company_id, id=product_id).exists():
        raise Missing("There is no such product.")
    return substitutes_of(request, product_id)


@route(router, "POST /products/{product_id}/substitutes", needs="products.write")
def name_substitutes(request: ApiRequest, product_id: Id, asked: SubstitutesAsked) -> Substitutes:
    """Say all that may come in a product's place, the first before the others."""
    known = named(request.act.company_id, asked.substitutes)
    drafts = [SubstituteDraft(known.product(each, line=place), each.keeps_price) for place, each in enumerate(asked.substitutes, 1)]
    set_substitutes(act=request.act, product_id=product_id, substitutes=drafts)
    return substitutes_of(request, product_id)


@route(router, "POST /customers/{customer_id}/substitution-consent", needs="customers.write")
def say_consent(request: ApiRequest, customer_id: Id, asked: ConsentAsked) -> SubstitutionConsent:
    """Write down whether a customer takes substitutes without being asked each time."""
    set_consent(act=request.act, customer_id=customer_id, is_given=asked.is_given)
    return SubstitutionConsent(customer_id, asked.is_given)


def list_of(request: ApiRequest, shortage_id: int) -> Proposals:
    """The proposals of a shortage that is known to be there."""
    asked = {"shortage_id": shortage_id, "proposal_id": None}
    return Proposals(sql.rows("allocation/proposals_of_shortage", ShortageProposal, company_id=request.act.company_id, **asked))


def proposal(request: ApiRequest, proposal_id: int) -> ShortageProposal:
    """One proposal; raises Missing."""
    asked = {"shortage_id": None, "proposal_id": proposal_id}
    found = sql.rows("allocation/proposals_of_shortage", ShortageProposal, company_id=request.act.company_id, **asked)
    if not found:
        raise Missing("There is no such proposal.")
    return found[0]


def substitutes_of(request: ApiRequest, product_id: int) -> Substitutes:
    """What may come in the place of a product that is known to be there."""
    return Substitutes(
        sql.rows("allocation/substitutes_of_product", Substitute, company_id=request.act.company_id, product_id=product_id)
    )
