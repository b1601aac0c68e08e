"""What the bank says: accounts, files, statements and lines as they came, and which payment each line was matched with."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dinghuo.journey.finance.models.documents import Receivable
from dinghuo.journey.finance.models.payments import Payment
from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow, MovingRow
from dinghuo.reference.models import Currency, Customer


class BankAccount(CompanyRow):
    """An account of the company's at a bank. `number` is its IBAN or number as statements give it, letters and digits only.

    `mapping` says which column of a CSV or XLSX statement holds what (docs/rules/matching.md); null: no such files.
    """

    code = fields.code(20)
    name = models.CharField(max_length=100)
    number = fields.code(60)
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    mapping = models.JSONField(null=True)
    is_active = models.BooleanField(db_default=True)

    class Meta:
        db_table = "bank_account"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code"], name="bank_account_code_is_unique"),
            models.UniqueConstraint(fields=["company_id", "number"], name="bank_account_number_is_unique"),
        )


class BankFile(CompanyRow):
    """A file of statements, kept byte by byte as it was imported. Append-only."""

    name = models.CharField(max_length=200)
    format = fields.code(10)
    sha256 = fields.code(64)
    raw = models.BinaryField()
    imported_at = models.DateTimeField()
    imported_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "bank_file"
        constraints = (models.UniqueConstraint(fields=["company_id", "sha256"], name="bank_file_imported_once"),)


class BankStatement(CompanyRow):
    """A statement of one account; balances are null where the format has none (CAMT.054, CSV). Append-only."""

    bank_file = fields.Within(BankFile)
    bank_account = fields.Within(BankAccount)
    position = models.IntegerField()
    number = fields.code(60, db_default="")
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    opening_amount = fields.amount(null=True)
    closing_amount = fields.amount(null=True)

    class Meta:
        db_table = "bank_statement"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "bank_file", "position"], name="one_bank_statement_per_position"),
        )
        indexes = (models.Index(fields=["company_id", "bank_account", "closed_on"], name="bank_statement_by_account"),)


class BankStatementLine(CompanyRow):
    """A line of a statement as the bank wrote it: money in is positive. Append-only.

    `external_ref` is what tells the line from every other of its account, so that no line is imported twice.
    """

    bank_statement = fields.Within(BankStatement)
    bank_account = fields.Within(BankAccount)
    position = models.IntegerField()
    external_ref = fields.code(80)
    booked_on = models.DateField()
    valued_on = models.DateField()
    amount = fields.amount()
    currency = models.ForeignKey(Currency, models.PROTECT, db_column="currency", db_index=False, related_name="+")
    payer = models.CharField(max_length=200, db_default="")
    payer_account = fields.code(60, db_default="")
    reference = models.CharField(max_length=2000, db_default="")
    bank_reference = fields.code(80, db_default="")
    raw = models.TextField(db_default="")

    class Meta:
        db_table = "bank_statement_line"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "bank_account", "external_ref"], name="bank_line_imported_once"),
        )
        indexes = (models.Index(fields=["company_id", "booked_on", "id"], name="bank_line_by_day"),)


class MatchState(models.TextChoices):
    """Where a line stands."""

    WAITING = "waiting", _("Waiting")
    MATCHED = "matched", _("Matched")
    SET_ASIDE = "set_aside", _("Set aside")
    UNDONE = "undone", _("Undone")


class BankMatch(MovingRow):
    """What was found for a line, or decided: one row in force for each line, the undone ones beside it.

    `outcome` is what the engine said: matched, suggested, ambiguous or unmatched; `findings` holds why and, for a person, the
    choices. `is_automatic` tells the engine's matches from people's.
    """

    State = MatchState
    MOVES = {
        "waiting": frozenset({"matched", "set_aside"}),
        "matched": frozenset({"undone"}),
        "set_aside": frozenset({"undone"}),
        "undone": frozenset(),
    }

    line = fields.Within(BankStatementLine)
    state = fields.code(12, choices=State.choices, db_default="waiting")
    outcome = fields.code(20, db_default="")
    score = models.SmallIntegerField(db_default=0)
    customer = fields.Within(Customer, null=True)
    findings = models.JSONField(db_default={})
    policy_version = models.IntegerField(db_default=0)
    is_automatic = models.BooleanField(db_default=False)
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.IntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.IntegerField(null=True)
    undo_reason = models.CharField(max_length=300, db_default="")

    class Meta:
        db_table = "bank_match"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "line"], condition=~Q(state="undone"), name="one_match_in_force_per_line"
            ),
            fields.state_is_known("bank_match", MatchState),
        )
        indexes = (models.Index(fields=["company_id", "line"], condition=Q(state="waiting"), name="bank_line_waiting"),)


class BankMatchItem(CompanyRow):
    """What a matched line became: the payment, and the receivable of which it settled an amount; null: kept for the customer."""

    match = fields.Within(BankMatch)
    payment = fields.Within(Payment)
    receivable = fields.Within(Receivable, null=True)
    amount = fields.amount()

    class Meta:
        db_table = "bank_match_item"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="matched_amount_is_positive"),)
        indexes = (models.Index(fields=["company_id", "match"], name="match_item_by_match"),)


class PayerAlias(CompanyRow):
    """Whose money it is that comes from an account or under a name. A later one retires the former, which stays readable."""

    kind = fields.code(10)
    value = models.CharField(max_length=200)
    customer = fields.Within(Customer)
    match = fields.Within(BankMatch, null=True)
    taught_at = models.DateTimeField()
    taught_by_id = models.IntegerField(null=True)
    retired_at = models.DateTimeField(null=True)
    retired_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "payer_alias"
        constraints = (
            models.UniqueConstraint(
                fields=["company_id", "kind", "value"], condition=Q(retired_at=None), name="one_customer_per_alias"
            ),
            models.CheckConstraint(condition=Q(kind__in=["account", "name"]), name="alias_kind_is_known"),
        )
        indexes = (models.Index(fields=["company_id", "match"], condition=Q(match__isnull=False), name="alias_by_match"),)


class MatchPolicy(CompanyRow):
    """A version of the points and bounds that lines are matched by; the highest version is in force. Append-only."""

    version = models.IntegerField()
    settings = models.JSONField()
    made_at = models.DateTimeField()
    made_by_id = models.IntegerField(null=True)

    class Meta:
        db_table = "match_policy"
        constraints = (models.UniqueConstraint(fields=["company_id", "version"], name="match_policy_version_is_unique"),)
