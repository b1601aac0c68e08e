"""Goods on their way out, and goods that come back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.allocation.models import Allocation
from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Carrier, Customer, Product, Warehouse


class ShipmentState(models.TextChoices):
    """Where the goods are."""

    NOTICE = "notice", _("Shipping notice")
    DISPATCHED = "dispatched", _("On the road")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


class Shipment(MovingRow):
    """A shipping notice and what became of it: one order's goods from one warehouse with one carrier."""

    State = ShipmentState

    MOVES = {
        "notice": frozenset({"dispatched", "cancelled"}),
        "dispatched": frozenset({"delivered"}),
        "delivered": frozenset(),
        "cancelled": frozenset(),
    }

    number = fields.code()
    order = fields.Within(SalesOrder)
    warehouse = fields.Within(Warehouse)
    carrier = fields.Within(Carrier)
    state = fields.code(12, choices=State.choices, db_default="notice")
    planned_on = models.DateField()
    dispatched_on = models.DateField(null=True)
    expected_on = models.DateField()
    delivered_on = models.DateField(null=True)
    tracking_number = fields.code(80, db_default="")
    weight_kg = models.DecimalField(max_digits=14, decimal_places=3, db_default=0)
    noticed_at = models.DateTimeField()

    class Meta:
        db_table = "shipment"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="shipment_number_is_unique"),
            models.CheckConstraint(
                condition=Q(state__in=["notice", "cancelled"], dispatched_on=None)
                | Q(state__in=["dispatched", "delivered"], dispatched_on__isnull=False),
                name="dispatched_shipment_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_on__isnull=False) | ~Q(state="delivered") & Q(delivered_on=None),
                name="delivered_shipment_has_its_day",
            ),
            fields.state_is_known("shipment", ShipmentState),
        )
        indexes = (
            models.Index(fields=["company_id", "order"], name="shipment_by_order"),
            models.Index(
                fields=["company_id", "state", "planned_on"],
                condition=Q(state__in=["notice", "dispatched"]),
                name="shipment_in_work",
            ),
            models.Index(
                fields=["company_id", "carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
                name="shipment_by_tracking_number",
            ),
        )


class ShipmentLine(CompanyRow):
    """Goods of one allocation in a shipment; `returned` is what came back of them."""

    shipment = fields.Within(Shipment)
    allocation = fields.Within(Allocation)
    quantity = fields.quantity()
    returned = fields.quantity(db_default=0)
    is_cancelled = models.BooleanField(db_default=False)

    class Meta:
        db_table = "shipment_line"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "allocation"], condition=Q(is_cancelled=False), name="an_allocation_ships_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipped_is_positive"),
            models.CheckConstraint(condition=Q(returned__gte=0, returned__lte=F("quantity")), name="returned_within_shipped"),
        )
        indexes = (models.Index(fields=["company_id", "shipment"], name="shipment_line_by_shipment"),)


class Package(CompanyRow):
    """A parcel or pallet of a shipment, known by its SSCC (GS1 serial shipping container code, 18 digits)."""

    shipment = fields.Within(Shipment)
    sscc = fields.code(18)
    weight_kg = models.DecimalField(max_digits=14, decimal_places=3, db_default=0)

    class Meta:
        db_table = "package"
        constraints = (models.UniqueConstraint(fields=["company_id", "sscc"], name="sscc_is_unique"),)
        indexes = (models.Index(fields=["company_id", "shipment"], name="package_by_shipment"),)


class CarrierBooking(CompanyRow):
    """The carrier chosen for a shipment, at what price, against which other quotes and by which rule. Append-only."""

    shipment = fields.Within(Shipment)
    carrier = fields.Within(Carrier)
    price = fields.amount()
    reason = fields.code(30)
    quotes = models.JSONField()
    booked_at = models.DateTimeField()

    class Meta:
        db_table = "carrier_booking"
        indexes = (models.Index(fields=["company_id", "shipment"], name="booking_by_shipment"),)


class TrackingEvent(CompanyRow):
    """Where the goods were seen: one of the eight tracking states, or empty for a code that is not known. Append-only.

    `code` is the carrier's own, `raw` what it said, word for word. An `external_ref` is null where we say so ourselves.
    """

    shipment = fields.Within(Shipment)
    status = fields.code(20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    external_ref = fields.code(80, null=True)
    code = fields.code(60, db_default="")
    text = models.CharField(max_length=300, db_default="")
    estimated_on = models.DateField(null=True)
    raw = models.JSONField(db_default={})

    class Meta:
        db_table = "tracking_event"
        constraints = (models.UniqueConstraint(fields=["company_id", "shipment", "external_ref"], name="carrier_event_taken_once"),)
        indexes = (models.Index(fields=["company_id", "shipment"], name="tracking_by_shipment"),)


class CarrierConnection(CompanyRow):
    """How a carrier is reached: by which protocol, where, with which account. `secrets` leave this table for the carrier alone.

    `push_key` is the part of our address that only the carrier knows. After `failures` in a row the circuit is open: nobody asks
    before `open_until`.
    """

    carrier = fields.Within(Carrier)
    protocol = fields.code(20)
    base_url = models.CharField(max_length=300)
    settings = models.JSONField(db_default={})
    secrets = models.JSONField(db_default={})
    push_key = fields.code(64)
    is_active = models.BooleanField(db_default=True)
    failures = models.SmallIntegerField(db_default=0)
    open_until = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "carrier_connection"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "carrier", "protocol"], name="one_connection_per_protocol"),
            models.UniqueConstraint(fields=["company_id", "push_key"], name="push_key_is_unique"),
        )


class LabelState(models.TextChoices):
    """How far a label is."""

    WAITING = "waiting", _("To be booked")
    SENT = "sent", _("Sent to the carrier")
    BOOKED = "booked", _("Label made")
    REFUSED = "refused", _("Refused by the carrier")
    GIVEN_UP = "given_up", _("Given up")
    CANCELLING = "cancelling", _("Being cancelled")
    CANCELLED = "cancelled", _("Label cancelled")


class ShippingLabel(MovingRow):
    """A label wanted for a shipment, and what became of it: the outbox of bookings.

    `request_ref` is what the carrier knows our request by, the same at each attempt. `sent` means that a carrier may have made a
    label of which we do not know: it is asked before it is told again.
    """

    State = LabelState

    MOVES = {
        "waiting": frozenset({"sent", "refused", "given_up"}),
        "sent": frozenset({"waiting", "booked", "refused"}),
        "refused": frozenset({"waiting", "given_up"}),
        "booked": frozenset({"cancelling"}),
        "cancelling": frozenset({"cancelled", "booked"}),
        "given_up": frozenset(),
        "cancelled": frozenset(),
    }

    shipment = fields.Within(Shipment)
    carrier = fields.Within(Carrier)
    request_ref = fields.code(35)
    state = fields.code(12, choices=State.choices, db_default="waiting")
    attempts = models.SmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    problem = fields.code(40, db_default="")
    problem_text = models.CharField(max_length=300, db_default="")
    tracking_number = fields.code(80, db_default="")
    label = models.BinaryField(db_default=b"")
    label_format = fields.code(4, db_default="")
    asked_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shipping_label"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "request_ref"], name="label_request_is_unique"),
            models.UniqueConstraint(
                fields=["company_id", "shipment"],
                condition=~Q(state__in=["given_up", "cancelled"]),
                name="a_shipment_has_one_label",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["booked", "cancelling"]) | ~Q(tracking_number=""), name="booked_label_has_its_number"
            ),
            fields.state_is_known("shipping_label", LabelState),
        )
        indexes = (
            models.Index(
                fields=["company_id", "next_attempt_at"],
                condition=Q(state__in=["waiting", "sent", "cancelling"]),
                name="label_in_work",
            ),
        )


class UnclaimedEvent(CompanyRow):
    """An event for a tracking number that no shipment has; once one has it, the event goes there and this row says so."""

    carrier = fields.Within(Carrier)
    tracking_number = fields.code(80)
    status = fields.code(20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    external_ref = fields.code(80)
    code = fields.code(60, db_default="")
    text = models.CharField(max_length=300, db_default="")
    estimated_on = models.DateField(null=True)
    raw = models.JSONField(db_default={})
    shipment = fields.Within(Shipment, null=True)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "unclaimed_event"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "carrier", "tracking_number", "external_ref"], name="unclaimed_event_kept_once"
            ),
            models.CheckConstraint(
                condition=Q(shipment=None, claimed_at=None) | Q(shipment__isnull=False, claimed_at__isnull=False),
                name="claimed_event_has_its_shipment",
            ),
        )
        indexes = (models.Index(fields=["company_id", "id"], condition=Q(shipment=None), name="event_still_unclaimed"),)


class CustomerReturn(CompanyRow):
    """Goods that a customer sent back, taken into a warehouse. `credited_at` says that finance has drafted its credit note."""

    number = fields.code()
    external_ref = fields.code(80, null=True)
    customer = fields.Within(Customer)
    warehouse = fields.Within(Warehouse)
    order = fields.Within(SalesOrder, null=True)
    reason = models.CharField(max_length=300, db_default="")
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    credited_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customer_return"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="return_number_is_unique"),
            models.UniqueConstraint(fields=["company_id", "external_ref"], name="return_imported_once"),
        )
        indexes = (
            models.Index(fields=["company_id", "order"], name="return_by_order"),
            models.Index(fields=["company_id", "id"], condition=Q(credited_at=None), name="return_waiting_for_credit"),
        )


class CustomerReturnLine(CompanyRow):
    """One product that came back. Without a `shipment_line` the sale it belongs to is not known: it is unmatched.

    `unit_price` and `tax_rate` are what will be credited; `cost_amount` is what stock regained.
    """

    customer_return = fields.Within(CustomerReturn)
    position = models.IntegerField()
    shipment_line = fields.Within(ShipmentLine, null=True)
    product = fields.Within(Product)
    quantity = fields.quantity()
    unit_price = fields.unit_price()
    tax_rate = fields.rate()
    restocked = models.BooleanField(db_default=True)
    cost_amount = fields.amount(db_default=0)
    source_row = models.IntegerField(null=True)

    class Meta:
        db_table = "customer_return_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "customer_return", "position"], name="one_return_line_per_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="returned_is_positive"),
        )
        indexes = (models.Index(fields=["company_id", "shipment_line"], name="return_line_by_shipment_line"),)
