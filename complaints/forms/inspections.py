"""What inspecting, contesting, and keeping plans and checklists ask for. Forms only validate and clean; the actions decide."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints import inspection_policies as policies
from complaints.actions.inspecting import Given
from complaints.actions.inspection_plans import Item
from complaints.bulletins.periods import DAY, Span
from complaints.enums import Answer, Inspected, ObjectionOutcome
from complaints.forms.intake import OneLine, nodes_indented
from complaints.models import Checklist, ChecklistItem, Inspection, Mark, SamplingPlan
from complaints.models.finding import LEAST_POINTS, MOST_POINTS
from complaints.queries.inspections.listing import RESULTS, Wanted
from organization.models import Department, Region, Staff
from workorders.filters import DateInput
from workorders.forms import LongText
from workorders.models import Category

#: So many lines a new checklist has, and so many empty ones are offered beside kept items.
FIRST_ITEMS, MORE_ITEMS = 10, 4
#: Days a list and the results show at first.
DAYS = 30


class Marking(forms.Form):
    """An answer to each item of a checklist, with a note."""

    def __init__(self, *args: Any, items: Sequence[ChecklistItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        own = dict(self.fields)
        self.fields.clear()
        for item in items:
            self.fields[f"item_{item.pk}"] = forms.ChoiceField(
                choices=Answer.choices, label=item.text, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note_{item.pk}"] = OneLine(max_length=300, label=_("What is missing"), required=False)
        self.fields.update(own)

    def given(self) -> dict[int, Given]:
        """Return the answers by item."""
        data = self.cleaned_data
        return {item.pk: Given(data[f"item_{item.pk}"], data[f"note_{item.pk}"]) for item in self.items}

    def lines(self) -> list[dict[str, Any]]:
        """Return the items, each with its two fields."""
        return [{"item": item, "answer": self[f"item_{item.pk}"], "note": self[f"note_{item.pk}"]} for item in self.items]


class InspectionForm(Marking):
    """The marks, what is wrong, and what follows."""

    remark = LongText(
        label=pgettext_lazy("inspection", "finding"),
        required=False,
        help_text=gettext_lazy("Needed where it fails: what is wrong."),
    )
    sends_back = forms.BooleanField(label=gettext_lazy("send the order back for rework"), required=False)
    points = forms.DecimalField(
        label=gettext_lazy("propose to deduct points"),
        required=False,
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("1 to 5. The penalty itself is proposed and decided by two people of the scheme."),
        widget=forms.NumberInput({"min": LEAST_POINTS, "max": MOST_POINTS, "step": "0.5"}),
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, items=list(inspection.checklist.items.all()), **kwargs)
        if inspection.first_id:
            del self.fields["points"]
        # Who had ticked it when it was still possible is told that it no longer is.
        if not policies.may_send_back(inspection, inspection.order) and "sends_back" not in self.data:
            del self.fields["sends_back"]

    def follows(self) -> dict[str, Any]:
        """Return what `inspect` takes beside the answers."""
        return {name: self.cleaned_data[name] for name in ("remark", "sends_back", "points") if name in self.fields}

    def consequences(self) -> list[Any]:
        """Return the fields below the items."""
        return [self[name] for name in ("remark", "sends_back", "points") if name in self.fields]


class ContestFindingForm(forms.Form):
    """Why a finding is wrong."""

    reason = LongText(label=gettext_lazy("reason"))


class DecisionForm(Marking):
    """What becomes of a contested finding, with the marks as they should be."""

    outcome = forms.ChoiceField(
        choices=[each for each in ObjectionOutcome.choices if each[0] != ObjectionOutcome.PENDING],
        label=pgettext_lazy("objection", "decision"),
        widget=forms.RadioSelect,
    )
    reason = LongText(label=gettext_lazy("reason"))

    def __init__(self, *args: Any, marks: Sequence[Mark], **kwargs: Any) -> None:
        initial = {f"item_{mark.item_id}": mark.counted for mark in marks}
        super().__init__(*args, items=[mark.item for mark in marks], initial=initial, **kwargs)
        for mark in marks:
            del self.fields[f"note_{mark.item_id}"]

    def given(self) -> dict[int, Given]:
        """Return the answers by item; their notes stay the first inspector's."""
        return {item.pk: Given(self.cleaned_data[f"item_{item.pk}"]) for item in self.items}

    def lines(self) -> list[dict[str, Any]]:
        """Return the items, each with its field."""
        return [{"item": item, "answer": self[f"item_{item.pk}"]} for item in self.items]


class InspectorForm(forms.Form):
    """Who is to inspect instead."""

    inspector = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("inspector"))

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspector"].queryset = policies.inspectors().exclude(pk=inspection.inspector_id)


class MadeForm(forms.Form):
    """Which inspections a list or the results show."""

    start = forms.DateField(label=gettext_lazy("from"), required=False, widget=DateInput)
    end = forms.DateField(label=gettext_lazy("up to"), required=False, widget=DateInput)
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"), required=False)
    inspector = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("inspector"), required=False)
    result = forms.ChoiceField(
        choices=[("", gettext_lazy("every result")), *RESULTS.items()], label=pgettext_lazy("inspection", "result"), required=False
    )
    defect = forms.CharField(label=gettext_lazy("defect code"), required=False, max_length=12)

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["department"].queryset = policies.departments_inspected()
        self.fields["department"].empty_label = _("every department")
        self.fields["inspector"].queryset = policies.inspectors()
        self.fields["inspector"].empty_label = _("every inspector")
        self.full_clean()
        span = self.span()
        self.shown = {"start": f"{span.start}", "end": f"{span.end - DAY}"}

    def span(self) -> Span:
        """Return the days that are shown: the last thirty where none or no sensible ones are asked for."""
        end = self.cleaned_data.get("end") or self.today
        start = self.cleaned_data.get("start") or end - DAYS * DAY
        return (
            Span(start, end + DAY)
            if dt.date(2000, 1, 1) <= start <= end < dt.date(2999, 1, 1)
            else Span(self.today - DAYS * DAY, self.today + DAY)
        )

    def wanted(self) -> Wanted:
        """Return what the list takes."""
        data = self.cleaned_data
        chosen = {name: data[name].pk if data.get(name) else None for name in ("department", "inspector")}
        return Wanted(span=self.span(), **chosen, defect=data.get("defect") or "", result=data.get("result") or "")


class PlanForm(forms.ModelForm):
    """A sampling plan."""

    class Meta:
        model = SamplingPlan
        fields = (
            "name", "checklist", "period", "percent", "number", "all_major", "department", "region", "category", "urgency",
            "inspectors", "double_percent", "days", "active_from", "is_active",
        )  # fmt: skip
        widgets = {"active_from": DateInput(format="%Y-%m-%d"), "inspectors": forms.CheckboxSelectMultiple}
        help_texts = {
            "number": gettext_lazy("A share is rounded up. Major ones are drawn beside it where all of them are wanted."),
            "inspectors": gettext_lazy("None chosen: all inspectors. Nobody is given their own work."),
            "double_percent": gettext_lazy("Two inspectors, neither of whom knows of the other, measure how far they agree."),
            "active_from": gettext_lazy("Periods that begin on or after this day are drawn once they are over."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checklist"].queryset = Checklist.objects.filter(is_current=True).order_by("name")
        self.fields["department"].queryset = policies.departments_inspected()
        self.fields["department"].empty_label = _("every department")
        self.fields["inspectors"].queryset = policies.inspectors()
        self.fields["urgency"].choices = [("", _("every urgency")), *self.fields["urgency"].choices[1:]]
        every = {"region": (Region, _("everywhere")), "category": (Category, _("every category"))}
        for name, (model, empty) in every.items():
            self.fields[name].widget.choices = [("", empty), *nodes_indented(model.objects.order_by("path"))]

    def clean(self) -> dict[str, Any]:
        """Want a share or a number."""
        data = super().clean() or {}
        if (
            "percent" not in self.errors
            and "number" not in self.errors
            and (data.get("percent") is None) == (data.get("number") is None)
        ):
            self.add_error("percent", _("Give a share or a number, one of the two."))
        return data

    def values(self) -> dict[str, Any]:
        """Return what `save_plan` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "inspectors"}


class ChecklistForm(forms.Form):
    """A checklist with its items, a line each; a line without words is left out."""

    name = OneLine(max_length=60, label=gettext_lazy("name"))
    what = forms.ChoiceField(choices=Inspected, label=gettext_lazy("what is inspected"))
    pass_score = forms.IntegerField(min_value=0, max_value=100, initial=80, label=gettext_lazy("passes from, points of 100"))

    def __init__(self, data: Any = None, *, checklist: Checklist | None = None) -> None:
        self.checklist = checklist
        kept = list(checklist.items.all()) if checklist else []
        initial: dict[str, Any] = {"pass_score": checklist.pass_score} if checklist else {}
        self.count = len(kept) + MORE_ITEMS if kept else FIRST_ITEMS
        for place, item in enumerate(kept):
            names = ("text", "points", "is_fatal", "defect")
            initial |= {f"{name}_{place}": getattr(item, name) for name in names}
        super().__init__(data, initial=initial)
        if checklist:
            del self.fields["name"], self.fields["what"]
        for place in range(self.count):
            self._add_line(place)

    def _add_line(self, place: int) -> None:
        number = {"n": place + 1}
        self.fields[f"text_{place}"] = OneLine(max_length=200, required=False, label=_("Item %(n)s: what must be so") % number)
        self.fields[f"points_{place}"] = forms.IntegerField(
            min_value=1,
            max_value=100,
            required=False,
            label=_("Item %(n)s: points") % number,
            widget=forms.NumberInput({"placeholder": _("points")}),
        )
        self.fields[f"defect_{place}"] = OneLine(
            max_length=12,
            required=False,
            label=_("Item %(n)s: defect code") % number,
            widget=forms.TextInput({"placeholder": _("defect code")}),
        )
        self.fields[f"is_fatal_{place}"] = forms.BooleanField(required=False, label=_("Item %(n)s: fatal") % number)

    def lines(self) -> list[list[Any]]:
        """Return the fields of each line."""
        return [[self[f"{name}_{place}"] for name in ("text", "points", "defect", "is_fatal")] for place in range(self.count)]

    def heads(self) -> list[Any]:
        """Return the fields above the lines."""
        return [self[name] for name in ("name", "what", "pass_score") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Want points and a code of every line that says something, and no code twice."""
        data = super().clean() or {}
        codes: set[str] = set()
        for place in range(self.count):
            if not data.get(f"text_{place}"):
                continue
            for name in ("points", "defect"):
                if not data.get(f"{name}_{place}") and f"{name}_{place}" not in self.errors:
                    self.add_error(f"{name}_{place}", _("Fill this in."))
            code = data.get(f"defect_{place}", "")
            if code and code in codes:
                self.add_error(f"defect_{place}", _("This code is used above."))
            codes.add(code)
        if not any(data.get(f"text_{place}") for place in range(self.count)):
            raise ValidationError(_("A checklist needs an item."))
        return data

    def entered(self) -> list[Item]:
        """Return the lines that say something, in their order."""
        data = self.cleaned_data
        wanted = [place for place in range(self.count) if data.get(f"text_{place}")]
        return [
            Item(data[f"text_{place}"], data[f"points_{place}"], data[f"is_fatal_{place}"], data[f"defect_{place}"])
            for place in wanted
        ]
