from django.db import migrations

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("review", "0001_tables"), ("ordering", "0002_security")]
    operations = [
        SecureTables(append_only=["Review", "ReviewFinding", "Approval"]),
    ]
