"""Who must approve what: the matrix, what it asked of each order, and what people decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import SalesOrder
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Customer, Role


class ReasonCode(models.TextChoices):
    """Why a person released, approved, questioned or rejected: for counting, beside the words that say it."""

    PAID = "paid", _("Paid or secured")
    LIMIT_AGREED = "limit_agreed", _("Limit agreed")
    PRICE_AGREED = "price_agreed", _("Price agreed")
    QUANTITY_CONFIRMED = "quantity_confirmed", _("Quantity confirmed")
    DATA_CORRECTED = "data_corrected", _("Data corrected")
    KNOWN_CUSTOMER = "known_customer", _("Known customer")
    CREDIT_RISK = "credit_risk", _("Credit risk")
    PRICE_TOO_LOW = "price_too_low", _("Price too low")
    DUPLICATE = "duplicate", _("Duplicate")
    FRAUD = "fraud", _("Fraud suspected")
    CUSTOMER_ASKED = "customer_asked", _("Customer asked for it")
    QUESTION = "question", _("Question")
    OTHER = "other", _("Other")


class ApprovalMatrix(CompanyRow):
    """One version of who approves what; a change is a new version, the one in force is without `retired_at`.

    `quantity_tolerance` is the share of an approved quantity by which a line may fall without voiding the approval (1 is all
    of it); `deputies` names a user for each role that has one.
    """

    version = models.IntegerField()
    escalate_after_hours = models.SmallIntegerField(db_default=4)
    quantity_tolerance = fields.rate(db_default=1)
    bars_sales_person = models.BooleanField(db_default=False)
    deputies = models.JSONField(db_default={})
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "approval_matrix"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "version"], name="matrix_version_is_unique"),
            models.UniqueConstraint(fields=["company_id"], condition=models.Q(retired_at=None), name="one_matrix_in_force"),
        )


class ApprovalBand(CompanyRow):
    """One cell of the matrix: amounts over `amount_over` up to `amount_up_to`, margins from `margin_from` to below `margin_below`.

    An open end is null, an empty class stands for the classes that no band names; `roles` approve in this order, and an order
    without any needs nobody.
    """

    matrix = fields.Within(ApprovalMatrix)
    position = models.SmallIntegerField()
    customer_class = fields.code(4, db_default="")
    amount_over = fields.amount(null=True)
    amount_up_to = fields.amount(null=True)
    margin_from = fields.rate(null=True)
    margin_below = fields.rate(null=True)
    roles = models.JSONField(db_default=[])

    class Meta:
        db_table = "approval_band"
        constraints = (models.UniqueConstraint(fields=["company_id", "matrix", "position"], name="one_band_per_position"),)


class RequestState(models.TextChoices):
    """Where the approvals asked for an order stand."""

    OPEN = "open", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    VOID = "void", _("Void")


class ApprovalRequest(MovingRow):
    """The approvals that the matrix asked for one order, bound to what it held then.

    `snapshot` is customer, lines, prices, terms and ship-to; `snapshot_hash` its SHA-256 as hexadecimal digits. `amount` is gross
    in company currency, `margin` a share of net, `void_because` what got worse, parted by spaces.
    """

    State = RequestState

    MOVES = {
        "open": frozenset({"approved", "rejected", "void"}),
        "approved": frozenset({"void"}),
        "rejected": frozenset(),
        "void": frozenset(),
    }

    order = fields.Within(SalesOrder)
    matrix = fields.Within(ApprovalMatrix)
    order_version = models.IntegerField()
    state = fields.code(10, choices=State.choices, db_default="open")
    amount = fields.amount()
    margin = fields.rate()
    customer_class = fields.code(4)
    snapshot = models.JSONField()
    snapshot_hash = fields.code(64)
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    void_because = models.CharField(max_length=100, db_default="")

    class Meta:
        db_table = "approval_request"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "order"],
                condition=models.Q(state__in=["open", "approved"]),
                name="one_live_request_per_order",
            ),
            fields.state_is_known("approval_request", RequestState),
        )


class StepState(models.TextChoices):
    """Where one approver's step stands."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class ApprovalStep(MovingRow):
    """One role's approval within a request; the current step is the first that waits, since `asked_at`.

    `level` counts escalations: 0 the role, 1 its deputy too, 2 the next level too. `granted_by_id` is whose delegation was used.
    """

    State = StepState

    MOVES = {"waiting": frozenset({"approved", "declined"}), "approved": frozenset(), "declined": frozenset()}

    request = fields.Within(ApprovalRequest)
    position = models.SmallIntegerField()
    role = fields.code(20, choices=Role.choices)
    state = fields.code(10, choices=State.choices, db_default="waiting")
    level = models.SmallIntegerField(db_default=0)
    asked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.IntegerField(null=True)
    granted_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "approval_step"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "request", "position"], name="one_step_per_position"),
            fields.state_is_known("approval_step", StepState),
        )
        indexes = (
            models.Index(
                fields=["company_id", "due_at"], condition=models.Q(state="waiting", due_at__isnull=False), name="step_by_due"
            ),
        )


class Approval(CompanyRow):
    """A person's decision about a held order, with its reason: released, rejected, approved, declined or asked. Append-only.

    `order_version` is the version decided on; `step` is set where the matrix asked for the decision.
    """

    order = fields.Within(SalesOrder)
    order_version = models.IntegerField()
    decision = fields.code(10)
    reason_code = fields.code(20, choices=ReasonCode.choices, db_default="other")
    reason = models.CharField(max_length=300)
    step = fields.Within(ApprovalStep, null=True)
    granted_by_id = models.IntegerField(null=True)
    decided_at = models.DateTimeField()
    decided_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "approval"
        indexes = (
            models.Index(fields=["company_id", "order"], name="approval_by_order"),
            models.Index(fields=["company_id", "decided_at"], name="approval_by_moment"),
        )


class Delegation(CompanyRow):
    """A person lends a role to another for some days; what is lent cannot be lent on. Days are included on both ends."""

    role = fields.code(20, choices=Role.choices)
    given_by_id = models.IntegerField()
    user_id = models.IntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delegation"
        constraints = (
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~models.Q(given_by_id=models.F("user_id")), name="nobody_delegates_to_himself"),
        )
        indexes = (models.Index(fields=["company_id", "user_id"], name="delegation_by_user"),)


class DutySeparation(CompanyRow):
    """One version of the duties that nobody may unite: `pairs` of duties with a reason each; in force is the one not retired."""

    version = models.IntegerField()
    pairs = models.JSONField()
    created_at = models.DateTimeField()
    created_by_id = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "duty_separation"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "version"], name="separation_version_is_unique"),
            models.UniqueConstraint(fields=["company_id"], condition=models.Q(retired_at=None), name="one_separation_in_force"),
        )


class SalesPerson(CompanyRow):
    """Who looks after a customer; the matrix may bar this person from approving the customer's orders."""

    customer = fields.Within(Customer)
    user_id = models.IntegerField()

    class Meta:
        db_table = "sales_person"
        constraints = (models.UniqueConstraint(fields=["company_id", "customer"], name="one_sales_person_per_customer"),)
