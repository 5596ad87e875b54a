"""The quarterly survey of the internal customers, and the tree of targets with what people have done.

The index is on the work orders, but only this app reads by it: what was completed in a month.
"""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('internal_clients', '0002_late_clocks'),
        ('organization', '0004_calendar_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='appeal',
            name='kind',
            field=models.CharField(choices=[('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('cause', 'cause of a warning'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an entry'), ('question', 'question')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('cause', 'cause of a warning'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an entry'), ('question', 'question')], max_length=12, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='KpiNode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('company', 'company'), ('department', 'department'), ('post', 'post'), ('employee', 'employee')], max_length=12, verbose_name='level')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kpi_nodes', to='organization.department', verbose_name='department')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='internal_clients.kpinode', verbose_name='above')),
                ('speaker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kpi_nodes', to=settings.AUTH_USER_MODEL, verbose_name='answers for it')),
            ],
            options={
                'verbose_name': 'place in the target tree',
                'verbose_name_plural': 'places in the target tree',
            },
        ),
        migrations.CreateModel(
            name='KpiSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('starts_on', models.DateField(help_text='The first day of a month.', verbose_name='in force from')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('proposed', 'to be agreed'), ('objected', 'objected to'), ('agreed', 'agreed')], default='draft', max_length=8, verbose_name='state')),
                ('put_forward_at', models.DateTimeField(blank=True, null=True, verbose_name='put forward at')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('objection', models.TextField(blank=True, verbose_name='objection')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agreed by')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='internal_clients.kpinode', verbose_name='place')),
                ('put_forward_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='put forward by')),
            ],
            options={
                'verbose_name': 'version of the targets',
                'verbose_name_plural': 'versions of the targets',
            },
        ),
        migrations.CreateModel(
            name='KpiItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('measure', models.CharField(choices=[('pieces', 'work orders finished'), ('on_time', 'work orders answered in time'), ('accepted', 'work orders accepted in time'), ('rework', 'answers sent back at the first review'), ('satisfied', 'customers satisfied when called back'), ('process', 'process, judged by the head')], max_length=12, verbose_name='measure')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='what is judged')),
                ('target', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='target')),
                ('limit', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='scores nothing at')),
                ('weight', models.DecimalField(decimal_places=2, max_digits=5, verbose_name='weight')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='internal_clients.kpisheet', verbose_name='version of the targets')),
            ],
            options={
                'verbose_name': 'target',
                'verbose_name_plural': 'targets',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True, verbose_name='version')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('quarter', models.DateField(help_text='The first day of a quarter.', unique=True, verbose_name='quarter')),
                ('ends_on', models.DateField(verbose_name='last day for answers')),
                ('least', models.PositiveSmallIntegerField(default=5, help_text='A department with fewer has no results.', validators=[django.core.validators.MinValueValidator(3)], verbose_name='fewest answers shown')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('open', 'open for answers'), ('closed', 'closed')], default='draft', max_length=8, verbose_name='state')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='opened at')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
            ],
            options={
                'verbose_name': 'survey',
                'verbose_name_plural': 'surveys',
            },
        ),
        migrations.CreateModel(
            name='SurveyQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('code', models.CharField(max_length=16, verbose_name='code')),
                ('kind', models.CharField(choices=[('scale', 'mark of 1 to 5'), ('text', 'free text')], max_length=8, verbose_name='kind')),
                ('text', models.CharField(max_length=200, verbose_name='question')),
                ('text_en', models.CharField(blank=True, max_length=200, verbose_name='question in English')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='internal_clients.survey', verbose_name='survey')),
            ],
            options={
                'verbose_name': 'question of a survey',
                'verbose_name_plural': 'questions of surveys',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SurveySheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facts', models.TextField(blank=True, help_text='What happened; needed for a mark of 1 or 2.', verbose_name='facts')),
                ('given_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True, verbose_name='mark')),
                ('lowest', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='lowest mark')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department', verbose_name='department')),
                ('rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='internal_clients.rater', verbose_name='rater')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sheets', to='internal_clients.survey', verbose_name='survey')),
            ],
            options={
                'verbose_name': 'survey answer',
                'verbose_name_plural': 'survey answers',
            },
        ),
        migrations.CreateModel(
            name='SurveyMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='mark')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='internal_clients.surveyquestion', verbose_name='question')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='internal_clients.surveysheet', verbose_name='survey answer')),
            ],
            options={
                'verbose_name': 'answer to a question',
                'verbose_name_plural': 'answers to questions',
            },
        ),
        migrations.CreateModel(
            name='KpiFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('measure', models.CharField(choices=[('pieces', 'work orders finished'), ('on_time', 'work orders answered in time'), ('accepted', 'work orders accepted in time'), ('rework', 'answers sent back at the first review'), ('satisfied', 'customers satisfied when called back'), ('process', 'process, judged by the head')], max_length=12, verbose_name='measure')),
                ('over', models.PositiveIntegerField(verbose_name='numerator')),
                ('under', models.PositiveIntegerField(verbose_name='denominator')),
                ('counted_at', models.DateTimeField(verbose_name='counted at')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department', verbose_name='department')),
                ('staff', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='employee')),
            ],
            options={
                'verbose_name': 'counted measure',
                'verbose_name_plural': 'counted measures',
                'constraints': [models.UniqueConstraint(fields=('month', 'measure', 'department', 'staff'), name='kpifigure_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='KpiMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('passed', models.DecimalField(decimal_places=2, max_digits=9, validators=[django.core.validators.MinValueValidator(0)], verbose_name='points passed')),
                ('reason', models.TextField(verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='internal_clients.kpiitem', verbose_name='target')),
            ],
            options={
                'verbose_name': 'mark for the process',
                'verbose_name_plural': 'marks for the process',
                'indexes': [models.Index(fields=['month', 'item', '-id'], name='kpimark_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('passed__gte', 0)), name='kpimark_passed'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='kpimark_month'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='kpimark_reason')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpimark',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='285a03fb78fd0e8e7b9bc9644f18266bcdf96bde', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f3de7', table='internal_clients_kpimark', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['company', 'department', 'post', 'employee'])), name='kpinode_level'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('department', None), ('level', 'company'), ('parent', None)), models.Q(models.Q(('level', 'company'), _negated=True), ('department__isnull', False), ('parent__isnull', False)), _connector='OR'), name='kpinode_hangs'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.CheckConstraint(condition=models.Q(('level', 'post'), ('name', ''), _negated=True), name='kpinode_post_named'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.UniqueConstraint(condition=models.Q(('level', 'company')), fields=('level',), name='kpinode_one_company'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.UniqueConstraint(condition=models.Q(('level', 'department')), fields=('department',), name='kpinode_once_department'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.UniqueConstraint(condition=models.Q(('level', 'post')), fields=('parent', 'name'), name='kpinode_post_once'),
        ),
        migrations.AddConstraint(
            model_name='kpinode',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True), ('level', 'employee')), fields=('speaker',), name='kpinode_employee_once'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.UniqueConstraint(fields=('node', 'version'), name='kpisheet_version'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'agreed'), _negated=True), fields=('node',), name='kpisheet_one_open'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'agreed')), fields=('node', 'starts_on'), name='kpisheet_one_a_start'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'proposed', 'objected', 'agreed'])), name='kpisheet_state'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__day', 1)), name='kpisheet_from_first'),
        ),
        migrations.AddConstraint(
            model_name='kpisheet',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('put_forward_by__isnull', False), ('state', 'proposed')), models.Q(('answered_by__isnull', False), ('put_forward_by__isnull', False), ('state', 'agreed')), models.Q(('answered_by__isnull', False), ('state', 'objected'), models.Q(('objection', ''), _negated=True)), _connector='OR'), name='kpisheet_both_sides'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpisheet',
            trigger=pgtrigger.compiler.Trigger(name='stays_agreed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'agreed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='044b778097277521e5ca08e5ea3c7b68ca368eac', operation='UPDATE OR DELETE', pgid='pgtrigger_stays_agreed_b558d', table='internal_clients_kpisheet', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.UniqueConstraint(fields=('sheet', 'measure', 'name'), name='kpiitem_once'),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.CheckConstraint(condition=models.Q(('measure__in', ['pieces', 'on_time', 'accepted', 'rework', 'satisfied', 'process'])), name='kpiitem_measure'),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.CheckConstraint(condition=models.Q(('target__gte', 0)), name='kpiitem_target'),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('weight__lte', 100)), name='kpiitem_weight'),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('limit__range', (0, 100)), ('measure__in', ('on_time', 'accepted', 'rework', 'satisfied')), ('target__lte', 100), models.Q(models.Q(('limit__gt', models.F('target')), ('measure__in', ('rework',))), models.Q(models.Q(('measure__in', ('rework',)), _negated=True), ('limit__lt', models.F('target'))), _connector='OR')), models.Q(models.Q(('measure__in', ('on_time', 'accepted', 'rework', 'satisfied')), _negated=True), ('target__gt', 0)), _connector='OR'), name='kpiitem_limit_on_the_right_side'),
        ),
        migrations.AddConstraint(
            model_name='kpiitem',
            constraint=models.CheckConstraint(condition=models.Q(('measure', 'process'), ('name', ''), _negated=True), name='kpiitem_process_named'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='kpiitem',
            trigger=pgtrigger.compiler.Trigger(name='changes_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (\n        SELECT 1 FROM internal_clients_kpisheet WHERE state IN ('draft', 'objected')\n        AND id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).sheet_id\n    ) THEN\n        RAISE EXCEPTION 'targets that were put forward cannot be changed' USING ERRCODE = 'restrict_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='0c6d41b3730e7c154a880df09d5b374d6a2990e5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_changes_in_drafts_9d5b3', table='internal_clients_kpiitem', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed'])), name='survey_state'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('quarter__day', 1), ('quarter__month__in', (1, 4, 7, 10))), name='survey_quarter'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('quarter'))), name='survey_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('least__gte', 3)), name='survey_least'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('opened_at', None), ('state', 'draft')), models.Q(('closed_at', None), ('opened_at__isnull', False), ('state', 'open')), models.Q(('closed_at__isnull', False), ('opened_at__isnull', False), ('state', 'closed')), _connector='OR'), name='survey_instants'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='survey_one_open'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='stays_closed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'closed\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ae5f7abc34272cf1d22a39f07271109f0e2e26f3', operation='UPDATE OR DELETE', pgid='pgtrigger_stays_closed_1bd9e', table='internal_clients_survey', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='survey',
            trigger=pgtrigger.compiler.Trigger(name='keeps_its_promise', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'open\' AND (OLD."least" IS DISTINCT FROM (NEW."least") OR NEW."state" = \'draft\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4cfa2d51c16f7cd69603e0e957a702bd8b507839', operation='UPDATE', pgid='pgtrigger_keeps_its_promise_b73c9', table='internal_clients_survey', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='surveyquestion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['scale', 'text'])), name='surveyquestion_kind'),
        ),
        migrations.AddConstraint(
            model_name='surveyquestion',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='surveyquestion_text'),
        ),
        migrations.AddConstraint(
            model_name='surveyquestion',
            constraint=models.UniqueConstraint(fields=('survey', 'code'), name='surveyquestion_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveyquestion',
            trigger=pgtrigger.compiler.Trigger(name='changes_in_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (SELECT 1 FROM internal_clients_survey WHERE state = 'draft' AND id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).survey_id) THEN\n        RAISE EXCEPTION 'the survey is not draft' USING ERRCODE = 'restrict_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='d518a98bb53bd48f4d1c9757209b8792a51686e8', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_changes_in_drafts_966aa', table='internal_clients_surveyquestion', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='surveysheet',
            constraint=models.UniqueConstraint(fields=('survey', 'department', 'rater'), name='surveysheet_one_voice'),
        ),
        migrations.AddConstraint(
            model_name='surveysheet',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_at', None), ('lowest', None), ('score', None)), models.Q(('given_at__isnull', False), ('lowest__range', (1, 5)), ('score__range', (1, 5))), _connector='OR'), name='surveysheet_scored_when_sent'),
        ),
        migrations.AddConstraint(
            model_name='surveysheet',
            constraint=models.CheckConstraint(condition=models.Q(('given_at', None), ('lowest__gt', 2), models.Q(('facts', ''), _negated=True), _connector='OR'), name='surveysheet_facts'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveysheet',
            trigger=pgtrigger.compiler.Trigger(name='stays_sent', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."given_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a7d21e1364a6586ee0a32ed66dd39d5d392e0430', operation='UPDATE OR DELETE', pgid='pgtrigger_stays_sent_97096', table='internal_clients_surveysheet', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveysheet',
            trigger=pgtrigger.compiler.Trigger(name='changes_while_open', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (SELECT 1 FROM internal_clients_survey WHERE state = 'open' AND id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).survey_id) THEN\n        RAISE EXCEPTION 'the survey is not open' USING ERRCODE = 'restrict_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='aaa3bd4b2ca872d40330238a62d77bf218df82c5', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_changes_while_open_30756', table='internal_clients_surveysheet', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='surveymark',
            constraint=models.UniqueConstraint(fields=('sheet', 'question'), name='surveymark_once'),
        ),
        migrations.AddConstraint(
            model_name='surveymark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('score__range', (1, 5)), ('text', '')), models.Q(('score', None), models.Q(('text', ''), _negated=True)), _connector='OR'), name='surveymark_score_or_text'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveymark',
            trigger=pgtrigger.compiler.Trigger(name='changes_in_open_drafts', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (SELECT 1 FROM internal_clients_survey WHERE state = 'open' AND id = (SELECT survey_id FROM internal_clients_surveysheet WHERE given_at IS NULL AND id = (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).sheet_id)) THEN\n        RAISE EXCEPTION 'the survey is not open' USING ERRCODE = 'restrict_violation';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n    RETURN NEW;\n", hash='e5215526f02e409106efcf4fd4444701cdcb8301', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_changes_in_open_drafts_fe000', table='internal_clients_surveymark', when='BEFORE')),
        ),
        migrations.RunSQL(
            sql="CREATE INDEX internal_clients_finished ON workorders_workorder (finished_at) WHERE state = 'completed'",
            reverse_sql="DROP INDEX internal_clients_finished",
        ),
    ]
