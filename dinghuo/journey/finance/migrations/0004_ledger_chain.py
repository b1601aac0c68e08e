from django.db import migrations

from dinghuo.kernel.schema import RunScript


class Migration(migrations.Migration):
    """What is hashed of a journal entry."""

    dependencies = [("finance", "0003_views")]
    operations = [RunScript("finance/create_ledger_chain", "finance/drop_ledger_chain")]
