"""What the dashboard looks at, as it stands in the address, so that a view can be shared."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.durations import midnight
from organization.enums import DepartmentKind
from organization.models import Department, Region, Staff
from organization.models.base import Tree
from workorders.enums import Urgency
from workorders.filters import DateInput
from workorders.models import Category
from workorders.queries.figures import Scope, reach

DAYS = 30
#: The longest period, about two years; more is for the exports.
MOST_DAYS = 732
PRESETS = {
    "last_30_days": gettext_lazy("last 30 days"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "this_quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
}


def preset(name: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a named period, as seen from `today`; KeyError for another name."""
    this_month = today.replace(day=1)
    this_quarter = this_month.replace(month=(today.month - 1) // 3 * 3 + 1)
    match name:
        case "last_30_days":
            return today - dt.timedelta(days=DAYS - 1), today
        case "this_month":
            return this_month, today
        case "last_month":
            end = this_month - dt.timedelta(days=1)
            return end.replace(day=1), end
        case "this_quarter":
            return this_quarter, today
        case "last_quarter":
            end = this_quarter - dt.timedelta(days=1)
            return preset("this_quarter", end)[0], end
    raise KeyError(name)


class Organization:
    """The departments, regions and categories, each read once."""

    @cached_property
    def departments(self) -> dict[int, Department]:
        """Return the departments by id."""
        return {each.pk: each for each in Department.objects.order_by("code")}

    @cached_property
    def regions(self) -> dict[int, Region]:
        """Return the regions by id, as the tree runs."""
        return {each.pk: each for each in Region.objects.order_by("path")}

    @cached_property
    def categories(self) -> dict[int, Category]:
        """Return the categories by id, as the tree runs."""
        return {each.pk: each for each in Category.objects.order_by("path")}

    def beneath(self, user: Staff) -> list[Region]:
        """Return the regions that the person's figures may be narrowed to."""
        home = reach(user).region_id
        return [each for each in self.regions.values() if not home or each.path.startswith(self.regions[home].path)]


def _indented(nodes: Iterable[Tree], depth: int) -> list[tuple[str, str]]:
    return [(node.code, "\u3000" * (node.depth - 1) + str(node)) for node in nodes if node.depth <= depth]


class ScopeForm(forms.Form):
    """The period and what it is narrowed to."""

    start = forms.DateField(label=gettext_lazy("from"), widget=DateInput)
    end = forms.DateField(label=gettext_lazy("up to"), widget=DateInput)
    department = forms.ChoiceField(label=gettext_lazy("department"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("region"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("category"), required=False)
    urgency = forms.ChoiceField(
        choices=[("", gettext_lazy("every urgency")), *Urgency.choices],
        label=gettext_lazy("urgency"),
        required=False,
    )
    #: Of a node alone, without what lies below it: where a table's row is exactly that.
    region_itself = forms.BooleanField(required=False, widget=forms.HiddenInput)
    category_itself = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, query: Mapping[str, str], *, user: Staff, organization: Organization, now: dt.datetime) -> None:
        self.user, self.organization, self.now = user, organization, now
        self.today = timezone.localtime(now).date()
        super().__init__(self._with_period(query))
        self.nodes: dict[str, dict[str, Any]] = {
            "department": {each.code: each for each in organization.departments.values() if each.kind == DepartmentKind.SUPPORT},
            "region": {each.code: each for each in organization.beneath(user)},
            "category": {each.code: each for each in organization.categories.values()},
        }
        every = {"department": _("every department"), "region": _("every region"), "category": _("every category")}
        for name, nodes in self.nodes.items():
            self.fields[name].choices = [("", every[name]), *((code, str(node)) for code, node in nodes.items())]
        for name, depth in {"region": 4, "category": 2}.items():
            self.fields[name].widget.choices = [("", every[name]), *_indented(self.nodes[name].values(), depth)]
        if reach(user).department_id:
            del self.fields["department"]

    def _with_period(self, query: Mapping[str, str]) -> dict[str, str]:
        """Fill in the days of a named period, and of the last 30 days where none are given."""
        data = {name: value for name, value in query.items() if name in self.base_fields}
        named = query.get("period", "")
        if named in PRESETS or not (data.get("start") or data.get("end")):
            first, last = preset(named if named in PRESETS else "last_30_days", self.today)
            data |= {"start": f"{first:%Y-%m-%d}", "end": f"{last:%Y-%m-%d}"}
        return data

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or is too long to count."""
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The period ends before it begins."))
        elif start and end and (end - start).days > MOST_DAYS:
            self.add_error("end", _("Choose at most two years."))
        elif end and end.year > self.today.year + 10:
            self.add_error("end", _("This lies too far in the future."))
        return data

    def scope(self) -> Scope:
        """Return what was chosen; of what is wrong, the form says so and the last 30 days are shown."""
        data = self.cleaned_data if self.is_valid() else {}
        first, last = (data["start"], data["end"]) if data else preset("last_30_days", self.today)
        chosen = {name: nodes.get(data.get(name, "")) for name, nodes in self.nodes.items()}
        return Scope(
            start=midnight(first),
            end=midnight(last + dt.timedelta(days=1)),
            now=self.now,
            reach=reach(self.user),
            department_id=chosen["department"].pk if chosen["department"] else None,
            region=chosen["region"],
            region_itself=bool(data.get("region_itself")),
            category=chosen["category"],
            category_itself=bool(data.get("category_itself")),
            urgency=data.get("urgency", ""),
        )


class Address:
    """A scope as an address has it, and as narrowed by a row of a table."""

    def __init__(self, scope: Scope, organization: Organization) -> None:
        chosen = organization.departments.get(scope.department_id or 0)
        self.parts: dict[str, str] = {
            "start": _day(scope.start),
            "end": _day(scope.end, last=True),
            "department": chosen.code if chosen else "",
            "region": scope.region.code if scope.region else "",
            "region_itself": "on" if scope.region_itself else "",
            "category": scope.category.code if scope.category else "",
            "category_itself": "on" if scope.category_itself else "",
            "urgency": scope.urgency,
        }

    def but(self, **changes: str) -> str:
        """Return the address with some parts changed."""
        return urlencode({name: value for name, value in (self.parts | changes).items() if value})

    def of_week(self, scope: Scope, monday: dt.datetime) -> str:
        """Return the address of that week's part of the period."""
        start, end = max(monday, scope.start), min(monday + dt.timedelta(days=7), scope.end)
        return self.but(start=_day(start), end=_day(end, last=True))


def _day(instant: dt.datetime, *, last: bool = False) -> str:
    """Return the day that begins at an instant, or the last one before it."""
    return f"{timezone.localtime(instant) - dt.timedelta(days=int(last)):%Y-%m-%d}"
