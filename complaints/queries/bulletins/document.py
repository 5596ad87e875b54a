"""A bulletin as it is read: one document out of its figures and words, for the page, the PDF and the sheet alike."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from complaints.bulletins.rates import INDICATORS, RANKED, USERS
from complaints.enums import AlertLevel, BulletinEdition, BulletinKind
from complaints.models import Bulletin
from complaints.queries.bulletins import words
from complaints.queries.bulletins.words import name_of, rate
from foundation.durations import spoken
from workorders.enums import Cause

type Plain = Mapping[str, Any]

DASH = "–"
#: The columns of the two rankings beside rank and name: counts by their measure, rates by their indicator.
COLUMNS = {
    "region": ("filed", "per_10k", "on_time", "solved_once", "repeat", "overhead", "solved", "satisfied", "quality", "overdue"),
    "department": ("resolve_due", "leg_on_time", "leg_accepted", "quality", "repeat", "solved", "satisfied", "overdue"),
}
WHOLE = (
    *("filed", "per_10k", "on_time", "solved_once", "first_point", "repeat", "repeat_keys", "overhead", "overhead_liable"),
    *("appeals", "solved", "satisfied", "reachable", "quality", "leg_on_time", "leg_accepted", "overdue"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a cell, and what they lead to: the rows of a number, an alert, or a ticket."""

    text: str
    rows: str = ""
    alert: int | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: its words, what stands smaller below them, and a course to be drawn."""

    pieces: tuple[Piece, ...] = ()
    below: tuple[Piece, ...] = ()
    #: "up" or "down" (of a rank), "better" or "worse" (of a rate), "same".
    move: str = ""
    trend: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Return the words."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def small(self) -> str:
        """Return the smaller words."""
        return "".join(piece.text for piece in self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The head of a column, its share of the width, and whether it holds numbers."""

    label: str
    width: float = 1
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table under its title."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    #: Said where there are no rows, or below them.
    note: str = ""

    @property
    def body(self) -> list[list[tuple[Cell, Column]]]:
        """Return the rows, each cell with its column."""
        return [list(zip(row, self.columns, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Something that the centre wrote."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A bulletin from its title to its notes."""

    title: str
    subtitle: str
    blocks: Sequence[Table | Words] = field(default_factory=list)
    notes: Sequence[tuple[str, str]] = field(default_factory=list)


def title_of(bulletin: Bulletin) -> str:
    """Return a bulletin's title in the language that is active."""
    if bulletin.kind == BulletinKind.SPECIAL:
        name = _("Special bulletin: %(subject)s") % {"subject": bulletin.subject}
    elif bulletin.kind == BulletinKind.MONTHLY:
        name = _("Complaints bulletin of %(month)s") % {"month": f"{bulletin.start:%Y-%m}"}
    else:
        year, week, _day = bulletin.start.isocalendar()
        name = _("Complaints bulletin, week %(week)d of %(year)d") % {"week": week, "year": year}
    match bulletin.edition:
        case BulletinEdition.PROVISIONAL:
            return _("%(title)s (provisional)") % {"title": name}
        case BulletinEdition.CORRECTED:
            return _("%(title)s (corrected)") % {"title": name}
    return name


def document(bulletin: Bulletin) -> Document:
    """Return the bulletin as it is read, in the language that is active; without tables while it is being counted."""
    period = _("%(start)s to %(end)s") % {"start": bulletin.start, "end": bulletin.last_day}
    if not bulletin.counted_at:
        return Document(title=title_of(bulletin), subtitle=period, blocks=[block for block in _words(bulletin) if block.text])
    figures = bulletin.figures
    cut = _local(figures["cut_off"])
    written = {block.name: block for block in _words(bulletin) if block.text}
    tables = [_whole(figures), *(_ranking(group, figures) for group in COLUMNS), *_hot(figures), _overdue(figures)]
    blocks: list[Table | Words] = [
        *(written[name] for name in ("corrects", "summary") if name in written),
        *tables,
        *(written[name] for name in ("commendations", "criticisms", "requirements") if name in written),
    ]
    subtitle = _("%(period)s · figures up to %(cut)s") % {"period": period, "cut": cut}
    return Document(title=title_of(bulletin), subtitle=subtitle, blocks=blocks, notes=_notes())


def _words(bulletin: Bulletin) -> Iterable[Words]:
    if bulletin.corrects:
        before = _("This corrects “%(title)s”: %(reason)s") % {"title": title_of(bulletin.corrects), "reason": bulletin.reason}
        yield Words(name="corrects", title=_("Correction"), text=before)
    yield Words(name="summary", title=_("Summary"), text=bulletin.summary)
    yield Words(name="commendations", title=_("Commendations"), text=bulletin.commendations)
    yield Words(name="criticisms", title=_("Criticisms"), text=bulletin.criticisms)
    yield Words(name="requirements", title=pgettext("bulletin", "Requirements"), text=bulletin.requirements)


def _local(instant: str) -> str:
    return f"{timezone.localtime(dt.datetime.fromisoformat(instant)):%Y-%m-%d %H:%M}"


def _plain(text: object) -> Cell:
    return Cell(pieces=(Piece(text=str(text)),))


def _number(line: Plain, group: str, measure: str) -> Piece:
    """Return a count with the name of its rows; nothing is behind a zero."""
    number = line["counts"].get(measure, 0)
    name = ".".join([group or "all", *([line["key"]] if line["key"] else []), measure])
    return Piece(text=str(number), rows=name if number else "")


def _rate(line: Plain, group: str, name: str) -> Cell:
    """Return a rate, and below it what it is of and its rank."""
    if name not in line["rates"]:
        return _plain(DASH)
    indicator = INDICATORS[name]
    below = [_number(line, group, indicator.part)]
    if indicator.whole != USERS:
        below += [Piece(text="/"), _number(line, group, indicator.whole)]
    if name in line["ranks"]:
        below.append(Piece(text=_(" · no. %(rank)d") % {"rank": line["ranks"][name]}))
    return Cell(pieces=(Piece(text=rate(line["rates"][name], name)),), below=tuple(below), move=line["moves"].get(name, ""))


# — the whole —


def _whole(figures: Plain) -> Table:
    columns = [
        Column(label=_("indicator"), width=3),
        Column(label=_("this period"), is_number=True),
        Column(label=_("counted"), is_number=True),
        Column(label=pgettext("share", "of"), is_number=True),
        Column(label=_("period before"), is_number=True),
        Column(label=pgettext("since the period before", "change"), width=1.2),
    ]
    rows = [_whole_rate(figures, name) if name in INDICATORS else _whole_count(figures["whole"], name) for name in WHOLE]
    return Table(name="whole", title=_("The whole province"), columns=columns, rows=rows)


def _whole_count(line: Plain, measure: str) -> list[Cell]:
    number, earlier = line["counts"].get(measure, 0), line["before"]["counts"].get(measure, 0)
    change = _("same") if number == earlier else _signed(number - earlier)
    label = _plain(words.MEASURES[measure])
    return [label, Cell(pieces=(_number(line, "", measure),)), _plain(""), _plain(""), _plain(earlier), _plain(change)]


def _whole_rate(figures: Plain, name: str) -> list[Cell]:
    line, indicator, label = figures["whole"], INDICATORS[name], _plain(words.INDICATORS[name][0])
    part = Cell(pieces=(_number(line, "", indicator.part),))
    if indicator.whole == USERS:
        whole = _plain(_users(line["users"]) if line["users"] else DASH)
    else:
        whole = Cell(pieces=(_number(line, "", indicator.whole),))
    earlier = line["before"]["rates"].get(name)
    before = _plain(rate(earlier, name) if earlier else DASH)
    if name not in line["rates"]:
        missing = _lacking(figures, line["code"]) if indicator.whole == USERS else ""
        return [label, _plain(DASH), part, whole, before, _plain(missing)]
    move = line["moves"].get(name, "")
    value = _plain(rate(line["rates"][name], name))
    return [label, value, part, whole, before, Cell(pieces=(Piece(text=_moved(move)),), move=move)]


def _signed(number: Decimal | int) -> str:
    """Return a change with its sign."""
    return f"{number:+}".replace("-", "−")


def _users(text: str) -> str:
    """Return a number of users; the mean of two months may be half a one."""
    whole, _slash, half = text.partition("/")
    return f"{int(whole) / 2:.1f}" if half else whole


def _lacking(figures: Plain, code: str) -> str:
    months: list[str] = next((each["months"] for each in figures["no_users"] if each["code"] == code), [])
    return _("number of users missing: %(months)s") % {"months": _(", ").join(months)} if months else ""


def _moved(move: str) -> str:
    return {"better": _("↑ better"), "worse": _("↓ worse"), "same": _("same")}.get(move, "")


# — the rankings —


def _ranking(group: str, figures: Plain) -> Table:
    lines = figures[f"{group}s"]
    title, whose = (_("Branches"), _("branch")) if group == "region" else (pgettext("bulletin", "Departments"), _("department"))
    columns = [Column(label=whose, width=1.6), Column(label=_("rank"), width=1.1)]
    columns += [Column(label=_label(name), is_number=True) for name in COLUMNS[group]]
    rows = [[_plain(name_of(line)), _rank(line), *(_cell(line, group, name) for name in COLUMNS[group])] for line in lines]
    compared = _(", ").join(_label(name) for name in RANKED[group])
    note = _("Ranked by the mean of the ranks in: %(indicators)s. Equal ones share a rank.") % {"indicators": compared}
    if group == "region" and (lacking := _without_users(figures)):
        note += " " + _("Complaints per 10,000 users are missing where the number of users is: %(branches)s.") % {
            "branches": _(", ").join(lacking)
        }
    return Table(name=group, title=title, columns=columns, rows=rows, note=note)


def _without_users(figures: Plain) -> list[str]:
    """Return the branches whose number of users is missing."""
    return [name_of(each) for each in figures["no_users"] if each["code"] != figures["whole"]["code"]]


def _label(name: str) -> str:
    return str(words.INDICATORS[name][0] if name in words.INDICATORS else words.MEASURES[name])


def _cell(line: Plain, group: str, name: str) -> Cell:
    return _rate(line, group, name) if name in INDICATORS else Cell(pieces=(_number(line, group, name),))


def _rank(line: Plain) -> Cell:
    """Return the rank over all and how it moved, in words and not by colour alone."""
    rank, earlier = line["ranks"].get("overall"), line["before"]["ranks"].get("overall")
    if rank is None:
        return _plain(DASH)
    if earlier is None:
        return Cell(pieces=(Piece(text=str(rank)),), below=(Piece(text=pgettext("rank", "new")),))
    up = earlier - rank
    move = "up" if up > 0 else "down" if up < 0 else "same"
    said = {
        "up": ngettext("↑ up %(places)d", "↑ up %(places)d", abs(up)),
        "down": ngettext("↓ down %(places)d", "↓ down %(places)d", abs(up)),
        "same": pgettext("rank", "→ same"),
    }
    text = said[move] % {"places": abs(up)} if up else said[move]
    return Cell(pieces=(Piece(text=str(rank)),), below=(Piece(text=text),), move=move)


# — hot issues —


def _hot(figures: Plain) -> Iterable[Table]:
    hot = figures["hot"]
    yield _issues("volume", _("Hot issues: most complaints"), hot, _("No complaints in the period."))
    yield _issues("rising", _("Hot issues: rising beyond chance"), hot, _("No kind of complaint rose beyond what chance brings."))


def _issues(name: str, title: str, hot: Plain, nothing: str) -> Table:
    columns = [
        Column(label=_("issue"), width=2),
        Column(label=pgettext("number", "complaints"), is_number=True),
        Column(label=pgettext("complaints", "expected"), is_number=True),
        Column(label=_("growth"), is_number=True),
        Column(label=pgettext("complaints", "where"), width=2),
        Column(label=_("found causes"), width=2),
        Column(label=_("alerts and incidents"), width=2),
        Column(label=_("last 12 periods"), width=2.2),
    ]
    rows = [_issue(key, hot["details"][key]) for key in hot[name]]
    about = _("Expected is the mean of the four periods before, day for day.")
    return Table(name=name, title=title, columns=columns, rows=rows, note=about if rows else nothing)


def _issue(key: str, issue: Plain) -> list[Cell]:
    number = Piece(text=str(issue["filed"]), rows=f"category.{key}.filed" if issue["filed"] else "")
    growth = DASH if issue["growth"] is None else f"{_signed(Decimal(issue['growth']))}%"
    trend = tuple(issue["trend"])
    return [
        _plain(name_of(issue)),
        Cell(pieces=(number,)),
        _plain(issue["expected"] or DASH),
        _plain(growth),
        _drivers("place", [(name_of(each), each) for each in issue["places"]]),
        _drivers("cause", [(str(Cause(each["code"]).label), each) for each in issue["causes"]]),
        Cell(pieces=tuple(_alerts(issue["alerts"]))) if issue["alerts"] else _plain(DASH),
        Cell(pieces=(Piece(text=" ".join(map(str, trend))),), trend=trend),
    ]


def _drivers(group: str, listed: Sequence[tuple[str, Plain]]) -> Cell:
    pieces: list[Piece] = []
    for name, each in listed:
        between = _(", ") if pieces else ""
        pieces.append(Piece(text=f"{between}{name} "))
        pieces.append(Piece(text=str(each["filed"]), rows=f"{group}.{each['key']}.filed"))
    return Cell(pieces=tuple(pieces)) if pieces else _plain(DASH)


def _alerts(alerts: Sequence[Plain]) -> Iterable[Piece]:
    for place, each in enumerate(alerts):
        level = AlertLevel(each["level"]).label
        told = _("%(level)s alert %(at)s, %(region)s") % {
            "level": level,
            "at": _local(each["opened_at"])[5:],
            "region": name_of(each["region"]),
        }
        yield Piece(text=f"{_('; ') if place else ''}{told}", alert=each["alert"])
        if each["incident"]:
            yield Piece(text=_(" · incident "))
            yield Piece(text=each["incident"]["number"], ticket=each["incident"]["ticket"])


# — the overdue list —


def _overdue(figures: Plain) -> Table:
    late = figures["overdue"]
    columns = [
        Column(label=_("work order"), width=1.6),
        Column(label=_("department"), width=1.3),
        Column(label=_("category"), width=1.6),
        Column(label=_("region"), width=1.3),
        Column(label=_("due at"), width=1.3),
        Column(label=_("overdue by"), width=1.2),
    ]
    rows = [
        [
            Cell(pieces=(Piece(text=each["number"], ticket=each["ticket"]),)),
            *(_plain(name_of(each[name])) for name in ("department", "category", "region")),
            _plain(_local(each["due_at"])),
            _plain(spoken(dt.timedelta(minutes=each["minutes"]))),
        ]
        for each in late["named"]
    ]
    return Table(name="overdue", title=_("Overdue list"), columns=columns, rows=rows, note=_about_late(late))


def _about_late(late: Plain) -> str:
    if not late["named"]:
        return _("No work order was overdue at the cut-off.")
    said = [_("On average they are late by %(cycles)s times their limit.") % {"cycles": late["ageing"]}]
    if late["more"]:
        said.append(ngettext("%(more)d more is not named.", "%(more)d more are not named.", late["more"]) % {"more": late["more"]})
    return " ".join(said)


def _notes() -> list[tuple[str, str]]:
    """Return how each indicator is counted (口径)."""
    return [(str(name), str(help_)) for name, help_ in words.INDICATORS.values()]
