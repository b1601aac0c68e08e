from django.db import migrations

from dinghuo.kernel.schema import RunScript, SecureTables


class Migration(migrations.Migration):
    """Shared functions, then the kernel's own tables."""

    dependencies = [("kernel", "0001_tables")]
    operations = [
        RunScript("kernel/create_functions", "kernel/drop_functions"),
        SecureTables(append_only=["Event"], rooted=False),
    ]
