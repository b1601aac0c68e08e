"""The chart of accounts and the journal."""

from django.db import models
from django.db.models import Q

from dinghuo.kernel import fields
from dinghuo.kernel.models import CompanyRow


class Account(CompanyRow):
    """A ledger account. `role` is how the code finds it; the number and names are the company's."""

    code = fields.code(20)
    name = models.CharField(max_length=100)
    name_zh = models.CharField(max_length=100, db_default="")
    role = fields.code(40)

    class Meta:
        db_table = "account"
        constraints = (
            models.UniqueConstraint(fields=["company_id", "code"], name="account_code_is_unique"),
            models.UniqueConstraint(fields=["company_id", "role"], name="one_account_per_role"),
        )


class JournalEntry(CompanyRow):
    """A posting: its lines sum to zero, checked when the transaction ends. Append-only and hash-chained.

    `chain_hash` is SHA-256 over the previous entry's hash and this entry's content; `content` is what was hashed.
    """

    number = models.IntegerField()
    kind = fields.code(30)
    document = fields.code()
    document_id = models.BigIntegerField(null=True)
    description = models.CharField(max_length=200, db_default="")
    posted_on = models.DateField()
    posted_at = models.DateTimeField()
    posted_by_id = models.IntegerField(null=True)
    source_row = models.IntegerField(null=True)
    chain_hash = models.BinaryField()

    class Meta:
        db_table = "journal_entry"
        constraints = (models.UniqueConstraint(fields=["company_id", "number"], name="entry_number_is_unique"),)
        indexes = (
            models.Index(fields=["company_id", "document", "document_id"], name="entry_by_document"),
            models.Index(fields=["company_id", "posted_on"], name="entry_by_day"),
        )


class JournalLine(CompanyRow):
    """One side of a posting: debit is positive, credit negative, in company currency. Append-only."""

    entry = fields.Within(JournalEntry)
    account = fields.Within(Account)
    customer_id = models.BigIntegerField(null=True)
    amount = fields.amount()

    class Meta:
        db_table = "journal_line"
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="journal_line_is_not_zero"),)
        indexes = (
            models.Index(fields=["company_id", "entry"], name="journal_line_by_entry"),
            models.Index(fields=["company_id", "account"], name="journal_line_by_account"),
        )
