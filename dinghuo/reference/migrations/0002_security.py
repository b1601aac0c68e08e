from django.db import migrations

from dinghuo.kernel.schema import SecureTables, company_key


class Migration(migrations.Migration):
    """Keep this stage's rows inside their company."""

    dependencies = [("reference", "0001_tables"), ("kernel", "0002_security")]
    operations = [
        # The kernel's tables came before the company's.
        *(
            migrations.RunSQL(company_key(table), migrations.RunSQL.noop)
            for table in ("event", "number_series", "kept_reply")
        ),
        SecureTables(sign_in=["Membership", "ApiToken"]),
    ]
