import dinghuo.kernel.fields
import django.db.models.deletion
from django.db import migrations, models

from dinghuo.kernel.schema import SecureTables


class Migration(migrations.Migration):
    """Questions about held orders, and holds that people place."""

    dependencies = [
        ('ordering', '0003_terms_and_freight'),
        ('review', '0003_parties'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrderQuestion',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('company_id', models.IntegerField()),
                ('asked_of', models.CharField(choices=[('sales', 'Sales'), ('customer', 'The customer')], max_length=10)),
                ('question', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('asked_by_id', models.IntegerField(null=True)),
                ('answer', models.CharField(db_default='', max_length=300)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by_id', models.IntegerField(null=True)),
            ],
            options={
                'db_table': 'order_question',
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='placed_because',
            field=models.CharField(db_default='', max_length=300),
        ),
        migrations.AddField(
            model_name='hold',
            name='placed_by_id',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='hold',
            name='reason_code',
            field=models.CharField(db_default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='hold',
            name='rule',
            field=dinghuo.kernel.fields.Within(null=True, on_delete=django.db.models.deletion.DO_NOTHING, to='review.reviewrule'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('lifted_at', None), ('order_line__isnull', False)), fields=['company_id', 'id'], name='line_hold_open'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None), ('rule', None)), fields=('company_id', 'order', 'order_line'), name='one_open_hold_by_hand', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('rule__isnull', False), models.Q(('placed_because', ''), _negated=True), _connector='OR'), name='hold_by_hand_has_a_reason'),
        ),
        migrations.AddField(
            model_name='orderquestion',
            name='order',
            field=dinghuo.kernel.fields.Within(on_delete=django.db.models.deletion.DO_NOTHING, to='ordering.salesorder'),
        ),
        migrations.AddIndex(
            model_name='orderquestion',
            index=models.Index(fields=['company_id', 'order'], name='question_by_order'),
        ),
        migrations.AddIndex(
            model_name='orderquestion',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['company_id', 'id'], name='question_open'),
        ),
        migrations.AddConstraint(
            model_name='orderquestion',
            constraint=models.CheckConstraint(condition=models.Q(('asked_of__in', ['customer', 'sales'])), name='question_addressee_is_known'),
        ),
        SecureTables(only=['OrderQuestion']),
    ]
