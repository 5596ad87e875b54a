"""The dashboard's figures out of the daily sums: what they cost follows the days and the nodes, not the tickets.

The sums, less what the changed tickets were, plus what these are, plus what counts since the sums were brought up to date, are
exactly the rows (`complaints.actions.rolling`). One statement reads all of it, so that it is of one instant.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists
from django.utils import timezone

from complaints.models import RollupMark, RollupState
from complaints.rollups.entries import COLUMNS, OF_ENTRY
from complaints.rollups.measures import APART, BIN_COLUMNS, COARSE, COARSE_COLUMNS, DIMENSIONS, MEASURES, TOO_FINE, set_with
from foundation.durations import midnight
from organization.models.base import Tree
from workorders.enums import Urgency
from workorders.queries.figures import Scope
from workorders.queries.groups import EVERYTHING, GROUPS, Group

#: From here days are counted.
EPOCH = dt.date(1970, 1, 1)


@dataclass(slots=True)
class Sums:
    """What was summed of one group."""

    measures: dict[str, int]
    #: How many durations lie in each coarse bin; and in each bin, of the coarse ones that are wanted.
    coarse: Counter[int]
    bins: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A scope as the sums are asked for it; None for what is not narrowed."""

    scope: Scope
    regions: list[int] | None
    categories: list[int] | None

    @property
    def narrowed(self) -> dict[str, Any]:
        """Return what each narrowed dimension is narrowed to."""
        chosen = {
            "department": self.scope.only_department,
            "region": self.regions,
            "category": self.categories,
            "urgency": self.scope.urgency or None,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    @property
    def bits(self) -> int:
        """Return the dimensions that are narrowed."""
        return sum(DIMENSIONS[name] for name in self.narrowed)

    @property
    def is_summed(self) -> bool:
        """Tell whether there are sums for it by department, region and category too."""
        return all((self.bits | DIMENSIONS[name]) & TOO_FINE != TOO_FINE for name in ("department", "region", "category"))

    @property
    def simplest(self) -> Scope:
        """Return the scope without a filter on the region where every region is within it."""
        if self.regions is not None:
            return self.scope
        return replace(self.scope, reach=replace(self.scope.reach, region_id=None), region=None)

    def kind(self, name: str) -> int:
        """Return the set of dimensions by which the groups of a kind are found."""
        return set_with(self.bits | DIMENSIONS.get(name, 0))


def sliced(scope: Scope, regions: Mapping[int, Tree], categories: Mapping[int, Tree]) -> Slice:
    """Return the scope with the ids of its regions and categories."""
    home = regions[scope.reach.region_id].path if scope.reach.region_id else ""
    within = {key for key, node in regions.items() if node.path.startswith(home)}
    return Slice(
        scope=scope,
        regions=_narrowed(regions, within & _below(regions, scope.region, itself=scope.region_itself)),
        categories=_narrowed(categories, _below(categories, scope.category, itself=scope.category_itself)),
    )


def _below(nodes: Mapping[int, Tree], chosen: Tree | None, *, itself: bool) -> set[int]:
    if chosen is None:
        return set(nodes)
    return {chosen.pk} if itself else {key for key, node in nodes.items() if node.path.startswith(chosen.path)}


def _narrowed(nodes: Mapping[int, Tree], kept: set[int]) -> list[int] | None:
    return None if len(kept) == len(nodes) else sorted(kept)


#: Beyond this, what is not in the sums yet costs more than the rows of the period: while the sums are first made, after days
#: without a worker, and after a mass import.
LONGEST, MOST = dt.timedelta(days=2), 20_000


def state_for(asked: Slice) -> RollupState | None:
    """Return how far the sums reach, or None where there are none that help such a scope at its moment."""
    scope = asked.scope
    if not asked.is_summed or any(_midnight_of(instant) != instant for instant in (scope.start, scope.end)):
        return None
    reach = {"upto__lte": scope.now, "upto__gte": scope.until - LONGEST}
    too_many = Exists(RollupMark.objects.order_by()[MOST : MOST + 1])
    return RollupState.objects.filter(~too_many, zone=settings.TIME_ZONE, **reach).first()


#: How many results fell due in the whole period, whatever the scope is narrowed to; of the sums alone.
WHOLE: Group = ("whole", None)


def summed(asked: Slice, state: RollupState) -> dict[Group, Sums] | None:
    """Return the sums of everything and by department, region, category and week, and of `WHOLE`.

    None where they changed meanwhile.
    """
    sql, values = _statement(asked, state)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    if (state.version,) not in {(row[1],) for row in rows if row[0] == "version"}:
        return None
    groups = {_group(row[0], row[1]): _sums(row[2:]) for row in rows if row[0] != "version"}
    return {group: sums for group, sums in groups.items() if any(sums.measures.values())}


def _group(name: str, key: int) -> Group:
    if not name:
        return EVERYTHING
    return name, (_midnight(key) if name == "week" else key or None)


def _midnight(days: int) -> dt.datetime:
    return midnight(EPOCH + dt.timedelta(days=days))


def _midnight_of(instant: dt.datetime) -> dt.datetime:
    return _midnight((_day(instant) - EPOCH).days)


def _day(instant: dt.datetime) -> dt.date:
    return timezone.localtime(instant, timezone.get_default_timezone()).date()


def _sums(row: Sequence[Any]) -> Sums:
    """Return a group's sums; the durations that are in no sum yet come as signed bins, counted from 1."""
    measures, coarse, live = row[: len(MEASURES)], row[len(MEASURES) : -1], row[-1]
    bins: Counter[int] = Counter()
    for signed in live or ():
        bins[abs(signed) - 1] += 1 if signed > 0 else -1
    return Sums(dict(zip(MEASURES, measures, strict=True)), Counter(dict(enumerate(coarse))), bins)


_ENTRY = ", ".join(COLUMNS)
_WIDE = (*MEASURES, *COARSE_COLUMNS)
_OF_LIVE = ", ".join(
    [
        *(f"sign * {value} AS {measure}" for measure, value in OF_ENTRY.items()),
        *(f"CASE WHEN bin / {COARSE} = {place} THEN sign ELSE 0 END AS {name}" for place, name in enumerate(COARSE_COLUMNS)),
    ]
)
#: What is in no sum yet; a ticket of which something counts since `upto` is looked up by the instant.
LIVE = f"""
    SELECT -1 AS sign, {_ENTRY} FROM complaints_rollupbefore WHERE at < %(upto)s
    UNION ALL
    SELECT 1, e.* FROM complaints_rollupmark m CROSS JOIN LATERAL complaints_entries(m.ticket_id) AS e
    UNION ALL
    SELECT 1, e.* FROM (
        SELECT id FROM workorders_ticket WHERE filed_at >= %(upto)s AND filed_at < %(until)s
        UNION SELECT id FROM workorders_ticket WHERE closed_at >= %(upto)s AND closed_at < %(until)s
        UNION SELECT ticket_id FROM workorders_clock WHERE kind IN ('acknowledge', 'resolve', 'overall')
            AND COALESCE(due_at, breached_at) >= %(upto)s AND COALESCE(due_at, breached_at) < %(until)s
        UNION SELECT o.ticket_id FROM workorders_returnrequest r JOIN workorders_workorder o ON o.id = r.order_id
            WHERE r.requested_at >= %(upto)s AND r.requested_at < %(until)s
        UNION SELECT complaint_id FROM complaints_callback WHERE at >= %(upto)s AND at < %(until)s
        EXCEPT SELECT ticket_id FROM complaints_rollupmark
    ) AS recent CROSS JOIN LATERAL complaints_entries(recent.id) AS e WHERE e.at >= %(upto)s
"""  # noqa: S608 -- constants
#: How each group's key is told, and from which day on a row takes back what counted before.
_KEYS = {name: name for name in DIMENSIONS} | {"": "0", "week": "date_trunc('week', day)::date - DATE '1970-01-01'"}
_FLOOR = {"week": "greatest(%(first)s, date_trunc('week', day)::date)"}


def _statement(asked: Slice, state: RollupState) -> tuple[str, dict[str, Any]]:
    """Return the statement that reads the sums, and its values."""
    names = ("", *GROUPS)
    live = f"""
        SELECT (at AT TIME ZONE %(zone)s)::date AS day, (since AT TIME ZONE %(zone)s)::date AS since, part,
            department_id AS department, region_id AS region, category_id AS category, urgency, {_OF_LIVE}, sign * (bin + 1) AS bin
        FROM ({LIVE}) AS entries WHERE at >= %(start)s AND at < %(until)s
    """  # noqa: S608 -- constants
    sums = ", ".join(f"sum({name})" for name in _WIDE)
    sql = f"""
        WITH live AS MATERIALIZED ({live}), found AS (
            {" UNION ALL ".join(_part(asked, name) for name in names)}
            UNION ALL
            SELECT 'whole', 0, {", ".join(_WIDE)}, NULL FROM complaints_rollup
            WHERE kind = 0 AND day >= %(first)s AND day < %(end)s AND since IS NULL)
        SELECT name, key, {sums}, array_agg(bin) FILTER (WHERE bin IS NOT NULL) FROM found GROUP BY name, key
        UNION ALL
        SELECT 'version', version, {", ".join(["NULL"] * len(_WIDE))}, NULL FROM complaints_rollupstate
    """  # noqa: S608 -- constants
    return sql, _values(asked, state)


def _values(asked: Slice, state: RollupState) -> dict[str, Any]:
    scope = asked.scope
    return {
        "start": scope.start,
        "until": scope.until,
        "first": _day(scope.start),
        "end": _day(scope.end),
        "upto": state.upto,
        "zone": state.zone,
        **asked.narrowed,
    }


def _part(asked: Slice, name: str) -> str:
    """Return the SQL of what one kind of group is summed from."""
    wide, where = ", ".join(_WIDE), _where(asked)
    told = f"SELECT '{name}' AS name, {_KEYS[name]} AS key, {wide}"
    once = f"(since IS NULL OR since >= {_FLOOR.get(name, '%(first)s')})"
    kind = asked.kind(name)
    kinds = kind if name else f"{kind}, {kind | APART}"
    return f"""
        {told}, NULL::int AS bin FROM complaints_rollup
        WHERE kind IN ({kinds}) AND day >= %(first)s AND day < %(end)s AND {once}{where}
        UNION ALL
        {told}, bin FROM live WHERE part <> {1 if kind & DIMENSIONS["department"] else 2} AND {once}{where}
    """


def _where(asked: Slice) -> str:
    return "".join(f" AND {_test(name, value)}" for name, value in asked.narrowed.items())


def _test(name: str, value: object) -> str:
    return f"{name} = ANY(%({name})s)" if isinstance(value, list) else f"{name} = %({name})s"


#: The row that tells the version of the sums; wherever it stands among the others.
VERSION = "version"


def spread(asked: Slice, state: RollupState, groups: Mapping[Group, Sums], wanted: Mapping[Group, Collection[int]]) -> bool:
    """Add to the groups what their wanted coarse bins consist of; tell whether the sums are still the same."""
    parts = [part for name in ("", *GROUPS) if (part := _spread_part(asked, name, groups, wanted))]
    nothing = ", ".join(["NULL::bigint"] * COARSE)
    told = f"SELECT '{VERSION}' AS name, version AS key, 0 AS coarse, {nothing} FROM complaints_rollupstate"  # noqa: S608 -- constants
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([told, *parts]), _values(asked, state))
        rows = cursor.fetchall()
    versions = {key for name, key, *_rest in rows if name == VERSION}
    for name, key, coarse, *counts in rows:
        group = _group(name, key)
        if name != VERSION and group in groups:
            groups[group].bins.update({coarse * COARSE + place: count for place, count in enumerate(counts) if count})
    return versions == {state.version}


def _spread_part(asked: Slice, name: str, groups: Mapping[Group, Sums], wanted: Mapping[Group, Collection[int]]) -> str:
    pairs = [(_number(group), coarse) for group in groups if group[0] == name for coarse in sorted(wanted.get(group, ()))]
    if not pairs:
        return ""
    listed = ", ".join(f"({key}, {coarse})" for key, coarse in pairs)
    sums = ", ".join(f"sum({column}) AS {column}" for column in BIN_COLUMNS)
    return f"""
        SELECT '{name}' AS name, v.key, v.coarse, {", ".join(BIN_COLUMNS)}
        FROM (VALUES {listed}) AS v(key, coarse) CROSS JOIN LATERAL (
            SELECT {sums} FROM complaints_rollupspread s
            WHERE s.kind = {asked.kind(name)} AND s.coarse = v.coarse{_place(asked, name)} AND {_days(name)}) AS found
    """  # noqa: S608 -- constants and numbers


def _place(asked: Slice, name: str) -> str:
    """Return a test for every dimension, so that the index finds the very rows."""
    kind, narrowed = asked.kind(name), asked.narrowed
    tests = []
    for dimension, bit in DIMENSIONS.items():
        if dimension in narrowed:
            tests.append(_test(dimension, narrowed[dimension]))
        if dimension == name:
            tests.append(f"s.{dimension} = v.key")
        elif dimension not in narrowed and dimension == "urgency":
            tests.append(f"s.urgency = ANY(ARRAY{list(Urgency.values) if kind & bit else ['']})")
        elif dimension not in narrowed:
            tests.append(f"s.{dimension} = 0")
    return "".join(f" AND {test}" for test in tests)


def _days(name: str) -> str:
    if name == "week":
        monday = "DATE '1970-01-01' + v.key"
        return f"s.day >= greatest(%(first)s, {monday}) AND s.day < least(%(end)s, {monday} + 7)"
    return "s.day >= %(first)s AND s.day < %(end)s"


def _number(group: Group) -> int:
    name, key = group
    return (key.date() - EPOCH).days if name == "week" else int(key or 0)
