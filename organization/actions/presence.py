"""Keeping track of who is at work, so that they can be told what changed while they were not."""

import datetime as dt

from django.db import connection

from organization.models import Staff

#: Whoever is not seen for so long has left.
AWAY = dt.timedelta(minutes=30)

SEEN = """
INSERT INTO organization_presence AS known (staff_id, seen_at, left_at) VALUES (%(staff)s, %(now)s, NULL)
ON CONFLICT (staff_id) DO UPDATE SET
    seen_at = greatest(known.seen_at, excluded.seen_at),
    left_at = CASE WHEN excluded.seen_at - known.seen_at > %(away)s THEN known.seen_at ELSE known.left_at END
"""


def note_seen(*, staff: Staff, now: dt.datetime) -> None:
    """Note that `staff` is at work; after an absence, the last time before it becomes the time they left."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"staff": staff.pk, "now": now, "away": AWAY})
