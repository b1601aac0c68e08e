"""Rules as versioned data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
