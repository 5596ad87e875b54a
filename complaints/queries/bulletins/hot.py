"""Hot issues (热点): the kinds of complaints that are many, or more than expected, with what drives each and its trend."""

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction

from complaints.bulletins.periods import Span, trail
from complaints.bulletins.rates import beyond_chance, growth, shown
from complaints.models import Alert
from complaints.queries.bulletins.measures import CATEGORY, CAUSE, PLACE
from complaints.queries.bulletins.places import Places, Plain, Tallies, names
from complaints.queries.bulletins.trends import trends
from workorders.models import Category
from workorders.queries.figures import Scope

#: So many kinds are told of each sort, and so many of what drives them.
MOST, DRIVERS = 5, 3
#: So many periods make the trend, and so many before this one what is expected.
PERIODS, EXPECTED = 12, 4
SECOND = dt.timedelta(seconds=1)


def hot(own: Tallies, places: Places, span: Span, scope: Scope) -> Plain:
    """Return the kinds of the most complaints, those furthest above what is expected, and the details of both, by the kind's id."""
    counts = {int(key): int(each["filed"]) for (group, key), each in own.items() if group == CATEGORY}
    spans = trail(span, PERIODS)
    courses = trends(spans, scope.now)
    share = Fraction((scope.until - scope.start) // SECOND, (scope.end - scope.start) // SECOND)
    expected = _expected({key: courses.get(key, [0] * PERIODS) for key in counts}, spans, share)
    volume = sorted(counts, key=lambda key: (-counts[key], key))[:MOST]
    rising = [key for key, normal in expected.items() if beyond_chance(counts[key], normal)]
    rising = sorted(rising, key=lambda key: (expected[key] - counts[key], key))[:MOST]
    kinds, alerts = Category.objects.in_bulk({*volume, *rising}), _alerts(scope)
    details = {
        str(key): {
            **names(kind),
            "filed": counts[key],
            **_above(counts[key], expected.get(key)),
            "trend": [*courses.get(key, [0] * PERIODS)[:-1], counts[key]],
            "places": _drivers(own, PLACE, key, lambda part: names(places.regions[int(part)])),
            "causes": _drivers(own, CAUSE, key, lambda part: {"code": part}),
            "alerts": [_alert(alert) for alert in alerts if kind.path.startswith(alert.category.path)],
        }
        for key, kind in kinds.items()
    }
    return {"volume": [str(key) for key in volume], "rising": [str(key) for key in rising], "details": details}


def _expected(courses: dict[int, list[int]], spans: Sequence[Span], share: Fraction) -> dict[int, Fraction]:
    """Return the mean of the periods before, day for day, for the part of this period that has passed.

    Nothing is expected where no complaint of any kind came in then: the records do not go back so far.
    """
    before, days = slice(-1 - EXPECTED, -1), sum(span.days for span in spans[-1 - EXPECTED : -1])
    if not any(any(course[before]) for course in courses.values()):
        return {}
    return {key: Fraction(sum(course[before]) * spans[-1].days, days) * share for key, course in courses.items()}


def _above(number: int, expected: Fraction | None) -> Plain:
    more = None if expected is None else growth(number, expected)
    return {"expected": None if expected is None else shown(expected), "growth": None if more is None else shown(more)}


def _drivers(own: Tallies, group: str, kind: int, named: Callable[[str], Plain]) -> list[Plain]:
    """Return where a kind's complaints came from, or what they turned out to be, the most first."""
    found = [(key, int(each["filed"])) for (name, key), each in own.items() if name == group and key.startswith(f"{kind}.")]
    most = sorted(found, key=lambda each: (-each[1], each[0]))[:DRIVERS]
    return [{"key": key, "filed": number, **named(key.partition(".")[2])} for key, number in most]


def _alerts(scope: Scope) -> list[Alert]:
    """Return the surges that were told of in the period, the highest first."""
    told = Alert.objects.filter(opened_at__gte=scope.start, opened_at__lt=scope.until, merged_into=None)
    return list(told.select_related("category", "region", "incident__ticket").order_by("-level", "opened_at", "pk"))


def _alert(alert: Alert) -> Plain:
    incident = getattr(alert, "incident", None)
    return {
        "alert": alert.pk,
        "level": alert.level,
        "opened_at": alert.opened_at.isoformat(),
        "region": names(alert.region),
        "cause": alert.cause,
        "incident": {"ticket": incident.ticket_id, "number": incident.ticket.number} if incident else None,
    }
