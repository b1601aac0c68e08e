from django.db import migrations

from dinghuo.kernel.schema import RunScript, SecureTables


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("finance", "0001_tables"), ("shipping", "0002_security")]
    operations = [
        SecureTables(append_only=["PaymentApplication", "JournalEntry", "JournalLine"]),
        RunScript("finance/create_ledger_guards", "finance/drop_ledger_guards"),
    ]
