"""What is checked is an article of the knowledge base (app `knowledge`); the entries that this app kept are gone.

Nothing was deployed: both tables are dropped and the checks' made anew.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KINDS = [('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('alert', 'alert'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an article'), ('question', 'question')]


class Migration(migrations.Migration):

    dependencies = [
        ('internal_clients', '0006_appeals_of_lines_and_penalties'),
        ('knowledge', '0001_articles'),
        ('organization', '0005_search_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='appeal',
            name='kind',
            field=models.CharField(blank=True, choices=KINDS, max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=KINDS, max_length=12, verbose_name='kind'),
        ),
        migrations.DeleteModel(name='KnowledgeAudit'),
        migrations.DeleteModel(name='KnowledgeEntry'),
        migrations.CreateModel(
            name='KnowledgeAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_wrong', models.BooleanField(verbose_name='wrong')),
                ('finding', models.TextField(blank=True, verbose_name='finding')),
                ('audited_at', models.DateTimeField(verbose_name='checked at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='knowledge.article', verbose_name='article')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department', verbose_name='department')),
                ('audited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
            ],
            options={
                'verbose_name': 'check of an article',
                'verbose_name_plural': 'checks of articles',
                'indexes': [models.Index(fields=['audited_at'], name='audit_audited_at')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('confirmed_by', None), ('is_wrong', True), _connector='OR'), name='audit_only_wrong_confirmed'),
                    models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('audited_by')), _negated=True), _connector='OR'), name='audit_two_people'),
                ],
            },
        ),
    ]
