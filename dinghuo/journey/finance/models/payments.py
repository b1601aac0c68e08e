"""Money that comes in, and what it settles."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.finance.models.documents import Receivable
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow
from dinghuo.reference.models import Currency, Customer


class Payment(CompanyRow):
    """Money received from a customer; `applied` is what has been set against receivables, last on the day `moved_on`."""

    class Method(models.TextChoices):
        """How the money came."""

        CASH = "cash", _("Cash")
        BANK_TRANSFER = "bank_transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CHEQUE = "cheque", _("Cheque")

    number = fields.code()
    external_ref = fields.code(80, null=True)
    customer = fields.Within(Customer)
    method = fields.code(20, choices=Method.choices)
    reference = models.CharField(max_length=140, db_default="")
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.IntegerField(null=True)
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    amount = fields.amount()
    applied = fields.amount(db_default=0)
    moved_on = models.DateField(null=True)
    is_generated = models.BooleanField(db_default=False)

    class Meta:
        db_table = "payment"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "number"], name="payment_number_is_unique"),
            models.UniqueConstraint(fields=["company_id", "external_ref"], name="payment_taken_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(condition=Q(applied__gte=0, applied__lte=F("amount")), name="never_applied_beyond_payment"),
            models.CheckConstraint(
                condition=Q(method__in=["cash", "bank_transfer", "card", "cheque"]), name="payment_method_is_known"
            ),
        )
        indexes = (
            models.Index(fields=["company_id", "customer"], condition=Q(applied__lt=F("amount")), name="payment_with_money_left"),
            models.Index(fields=["company_id", "moved_on"], name="payment_used_since"),
        )


class PaymentApplication(CompanyRow):
    """Money set against a receivable: from a payment, or from a credit note's receivable. Append-only.

    One that was wrong stays, and a negative one that `undoes` it stands beside it. `applied_on` is never before the day of its
    money or of what it settles, so that on each day both sides are in the ledger.
    """

    receivable = fields.Within(Receivable)
    payment = fields.Within(Payment, null=True)
    credit = fields.Within(Receivable, null=True)
    amount = fields.amount()
    reason = fields.code(30)
    applied_on = models.DateField()
    applied_at = models.DateTimeField()
    applied_by_id = models.IntegerField(null=True)
    undoes: "fields.Within[PaymentApplication | None, PaymentApplication | None]" = fields.Within("self", null=True)

    class Meta:
        db_table = "payment_application"
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, undoes=None) | Q(amount__lt=0, undoes__isnull=False), name="application_is_positive"
            ),
            models.UniqueConstraint(
                fields=["company_id", "undoes"], condition=Q(undoes__isnull=False), name="application_undone_once"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit=None) | Q(payment=None, credit__isnull=False),
                name="application_has_one_source",
            ),
        )
        indexes = (
            models.Index(fields=["company_id", "receivable"], name="application_by_receivable"),
            models.Index(fields=["company_id", "payment"], condition=Q(payment__isnull=False), name="application_by_payment"),
            models.Index(fields=["company_id", "credit"], condition=Q(credit__isnull=False), name="application_by_credit"),
        )


class PaymentReversal(CompanyRow):
    """A payment that was taken in error and is taken back whole, as when money was matched with the wrong customer. Append-only.

    Its amount counts as applied, so that nothing more is settled with it.
    """

    payment = fields.Within(Payment)
    amount = fields.amount()
    reason = models.CharField(max_length=300)
    reversed_on = models.DateField()
    reversed_at = models.DateTimeField()
    reversed_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "payment_reversal"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "payment"], name="payment_reversed_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_is_positive"),
        )
