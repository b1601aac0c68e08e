"""The sales order: what was agreed on the day, and how far each line has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Currency, Customer, Product, Warehouse


class OrderState(models.TextChoices):
    """Where the order as a whole stands; what its lines have come to is a matter of sums."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    HELD = "held", _("On hold")
    RELEASED = "released", _("Released")
    COMPLETED = "completed", _("Completed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


class FreightPayer(models.TextChoices):
    """Who pays the carrier; an order may leave it open."""

    SELLER = "seller", _("Seller")
    BUYER = "buyer", _("Buyer")


class SalesOrder(MovingRow):
    """An order of one customer. Prices, terms and address are those agreed on the day, whatever the master data say later.

    `external_ref` is the natural key of an import. `invoiced_gross` is what posted invoices have billed of the order.
    """

    State = OrderState

    MOVES = {
        "draft": frozenset({"submitted", "cancelled"}),
        "submitted": frozenset({"held", "released", "rejected", "cancelled"}),
        "held": frozenset({"submitted", "released", "rejected", "cancelled"}),
        "released": frozenset({"submitted", "held", "completed", "cancelled"}),
        "completed": frozenset(),
        "rejected": frozenset(),
        "cancelled": frozenset(),
    }

    number = fields.code()
    external_ref = fields.code(80, null=True)
    source = fields.code(20, db_default="page")
    customer = fields.Within(Customer)
    warehouse = fields.Within(Warehouse)
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    exchange_rate = fields.exchange_rate(db_default=1)
    customer_po = models.CharField(max_length=80, db_default="")
    ordered_on = models.DateField()
    requested_on = models.DateField(null=True)
    state = fields.code(12, choices=State.choices, db_default="draft")
    priority = models.SmallIntegerField(db_default=5)
    payment_terms_days = models.SmallIntegerField(db_default=30)
    cash_discount_rate = fields.rate(db_default=0)
    cash_discount_days = models.SmallIntegerField(db_default=0)
    incoterm = fields.code(3, db_default="")
    freight_payer = fields.code(6, choices=FreightPayer.choices, db_default="")
    ship_to_name = models.CharField(max_length=200, db_default="")
    ship_to_address = models.CharField(max_length=300, db_default="")
    ship_to_city = models.CharField(max_length=100, db_default="")
    ship_to_region = models.CharField(max_length=100, db_default="")
    ship_to_postcode = fields.code(12, db_default="")
    ship_to_country = fields.code(2, db_default="")
    amount_net = fields.amount(db_default=0)
    amount_tax = fields.amount(db_default=0)
    amount_gross = fields.amount(db_default=0)
    invoiced_gross = fields.amount(db_default=0)
    version = models.IntegerField(db_default=1)
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "sales_order"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="order_number_is_unique"),
            models.UniqueConstraint(fields=["company_id", "external_ref"], name="order_imported_once"),
            models.CheckConstraint(
                condition=models.Q(amount_gross=models.F("amount_net") + models.F("amount_tax")),
                name="order_total_is_its_parts",
            ),
            fields.state_is_known("sales_order", OrderState),
        )
        indexes = (
            models.Index(
                fields=["company_id", "state", "customer"],
                condition=models.Q(state__in=["submitted", "held", "released"]),
                name="order_in_work",
            ),
            models.Index(fields=["company_id", "ordered_on", "id"], name="order_by_day"),
            models.Index(fields=["company_id", "customer", "ordered_on"], name="order_by_customer"),
            models.Index(
                fields=["company_id", "state", "ordered_on", "id"],
                condition=models.Q(state__in=["draft", "rejected", "cancelled"]),
                name="order_set_aside",
            ),
            models.Index(fields=["company_id", "customer_po"], condition=~models.Q(customer_po=""), name="order_by_customer_po"),
        )


class SalesOrderLine(CompanyRow):
    """A product ordered. Counters only grow, each within the one before: invoiced <= shipped <= allocated <= ordered.

    Quantities are in stock units; `amount_net` and `amount_tax` are rounded at the line. Lines of an order with the same `kit` are
    parts of one set, each with `per_set` units in it.
    """

    order = fields.Within(SalesOrder)
    position = models.IntegerField()
    product = fields.Within(Product)
    ordered = fields.quantity()
    allocated = fields.quantity(db_default=0)
    shipped = fields.quantity(db_default=0)
    invoiced = fields.quantity(db_default=0)
    unit_price = fields.unit_price()
    tax_rate = fields.rate()
    amount_net = fields.amount()
    amount_tax = fields.amount()
    source_row = models.IntegerField(null=True)
    kit = fields.code(db_default="")
    per_set = fields.quantity(db_default=0)

    class Meta:
        db_table = "sales_order_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "order", "position"], name="one_line_per_position"),
            models.CheckConstraint(condition=models.Q(ordered__gte=0), name="ordered_not_negative"),
            models.CheckConstraint(
                condition=models.Q(allocated__gte=models.F("shipped"), allocated__lte=models.F("ordered")),
                name="allocated_between_shipped_and_ordered",
            ),
            models.CheckConstraint(
                condition=models.Q(invoiced__gte=0, invoiced__lte=models.F("shipped")), name="invoiced_within_shipped"
            ),
            models.CheckConstraint(condition=models.Q(unit_price__gte=0), name="order_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(kit="", per_set=0) | (~models.Q(kit="") & models.Q(per_set__gt=0)),
                name="part_of_a_set_says_how_many",
            ),
        )


class OrderCharge(CompanyRow):
    """What an order bills besides goods: postage, a manual line, a voucher, a discount (then negative)."""

    order = fields.Within(SalesOrder)
    position = models.IntegerField()
    kind = fields.code(30)
    description = models.CharField(max_length=200, db_default="")
    quantity = fields.quantity(db_default=1)
    unit_price = fields.unit_price()
    tax_rate = fields.rate()
    amount_net = fields.amount()
    amount_tax = fields.amount()
    source_row = models.IntegerField(null=True)

    class Meta:
        db_table = "order_charge"
        constraints = (models.UniqueConstraint(fields=["company_id", "order", "position"], name="one_charge_per_position"),)


class OrderAmendment(CompanyRow):
    """A change of an order after it was entered: the version it made and what differs, by line and column. Append-only."""

    order = fields.Within(SalesOrder)
    version = models.IntegerField()
    amended_at = models.DateTimeField()
    amended_by_id = models.IntegerField(null=True)
    reason = models.CharField(max_length=300, db_default="")
    difference = models.JSONField()

    class Meta:
        db_table = "order_amendment"
        constraints = (models.UniqueConstraint(fields=["company_id", "order", "version"], name="one_amendment_per_version"),)
