"""What each review found, and the holds that it placed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.journey.review.models.rule_versions import ReviewRule
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class Review(CompanyRow):
    """One review of one order: its outcome and why it was made (`submitted`, `payment`, `amended`, ...). Append-only."""

    order = fields.Within(SalesOrder)
    order_version = models.IntegerField()
    reviewed_at = models.DateTimeField()
    cause = fields.code(20)
    outcome = fields.code(10)

    class Meta:
        db_table = "review"
        indexes = (models.Index(fields=["company_id", "order"], name="review_by_order"),)


class ReviewFinding(CompanyRow):
    """What one rule found: `inputs` hold the figures that it compared, enough to run it again. Append-only."""

    review = fields.Within(Review)
    rule = fields.Within(ReviewRule)
    outcome = fields.code(10)
    inputs = models.JSONField()

    class Meta:
        db_table = "review_finding"
        indexes = (models.Index(fields=["company_id", "review"], name="finding_by_review"),)


class Hold(CompanyRow):
    """A reason why an order waits, or, with `order_line`, one line of it; it stays on record after its release.

    A person placed the one without `rule`, with a reason code and words of his own; only a person lifts it.
    """

    order = fields.Within(SalesOrder)
    order_line = fields.Within(SalesOrderLine, null=True)
    rule = fields.Within(ReviewRule, null=True)
    placed_at = models.DateTimeField()
    placed_by_id = models.IntegerField(null=True)
    reason_code = fields.code(20, db_default="")
    placed_because = models.CharField(max_length=300, db_default="")
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.IntegerField(null=True)
    lifted_because = models.CharField(max_length=300, db_default="")

    class Meta:
        db_table = "hold"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "order", "rule"],
                condition=models.Q(lifted_at=None, order_line=None),
                name="one_open_hold_per_rule",
            ),
            models.UniqueConstraint(
                fields=["company_id", "order_line", "rule"],
                condition=models.Q(lifted_at=None, order_line__isnull=False),
                name="one_open_hold_per_line_and_rule",
            ),
            models.UniqueConstraint(
                fields=["company_id", "order", "order_line"],
                condition=models.Q(lifted_at=None, rule=None),
                name="one_open_hold_by_hand",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(rule__isnull=False) | ~models.Q(placed_because=""), name="hold_by_hand_has_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=["company_id", "order"], name="hold_by_order"),
            models.Index(
                fields=["company_id", "id"], condition=models.Q(lifted_at=None, order_line__isnull=False), name="line_hold_open"
            ),
        )


class AskedOf(models.TextChoices):
    """Who is to answer a question about an order."""

    SALES = "sales", _("Sales")
    CUSTOMER = "customer", _("The customer")


class OrderQuestion(CompanyRow):
    """What a reviewer wants to know about an order before deciding, and the answer; asked once, answered once."""

    order = fields.Within(SalesOrder)
    asked_of = fields.code(10, choices=AskedOf.choices)
    question = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by_id = models.IntegerField(null=True)
    answer = models.CharField(max_length=300, db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "order_question"
        constraints = (
            models.CheckConstraint(condition=models.Q(asked_of__in=sorted(AskedOf.values)), name="question_addressee_is_known"),
        )
        indexes = (
            models.Index(fields=["company_id", "order"], name="question_by_order"),
            models.Index(fields=["company_id", "id"], condition=models.Q(answered_at=None), name="question_open"),
        )
