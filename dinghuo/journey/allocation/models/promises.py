"""What order lines were promised, and which inbound goods they wait for."""

from django.db import models
from django.db.models import Q

from dinghuo.journey.allocation.models.stock import InboundSupply
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow
from dinghuo.reference.models import Product


class LinePromise(CompanyRow):
    """The day by which goods for an order line will be there; none while no supply is known that could fill it.

    `first_promised_on` stays the measure. A promise that is not open any more takes nothing from others.
    """

    order_line = fields.Within(SalesOrderLine)
    product = fields.Within(Product)
    promised_on = models.DateField(null=True)
    first_promised_on = models.DateField(null=True)
    is_open = models.BooleanField(db_default=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "line_promise"
        constraints = (models.UniqueConstraint(fields=["company_id", "order_line"], name="one_promise_per_line"),)
        indexes = (models.Index(fields=["company_id", "product"], condition=Q(is_open=True), name="line_promise_open"),)


class SupplyPeg(CompanyRow):
    """Units of an inbound supply that a waiting line counts on."""

    order_line = fields.Within(SalesOrderLine)
    inbound = fields.Within(InboundSupply)
    product = fields.Within(Product)
    quantity = fields.quantity()

    class Meta:
        db_table = "supply_peg"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "order_line", "inbound"], name="one_peg_per_line_and_supply"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="peg_is_positive"),
        )
        indexes = (
            models.Index(fields=["company_id", "inbound"], name="peg_by_supply"),
            models.Index(fields=["company_id", "product"], name="peg_by_product"),
        )
