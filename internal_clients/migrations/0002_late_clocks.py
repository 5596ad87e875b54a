"""Finds the legs that were overdue at a month's end and have been answered since (indicator A5).

The index is on the work orders' clocks, but only this app reads by it, and only late clocks are in it.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("internal_clients", "0001_scheme"), ("workorders", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="CREATE INDEX internal_clients_late ON workorders_clock (stopped_at) WHERE breached_at IS NOT NULL AND stopped_at IS NOT NULL",
            reverse_sql="DROP INDEX internal_clients_late",
        )
    ]
