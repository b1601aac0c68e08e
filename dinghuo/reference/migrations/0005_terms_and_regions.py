from django.db import migrations, models


class Migration(migrations.Migration):
    """Cash discount, region and postcode of customers; goods of dual use."""

    dependencies = [
        ('reference', '0004_letterhead'),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='cash_discount_days',
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='customer',
            name='cash_discount_rate',
            field=models.DecimalField(db_default=0, decimal_places=4, max_digits=6),
        ),
        migrations.AddField(
            model_name='customer',
            name='postcode',
            field=models.CharField(db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='customer',
            name='region',
            field=models.CharField(db_default='', max_length=100),
        ),
        migrations.AddField(
            model_name='product',
            name='is_dual_use',
            field=models.BooleanField(db_default=False),
        ),
    ]
