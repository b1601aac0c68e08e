from django.db import migrations

from dinghuo.kernel.schema import RunScript


class Migration(migrations.Migration):
    """What other stages may read of finance."""

    dependencies = [("finance", "0002_security")]
    operations = [RunScript("finance/create_views", "finance/drop_views")]
