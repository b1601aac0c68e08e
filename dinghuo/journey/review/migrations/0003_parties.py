from django.db import migrations, models

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Denied parties and answers of tax registries."""

    dependencies = [
        ('review', '0002_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeniedParty',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('list_code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=300)),
                ('identifier', models.CharField(db_default='', max_length=60)),
                ('country', models.CharField(db_default='', max_length=2)),
                ('remark', models.CharField(db_default='', max_length=300)),
                ('listed_at', models.DateTimeField()),
                ('listed_by_id', models.IntegerField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'denied_party',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='denied_party_has_a_name'), models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('company_id', 'list_code', 'name', 'identifier'), name='denied_party_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='RegistryCheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('country', models.CharField(max_length=2)),
                ('tax_number', models.CharField(max_length=40)),
                ('status', models.CharField(choices=[('valid', 'Valid'), ('invalid', 'Not valid')], max_length=10)),
                ('registry', models.CharField(db_default='vies', max_length=20)),
                ('name', models.CharField(db_default='', max_length=300)),
                ('checked_at', models.DateTimeField()),
                ('checked_on', models.DateField()),
            ],
            options={
                'db_table': 'registry_check',
                'indexes': [models.Index(fields=['company_id', 'country', 'tax_number', 'checked_at'], name='registry_check_by_tax_number')],
            },
        ),
        SecureTables(append_only=["RegistryCheck"], only=["DeniedParty", "RegistryCheck"]),
    ]
