"""What can be done about a line that stays short, what was done, and what the customer was asked and said."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.allocation.models.stock import Shortage
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Customer, Product, Warehouse


class ProductSubstitute(CompanyRow):
    """A product that may come in another's place; the lower rank is proposed first. A kept price is that of the line."""

    product = fields.Within(Product)
    substitute = fields.Within(Product)
    rank = models.SmallIntegerField()
    keeps_price = models.BooleanField(db_default=True)

    class Meta:
        db_table = "product_substitute"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "product", "substitute"], name="one_rank_per_substitute"),
            models.CheckConstraint(condition=~Q(product=F("substitute")), name="substitute_is_another_product"),
            models.CheckConstraint(condition=Q(rank__gt=0), name="substitute_rank_is_positive"),
        )


class SubstitutionConsent(CompanyRow):
    """Whether a customer takes substitutes without being asked each time; without a row it does not."""

    customer = fields.Within(Customer)
    is_given = models.BooleanField()
    said_at = models.DateTimeField()
    said_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "substitution_consent"
        constraints = (models.UniqueConstraint(fields=["company_id", "customer"], name="one_consent_per_customer"),)


class ProposalKind(models.TextChoices):
    """What would be done about a short line."""

    WAIT = "wait", _("Wait")
    TRANSFER = "transfer", _("Transfer")
    SUBSTITUTE = "substitute", _("Substitute")
    BUY = "buy", _("Buy")
    SPLIT = "split", _("Split")
    CANCEL_REST = "cancel_rest", _("Cancel the rest")


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    UNDONE = "undone", _("Undone")
    LAPSED = "lapsed", _("Lapsed")


class ShortageProposal(MovingRow):
    """One way to deal with a short line: how much of it, by when, from where or with what; rank 1 is proposed first.

    `document_id` is what accepting it made: an inbound supply, a transfer or an order.
    """

    State = ProposalState

    MOVES = {
        "open": frozenset({"accepted", "lapsed"}),
        "accepted": frozenset({"undone"}),
        "undone": frozenset(),
        "lapsed": frozenset(),
    }

    shortage = fields.Within(Shortage)
    kind = fields.code(12, choices=ProposalKind.choices)
    rank = models.SmallIntegerField()
    quantity = fields.quantity()
    expected_on = models.DateField(null=True)
    warehouse = fields.Within(Warehouse, null=True)
    product = fields.Within(Product, null=True)
    keeps_price = models.BooleanField(db_default=True)
    state = fields.code(10, choices=ProposalState.choices, db_default="open")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.IntegerField(null=True)
    document_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "shortage_proposal"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="proposal_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=sorted(ProposalKind.values)), name="proposal_kind_is_known"),
            fields.state_is_known("shortage_proposal", ProposalState),
        )
        indexes = (models.Index(fields=["company_id", "shortage"], name="proposal_by_shortage"),)


class AnswerChoice(models.TextChoices):
    """What a customer can say of a short line."""

    WAIT = "wait", _("Wait")
    SUBSTITUTE = "substitute", _("Substitute")
    CANCEL_REST = "cancel_rest", _("Cancel the rest")


class ShortageQuestion(CompanyRow):
    """What a customer was told of a short line, in its language, and what it chose. The token is kept as its hash alone."""

    shortage = fields.Within(Shortage)
    customer = fields.Within(Customer)
    language = fields.code(10)
    text = models.TextField()
    token_hash = models.BinaryField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    choice = fields.code(12, null=True, choices=AnswerChoice.choices)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shortage_question"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "shortage"], name="a_shortage_is_asked_once"),
            models.UniqueConstraint(fields=["company_id", "token_hash"], name="question_token_is_unique"),
            models.CheckConstraint(
                condition=Q(choice=None) | Q(choice__in=sorted(AnswerChoice.values)), name="answer_choice_is_known"
            ),
            models.CheckConstraint(
                condition=Q(choice=None, answered_at=None) | Q(choice__isnull=False, answered_at__isnull=False),
                name="answer_has_its_time",
            ),
        )
