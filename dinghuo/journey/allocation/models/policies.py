"""Who is to be served by which rule: versioned policies, when they run by themselves, and lines that no run may change."""

from django.db import models
from django.db.models import Q

from dinghuo.journey.ordering.models import SalesOrder, SalesOrderLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow
from dinghuo.reference.models import Customer


class AllocationPolicy(CompanyRow):
    """A version of a policy. A change makes the next version under the same code; what runs have used stays on record.

    `definition` is the policy as data, in the form that docs/rules/allocation.md describes.
    """

    code = fields.code()
    version = models.IntegerField(db_default=1)
    name = models.CharField(max_length=200, db_default="")
    definition = models.JSONField()
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "allocation_policy"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code", "version"], name="policy_version_is_unique"),
            models.UniqueConstraint(
                fields=["company_id", "code"], condition=Q(retired_at=None), name="one_policy_version_in_force"
            ),
        )


class PolicySchedule(CompanyRow):
    """When a policy runs by itself: on these ISO weekdays, from this hour of the company's day on, once a day.

    `policy_code` is empty for the default policy. `posts` says that nobody looks at the difference before it is posted.
    """

    policy_code = fields.code(db_default="")
    weekdays = fields.code(7, db_default="1234567")
    hour = models.SmallIntegerField(db_default=0)
    posts = models.BooleanField(db_default=False)
    last_ran_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_schedule"
        constraints = (
            models.CheckConstraint(condition=Q(weekdays__regex="^[1-7]{1,7}$"), name="schedule_runs_on_some_day"),
            models.CheckConstraint(condition=Q(hour__range=(0, 23)), name="schedule_hour_is_of_a_day"),
        )


class Commitment(CompanyRow):
    """A line whose allocation is promised for good: runs leave it as it is until the commitment is lifted."""

    order_line = fields.Within(SalesOrderLine)
    reason = models.CharField(max_length=300, db_default="")
    made_at = models.DateTimeField()
    made_by_id = models.IntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "commitment"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "order_line"], condition=Q(lifted_at=None), name="one_standing_commitment_per_line"
            ),
        )


class AllocationTerms(CompanyRow):
    """What a customer, an order or a line takes at all; null leaves it to the next wider one, and at last to the policy.

    Shares are thousandths: 800 is 80 %. `minimum_life_days` is how long goods must still last when they arrive. `shortage_fine` is
    what the customer charges for a line that is not full, as a share of the line's value.
    """

    customer = fields.Within(Customer, null=True)
    order = fields.Within(SalesOrder, null=True)
    order_line = fields.Within(SalesOrderLine, null=True)
    complete_lines = models.BooleanField(null=True)
    complete_orders = models.BooleanField(null=True)
    whole_cases = models.BooleanField(null=True)
    minimum_fill = models.SmallIntegerField(null=True)
    minimum_order_fill = models.SmallIntegerField(null=True)
    tolerance = models.SmallIntegerField(null=True)
    minimum_life_days = models.SmallIntegerField(null=True)
    maximum_deliveries = models.SmallIntegerField(null=True)
    shortage_fine = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "allocation_terms"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "customer", "order", "order_line"], nulls_distinct=False, name="terms_agreed_once"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, order=None, order_line=None)
                | Q(customer=None, order__isnull=False, order_line=None)
                | Q(customer=None, order=None, order_line__isnull=False),
                name="terms_are_of_one",
            ),
            models.CheckConstraint(
                condition=Q(minimum_fill__range=(0, 1000), minimum_order_fill__range=(0, 1000), tolerance__range=(0, 1000)),
                name="terms_are_shares",
            ),
            models.CheckConstraint(condition=Q(minimum_life_days__gte=0, maximum_deliveries__gte=0), name="terms_are_not_negative"),
            models.CheckConstraint(condition=Q(shortage_fine__range=(0, 1000)), name="shortage_fine_is_a_share"),
        )
