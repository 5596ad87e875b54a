"""Events in words: what an event's data says, with labels and names in place of codes."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Event
from journal.types import Data
from organization.models import Department, Region, Staff
from workorders.enums import Cause, HoldReason, Liability, ReturnReason, Urgency
from workorders.events import kind_of
from workorders.ladder_wording import rules_said
from workorders.models import Category

#: Event data shown as it was typed, in this order.
SPOKEN = (
    "reason",
    "defects",
    "evidence",
    "contact",
    "remark",
    "result",
    "answer",
    "text",
    "question",
    "name",
    "number",
)

#: Where a reason, a cause or a liability is a code: (event kind, field) → the words for it.
CODED: dict[tuple[str, str], type[TextChoices]] = {
    ("order.request_return", "reason"): ReturnReason,
    ("order.request_hold", "reason"): HoldReason,
    ("order.hold", "reason"): HoldReason,
}

#: Event kind → the words that say where it went, and the field of its data that names the department.
DIRECTED: dict[str, tuple[Promise, str]] = {
    "ticket.dispatch": (gettext_lazy("dispatched, lead: %(department)s"), "lead"),
    "order.dispatch": (gettext_lazy("work order dispatched to %(department)s"), "department"),
    "order.transfer": (gettext_lazy("transferred to %(department)s"), "to"),
    "order.move": (gettext_lazy("moved with its department to %(department)s"), "into"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the codes and ids that some events mention."""

    departments: Mapping[str, str]
    categories: Mapping[str, str]
    regions: Mapping[str, str]
    staff: Mapping[int, str]


def names_in(events: Sequence[Event], *, departments: Iterable[Department], staff: Iterable[Staff | None]) -> Names:
    """Look up what the events' data mentions and is not among those known already, with at most a query for each kind."""
    data = [event.data for event in events]
    known = {unit.code: str(unit) for unit in departments}
    acquainted = {person.pk: str(person) for person in (*staff, *(event.by for event in events)) if person}
    units = {each[key] for each in data for key in ("lead", "department", "to", "into", "proposed") if each.get(key)} - known.keys()
    leaves = {each[key] for each in data for key in ("category", "category_before") if "category_before" in each}
    places = {each[key] for each in data for key in ("region", "region_before") if "region_before" in each}
    people = {each["assignee"] for each in data if each.get("assignee")} - acquainted.keys()
    return Names(
        departments=known | ({unit.code: str(unit) for unit in Department.objects.filter(code__in=units)} if units else {}),
        categories={leaf.code: str(leaf) for leaf in Category.objects.filter(code__in=leaves)} if leaves else {},
        regions={place.code: str(place) for place in Region.objects.filter(code__in=places)} if places else {},
        staff=acquainted | ({person.pk: str(person) for person in Staff.objects.filter(pk__in=people)} if people else {}),
    )


def headline(event: Event, names: Names) -> str:
    """Return what happened, and which department it was directed to: “work order dispatched to …”."""
    words, field = DIRECTED.get(event.kind, ("", ""))
    if code := event.data.get(field):
        return str(words) % {"department": names.departments.get(code, code)}
    if event.kind == "order.assign":
        return _("assigned to %(person)s") % {"person": names.staff.get(event.data["assignee"], "–")}
    return str(kind_of(event.kind, event.data).label)


def said(event: Event, names: Names) -> list[str]:
    """Return what was said with it, one entry a line: codes as their labels, the rest as it was typed."""
    typed = [_typed(event, key) for key in SPOKEN if event.data.get(key)]
    return [*rules_said(event.data), *typed, *(text for tell in TOLD.get(event.kind, ()) if (text := tell(event.data, names)))]


def _typed(event: Event, key: str) -> str:
    value = str(event.data[key])
    choices = CODED.get((event.kind, key))
    if choices and value in choices.values:
        return str(choices(value).label)
    return _(value) if key == "reason" else value


def _proposed(data: Data, names: Names) -> str:
    code = data.get("proposed")
    return _("proposed: %(department)s") % {"department": names.departments.get(str(code), str(code))} if code else ""


def _until(data: Data, _names: Names) -> str:
    at = timezone.localtime(dt.datetime.fromisoformat(str(data["until"])))
    return _("until %(at)s") % {"at": date_format(at, "m-d H:i")}


def _found(data: Data, _names: Names) -> str:
    if not data.get("cause"):
        return ""
    return f"{Cause(str(data['cause'])).label} · {Liability(str(data['liability'])).label}"


def _raised(data: Data, _names: Names) -> str:
    if "before" not in data:
        return ""
    return f"{Urgency(str(data['before'])).label} → {Urgency(str(data['urgency'])).label}"


def _corrected(data: Data, names: Names) -> str:
    if "category_before" not in data:
        return ""
    before, after = str(data["category_before"]), str(data["category"])
    return f"{names.categories.get(before, before)} → {names.categories.get(after, after)}"


def _moved(data: Data, names: Names) -> str:
    if "region_before" not in data:
        return ""
    before, after = str(data["region_before"]), str(data["region"])
    return f"{names.regions.get(before, before)} → {names.regions.get(after, after)}"


#: Event kind → what else is told of its data.
TOLD: dict[str, tuple[Callable[[Data, Names], str], ...]] = {
    "order.request_return": (_proposed,),
    "order.request_hold": (_until,),
    "order.request_extension": (_until,),
    "order.reply": (_found,),
    "ticket.escalate": (_raised,),
    "ticket.recategorize": (_corrected,),
    "ticket.prepare": (_corrected, _moved, _raised),
}
