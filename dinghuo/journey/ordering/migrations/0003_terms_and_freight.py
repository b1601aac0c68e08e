from django.db import migrations, models


class Migration(migrations.Migration):
    """Cash discount, delivery terms, region and postcode of orders."""

    dependencies = [
        ('ordering', '0002_security'),
    ]

    operations = [
        migrations.AddField(
            model_name='salesorder',
            name='cash_discount_days',
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='salesorder',
            name='cash_discount_rate',
            field=models.DecimalField(db_default=0, decimal_places=4, max_digits=6),
        ),
        migrations.AddField(
            model_name='salesorder',
            name='freight_payer',
            field=models.CharField(choices=[('seller', 'Seller'), ('buyer', 'Buyer')], db_default='', max_length=6),
        ),
        migrations.AddField(
            model_name='salesorder',
            name='incoterm',
            field=models.CharField(db_default='', max_length=3),
        ),
        migrations.AddField(
            model_name='salesorder',
            name='ship_to_postcode',
            field=models.CharField(db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='salesorder',
            name='ship_to_region',
            field=models.CharField(db_default='', max_length=100),
        ),
    ]
