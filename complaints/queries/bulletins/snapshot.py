"""A bulletin's figures as data: everything that its page, its PDF and its sheet show, in both languages, counted once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from complaints.bulletins.periods import Span, before
from complaints.bulletins.rates import INDICATORS, USERS, Indicator, ranks, shown
from complaints.queries.bulletins.counting import Counts, count
from complaints.queries.bulletins.hot import hot
from complaints.queries.bulletins.late import late
from complaints.queries.bulletins.measures import DEPARTMENT, MEASURES, REGION, WHOLE, Measure
from complaints.queries.bulletins.places import Places, Plain, Tallies, names
from foundation.durations import midnight
from organization.enums import DepartmentKind
from organization.models import Department
from organization.models.base import Named
from workorders.queries.figures import Reach, Scope

type Counting = Callable[[Measure, Scope, Mapping[int, int]], Counts]


def scope_of(span: Span, now: dt.datetime) -> Scope:
    """Return the period as the figures know it: everything, up to its end or to now."""
    start, end = (midnight(day) for day in span)
    return Scope(start=start, end=end, now=now, reach=Reach())


def snapshot(span: Span, now: dt.datetime, own_count: Counting = count) -> Plain:
    """Count a bulletin's figures and return them as plain data; what is due or done after `now` does not count.

    `own_count` counts the period's own measures as `count` does, and may keep their rows.
    """
    places, scope, earlier = Places(), scope_of(span, now), before(span)
    own, past = _tallies(places, span, scope, own_count), _tallies(places, earlier, scope_of(earlier, now), count)
    units = [each for each in Department.objects.order_by("code") if each.kind == DepartmentKind.SUPPORT]
    return {
        "start": f"{span.start}",
        "end": f"{span.end}",
        "before": [f"{earlier.start}", f"{earlier.end}"],
        "cut_off": scope.until.isoformat(),
        "whole": _entry(WHOLE, "", places.province, own, past, {}, {}),
        "regions": _entries(REGION, places.branches, own, past) + _elsewhere(places, own, past),
        "departments": _entries(DEPARTMENT, units, own, past),
        "no_users": _without_users(places, span),
        "hot": hot(own, places, span, scope),
        "overdue": late(scope),
    }


def _tallies(places: Places, span: Span, scope: Scope, counting: Counting) -> Tallies:
    found: Tallies = defaultdict(dict)
    for measure in MEASURES:
        for at, number in counting(measure, scope, places.tops).items():
            found[at][measure.name] = number
    users = places.users(span)
    for at, region in [((WHOLE, ""), places.province), *(((REGION, str(each.pk)), each) for each in places.branches)]:
        known = users.of(region.pk) if region else None
        if known is not None:
            found[at][USERS] = known
    return found


def _entries(group: str, nodes: Iterable[Named], own: Tallies, past: Tallies) -> list[Plain]:
    """Return the lines of a table, the best first; who has nothing is left out."""
    named = {str(node.pk): node for node in nodes if own.get((group, str(node.pk)), {}).keys() - {USERS}}
    now, then = (ranks(group, {key: each.get((group, key), {}) for key in named}) for each in (own, past))
    lines = [_entry(group, key, node, own, past, now[key], then[key]) for key, node in named.items()]
    return sorted(lines, key=lambda line: (line["ranks"].get("overall", len(lines) + 1), line["code"]))


def _elsewhere(places: Places, own: Tallies, past: Tallies) -> list[Plain]:
    """Return lines for what was filed above the branches: of no branch, and therefore without a rank."""
    branches = {each.pk for each in places.branches}
    above = [node for key, node in places.regions.items() if places.tops[key] == key and key not in branches]
    with_any = [node for node in above if own.get((REGION, str(node.pk)))]
    return [_entry(REGION, str(node.pk), node, own, past, {}, {}) for node in sorted(with_any, key=lambda each: each.path)]


def _entry(
    group: str, key: str, node: Named | None, own: Tallies, past: Tallies, now: Mapping[str, int], then: Mapping[str, int]
) -> Plain:
    counts, earlier = own.get((group, key), {}), past.get((group, key), {})
    rates = {name: value for name, each in INDICATORS.items() if (value := each.value(counts)) is not None}
    old = {name: value for name, each in INDICATORS.items() if (value := each.value(earlier)) is not None}
    return {
        "key": key,
        **names(node),
        "counts": {name: number for name, number in counts.items() if name != USERS},
        "users": str(counts[USERS]) if USERS in counts else None,
        "rates": {name: shown(value) for name, value in rates.items()},
        "ranks": dict(now),
        "before": {
            "counts": {name: number for name, number in earlier.items() if name != USERS},
            "rates": {name: shown(value) for name, value in old.items()},
            "ranks": dict(then),
        },
        "moves": {name: _move(INDICATORS[name], value, old[name]) for name, value in rates.items() if name in old},
    }


def _move(indicator: Indicator, value: Fraction, old: Fraction) -> str:
    if shown(value) == shown(old):
        return "same"
    return "better" if (value > old) == indicator.higher_is_better else "worse"


def _without_users(places: Places, span: Span) -> list[Plain]:
    """Return which branches' numbers of users are missing, and of which months."""
    users = places.users(span)
    every = [each for each in (places.province, *places.branches) if each]
    lacking = [(each, users.missing(each.pk)) for each in every]
    return [{**names(each), "months": [f"{month:%Y-%m}" for month in months]} for each, months in lacking if months]
