"""The mapping of an event log: a TOML file that says which column is what and what its words mean here."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from complaints.imports.eventlog import Case, State, Update
from complaints.imports.reading import Row, Unreadable
from complaints.imports.shipped import DATA, mapping_file
from workorders.enums import Cause, Channel, Liability, Urgency

COLUMNS = ("case", "at", "opened_at", "state", "group", "urgency", "channel")
OPTIONAL = ("resolved_at", "closed_at")
#: Tickets carry a category of the third level.
LEVELS = 3
#: The mappings that come with the product.
SHIPPED = DATA / "eventlogs"
MAX_CODE, MAX_NAME, MAX_CASE, MAX_SOURCE = 32, 80, 20, 11
KEYS = {"source", "time_format", "timezone", "empty", "region", "columns", "states", "urgency", "channels", "categories"}
KEYS |= {"departments", "reply"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """The department that holds a case whose group was taken away."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMap:
    """A checked mapping; keys as in docs/howto/import_eventlog.md."""

    source: str
    time_format: str
    zone: ZoneInfo
    empty: str
    region: str
    columns: Mapping[str, str]
    levels: tuple[str, str, str]
    states: Mapping[str, State]
    urgency: Mapping[str, Urgency]
    channels: Mapping[str, Channel]
    category_prefix: str
    category_drop: str
    category_unknown: str
    create: bool
    department_prefix: str
    calendar: str
    unassigned: Unassigned
    known: Mapping[str, str]
    cause: str
    liability: str

    def key(self, number: str) -> str:
        """Return what a case is known by here: its filing key, and the number of its stand-in customer."""
        return f"{self.source}:{number}"

    def department_code(self, group: str) -> str:
        """Return the code of the department that a group is; an empty group is the one for cases without."""
        if not group:
            return self.unassigned.code
        return self.known.get(group) or (self.department_prefix + slug(group)).upper()[:MAX_CODE]


@dataclass(slots=True)
class Incident:
    """A case with what it is filed with."""

    case: Case
    channel: Channel
    category: tuple[str, str, str]


@dataclass(slots=True)
class _Gathered:
    """The rows of one case as they are read: the first one's cells, every update, or the first fault."""

    line: int
    cells: dict[str, str]
    updates: list[Update] = field(default_factory=list)
    fault: tuple[int, str] | None = None


def slug(words: str) -> str:
    """Return letters and digits joined by hyphens, for a code."""
    return re.sub(r"\W+", "-", words).strip("-")


class Refused(Exception):
    """A case cannot be read; `line` says where."""

    def __init__(self, line: int, reason: str) -> None:
        """Keep the line."""
        super().__init__(reason)
        self.line = line


def load(path: Path) -> LogMap:
    """Read a mapping; a bare name is one that comes with the product. Raises Unreadable with the file and the TOML key."""
    try:
        table = tomllib.loads(mapping_file(path, SHIPPED).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unreadable(f"{path}: {error}") from error
    try:
        return _Reader(table).mapping()
    except _Wrong as error:
        raise Unreadable(f"{path}: {error}") from error


class _Wrong(Exception):
    pass


class _Reader:
    """Takes the keys of a table apart, and names the one that is wrong."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table

    def mapping(self) -> LogMap:
        if unknown := sorted(set(self.table) - KEYS):
            raise _Wrong(f"{unknown[0]}: there is no such key")
        columns = {name: self.text(f"columns.{name}") for name in COLUMNS}
        columns |= {name: self.text(f"columns.{name}") for name in OPTIONAL if name in self.section("columns")}
        return LogMap(
            source=self.short("source", MAX_SOURCE),
            time_format=self.text("time_format"),
            zone=self.zone(),
            empty=self.text("empty", ""),
            region=self.text("region"),
            columns=columns,
            levels=self.levels(),
            states=self.words("states", State),
            urgency=self.words("urgency", Urgency),
            channels=self.words("channels", Channel),
            category_prefix=self.short("categories.prefix", 6),
            category_drop=self.pattern("categories.drop"),
            category_unknown=self.text("categories.unknown"),
            create=self.flag("departments.create"),
            department_prefix=self.short("departments.prefix", 8, ""),
            calendar=self.text("departments.calendar", ""),
            unassigned=self.unassigned(),
            known=self.known(),
            cause=self.one_of("reply.cause", Cause.values),
            liability=self.one_of("reply.liability", ["", *Liability.values]),
        )

    def section(self, key: str) -> dict[str, Any]:
        value = self.table
        for part in key.split(".") if key else ():
            value = value.get(part, {})
            if not isinstance(value, dict):
                raise _Wrong(f"{key}: a table is needed")
        return value

    def value(self, key: str, default: object = None) -> Any:
        section, _dot, name = key.rpartition(".")
        value = self.section(section).get(name, default)
        if value is None:
            raise _Wrong(f"{key}: missing")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self.value(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise _Wrong(f"{key}: a text is needed, not {value!r}")
        return value

    def short(self, key: str, most: int, default: str | None = None) -> str:
        value = self.text(key, default)
        if len(value) > most:
            raise _Wrong(f"{key}: at most {most} characters, not {value!r}")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if not isinstance(value, bool):
            raise _Wrong(f"{key}: true or false, not {value!r}")
        return value

    def one_of(self, key: str, values: Iterable[str]) -> str:
        value = self.value(key)
        if value not in list(values):
            raise _Wrong(f"{key}: {value!r} is none of {', '.join(map(repr, values))}")
        return str(value)

    def words[V: (State, Urgency, Channel)](self, key: str, kind: type[V]) -> dict[str, V]:
        table = self.section(key)
        if not table:
            raise _Wrong(f"{key}: missing")
        values = [str(member.value) for member in kind]
        for word, value in table.items():
            if value not in values:
                raise _Wrong(f'{key}."{word}": {value!r} is none of {", ".join(values)}')
        return {word: kind(value) for word, value in table.items()}

    def zone(self) -> ZoneInfo:
        name = self.text("timezone")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise _Wrong(f"timezone: {name!r} is not known") from error

    def levels(self) -> tuple[str, str, str]:
        value = self.value("columns.category")
        if not isinstance(value, list) or len(value) != LEVELS or not all(isinstance(name, str) for name in value):
            raise _Wrong(f"columns.category: the names of three columns are needed, not {value!r}")
        return (value[0], value[1], value[2])

    def pattern(self, key: str) -> str:
        value = self.text(key, "")
        try:
            re.compile(value)
        except re.error as error:
            raise _Wrong(f"{key}: {error}") from error
        return value

    def unassigned(self) -> Unassigned:
        key = "departments.unassigned"
        return Unassigned(
            code=self.short(f"{key}.code", MAX_CODE),
            name=self.short(f"{key}.name", MAX_NAME),
            name_en=self.short(f"{key}.name_en", MAX_NAME, ""),
        )

    def known(self) -> dict[str, str]:
        table = self.section("departments.known")
        for group, code in table.items():
            if not isinstance(code, str):
                raise _Wrong(f'departments.known."{group}": a department\'s code is needed, not {code!r}')
        return table


def missing_columns(mapping: LogMap, header: Iterable[str]) -> list[str]:
    """Return what is wrong with a header: one sentence for each column that the mapping names and the file lacks."""
    there = set(header)
    named = {f"columns.{name}": column for name, column in mapping.columns.items()}
    named |= {f"columns.category[{index}]": column for index, column in enumerate(mapping.levels)}
    return [f"{key}: the file has no column {column!r}" for key, column in named.items() if column not in there]


def incidents(mapping: LogMap, rows: Iterable[Row]) -> Iterator[Incident | Refused]:
    """Yield every case, or why it is refused, in the order in which the cases first appear; their rows may lie anywhere.

    A row that cannot be read at all is refused by itself, since nothing says whose it is.
    """
    gathered: dict[str, _Gathered] = {}
    for row in rows:
        number = row.cells.get(mapping.columns["case"], "")
        if row.fault or not number or number == mapping.empty:
            yield Refused(row.line, row.fault or "no case number")
            continue
        _gather(mapping, gathered.setdefault(number, _Gathered(row.line, row.cells)), row)
    for number, found in gathered.items():
        yield _incident(mapping, number, found)


def _gather(mapping: LogMap, found: _Gathered, row: Row) -> None:
    if found.fault:
        return
    try:
        found.updates.append(_update(mapping, row))
        found.cells = {**found.cells, **_ends(mapping, row)}
    except Refused as error:
        found.fault = (error.line, str(error))


def _ends(mapping: LogMap, row: Row) -> dict[str, str]:
    """Return the columns of which the last row counts."""
    return {mapping.columns[name]: row.cells[mapping.columns[name]] for name in OPTIONAL if name in mapping.columns}


def _update(mapping: LogMap, row: Row) -> Update:
    at = _instant(mapping, row.line, row.cells, "at")
    if at is None:
        raise Refused(row.line, f"no time in {mapping.columns['at']}")
    group = row.cells[mapping.columns["group"]]
    urgency = _word(mapping.urgency, row.line, row.cells[mapping.columns["urgency"]], "urgency")
    return Update(
        line=row.line,
        at=at,
        state=_word(mapping.states, row.line, row.cells[mapping.columns["state"]], "states"),
        group="" if group == mapping.empty else group,
        rank=Urgency.RANK[urgency],
    )


def _word[V](words: Mapping[str, V], line: int, word: str, key: str) -> V:
    if word not in words:
        raise Refused(line, f"[{key}] of the mapping does not have this value: {word!r}")
    return words[word]


def _instant(mapping: LogMap, line: int, cells: Mapping[str, str], name: str) -> dt.datetime | None:
    column = mapping.columns.get(name)
    text = cells[column] if column else ""
    if not text or text == mapping.empty:
        return None
    try:
        return dt.datetime.strptime(text, mapping.time_format).replace(tzinfo=mapping.zone)
    except ValueError as error:
        raise Refused(line, f"not a time in the form {mapping.time_format!r}, in {column}: {text!r}") from error


def _incident(mapping: LogMap, number: str, found: _Gathered) -> Incident | Refused:
    if found.fault:
        return Refused(*found.fault)
    if len(number) > MAX_CASE:
        return Refused(found.line, f"a case number has at most {MAX_CASE} characters: {number!r}")
    try:
        opened_at = _instant(mapping, found.line, found.cells, "opened_at")
        case = Case(
            number=number,
            opened_at=opened_at or min(update.at for update in found.updates),
            updates=tuple(found.updates),
            resolved_at=_instant(mapping, found.line, found.cells, "resolved_at"),
            closed_at=_instant(mapping, found.line, found.cells, "closed_at"),
        )
        channel = _word(mapping.channels, found.line, found.cells[mapping.columns["channel"]], "channels")
    except Refused as error:
        return error
    first, second, third = (found.cells[column] for column in mapping.levels)
    return Incident(case=case, channel=channel, category=(first, second, third))
