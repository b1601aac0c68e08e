from django.db import migrations, models


class Migration(migrations.Migration):
    """A line of which nothing will come stays with 0 ordered, so that what was decided about it can be told."""

    dependencies = [("ordering", "0003_terms_and_freight")]
    operations = [
        migrations.RemoveConstraint(model_name="salesorderline", name="ordered_is_positive"),
        migrations.AddConstraint(
            model_name="salesorderline",
            constraint=models.CheckConstraint(condition=models.Q(("ordered__gte", 0)), name="ordered_not_negative"),
        ),
    ]
