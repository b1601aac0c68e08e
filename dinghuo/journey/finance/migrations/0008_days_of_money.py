from django.db import migrations, models

from dinghuo.kernel import sql
from dinghuo.kernel.schema import RunScript


def filled(name: str) -> migrations.RunSQL:
    """A statement that fills the new columns; they go with the migration."""
    return migrations.RunSQL(sql.text(f"finance/{name}"), migrations.RunSQL.noop)


class Migration(migrations.Migration):
    """On which days receivables and payments changed, so that what was open on a past day is found without reading all that is closed."""

    dependencies = [("finance", "0007_bank_security")]
    operations = [
        migrations.AddField("receivable", "issued_on", models.DateField(null=True)),
        migrations.AddField("receivable", "moved_on", models.DateField(null=True)),
        migrations.AddField("payment", "moved_on", models.DateField(null=True)),
        filled("fill_issued_on"),
        RunScript("finance/open_applications", "finance/close_applications"),
        filled("fill_applied_on"),
        RunScript("finance/close_applications", "finance/open_applications"),
        filled("fill_receivable_moved_on"),
        filled("fill_payment_moved_on"),
        migrations.AlterField("receivable", "issued_on", models.DateField()),
        migrations.AddIndex(
            "receivable",
            models.Index(condition=models.Q(("settled_on", None)), fields=["company_id", "issued_on"], name="receivable_not_settled"),
        ),
        migrations.AddIndex(
            "receivable",
            models.Index(
                condition=models.Q(("settled_on__isnull", False)), fields=["company_id", "moved_on"], name="receivable_settled_since"
            ),
        ),
        migrations.AddIndex("payment", models.Index(fields=["company_id", "moved_on"], name="payment_used_since")),
        migrations.AddIndex(
            "paymentapplication",
            models.Index(
                condition=models.Q(("credit__isnull", False)), fields=["company_id", "credit"], name="application_by_credit"
            ),
        ),
    ]
