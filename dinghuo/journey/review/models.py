"""Rules as versioned data, and what each review found, held and decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class ReviewRule(CompanyRow):
    """One version of a rule: its kind (a function in rules.py), parameters and what a breach leads to.

    A change is a new version; the one in force is the version without `retired_at`.
    """

    class Severity(models.TextChoices):
        """What a breach leads to."""

        WARN = "warn", _("Warn")
        HOLD = "hold", _("Hold")
        REJECT = "reject", _("Reject")

    code = fields.code()
    version = models.IntegerField(db_default=1)
    kind = fields.code()
    parameters = models.JSONField(db_default={})
    severity = fields.code(10, choices=Severity.choices)
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_rule"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code", "version"], name="rule_version_is_unique"),
            models.UniqueConstraint(
                fields=["company_id", "code"], condition=models.Q(retired_at=None), name="one_version_in_force"
            ),
        )


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
    """A reason why an order waits; it stays on record after its release."""

    order = fields.Within(SalesOrder)
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
                condition=models.Q(lifted_at=None),
                name="one_open_hold_per_rule",
            ),
        )
        indexes = (models.Index(fields=["company_id", "order"], name="hold_by_order"),)


class Approval(CompanyRow):
    """A person's decision about a held order, with a reason; `subject` is the order version decided on. Append-only."""

    order = fields.Within(SalesOrder)
    order_version = models.IntegerField()
    decision = fields.code(10)
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    decided_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "approval"
        indexes = (models.Index(fields=["company_id", "order"], name="approval_by_order"),)
