"""What the customer was promised and told, and what the customer says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Customer


class Promise(CompanyRow):
    """A day an order was promised for. The first stays the measure; later ones say why it moved. Append-only."""

    order = fields.Within(SalesOrder)
    promised_on = models.DateField()
    reason = fields.code(30)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "promise"
        indexes = (models.Index(fields=["company_id", "order"], name="promise_by_order"),)


class Notification(CompanyRow):
    """Something told to a customer about an order, once per event."""

    order = fields.Within(SalesOrder)
    event_id = models.BigIntegerField()
    kind = fields.code()
    channel = fields.code(20, db_default="portal")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification"
        constraints = (models.UniqueConstraint(fields=["company_id", "event_id", "channel"], name="an_event_is_told_once"),)
        indexes = (models.Index(fields=["company_id", "order"], name="notification_by_order"),)


class WebhookDelivery(CompanyRow):
    """One attempt series to hand an event to a receiver; the event's id lets the receiver drop repeats."""

    event_id = models.BigIntegerField()
    url = models.CharField(max_length=500)
    attempts = models.SmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_status = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = (models.UniqueConstraint(fields=["company_id", "event_id", "url"], name="one_delivery_per_receiver"),)


class Feedback(CompanyRow):
    """A customer's rating of a delivered order (1 to 5) and comment, and the answer that staff gave."""

    order = fields.Within(SalesOrder)
    customer = fields.Within(Customer)
    rating = models.SmallIntegerField()
    comment = models.TextField(db_default="")
    left_at = models.DateTimeField()
    left_by_id = models.IntegerField(null=True)
    answer = models.TextField(db_default="")
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "feedback"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "order"], name="one_feedback_per_order"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="rating_from_one_to_five"),
        )
        indexes = (models.Index(fields=["company_id", "left_at"], name="feedback_by_time"),)


class CaseState(models.TextChoices):
    """Whether somebody still has to act."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Case(MovingRow):
    """Something to be settled with a customer about an order, opened by a complaint or a poor rating."""

    State = CaseState

    MOVES = {"open": frozenset({"closed"}), "closed": frozenset()}

    order = fields.Within(SalesOrder)
    customer = fields.Within(Customer)
    kind = fields.code(30)
    state = fields.code(8, choices=State.choices, db_default="open")
    text = models.TextField(db_default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "service_case"
        constraints = (fields.state_is_known("service_case", CaseState),)
        indexes = (models.Index(fields=["company_id", "opened_at"], condition=Q(state="open"), name="case_still_open"),)
