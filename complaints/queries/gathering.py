"""All figures of the dashboard by group: out of the daily sums where there are any for the scope, else out of the rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from complaints.models import RollupState
from complaints.queries import rolled, satisfaction
from complaints.queries.lines import Line
from complaints.queries.percentiles import coarse_wanted, percentiles
from complaints.queries.rolled import WHOLE, Slice, Sums
from complaints.queries.satisfaction import Said
from complaints.rollups.measures import FAMILIES
from workorders.queries import figures, groups
from workorders.queries.figures import Scope
from workorders.queries.groups import EVERYTHING, Group, Tally, Times, Tops

#: Where no more results than this fell due in the whole period, their durations are read themselves; of more, the median and
#: the 90th percentile are as exact as the bins.
EXACT = 1000
#: How often a page looks again when the sums are brought up to date while it is made.
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All figures by group, as they were counted."""

    tallies: Mapping[Group, Tally]
    times: Mapping[Group, Times]
    said: Mapping[Group, Said]
    counts: Mapping[Group, Counter[str]]
    #: The figures of everything that stand in no tally, by name.
    total: dict[str, int]

    def keys(self, name: str) -> list[Any]:
        """Return the keys of the groups of a kind; None, where a figure belongs to no group of it, is none."""
        every = dict.fromkeys([*self.tallies, *self.said, *self.counts])
        return [key for group, key in every if group == name and key is not None]

    def line(self, group: Group, **named: Any) -> Line:
        """Return the line of one group."""
        line = Line(times=self.times.get(group, (None, None)), **named)
        self.add(group, line)
        return line

    def add(self, group: Group, line: Line) -> None:
        """Add what can be added of a group to a line."""
        line.tally.add(self.tallies.get(group, Tally()))
        line.said.add(self.said.get(group, Said()))
        line.counts.update(self.counts.get(group, Counter()))


def of_rows(scope: Scope, tops: Tops) -> Found:
    """Return the figures counted from the rows, in five queries."""
    return Found(
        tallies=groups.tallies(scope),
        times=groups.times(scope, tops),
        said=satisfaction.said(scope),
        counts=groups.counted(scope),
        total=figures.counted(scope),
    )


def summed(asked: Slice, tops: Tops) -> Found | None:
    """Return the figures out of the daily sums, in four queries; None where there are none for the scope."""
    for _try in range(TRIES):
        state = rolled.state_for(asked)
        if state is None:
            return None
        sums = rolled.summed(asked, state)
        if sums is None:
            continue
        whole = sums.pop(WHOLE, None)
        is_few = whole is None or whole.measures["timed"] <= EXACT
        times = groups.times(asked.simplest, tops) if is_few else _times(asked, state, sums, tops)
        if times is not None:
            return _found(asked.simplest, sums, times)
    return None


def _found(scope: Scope, sums: Mapping[Group, Sums], times: Mapping[Group, Times]) -> Found:
    standing = groups.standing(scope)
    counts = {group: counts for group, counts in standing.items() if group != EVERYTHING}
    for group, each in sums.items():
        # A ticket's department is whoever had an order; the tables by department are of the orders alone.
        names = ("returns",) if group[0] == "department" else ("returns", "filed")
        own = Counter({name: each.measures[name] for name in names if each.measures[name]})
        if own and group != EVERYTHING:
            counts[group] = counts.get(group, Counter()) + own
    return Found(
        tallies={group: tally for group, each in sums.items() if (tally := Tally(**_only(each, *LEGS))) != Tally()},
        times=times,
        said={group: said for group, each in sums.items() if (said := Said(**_only(each, "said"))) != Said()},
        counts=counts,
        total=_total(sums, standing),
    )


LEGS = ("acknowledge", "resolve")


def _only(sums: Sums, *families: str) -> dict[str, int]:
    return {measure: sums.measures[measure] for family in families for measure in FAMILIES[family]}


def _total(sums: Mapping[Group, Sums], standing: Mapping[Group, Counter[str]]) -> dict[str, int]:
    names = [measure for family in ("filed", "closed", "overall", "returns") for measure in FAMILIES[family]]
    whole, now = sums.get(EVERYTHING), standing.get(EVERYTHING, Counter())
    total = {name: whole.measures[name] if whole else 0 for name in names}
    total["overall_met"] = total["overall_due"] - total["overall_late"]
    return total | {"open": now["open"], "overdue": now["overdue"]}


def _times(asked: Slice, state: RollupState, sums: Mapping[Group, Sums], tops: Tops) -> dict[Group, Times] | None:
    """Return the median and the 90th percentile by the groups of `groups.times`; None where the sums changed meanwhile."""
    lines: dict[Group, list[Group]] = {}
    for name, key in sums:
        if key is not None or not name:
            lines.setdefault((name, tops[name][key] if name in tops else key), []).append((name, key))
    coarse = {line: _added(sums[group].coarse for group in held) for line, held in lines.items()}
    wanted = {group: coarse_wanted(coarse[line]) for line, held in lines.items() for group in held}
    if not rolled.spread(asked, state, sums, wanted):
        return None
    return {line: percentiles(coarse[line], _added(sums[group].bins for group in held)) for line, held in lines.items()}


def _added(counts: Iterable[Counter[int]]) -> Counter[int]:
    """Return counts added up; unlike a sum of counters, with what is negative meanwhile."""
    whole: Counter[int] = Counter()
    for each in counts:
        whole.update(each)
    return whole
