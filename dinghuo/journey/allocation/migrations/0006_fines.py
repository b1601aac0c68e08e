from django.db import migrations, models


class Migration(migrations.Migration):
    """What a customer charges for a line that is not full, as a share of its value."""

    dependencies = [("allocation", "0005_shortages")]
    operations = [
        migrations.AddField("allocationterms", "shortage_fine", models.SmallIntegerField(null=True)),
        migrations.AddConstraint(
            model_name="allocationterms",
            constraint=models.CheckConstraint(
                condition=models.Q(shortage_fine__range=(0, 1000)), name="shortage_fine_is_a_share"
            ),
        ),
    ]
