"""What a file's columns mean: the mapping, a TOML file, read strictly (docs/howto/import.md describes every key)."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from complaints.imports.shipped import DATA, mapping_file
from workorders.enums import Channel, Urgency

#: The mappings that come with the product.
SHIPPED = DATA / "mappings"

NEEDED = ("number", "received")
FIELDS = (
    *NEEDED,
    "deadline",
    "closed",
    "status",
    "subject",
    "description",
    "note",
    "place",
    "channel",
    "urgency",
    "department",
    "question",
    "region",
    "category",
)
MOMENTS = ("received", "deadline", "closed")
STATUSES = ("open", "closed")
CHOICES: dict[str, Sequence[str]] = {"status": STATUSES, "channel": Channel.values, "urgency": Urgency.values}
MAPPED = (*CHOICES, "department", "region", "category")
LEVELS = 3
SOURCE = re.compile(r"[a-z][a-z0-9_]{0,15}")


class BadMapping(Exception):
    """The mapping does not hold; the message names the TOML key and says what may stand there."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule on the category's text: where `pattern` is found, the category is `code`."""

    pattern: re.Pattern[str]
    code: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How unknown categories, regions or departments are made; `create` off refuses the rows that name one."""

    create: bool = False
    #: A value's names in Chinese and English, where the value itself will not do.
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    #: Regions: the code and the two names of the region above all others.
    root: Sequence[str] = ()
    #: Departments: the code of the working calendar.
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMapping:
    """A mapping that holds in itself; whether the file has its columns is for `check_header`."""

    source: str
    timezone: ZoneInfo
    as_of: dt.datetime | None
    own_targets: bool
    closed_as_of: bool
    shorten: bool
    encoding: str | None
    delimiter: str
    empty: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    formats: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, str]
    rules: tuple[Pattern, ...]
    naming: Mapping[str, Naming]

    def check_header(self, names: Sequence[str]) -> None:
        """Raise BadMapping when the file lacks a column."""
        for name, columns in self.columns.items():
            for column in columns:
                if column not in names:
                    raise BadMapping(f"columns.{name}: the file has no column {column!r}; it has {', '.join(names)}")


def load(path: Path) -> FileMapping:
    """Read a mapping; a bare name is one that comes with the product. Raises BadMapping."""
    try:
        data = tomllib.loads(mapping_file(path, SHIPPED).read_text(encoding="utf-8"))
    except OSError as error:
        shipped_names = ", ".join(sorted(each.name for each in SHIPPED.glob("*.toml")))
        raise BadMapping(f"{path}: {error.strerror}; shipped with the product: {shipped_names}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path}: not TOML: {error}") from error
    try:
        return parsed(data)
    except BadMapping as error:
        raise BadMapping(f"{path}: {error}") from error


def parsed(data: dict[str, Any]) -> FileMapping:
    """Return the mapping that the TOML data describe. Raises BadMapping by key."""
    top = _Table("", data)
    source = top.text("source")
    if not SOURCE.fullmatch(source):
        raise BadMapping("source: at most 16 small letters, digits and _, a letter first")
    zone = _zone(top.text("timezone"))
    columns = _columns(top.table("columns"))
    category, region, department = (top.table(name, needed=False) for name in ("category", "region", "department"))
    mapping = FileMapping(
        source=source,
        timezone=zone,
        as_of=_instant(top, zone),
        own_targets=top.choice("targets", ("file", "policy"), "file") == "policy",
        closed_as_of=top.choice("closed_without_time", ("refuse", "as_of"), "refuse") == "as_of",
        shorten=top.flag("shorten_subject"),
        encoding=top.text("encoding", "") or None,
        delimiter=top.text("delimiter", ","),
        empty=frozenset(top.texts("empty")),
        columns=columns,
        formats=_formats(top.table("dates", needed=False), columns),
        values=_values(top.table("values", needed=False)),
        defaults=_defaults(top.table("defaults", needed=False)),
        rules=_rules(category),
        naming={
            "category": Naming(create=category.flag("create")),
            "region": Naming(create=region.flag("create"), names=region.names(), root=region.texts("root")),
            "department": Naming(
                create=department.flag("create"), names=department.names(), calendar=department.text("calendar", "7x24")
            ),
        },
    )
    for table in (category, region, department, top):
        table.done()
    _whole(mapping)
    return mapping


class _Table:
    """A TOML table whose keys are taken one by one; what nobody took is an error."""

    def __init__(self, name: str, data: object) -> None:
        if not isinstance(data, dict):
            raise BadMapping(f"{name}: must be a table")
        self._name, self._data, self._taken = name, data, set[str]()

    def key(self, name: str) -> str:
        return f"{self._name}.{name}" if self._name else name

    def __iter__(self) -> Iterator[str]:
        self._taken |= set(self._data)
        return iter(list(self._data))

    def take(self, name: str, kinds: type | tuple[type, ...], wanted: str, fallback: Any = None) -> Any:
        self._taken.add(name)
        if name not in self._data:
            if fallback is None:
                raise BadMapping(f"{self.key(name)}: is missing")
            return fallback
        value = self._data[name]
        if not isinstance(value, kinds):
            raise BadMapping(f"{self.key(name)}: must be {wanted}")
        return value

    def text(self, name: str, fallback: str | None = None) -> str:
        return self.take(name, str, "a text", fallback)

    def flag(self, name: str) -> bool:
        return self.take(name, bool, "true or false", fallback=False)

    def choice(self, name: str, choices: Sequence[str], fallback: str) -> str:
        value = self.text(name, fallback)
        if value not in choices:
            raise BadMapping(f"{self.key(name)}: {value!r} is none of {', '.join(choices)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.take(name, (str, list), "a text or a list of texts", fallback=[])
        found = (value,) if isinstance(value, str) else tuple(value)
        if not all(isinstance(each, str) for each in found):
            raise BadMapping(f"{self.key(name)}: must be a text or a list of texts")
        return found

    def names(self) -> dict[str, Sequence[str]]:
        table = self.table("names", needed=False)
        return {key: table.texts(key) for key in table}

    def table(self, name: str, *, needed: bool = True) -> "_Table":
        return _Table(self.key(name), self.take(name, dict, "a table", None if needed else {}))

    def done(self) -> None:
        for name in self._data:
            if name not in self._taken:
                raise BadMapping(f"{self.key(name)}: there is no such key")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise BadMapping(f"timezone: {name!r} is no time zone, such as Asia/Shanghai") from error


def _instant(top: _Table, zone: ZoneInfo) -> dt.datetime | None:
    value = top.take("as_of", dt.datetime, "a date with time, such as 2026-01-31T00:00:00", fallback="")
    if not value:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(dt.UTC)


def _columns(table: _Table) -> dict[str, tuple[str, ...]]:
    columns = {}
    for name in table:
        if name not in FIELDS:
            raise BadMapping(f"columns.{name}: there is no such field; there are {', '.join(FIELDS)}")
        columns[name] = table.texts(name)
        if not columns[name]:
            raise BadMapping(f"columns.{name}: names no column")
    for name in NEEDED:
        if name not in columns:
            raise BadMapping(f"columns.{name}: is missing")
    return columns


def _formats(table: _Table, columns: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    formats = {}
    for name in table:
        if name not in MOMENTS:
            raise BadMapping(f"dates.{name}: there is no such field; there are {', '.join(MOMENTS)}")
        formats[name] = table.texts(name)
        for form in formats[name]:
            if form != "iso" and "%" not in form:
                raise BadMapping(f'dates.{name}: {form!r} is neither "iso" nor a format such as "%Y-%m-%d %H:%M:%S"')
    for name in MOMENTS:
        if name in columns and not formats.get(name):
            raise BadMapping(f"dates.{name}: is missing")
    return formats


def _values(table: _Table) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for name in table:
        if name not in MAPPED:
            raise BadMapping(f"values.{name}: there is no such field; there are {', '.join(MAPPED)}")
        given = table.table(name)
        values[name] = {key: given.text(key) for key in given}
        for key, value in values[name].items():
            if name in CHOICES and value not in CHOICES[name]:
                raise BadMapping(f"values.{name}.{key}: {value!r} is none of {', '.join(CHOICES[name])}")
    return values


def _defaults(table: _Table) -> dict[str, str]:
    defaults = {}
    for name in table:
        if name not in FIELDS or name in {*NEEDED, *MOMENTS}:
            raise BadMapping(f"defaults.{name}: this field has no default")
        defaults[name] = table.text(name)
        if name in CHOICES and defaults[name] not in CHOICES[name]:
            raise BadMapping(f"defaults.{name}: {defaults[name]!r} is none of {', '.join(CHOICES[name])}")
    return defaults


def _rules(category: _Table) -> tuple[Pattern, ...]:
    rules = []
    for number, each in enumerate(category.take("rules", list, "a list of tables", fallback=[]), start=1):
        rule = _Table(f"category.rules[{number}]", each)
        try:
            rules.append(Pattern(re.compile(rule.text("match"), re.IGNORECASE), rule.text("code")))
        except re.PatternError as error:
            raise BadMapping(f"{rule.key('match')}: no regular expression: {error}") from error
        rule.done()
    return tuple(rules)


def _whole(mapping: FileMapping) -> None:
    """Raise BadMapping for keys that do not go together."""
    category, region = mapping.columns.get("category", ()), mapping.naming["region"]
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: not category and "category" not in mapping.defaults, "columns.category: is missing, and defaults.category too"),
        (
            lambda: bool(mapping.rules) and len(category) != 1,
            "category.rules: are for one column; columns.category must name just one",
        ),
        (
            lambda: mapping.naming["category"].create and (bool(mapping.rules) or len(category) != LEVELS),
            "category.create: columns.category must name three columns, one for each level, without category.rules",
        ),
        (
            lambda: "region" not in mapping.columns and not region.root and "region" not in mapping.defaults,
            "columns.region: is missing, and defaults.region and region.root too",
        ),
        (lambda: bool(region.root) and len(region.root) != LEVELS, "region.root: must be code, Chinese name, English name"),
        (lambda: region.create and not region.root, "region.root: is missing; region.create needs it"),
        (lambda: len(mapping.delimiter) != 1, "delimiter: must be one character"),
        (lambda: mapping.closed_as_of and mapping.as_of is None, "as_of: is missing; closed_without_time needs it"),
        (
            lambda: "status" not in mapping.columns and "status" not in mapping.defaults and "closed" not in mapping.columns,
            "columns.status: is missing, and columns.closed and defaults.status too",
        ),
    ]
    for name in ("subject", "channel"):
        if name not in mapping.columns and name not in mapping.defaults:
            raise BadMapping(f"columns.{name}: is missing, and defaults.{name} too")
    for holds, message in checks:
        if holds():
            raise BadMapping(message)
