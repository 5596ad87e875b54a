"""A row of the file as a case, or why it cannot be one. Nothing here writes anything."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from complaints.imports.mapping import LEVELS, FileMapping
from complaints.imports.names import MAX_NAME, Names, category_codes, code_of
from complaints.imports.reading import Row, header, rows
from workorders.enums import Urgency

#: The longest texts that a ticket takes, in characters.
MAX_KEY, MAX_SUBJECT, MAX_PLACE, MAX_TEXT = 32, 120, 200, 5000
LONGEST = {"subject": MAX_SUBJECT, "place": MAX_PLACE, "description": MAX_TEXT, "note": MAX_TEXT}
#: What stands between the cells of several columns.
BETWEEN = {"place": ", ", "description": "\n", "note": "\n", **dict.fromkeys(("received", "deadline", "closed"), " ")}


class Case(NamedTuple):
    """One case as the file tells it; instants are in UTC."""

    line: int
    number: str
    key: str
    received_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    #: The file says that it is closed, not when.
    closed_as_of: bool
    subject: str
    description: str
    note: str
    place: str
    channel: str
    urgency: str
    #: How `Names` finds it; empty: by the category's route.
    department: str
    question: str
    region: str
    category: str | tuple[str, ...]


class Refused(Exception):
    """The row cannot be taken; the message is the reason, after a colon the row's own value."""


@dataclass(slots=True)
class Missing:
    """What the file's rows name that does not exist and may be made."""

    categories: dict[tuple[str, ...], None] = field(default_factory=dict)
    regions: dict[str, None] = field(default_factory=dict)
    departments: dict[str, None] = field(default_factory=dict)


def read(
    path: Path,
    interpreter: "Interpreter",
    encoding: str | None,
) -> Iterator[Case | tuple[int, str]]:
    """Yield each row as a case, or as its line and the reason why it cannot be one. Raises Unreadable and BadMapping."""
    mapping = interpreter.mapping
    encoding = encoding or mapping.encoding
    mapping.check_header(header(path, encoding=encoding, delimiter=mapping.delimiter))
    for row in rows(path, encoding=encoding, delimiter=mapping.delimiter):
        try:
            case = interpreter.case(row)
        except Refused as refused:
            yield row.line, str(refused)
        else:
            yield case


class Interpreter:
    """Reads rows by a mapping; `missing` gathers what they name that may be made."""

    def __init__(self, mapping: FileMapping, names: Names, now: dt.datetime) -> None:
        self.mapping, self.names, self.missing = mapping, names, Missing()
        self._now = min(mapping.as_of or now, now)
        #: On which line each number was first taken.
        self._first: dict[str, int] = {}

    def case(self, row: Row) -> Case:
        """Return the row as a case, one for each number. Raises Refused."""
        if row.fault:
            raise Refused(row.fault)
        case = self._case(row)
        if case.number in self._first:
            raise Refused(f"the number stands in the file already: {case.number} on line {self._first[case.number]}")
        self._first[case.number] = row.line
        return case

    def _case(self, row: Row) -> Case:
        number = self._text(row, "number")
        if not number:
            raise Refused("the number is missing")
        key = f"{self.mapping.source}:{number}"
        if len(key) > MAX_KEY:
            raise Refused(f"the number is longer than {MAX_KEY - len(self.mapping.source) - 1} characters: {number[:40]}")
        received = self._received(row)
        due = self._moment(row, "deadline")
        if due and due < received:
            raise Refused(f"the deadline is before the receipt: {due:%Y-%m-%d %H:%M:%S} UTC")
        closed, as_of = self._closed(row, received)
        category = self._category(row)
        department = self._department(row, category)
        if closed and not department and not self._is_routed(category):
            raise Refused(f"no department, and the category has no route: {category}")
        subject, description = self._subject(row)
        return Case(
            line=row.line,
            number=number,
            key=key,
            received_at=received,
            due_at=due,
            closed_at=closed,
            closed_as_of=as_of,
            subject=subject,
            description=description,
            note=self._text(row, "note"),
            place=self._text(row, "place"),
            channel=self._choice(row, "channel"),
            urgency=self._choice(row, "urgency") or Urgency.NORMAL,
            department=department,
            question=self._text(row, "question"),
            region=self._region(row),
            category=category,
        )

    def _cell(self, row: Row, column: str) -> str:
        cell = row.cells[column]
        return "" if cell in self.mapping.empty else cell

    def _text(self, row: Row, field_name: str) -> str:
        columns = self.mapping.columns.get(field_name, ())
        found = [cell for column in columns if (cell := self._cell(row, column))]
        text = BETWEEN.get(field_name, " ").join(dict.fromkeys(found)) or self.mapping.defaults.get(field_name, "")
        longest = LONGEST.get(field_name)
        if longest and len(text) > longest and not (field_name == "subject" and self.mapping.shorten):
            raise Refused(f"{field_name} is longer than {longest} characters: {len(text)}")
        return text

    def _subject(self, row: Row) -> tuple[str, str]:
        subject = " ".join(self._text(row, "subject").split())
        if not subject:
            raise Refused("the subject is missing")
        description = self._text(row, "description") or subject
        return (subject if len(subject) <= MAX_SUBJECT else subject[: MAX_SUBJECT - 1] + "…"), description

    def _moment(self, row: Row, field_name: str) -> dt.datetime | None:
        text = self._text(row, field_name)
        if not text:
            return None
        for form in self.mapping.formats[field_name]:
            try:
                found = dt.datetime.fromisoformat(text) if form == "iso" else dt.datetime.strptime(text, form)  # noqa: DTZ007
            except ValueError:
                continue
            return self._instant(found.replace(microsecond=0), field_name)
        raise Refused(f"{field_name} is no date in the mapping's formats: {text[:40]}")

    def _instant(self, found: dt.datetime, field_name: str) -> dt.datetime:
        """Return the local time in UTC; of the two that a clock put back gives, the first."""
        zone = self.mapping.timezone
        try:
            instant = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(dt.UTC)
            if found.tzinfo is None and instant.astimezone(zone).replace(tzinfo=None) != found:
                raise Refused(f"{field_name} is a local time that did not exist (the clocks were put forward): {found}")
        except OverflowError as error:
            raise Refused(f"{field_name} is out of range: {found}") from error
        return instant

    def _received(self, row: Row) -> dt.datetime:
        received = self._moment(row, "received")
        if received is None:
            raise Refused("the time of receipt is missing")
        if received > self._now:
            raise Refused(f"received in the future, or after the file's own end (as_of): {received:%Y-%m-%d %H:%M:%S} UTC")
        return received

    def _closed(self, row: Row, received: dt.datetime) -> tuple[dt.datetime | None, bool]:
        """Return when it was closed (None: open), and whether that is merely the file's end."""
        closed = self._moment(row, "closed")
        status = self._choice(row, "status") or ("closed" if closed else "open")
        if status == "open":
            if closed:
                raise Refused(f"open, but with a closing time: {closed:%Y-%m-%d %H:%M:%S} UTC")
            return None, False
        if closed is None:
            if not self.mapping.closed_as_of or self.mapping.as_of is None:
                raise Refused("closed, but without a closing time")
            return self._now, True
        if closed < received:
            raise Refused(f"closed before it was received: {closed:%Y-%m-%d %H:%M:%S} UTC")
        if closed > self._now:
            raise Refused(f"closed in the future, or after the file's own end (as_of): {closed:%Y-%m-%d %H:%M:%S} UTC")
        return closed, False

    def _choice(self, row: Row, field_name: str) -> str:
        """Return the value in our words; one that stands in no table is refused by name."""
        text = self._text(row, field_name)
        if not text or (field_name not in self.mapping.columns or text == self.mapping.defaults.get(field_name)):
            return text
        found = self.mapping.values.get(field_name, {}).get(text)
        if found is None:
            raise Refused(f"unknown {field_name}: {text[:40]}")
        return found

    def _is_routed(self, category: str | tuple[str, ...]) -> bool:
        leaf = self.names.leaves.get(category)
        return bool(leaf and leaf.lead)

    def _department(self, row: Row, category: str | tuple[str, ...]) -> str:
        """Return the department that the row names, or nothing where the route says it, or else the default."""
        text = " ".join(self._cell(row, column) for column in self.mapping.columns.get("department", ()))
        if not text:
            text = "" if self._is_routed(category) else self.mapping.defaults.get("department", "")
        if not text:
            return ""
        text = self.mapping.values.get("department", {}).get(text, text)
        own = code_of(self.mapping.source, "department", text)
        for word in (own, text):
            if word in self.names.units:
                return word
        if not self.mapping.naming["department"].create:
            raise Refused(f"unknown department: {text[:40]}")
        _check_name("department", text)
        self.missing.departments[text] = None
        return own

    def _region(self, row: Row) -> str:
        naming = self.mapping.naming["region"]
        text = self._text(row, "region")
        if not text:
            if not naming.root:
                raise Refused("the region is missing")
            return naming.root[0]
        text = self.mapping.values.get("region", {}).get(text, text)
        own = code_of(self.mapping.source, "region", text)
        for word in (own, text):
            if word in self.names.areas:
                return word
        if not naming.create:
            raise Refused(f"unknown region: {text[:40]}")
        _check_name("region", text)
        self.missing.regions[text] = None
        return own

    def _category(self, row: Row) -> str | tuple[str, ...]:
        columns = self.mapping.columns.get("category", ())
        if len(columns) == LEVELS:
            return self._three(tuple(self._cell(row, column) for column in columns))
        text = self._text(row, "category")
        if self.mapping.rules:
            found = next((rule.code for rule in self.mapping.rules if rule.pattern.search(text)), "")
            text = found or self.mapping.defaults.get("category", "")
        text = self.mapping.values.get("category", {}).get(text, text)
        if text not in self.names.leaves:
            raise Refused(f"unknown category: {text[:40]}")
        return text

    def _three(self, words: tuple[str, ...]) -> str | tuple[str, ...]:
        code = category_codes(self.mapping.source, words)[-1]
        for word in (code, words):
            if word in self.names.leaves:
                return word
        if not all(words):
            raise Refused(f"a level of the category is missing: {' > '.join(words)}")
        if not self.mapping.naming["category"].create:
            raise Refused(f"unknown category: {' > '.join(words)}")
        for word in words:
            _check_name("category", word)
        self.missing.categories[words] = None
        return code


def _check_name(kind: str, word: str) -> None:
    if len(word) > MAX_NAME:
        raise Refused(f"a {kind}'s name is longer than {MAX_NAME} characters: {len(word)}")
