"""Invoices and credit notes, and what they make customers owe."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import OrderCharge, SalesOrder, SalesOrderLine
from dinghuo.journey.shipping.models import CustomerReturn, CustomerReturnLine, Shipment, ShipmentLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Currency, Customer


class InvoiceState(models.TextChoices):
    """Whether the document counts."""

    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    DROPPED = "dropped", _("Dropped")


class SalesInvoice(MovingRow):
    """An invoice or a credit note. Amounts are signed: a credit note's are negative, so that sums are revenue.

    The number is given when it is posted, without gaps within its series and year; a posted one never changes.
    """

    class Kind(models.TextChoices):
        """What the document is."""

        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    State = InvoiceState

    MOVES = {
        "draft": frozenset({"posted", "dropped"}),
        "posted": frozenset(),
        "dropped": frozenset(),
    }

    kind = fields.code(12, choices=Kind.choices, db_default="invoice")
    state = fields.code(8, choices=State.choices, db_default="draft")
    number = fields.code(null=True)
    series_year = models.SmallIntegerField(null=True)
    series_number = models.IntegerField(null=True)
    customer = fields.Within(Customer)
    order = fields.Within(SalesOrder, null=True)
    shipment = fields.Within(Shipment, null=True)
    customer_return = fields.Within(CustomerReturn, null=True)
    external_ref = fields.code(80, null=True)
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    exchange_rate = fields.exchange_rate(db_default=1)
    drafted_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    posted_by_id = models.IntegerField(null=True)
    issued_on = models.DateField()
    due_on = models.DateField()
    amount_net = fields.amount()
    amount_tax = fields.amount()
    amount_gross = fields.amount()

    class Meta:
        db_table = "sales_invoice"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "kind", "series_year", "series_number"], name="invoice_number_is_unique"),
            models.UniqueConstraint(
                fields=["company_id", "shipment"],
                condition=~Q(state="dropped") & Q(shipment__isnull=False),
                name="a_shipment_is_invoiced_once",
            ),
            models.UniqueConstraint(
                fields=["company_id", "customer_return"],
                condition=~Q(state="dropped") & Q(customer_return__isnull=False),
                name="a_return_is_credited_once",
            ),
            models.UniqueConstraint(
                fields=["company_id", "external_ref"],
                condition=~Q(state="dropped") & Q(external_ref__isnull=False),
                name="invoice_imported_once",
            ),
            models.CheckConstraint(condition=Q(amount_gross=F("amount_net") + F("amount_tax")), name="invoice_total_is_its_parts"),
            models.CheckConstraint(
                condition=Q(
                    state="posted",
                    number__isnull=False,
                    series_year__isnull=False,
                    series_number__isnull=False,
                    posted_at__isnull=False,
                )
                | ~Q(state="posted") & Q(number=None, series_number=None, posted_at=None),
                name="posted_invoice_has_its_number",
            ),
            fields.state_is_known("sales_invoice", InvoiceState),
        )
        indexes = (
            models.Index(fields=["company_id", "order"], name="invoice_by_order"),
            models.Index(fields=["company_id", "customer", "issued_on"], name="invoice_by_customer"),
            models.Index(fields=["company_id", "id"], condition=Q(state="draft"), name="invoice_waiting_to_post"),
            models.Index(fields=["company_id", "issued_on"], condition=Q(state="posted"), name="invoice_by_day"),
        )


class SalesInvoiceLine(CompanyRow):
    """What a document bills or credits: goods of a shipment line, an order's charge, or a return's line. Amounts are signed.

    Lines that bill one order line in parts add up to that order line's amounts to the minor unit.
    """

    invoice = fields.Within(SalesInvoice)
    position = models.IntegerField()
    kind = fields.code(30, db_default="goods")
    shipment_line = fields.Within(ShipmentLine, null=True)
    order_charge = fields.Within(OrderCharge, null=True)
    return_line = fields.Within(CustomerReturnLine, null=True)
    description = models.CharField(max_length=200, db_default="")
    quantity = fields.quantity()
    unit_price = fields.unit_price()
    tax_rate = fields.rate()
    amount_net = fields.amount()
    amount_tax = fields.amount()
    source_row = models.IntegerField(null=True)

    class Meta:
        db_table = "sales_invoice_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "invoice", "position"], name="one_invoice_line_per_position"),
            models.CheckConstraint(
                condition=~Q(kind="goods") | Q(shipment_line__isnull=False) | Q(return_line__isnull=False),
                name="goods_come_from_a_shipment_or_return",
            ),
        )
        indexes = (
            models.Index(
                fields=["company_id", "shipment_line"], condition=Q(shipment_line__isnull=False), name="invoice_line_by_goods"
            ),
            models.Index(
                fields=["company_id", "order_charge"], condition=Q(order_charge__isnull=False), name="invoice_line_by_charge"
            ),
        )


class Receivable(CompanyRow):
    """What a posted document makes the customer owe (or, from a credit note, makes us owe: negative).

    `applied` is what payments and credits have settled of it, with the same sign; open = amount - applied. `issued_on` is the
    invoice's; `moved_on` is the last day on which anything was applied to it or taken back, null when nothing ever was.
    """

    invoice = fields.Within(SalesInvoice)
    customer = fields.Within(Customer)
    issued_on = models.DateField()
    due_on = models.DateField()
    amount = fields.amount()
    applied = fields.amount(db_default=0)
    settled_on = models.DateField(null=True)
    moved_on = models.DateField(null=True)

    class Meta:
        db_table = "receivable"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "invoice"], name="one_receivable_per_invoice"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, applied__gte=0, applied__lte=F("amount"))
                | Q(amount__lt=0, applied__lte=0, applied__gte=F("amount")),
                name="never_settled_beyond_its_amount",
            ),
        )
        indexes = (
            models.Index(
                fields=["company_id", "customer", "due_on"], condition=~Q(applied=F("amount")), name="receivable_still_open"
            ),
            models.Index(
                fields=["company_id", "customer"],
                condition=Q(amount__lt=0) & ~Q(applied=F("amount")),
                name="credit_still_open",
            ),
            # Together they find what was open on a past day.
            models.Index(fields=["company_id", "issued_on"], condition=Q(settled_on=None), name="receivable_not_settled"),
            models.Index(fields=["company_id", "moved_on"], condition=Q(settled_on__isnull=False), name="receivable_settled_since"),
        )


class Dispute(CompanyRow):
    """What a customer does not accept of a receivable, and what came of it."""

    receivable = fields.Within(Receivable)
    order_line = fields.Within(SalesOrderLine, null=True)
    amount = fields.amount()
    reason_code = fields.code(20, db_default="other")
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    opened_by_id = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=300, db_default="")

    class Meta:
        db_table = "dispute"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="disputed_is_positive"),)
