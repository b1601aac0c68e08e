"""What each review found, and the holds that it placed."""

from django.db import models

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
    """A reason why an order waits, or, with `order_line`, one line of it; it stays on record after its release."""

    order = fields.Within(SalesOrder)
    order_line = fields.Within(SalesOrderLine, null=True)
    rule = fields.Within(ReviewRule)
    placed_at = models.DateTimeField()
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
        )
        indexes = (models.Index(fields=["company_id", "order"], name="hold_by_order"),)
