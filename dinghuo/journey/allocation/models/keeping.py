"""How stock is kept: safety stock, transfers, counts, what is set aside, and what is held for somebody."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.allocation.models.stock import Lot, StockDocument, StockLevel
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Customer, Product, Warehouse


class StockSetting(CompanyRow):
    """How a warehouse keeps a product: in which zone, and how much of it is a reserve that no promise counts on."""

    warehouse = fields.Within(Warehouse)
    product = fields.Within(Product)
    safety_quantity = fields.quantity(db_default=0)
    zone = fields.code(20, db_default="")

    class Meta:
        db_table = "stock_setting"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "product", "warehouse"], name="one_setting_per_place"),
            models.CheckConstraint(condition=Q(safety_quantity__gte=0), name="safety_stock_not_negative"),
        )


class TransferState(models.TextChoices):
    """Whether goods are still on their way; a closed transfer is one of which not everything arrived."""

    SENT = "sent", _("In transit")
    ARRIVED = "arrived", _("Arrived")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class StockTransfer(MovingRow):
    """Goods sent from one warehouse to another; between the two they lie in the company's transit place."""

    State = TransferState

    MOVES = {
        "sent": frozenset({"arrived", "closed", "cancelled"}),
        "arrived": frozenset(),
        "closed": frozenset(),
        "cancelled": frozenset(),
    }

    number = fields.code()
    from_warehouse = fields.Within(Warehouse)
    to_warehouse = fields.Within(Warehouse)
    state = fields.code(10, choices=State.choices, db_default="sent")
    reason = models.CharField(max_length=200, db_default="")
    sent_on = models.DateField()
    expected_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by_id = models.IntegerField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, db_default="")

    class Meta:
        db_table = "stock_transfer"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="transfer_number_is_unique"),
            models.CheckConstraint(condition=~Q(from_warehouse=F("to_warehouse")), name="transfer_between_two_places"),
            fields.state_is_known("stock_transfer", TransferState),
        )


class StockTransferLine(CompanyRow):
    """A product, and lot where it has one, that a transfer moves.

    `received` is what has arrived, `withdrawn` what will not: it went back, or was written off.
    """

    transfer = fields.Within(StockTransfer)
    position = models.IntegerField()
    product = fields.Within(Product)
    lot = fields.Within(Lot, null=True)
    quantity = fields.quantity()
    received = fields.quantity(db_default=0)
    withdrawn = fields.quantity(db_default=0)

    class Meta:
        db_table = "stock_transfer_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "transfer", "position"], name="one_transfer_line_per_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("quantity")), name="received_within_transfer"),
            models.CheckConstraint(
                condition=Q(withdrawn__gte=0, withdrawn__lte=F("quantity") - F("received")), name="withdrawn_within_transfer"
            ),
        )


class CountState(models.TextChoices):
    """Whether a count goes on, has corrected stock, or was given up."""

    OPEN = "open", _("Open")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


class StockCount(MovingRow):
    """A count of a warehouse or one zone of it. While it is open, what it counts is neither received, moved nor corrected."""

    State = CountState

    MOVES = {"open": frozenset({"posted", "cancelled"}), "posted": frozenset(), "cancelled": frozenset()}

    number = fields.code()
    warehouse = fields.Within(Warehouse)
    zone = fields.code(20, db_default="")
    is_blind = models.BooleanField(db_default=True)
    state = fields.code(10, choices=State.choices, db_default="open")
    reason = models.CharField(max_length=200, db_default="")
    opened_at = models.DateTimeField()
    opened_by_id = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    approved_by_id = models.IntegerField(null=True)
    document = fields.Within(StockDocument, null=True)

    class Meta:
        db_table = "stock_count"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="count_number_is_unique"),
            fields.state_is_known("stock_count", CountState),
        )


class StockCountLine(CompanyRow):
    """One level on a count's sheet: what was expected when it was put there, and what was counted.

    `last_move` is the id of the level's last move then: a later one means that the goods moved under the count.
    """

    count = fields.Within(StockCount)
    stock_level = fields.Within(StockLevel)
    expected = fields.quantity()
    last_move = models.BigIntegerField()
    counted = fields.quantity(null=True)
    counted_at = models.DateTimeField(null=True)
    counted_by_id = models.IntegerField(null=True)
    rounds = models.SmallIntegerField(db_default=0)

    class Meta:
        db_table = "stock_count_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "count", "stock_level"], name="a_level_is_counted_once"),
            models.CheckConstraint(condition=Q(counted__gte=0), name="counted_not_negative"),
        )
        indexes = (models.Index(fields=["company_id", "stock_level"], name="count_line_by_level"),)


class QuarantineState(models.TextChoices):
    """What became of goods that were set aside."""

    OPEN = "open", _("Set aside")
    RELEASED = "released", _("Released")
    SCRAPPED = "scrapped", _("Scrapped")


class Quarantine(MovingRow):
    """Goods of a level that nobody is given until somebody has decided about them; they count as allocated there."""

    State = QuarantineState

    MOVES = {"open": frozenset({"released", "scrapped"}), "released": frozenset(), "scrapped": frozenset()}

    stock_level = fields.Within(StockLevel)
    quantity = fields.quantity()
    state = fields.code(10, choices=State.choices, db_default="open")
    reason = models.CharField(max_length=200)
    set_aside_at = models.DateTimeField()
    set_aside_by_id = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_id = models.IntegerField(null=True)
    end_reason = models.CharField(max_length=200, db_default="")
    document = fields.Within(StockDocument, null=True)

    class Meta:
        db_table = "quarantine"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quarantine_is_positive"),
            fields.state_is_known("quarantine", QuarantineState),
        )
        indexes = (models.Index(fields=["company_id", "stock_level"], condition=Q(state="open"), name="quarantine_open"),)


class HoldState(models.TextChoices):
    """What became of stock that was held for somebody."""

    OPEN = "open", _("Held")
    ALLOCATED = "allocated", _("Allocated")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Expired")


class StockHold(MovingRow):
    """Free stock kept for a while for a cart, a quote or a caller; it becomes one line's allocation, or is freed."""

    State = HoldState

    MOVES = {
        "open": frozenset({"allocated", "released", "expired"}),
        "allocated": frozenset(),
        "released": frozenset(),
        "expired": frozenset(),
    }

    kind = fields.code(10)
    customer = fields.Within(Customer, null=True)
    warehouse = fields.Within(Warehouse)
    product = fields.Within(Product)
    quantity = fields.quantity()
    state = fields.code(10, choices=State.choices, db_default="open")
    note = models.CharField(max_length=200, db_default="")
    held_at = models.DateTimeField()
    held_by_id = models.IntegerField(null=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    order_line = fields.Within(SalesOrderLine, null=True)

    class Meta:
        db_table = "stock_hold"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_hold_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=["cart", "quote", "phone"]), name="stock_hold_kind_is_known"),
            fields.state_is_known("stock_hold", HoldState),
        )
        indexes = (models.Index(fields=["company_id", "expires_at"], condition=Q(state="open"), name="stock_hold_open"),)


class StockHoldPart(CompanyRow):
    """The units of one level that a hold keeps; they count as allocated there while the hold is open."""

    stock_hold = fields.Within(StockHold)
    stock_level = fields.Within(StockLevel)
    quantity = fields.quantity()

    class Meta:
        db_table = "stock_hold_part"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "stock_hold", "stock_level"], name="one_part_per_level"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="hold_part_is_positive"),
        )
        indexes = (models.Index(fields=["company_id", "stock_level"], name="hold_part_by_level"),)
