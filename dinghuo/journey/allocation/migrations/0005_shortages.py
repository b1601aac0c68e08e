import dinghuo.kernel.fields
import django.db.models.deletion
from django.db import migrations, models

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """What can be done about short lines, and what customers are asked."""

    dependencies = [
        ('ordering', '0004_lines_cut'),
        ('allocation', '0004_policies'),
        ('reference', '0006_lots'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductSubstitute',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('rank', models.SmallIntegerField()),
                ('keeps_price', models.BooleanField(db_default=True)),
                ('product', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='reference.product')),
                ('substitute', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='reference.product')),
            ],
            options={
                'db_table': 'product_substitute',
                'constraints': [models.UniqueConstraint(fields=('company_id', 'product', 'substitute'), name='one_rank_per_substitute'), models.CheckConstraint(condition=models.Q(('product', models.F('substitute')), _negated=True), name='substitute_is_another_product'), models.CheckConstraint(condition=models.Q(('rank__gt', 0)), name='substitute_rank_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='ShortageProposal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('kind', models.CharField(choices=[('wait', 'Wait'), ('transfer', 'Transfer'), ('substitute', 'Substitute'), ('buy', 'Buy'), ('split', 'Split'), ('cancel_rest', 'Cancel the rest')], max_length=12)),
                ('rank', models.SmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=15)),
                ('expected_on', models.DateField(null=True)),
                ('keeps_price', models.BooleanField(db_default=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('undone', 'Undone'), ('lapsed', 'Lapsed')], db_default='open', max_length=10)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by_id', models.IntegerField(null=True)),
                ('document_id', models.BigIntegerField(null=True)),
                ('product', dinghuo.kernel.fields.Within(null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='reference.product')),
                ('shortage', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='allocation.shortage')),
                ('warehouse', dinghuo.kernel.fields.Within(null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='reference.warehouse')),
            ],
            options={
                'db_table': 'shortage_proposal',
                'indexes': [models.Index(fields=['company_id', 'shortage'], name='proposal_by_shortage')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='proposal_is_positive'), models.CheckConstraint(condition=models.Q(('kind__in', ['buy', 'cancel_rest', 'split', 'substitute', 'transfer', 'wait'])), name='proposal_kind_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ['accepted', 'lapsed', 'open', 'undone'])), name='shortage_proposal_state_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ShortageQuestion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('language', models.CharField(max_length=10)),
                ('text', models.TextField()),
                ('token_hash', models.BinaryField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('choice', models.CharField(choices=[('wait', 'Wait'), ('substitute', 'Substitute'), ('cancel_rest', 'Cancel the rest')], max_length=12, null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('customer', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='reference.customer')),
                ('shortage', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='allocation.shortage')),
            ],
            options={
                'db_table': 'shortage_question',
                'constraints': [models.UniqueConstraint(fields=('company_id', 'shortage'), name='a_shortage_is_asked_once'), models.UniqueConstraint(fields=('company_id', 'token_hash'), name='question_token_is_unique'), models.CheckConstraint(condition=models.Q(('choice', None), ('choice__in', ['cancel_rest', 'substitute', 'wait']), _connector='OR'), name='answer_choice_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('choice', None)), models.Q(('answered_at__isnull', False), ('choice__isnull', False)), _connector='OR'), name='answer_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='SubstitutionConsent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('is_given', models.BooleanField()),
                ('said_at', models.DateTimeField()),
                ('said_by_id', models.IntegerField(null=True)),
                ('customer', dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='reference.customer')),
            ],
            options={
                'db_table': 'substitution_consent',
                'constraints': [models.UniqueConstraint(fields=('company_id', 'customer'), name='one_consent_per_customer')],
            },
        ),
        SecureTables(only=["ProductSubstitute", "SubstitutionConsent", "ShortageProposal", "ShortageQuestion"]),
    ]
