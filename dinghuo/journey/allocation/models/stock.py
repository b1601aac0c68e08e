"""Stock as it is, every move that made it so, and who was given what and why."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.ordering.models import SalesOrderLine
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow
from dinghuo.reference.models import Product, Warehouse


class Lot(CompanyRow):
    """A batch of a product, with its expiry where it has one."""

    product = fields.Within(Product)
    code = fields.code()
    received_on = models.DateField()
    expires_on = models.DateField(null=True)

    class Meta:
        db_table = "lot"
        constraints = (models.UniqueConstraint(fields=["company_id", "product", "code"], name="lot_code_is_unique"),)


class StockLevel(CompanyRow):
    """What lies in one warehouse of one product and lot: on hand, of that allocated, and what it cost in all."""

    warehouse = fields.Within(Warehouse)
    product = fields.Within(Product)
    lot = fields.Within(Lot, null=True)
    on_hand = fields.quantity(db_default=0)
    allocated = fields.quantity(db_default=0)
    cost_amount = fields.amount(db_default=0)

    class Meta:
        db_table = "stock_level"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "product", "warehouse", "lot"], nulls_distinct=False, name="one_level_per_place_and_lot"
            ),
            models.CheckConstraint(condition=Q(allocated__gte=0, allocated__lte=F("on_hand")), name="stock_never_promised_twice"),
            models.CheckConstraint(condition=Q(cost_amount__gte=0), name="stock_cost_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gt=0) | Q(cost_amount=0), name="empty_stock_has_no_cost"),
        )


class InboundSupply(CompanyRow):
    """Goods on their way in: what was bought, when it is expected, how much has come.

    `transfer_line` is set for goods that another warehouse sent.
    """

    warehouse = fields.Within(Warehouse)
    product = fields.Within(Product)
    reference = fields.code(80, db_default="")
    quantity = fields.quantity()
    received = fields.quantity(db_default=0)
    unit_cost = fields.unit_price()
    expected_on = models.DateField()
    is_generated = models.BooleanField(db_default=False)
    transfer_line: "fields.Within[Any, Any]" = fields.Within("StockTransferLine", null=True)

    class Meta:
        db_table = "inbound_supply"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=0), name="inbound_not_negative"),
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("quantity")), name="received_within_inbound"),
        )
        indexes = (
            models.Index(
                fields=["company_id", "expected_on"], condition=Q(received__lt=F("quantity")), name="inbound_still_expected"
            ),
            models.Index(fields=["company_id", "product"], condition=Q(received__lt=F("quantity")), name="inbound_by_product"),
        )


class AllocationRun(CompanyRow):
    """One run of the allocation: its policy, a hash of what it decided on, and what came of it. Append-only."""

    ran_at = models.DateTimeField()
    policy = models.JSONField()
    inputs_hash = models.BinaryField()
    lines_considered = models.IntegerField()
    lines_served = models.IntegerField()
    lines_short = models.IntegerField()

    class Meta:
        db_table = "allocation_run"


class Allocation(CompanyRow):
    """Stock given to an order line. `given_back` is what was taken away again; the rest is shipped or waits to be."""

    run = fields.Within(AllocationRun)
    order_line = fields.Within(SalesOrderLine)
    stock_level = fields.Within(StockLevel)
    quantity = fields.quantity()
    given_back = fields.quantity(db_default=0)
    allocated_at = models.DateTimeField()

    class Meta:
        db_table = "allocation"
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_is_positive"),
            models.CheckConstraint(condition=Q(given_back__gte=0, given_back__lte=F("quantity")), name="given_back_within_given"),
        )
        indexes = (models.Index(fields=["company_id", "order_line"], name="allocation_by_line"),)


class AllocationDecision(CompanyRow):
    """Why a line got less than it wanted in a run: a reason code and the figures. Append-only.

    A line that got all it wanted is explained by its allocation and the run's policy.
    """

    run = fields.Within(AllocationRun)
    order_line = fields.Within(SalesOrderLine)
    wanted = fields.quantity()
    given = fields.quantity()
    reason = fields.code(30)
    facts = models.JSONField(db_default={})

    class Meta:
        db_table = "allocation_decision"
        indexes = (models.Index(fields=["company_id", "order_line"], name="decision_by_line"),)


class Shortage(CompanyRow):
    """A line that waits for stock: opened when a run could not fill it, closed when nothing is missing any more."""

    order_line = fields.Within(SalesOrderLine)
    quantity = fields.quantity()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shortage"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "order_line"], condition=Q(closed_at=None), name="one_open_shortage_per_line"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shortage_is_positive"),
        )


class StockDocument(CompanyRow):
    """A receipt, adjustment, dispatch, return or transfer: the moves that happened together.

    `posted_at` says that the ledger has them.
    """

    class Kind(models.TextChoices):
        """Why stock changed."""

        RECEIPT = "receipt", _("Receipt")
        ADJUSTMENT = "adjustment", _("Adjustment")
        DISPATCH = "dispatch", _("Dispatch")
        RETURN = "return", _("Return")
        TRANSFER = "transfer", _("Transfer")

    kind = fields.code(12, choices=Kind.choices)
    number = fields.code()
    external_ref = fields.code(80, null=True)
    reason = models.CharField(max_length=200, db_default="")
    moved_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.IntegerField(null=True)
    is_generated = models.BooleanField(db_default=False)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "stock_document"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "kind", "number"], name="stock_document_number_is_unique"),
            models.UniqueConstraint(fields=["company_id", "external_ref"], name="stock_document_imported_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "adjustment", "dispatch", "return", "transfer"]),
                name="stock_document_kind_is_known",
            ),
        )
        indexes = (models.Index(fields=["company_id", "id"], condition=Q(posted_at=None), name="stock_waiting_to_post"),)


class StockMove(CompanyRow):
    """A change of a stock level: quantity and cost, signed. Append-only; their sums are the level.

    `allocation` names what a dispatch served or a return undid, `inbound` the supply that a receipt fulfilled.
    """

    document = fields.Within(StockDocument)
    stock_level = fields.Within(StockLevel)
    quantity = fields.quantity()
    cost_amount = fields.amount()
    allocation = fields.Within(Allocation, null=True)
    inbound = fields.Within(InboundSupply, null=True)
    source_row = models.IntegerField(null=True)

    class Meta:
        db_table = "stock_move"
        constraints = (models.CheckConstraint(condition=~Q(quantity=0), name="move_is_not_zero"),)
        indexes = (
            models.Index(fields=["company_id", "stock_level"], name="move_by_level"),
            models.Index(fields=["company_id", "document"], name="move_by_document"),
        )
