from django.db import migrations

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("tracking", "0001_tables"), ("finance", "0002_security")]
    operations = [
        SecureTables(append_only=["Promise"]),
    ]
