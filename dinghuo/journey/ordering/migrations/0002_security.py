from django.db import migrations

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("ordering", "0001_tables"), ("reference", "0002_security")]
    operations = [
        SecureTables(append_only=["OrderAmendment"]),
    ]
