"""What people decided about orders that waited."""

from django.db import models

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


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
