from django.db import migrations

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("shipping", "0001_tables"), ("allocation", "0002_security")]
    operations = [
        SecureTables(append_only=["CarrierBooking", "TrackingEvent"]),
    ]
