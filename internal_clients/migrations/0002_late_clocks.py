"""Finds the legs that are overdue and open, and those that were at a month's end and have been answered since (indicator A5).

The indexes are on the work orders' clocks, but only this app reads by them; one has only open clocks, the other only late ones.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("internal_clients", "0001_scheme"), ("workorders", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="CREATE INDEX internal_clients_late ON workorders_clock (stopped_at) WHERE breached_at IS NOT NULL AND stopped_at IS NOT NULL",
            reverse_sql="DROP INDEX internal_clients_late",
        ),
        migrations.RunSQL(
            sql="CREATE INDEX internal_clients_open ON workorders_clock (kind) WHERE stopped_at IS NULL",
            reverse_sql="DROP INDEX internal_clients_open",
        ),
    ]
