"""Puts the demo operator's half year together: records, surveys, targets, and the months scored."""

import datetime as dt

from internal_clients.demo import judging, surveys, targets
from internal_clients.demo.clockwork import Clockwork
from internal_clients.demo.development import Development
from internal_clients.demo.records import Records
from journal.notify import silence


def make(seed: int, months: int, now: dt.datetime) -> None:
    """Make the records of the last so many months before `now`; the same seed and time make the same ones."""
    records = Records(Clockwork(seed, now))
    development, raters = Development(records), records.raters()
    span = list(records.clock.months(months))
    for month in span:
        records.faults(month)
        records.outages(month)
        records.notices(month)
        records.audits(month)
        records.questions(month)
        with silence():
            records.requests(month)
        records.ratings(month, raters)
        development.month(month)
    records.faults_behind_alerts()
    records.outages_behind_alerts()
    surveys.make(seed, raters, now)
    targets.make(now)
    judging.make(span, now)
