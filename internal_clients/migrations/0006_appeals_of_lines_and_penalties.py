"""Whole lines and penalties are contested too, and a ruling can be taken to the assessment committee.

Appeals that there are get the scorecard that they were raised on.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


FILL = """
    UPDATE internal_clients_appeal appeal SET card_id = part.card_id
    FROM internal_clients_scoreline line JOIN internal_clients_partscore part ON part.id = line.part_score_id
    WHERE line.id = appeal.line_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('internal_clients', '0005_penalties_of_failed_inspections'),
        ('organization', '0005_search_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appeal',
            name='appeal_outcome',
        ),
        migrations.RemoveConstraint(
            model_name='appeal',
            name='appeal_ruled_with_a_reason',
        ),
        migrations.RemoveConstraint(
            model_name='appeal',
            name='appeal_belongs_to',
        ),
        migrations.AddField(
            model_name='appeal',
            name='about',
            field=models.CharField(choices=[('row', 'single row'), ('line', 'whole line'), ('item', 'penalty or veto')], default='row', max_length=4, verbose_name='what is contested'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='card',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='internal_clients.scorecard', verbose_name='scorecard'),
        ),
        migrations.RunSQL(
            sql=[FILL, "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"],
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='appeal',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='internal_clients.scorecard', verbose_name='scorecard'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='escalate_by',
            field=models.DateField(blank=True, null=True, verbose_name='second level until'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='taken further at'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='escalated_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken further by'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='escalation_grounds',
            field=models.TextField(blank=True, verbose_name='grounds against the ruling'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ruled finally at'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_belongs_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organization.department', verbose_name='belongs finally to'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ruled finally by'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_due_on',
            field=models.DateField(blank=True, null=True, verbose_name='final ruling due on'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_outcome',
            field=models.CharField(blank=True, choices=[('pending', 'to be ruled on'), ('dismissed', 'dismissed'), ('excluded', 'left out of the count'), ('overturned', 'counted as kept'), ('reattributed', 'charged to another department'), ('cancelled', 'penalty cancelled'), ('reduced', 'points reduced')], max_length=12, verbose_name='final outcome'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_points',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='points that remain finally'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='final_reason',
            field=models.TextField(blank=True, verbose_name='reason for the final ruling'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='internal_clients.scoreitem', verbose_name='penalty, bonus or veto of a scorecard'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='points',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='points that remain'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='counted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='ruling counted at'),
        ),
        migrations.AddField(
            model_name='appeal',
            name='told',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='reminders sent'),
        ),
        migrations.AddField(
            model_name='scoreitem',
            name='release',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='internal_clients.release', verbose_name='release'),
        ),
        migrations.AddField(
            model_name='scoreitem',
            name='ruling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items_changed', to='internal_clients.appeal', verbose_name='changed by ruling'),
        ),
        migrations.AddField(
            model_name='scoreline',
            name='ruling',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines_left_out', to='internal_clients.appeal', verbose_name='left out by ruling'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='kind',
            field=models.CharField(blank=True, choices=[('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('alert', 'alert'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an entry'), ('question', 'question')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='line',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='internal_clients.scoreline', verbose_name='line of a scorecard'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='object_id',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='record'),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='outcome',
            field=models.CharField(choices=[('pending', 'to be ruled on'), ('dismissed', 'dismissed'), ('excluded', 'left out of the count'), ('overturned', 'counted as kept'), ('reattributed', 'charged to another department'), ('cancelled', 'penalty cancelled'), ('reduced', 'points reduced')], default='pending', max_length=12, verbose_name='outcome'),
        ),
        migrations.AlterField(
            model_name='scoreitem',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
        migrations.AddIndex(
            model_name='appeal',
            index=models.Index(condition=models.Q(('outcome', 'pending'), models.Q(('escalated_at__isnull', False), ('final_outcome', '')), _connector='OR'), fields=['ruling_due_on'], name='appeal_waits'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d8d6fdd74ee4a615ac41e2b71c396bd7289be9b1', operation='DELETE', pgid='pgtrigger_never_deleted_c4b8d', table='internal_clients_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='ruling_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ruled_by_id" IS NOT NULL AND (OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."belongs_to_id" IS DISTINCT FROM (NEW."belongs_to_id") OR OLD."points" IS DISTINCT FROM (NEW."points") OR OLD."ruled_by_id" IS DISTINCT FROM (NEW."ruled_by_id") OR OLD."ruled_at" IS DISTINCT FROM (NEW."ruled_at") OR OLD."ruling_reason" IS DISTINCT FROM (NEW."ruling_reason")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8445ebbbfb92e67d74917e17b6fd8f4c015427d6', operation='UPDATE', pgid='pgtrigger_ruling_stands_dc46f', table='internal_clients_appeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appeal',
            trigger=pgtrigger.compiler.Trigger(name='final_ruling_stands', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."final_by_id" IS NOT NULL AND (OLD."final_outcome" IS DISTINCT FROM (NEW."final_outcome") OR OLD."final_belongs_to_id" IS DISTINCT FROM (NEW."final_belongs_to_id") OR OLD."final_points" IS DISTINCT FROM (NEW."final_points") OR OLD."final_by_id" IS DISTINCT FROM (NEW."final_by_id") OR OLD."final_at" IS DISTINCT FROM (NEW."final_at") OR OLD."final_reason" IS DISTINCT FROM (NEW."final_reason")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e2af5fffab921e9e88a02263f58f3d40b54d352b', operation='UPDATE', pgid='pgtrigger_final_ruling_stands_a5813', table='internal_clients_appeal', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(condition=models.Q(('about', 'line')), fields=('line',), name='appeal_line_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.UniqueConstraint(fields=('item',), name='appeal_item_once'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', 'row'), ('item', None), ('line__isnull', False), ('object_id__isnull', False), models.Q(('kind', ''), _negated=True)), models.Q(('about', 'line'), ('item', None), ('kind', ''), ('line__isnull', False), ('object_id', None)), models.Q(('about', 'item'), ('item__isnull', False), ('kind', ''), ('line', None), ('object_id', None)), _connector='OR'), name='appeal_about'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'pending'), models.Q(('about', 'row'), ('outcome__in', ('dismissed', 'excluded', 'overturned', 'reattributed'))), models.Q(('about', 'line'), ('outcome__in', ('dismissed', 'excluded'))), models.Q(('about', 'item'), ('outcome__in', ('dismissed', 'cancelled', 'reduced'))), _connector='OR'), name='appeal_outcome'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('final_outcome', ''), models.Q(('about', 'row'), ('final_outcome__in', ('dismissed', 'excluded', 'overturned', 'reattributed'))), models.Q(('about', 'line'), ('final_outcome__in', ('dismissed', 'excluded'))), models.Q(('about', 'item'), ('final_outcome__in', ('dismissed', 'cancelled', 'reduced'))), _connector='OR'), name='appeal_final_outcome'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'pending'), ('ruled_at', None), ('ruled_by', None)), models.Q(models.Q(('outcome', 'pending'), _negated=True), ('ruled_at__isnull', False), ('ruled_by__isnull', False), models.Q(('ruling_reason', ''), _negated=True)), _connector='OR'), name='appeal_ruled_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_at', None), ('escalated_by', None), ('final_due_on', None)), models.Q(('escalated_at__isnull', False), ('escalated_by__isnull', False), ('final_due_on__isnull', False), ('ruled_by__isnull', False), models.Q(('escalation_grounds', ''), _negated=True)), _connector='OR'), name='appeal_escalated'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('final_at', None), ('final_by', None), ('final_outcome', '')), models.Q(('escalated_by__isnull', False), ('final_at__isnull', False), ('final_by__isnull', False), models.Q(('final_outcome', ''), _negated=True), models.Q(('final_reason', ''), _negated=True)), _connector='OR'), name='appeal_ruled_finally_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(('final_by', None), models.Q(models.Q(('final_by', models.F('raised_by')), _negated=True), models.Q(('final_by', models.F('ruled_by')), _negated=True)), _connector='OR'), name='appeal_three_people'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('belongs_to__isnull', False), ('outcome', 'reattributed'), ('points', None)), models.Q(('belongs_to', None), ('outcome', 'reduced'), ('points__gt', 0)), models.Q(models.Q(('outcome__in', ('reattributed', 'reduced')), _negated=True), ('belongs_to', None), ('points', None)), _connector='OR'), name='appeal_belongs_to'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('final_belongs_to__isnull', False), ('final_outcome', 'reattributed'), ('final_points', None)), models.Q(('final_belongs_to', None), ('final_outcome', 'reduced'), ('final_points__gt', 0)), models.Q(models.Q(('final_outcome__in', ('reattributed', 'reduced')), _negated=True), ('final_belongs_to', None), ('final_points', None)), _connector='OR'), name='appeal_belongs_finally_to'),
        ),
    ]
