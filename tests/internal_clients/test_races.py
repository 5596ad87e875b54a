"""Two who rule on one appeal at the same instant: one ruling, and the other learns of it."""

import datetime as dt

import pytest

from foundation.errors import Conflict
from internal_clients.actions import appealing, scoring
from internal_clients.models import Appeal, ScoreLine
from journal.models import Event
from organization.models import Department, Staff
from tests import factories
from tests.concurrency.test_races import at_once
from tests.conftest import SHANGHAI
from workorders.models import WorkOrder

SHOWN = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_of_two_who_rule_at_once_one_is_heard(legs: list[WorkOrder], scorer: Staff, head: Staff, centre: Department) -> None:
    run = scoring.show(month=dt.date(2026, 10, 1), by=scorer, now=SHOWN)
    line = ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code="A1")
    appeal = appealing.contest_line(line=line, grounds="时钟不准", evidence="记录", by=head, now=SHOWN)
    first, second = (factories.staff(number, "考核岗", centre, ["supervisor"]) for number in ("2104", "2105"))

    results = at_once(
        lambda: appealing.rule(appeal=appeal, outcome="excluded", reason="属实", by=first, now=SHOWN),
        lambda: appealing.rule(appeal=appeal, outcome="dismissed", reason="不成立", by=second, now=SHOWN),
    )

    assert sum(isinstance(result, Conflict) for result in results) == 1
    winner = next(result for result in results if isinstance(result, Appeal))
    assert Appeal.objects.get(pk=appeal.pk).ruled_by == winner.ruled_by
    assert Event.objects.filter(kind="appeal.rule").count() == 1
