"""The demo operator's scorecards, computed a second time by other means, agree to the last decimal."""

import datetime as dt
from fractions import Fraction

import pytest
from django.core.management import call_command
from django.utils import timezone

from internal_clients.models import AlertCause, Appeal, Release
from internal_clients.months import months_before, quarter_end
from internal_clients.queries.reckoning import reckon
from internal_clients.queries.schemes import scheme_for
from organization.models import Region, Staff
from tests import factories
from tests.internal_clients.plain import TABLE, Plain
from workorders.models import Category

pytestmark = pytest.mark.django_db


def _as_sql(month: dt.date, now: dt.datetime) -> dict[str, object]:
    scheme = scheme_for(month)
    assert scheme is not None
    cards, _tallies = reckon(scheme, month, now)
    return {
        each.department.code: {
            "lines": {
                line.code: (Fraction(line.counts.numerator), Fraction(line.counts.denominator), line.months, _exact(line.points))
                for part in each.card.parts
                for line in part.lines
            },
            "parts": {part.code: _exact(part.score) for part in each.card.parts},
            "total": _exact(each.card.total),
            "penalty": _exact(each.card.penalty),
            "bonus": _exact(each.card.bonus),
        }
        for each in cards
    }


def _exact(number: object) -> Fraction | None:
    return None if number is None else Fraction(number)


def _alerted(release: Release) -> None:
    """Let an orange alert of four days after a launch have come from it."""
    assert release.launched_at is not None
    at = release.launched_at + dt.timedelta(days=4)
    what, where = Category.objects.filter(children=None).order_by("pk")[0], Region.objects.filter(parent=None).get()
    alert = factories.alert(what, where, at, level=3, cleared_at=at, outcome="incident", department=release.department)
    AlertCause.objects.create(alert=alert, release=release, fixed_by=Staff.objects.get(username="duty"), fixed_at=at)


def test_the_demos_scores_are_what_plain_loops_over_the_tables_come_to() -> None:
    call_command("demo_data", tickets=900, months=3)
    call_command("demo_scheme", months=3)
    launched = Release.objects.filter(launched_at__isnull=False, verdict="agreed", department__code="DATA").order_by(
        "-launched_at"
    )[1]
    Release.objects.filter(pk=launched.pk).update(verdict="pending", verdict_by=None)
    for release in Release.objects.filter(launched_at__isnull=False):
        _alerted(release)
    now = timezone.now()
    this = timezone.localtime(now).date().replace(day=1)
    seen: set[str] = set()

    # Among three months one ends a quarter and has survey answers; rulings were made about the one before last.
    ruled = months_before(this, 2)
    changed = {each.about for each in Appeal.objects.filter(card__run__period__month=ruled) if each.changes_scores}
    assert changed == {"row", "line", "item"}
    for month in sorted({ruled, months_before(this, 1), this, quarter_end(this, 3)}):
        plain, found = Plain(month, now), _as_sql(month, now)
        assert len(found) == 11
        assert {code: plain.card(code) for code in found} == found
        seen |= {key for card in found.values() for key, line in card["lines"].items() if line[3] is not None}

    assert seen == set(TABLE)
