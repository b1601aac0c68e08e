"""Tables that know no business noun: the journal of events, number series, replies kept for exactly-once."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from dinghuo.kernel import fields


class CompanyRow(models.Model):
    """A row of one company. In the database the primary key is `(company_id, id)`."""

    id = models.BigAutoField(primary_key=True)
    company_id = models.IntegerField()

    class Meta:
        abstract = True


class MovingRow(CompanyRow):
    """A document with a `state`; `MOVES` is the table of moves that it may make, and `kernel.states.move` makes them."""

    MOVES: ClassVar[Mapping[str, frozenset[str]]]

    class Meta:
        abstract = True


class Event(CompanyRow):
    """Something that happened, written in the transaction that made it happen. Append-only.

    The journal is the timeline, the audit trail and the outbox. `document`/`document_id` name the row it happened to,
    `journey_id` the sales order whose timeline shows it.
    """

    kind = fields.code()
    document = fields.code()
    document_id = models.BigIntegerField()
    journey_id = models.BigIntegerField(null=True)
    actor_id = models.IntegerField(null=True)
    at = models.DateTimeField()
    facts = models.JSONField(db_default={})
    cause_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "event"
        indexes = (
            models.Index(fields=["company_id", "journey_id", "id"], name="event_by_journey"),
            models.Index(
                fields=["company_id", "document", "document_id"],
                condition=models.Q(journey_id=None),
                name="event_without_journey",
            ),
        )


class NumberSeries(CompanyRow):
    """The next number of a document series in a year; its row lock makes a series gapless."""

    series = fields.code()
    year = models.SmallIntegerField()
    next_number = models.IntegerField(db_default=1)

    class Meta:
        db_table = "number_series"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "series", "year"], name="one_counter_per_series_and_year"),
            models.CheckConstraint(condition=models.Q(next_number__gte=1), name="number_series_starts_at_one"),
        )


class KeptReply(CompanyRow):
    """The first reply to an `Idempotency-Key`, replayed byte for byte to whoever repeats the request."""

    user_id = models.IntegerField()
    key = fields.code(200)
    request_hash = models.BinaryField()
    status = models.SmallIntegerField()
    content_type = fields.code(100)
    body = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_reply"
        constraints = (models.UniqueConstraint(fields=["company_id", "user_id", "key"], name="one_reply_per_key"),)
