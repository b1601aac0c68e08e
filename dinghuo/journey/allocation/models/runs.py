"""Runs of a policy: what each was computed from, what it decided, and what became of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.allocation.models.policies import AllocationPolicy
from dinghuo.journey.allocation.models.stock import AllocationRun
from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Product


class PolicyRunState(models.TextChoices):
    """How far a run of a policy has come."""

    ASKED = "asked", _("Waits to be computed")
    COMPUTING = "computing", _("Being computed")
    SIMULATED = "simulated", _("Simulated")
    POSTING = "posting", _("Being posted")
    POSTED = "posted", _("Posted")
    DROPPED = "dropped", _("Dropped")


class PolicyRun(MovingRow):
    """One run of a policy: asked for, computed on a snapshot, then posted or dropped.

    `policy` null is the default policy; `definition` is the policy as the run used it. `posts` says that it is posted as soon as it
    is computed. `worked_at` is when somebody last worked on it, `problems` why it cannot be posted, or what of it was not. Sums are
    in stock units.
    """

    State = PolicyRunState

    MOVES = {
        "asked": frozenset({"computing", "dropped"}),
        "computing": frozenset({"simulated", "dropped"}),
        "simulated": frozenset({"posting", "dropped"}),
        "posting": frozenset({"posted"}),
        "posted": frozenset(),
        "dropped": frozenset(),
    }

    policy = fields.Within(AllocationPolicy, null=True)
    definition = models.JSONField()
    state = fields.code(12, choices=State.choices, db_default="asked")
    posts = models.BooleanField(db_default=False)
    asked_at = models.DateTimeField()
    asked_by_id = models.IntegerField(null=True)
    decided_on = models.DateField()
    worked_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    products = models.IntegerField(db_default=0)
    products_done = models.IntegerField(db_default=0)
    lines = models.IntegerField(db_default=0)
    lines_gaining = models.IntegerField(db_default=0)
    lines_losing = models.IntegerField(db_default=0)
    units_gained = fields.quantity(db_default=0)
    units_lost = fields.quantity(db_default=0)
    inputs_hash = models.BinaryField(null=True)
    outputs_hash = models.BinaryField(null=True)
    proofs = models.JSONField(db_default=[])
    problems = models.JSONField(db_default=[])
    run = fields.Within(AllocationRun, null=True)

    class Meta:
        db_table = "policy_run"
        constraints = (fields.state_is_known("policy_run", PolicyRunState),)
        indexes = (
            models.Index(
                fields=["company_id", "id"], condition=Q(state__in=["asked", "computing", "posting"]), name="policy_run_to_work_on"
            ),
        )


class PolicyRunProduct(CompanyRow):
    """What a run decided about one product, as arrays in the order of rank: a run stays explainable in few bytes a line.

    `line_ids` to `fact_counts` belong together, line by line, and so do `place_lines` (which of the lines, from 0), `place_levels`
    and `place_units`, that say what each line has from which stock level afterwards. `facts` are those of the reasons, one line's
    after the other's. Units are stock units times `scale`. `inputs_hash` is of all that it was decided from. Append-only.
    """

    policy_run = fields.Within(PolicyRun)
    product = fields.Within(Product)
    inputs_hash = models.BinaryField()
    scale = models.SmallIntegerField()
    line_ids = ArrayField(models.BigIntegerField())
    wanted = ArrayField(models.BigIntegerField())
    had = ArrayField(models.BigIntegerField())
    given = ArrayField(models.BigIntegerField())
    segments = ArrayField(models.SmallIntegerField())
    reasons = ArrayField(models.SmallIntegerField())
    fact_counts = ArrayField(models.SmallIntegerField())
    facts = ArrayField(models.BigIntegerField())
    place_lines = ArrayField(models.IntegerField())
    place_levels = ArrayField(models.BigIntegerField())
    place_units = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "policy_run_product"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "policy_run", "product"], name="one_decision_per_run_and_product"),
        )


class StockSwap(CompanyRow):
    """Units that a person took from one order line and gave to another, and, where it was undone, when and by whom."""

    taker_line = fields.Within(SalesOrderLine)
    donor_line = fields.Within(SalesOrderLine)
    quantity = fields.quantity()
    reason = models.CharField(max_length=300, db_default="")
    made_at = models.DateTimeField()
    made_by_id = models.IntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "stock_swap"
        constraints = (models.CheckConstraint(condition=Q(quantity__gt=0), name="swap_is_positive"),)
        indexes = (
            models.Index(fields=["company_id", "taker_line"], name="swap_by_taker"),
            models.Index(fields=["company_id", "donor_line"], name="swap_by_donor"),
        )
