"""Rules as versioned data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class ReviewRule(CompanyRow):
    """One version of a rule: its kind (see rules/catalogue.py), parameters, scope and what a breach leads to.

    A change is a new version; the one in force is the version without `retired_at`. `check_points` lists when it runs; rules of a
    lower `precedence` are asked first. An order that matches a release exclusion passes without the other rules.
    """

    class Scope(models.TextChoices):
        """Which orders, or lines of them, a rule judges; `scope_value` names the class, customer or category by its code."""

        COMPANY = "company", _("Company")
        CUSTOMER_CLASS = "customer_class", _("Customer class")
        CUSTOMER = "customer", _("Customer")
        PRODUCT_CATEGORY = "product_category", _("Product category")

    class CheckPoint(models.TextChoices):
        """When a rule runs."""

        SUBMIT = "submit", _("Submitting")
        RELEASE_TO_PICK = "release_to_pick", _("Releasing to pick")
        BEFORE_LOADING = "before_loading", _("Before loading")
        INVOICE = "invoice", _("Invoicing")

    class Severity(models.TextChoices):
        """What a breach leads to."""

        WARN = "warn", _("Warn")
        HOLD_LINE = "hold_line", _("Hold the line")
        HOLD = "hold", _("Hold")
        REJECT = "reject", _("Reject")

    code = fields.code()
    version = models.IntegerField(db_default=1)
    kind = fields.code()
    parameters = models.JSONField(db_default={})
    severity = fields.code(10, choices=Severity.choices)
    scope = fields.code(20, choices=Scope.choices, db_default="company")
    scope_value = fields.code(60, db_default="")
    check_points = models.JSONField(db_default=["submit"])
    precedence = models.SmallIntegerField(db_default=100)
    is_release_exclusion = models.BooleanField(db_default=False)
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
