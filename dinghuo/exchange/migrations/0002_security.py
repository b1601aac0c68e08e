from django.db import migrations

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Keep this package's rows inside their company."""

    dependencies = [("exchange", "0001_tables"), ("reference", "0002_security")]
    operations = [SecureTables()]
