from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines that are parts of a set: the set's code, and the units of the line that each set takes."""

    dependencies = [("ordering", "0004_lines_cut")]
    operations = [
        migrations.AddField("salesorderline", "kit", models.CharField(max_length=40, db_default="")),
        migrations.AddField("salesorderline", "per_set", models.DecimalField(max_digits=15, decimal_places=3, db_default=0)),
        migrations.AddConstraint(
            model_name="salesorderline",
            constraint=models.CheckConstraint(
                condition=models.Q(kit="", per_set=0) | (~models.Q(kit="") & models.Q(per_set__gt=0)),
                name="part_of_a_set_says_how_many",
            ),
        ),
    ]
