"""What penalties, appeals and schemes ask for."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Inspection
from internal_clients.actions.schemes import Change
from internal_clients.enums import AppealOutcome, Better
from internal_clients.forms.base import RecordForm, supporting
from internal_clients.models import Indicator, Scheme
from internal_clients.months import month_of, months_before
from internal_clients.queries.sanctions import findings
from internal_clients.rules import MANUAL_BONUS, MANUAL_PENALTY
from organization.enums import DepartmentKind
from organization.models import Department
from organization.queries.days import local_day
from workorders.filters import DateInput
from workorders.forms import LongText


class SanctionForm(RecordForm):
    """A penalty, a bonus or a veto, with what happened; a failed inspection that is chosen fills in the rest."""

    finding = forms.ModelChoiceField(
        Inspection.objects.none(),
        label=gettext_lazy("of a failed inspection"),
        required=False,
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Failed inspections with points proposed, once the time to object is over."),
        widget=forms.Select(
            {"hx-get": "", "hx-trigger": "change", "hx-target": "closest form", "hx-select": "main form", "hx-swap": "outerHTML"}
        ),
    )
    month = forms.TypedChoiceField(label=gettext_lazy("month"), coerce=dt.date.fromisoformat)
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("department"))
    code = forms.ChoiceField(label=gettext_lazy("rule"))
    points = forms.DecimalField(
        label=gettext_lazy("points"),
        required=False,
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("Penalty 1 to 5, bonus up to 3; none for a veto."),
    )
    facts = LongText(label=gettext_lazy("facts"))
    evidence = LongText(label=gettext_lazy("evidence"))

    def prepare(self) -> None:
        """Offer this month and the two before, every scored department, and the rules in words."""
        this = month_of(local_day(self.now))
        months = [months_before(this, back) for back in range(3)]
        self.fields["month"].choices = [(f"{month}", f"{month:%Y-%m}") for month in months]
        kinds = (DepartmentKind.SUPPORT, DepartmentKind.CENTRE)
        self.fields["department"].queryset = Department.objects.filter(kind__in=kinds, is_active=True).order_by("code")
        self.fields["code"].choices = [
            ("", gettext_lazy("choose …")),
            *((code, f"{code} {words}") for code, words in RULES.items()),
        ]
        self._offer_findings()

    def _offer_findings(self) -> None:
        """Offer the failed inspections; begin with what the one in the address says."""
        field = self.fields["finding"]
        field.queryset = findings(self.now)
        field.label_from_instance = _finding_label
        chosen = self.asked.get("finding", "")
        found = field.queryset.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
        if found:
            facts = _("%(order)s failed inspection with %(score)s points: %(remark)s")
            told = {"order": found.order, "score": found.score, "remark": found.remark}
            evidence = _("Inspection %(number)s of %(day)s, checklist %(checklist)s")
            where = {"number": found.number, "day": local_day(found.made_at), "checklist": found.checklist}
            self.initial = {
                "finding": found,
                "department": found.department_id,
                "code": MANUAL_PENALTY,
                "points": found.points,
                "facts": facts % told,
                "evidence": evidence % where,
            }


def _finding_label(found: Inspection) -> str:
    return f"{found} · {found.order} · {found.department} · {found.points}"


#: The rules of domain.md 7.5 in words.
RULES = {
    MANUAL_PENALTY: gettext_lazy("penalty"),
    MANUAL_BONUS: gettext_lazy("bonus"),
    "V1": gettext_lazy("major fault or complaint concealed, or told more than 2 hours late"),
    "V2": gettext_lazy("visits or order data falsified"),
    "V3": gettext_lazy("customer data leaked, or a red line crossed by our fault"),
    "V4": gettext_lazy("named by the regulator or national media for a cause of our own"),
    "V5": gettext_lazy("launched against the service department's veto or without its word"),
}


class ContestForm(RecordForm):
    """Why something should not count as it does."""

    grounds = LongText(label=gettext_lazy("grounds"))
    evidence = LongText(
        label=gettext_lazy("evidence"), help_text=gettext_lazy("Numbers of recordings, tickets, logs: where it can be looked up.")
    )


class StatementForm(RecordForm):
    """How it was, from the front line."""

    statement = LongText(label=gettext_lazy("statement of the internal client"))


class EscalateForm(RecordForm):
    """Why the centre's ruling is wrong."""

    grounds = LongText(label=gettext_lazy("grounds against the ruling"))


class RulingForm(RecordForm):
    """What becomes of an appeal; what can be ruled depends on what is contested."""

    outcome = forms.ChoiceField(label=gettext_lazy("outcome"))
    belongs_to = forms.ModelChoiceField(
        Department.objects.none(),
        label=gettext_lazy("belongs to"),
        required=False,
        help_text=gettext_lazy("Only where the row is charged to another department."),
    )
    points = forms.DecimalField(
        label=gettext_lazy("points that remain"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("Only where the points are reduced."),
    )
    reason = LongText(label=gettext_lazy("reason for the ruling"))

    def prepare(self) -> None:
        """Offer what fits: the outcomes, the other departments, the points of a penalty."""
        outcomes = list(AppealOutcome.OF[self.row.about])
        if self.row.item and not self.row.item.points:
            outcomes.remove(AppealOutcome.REDUCED)
        words = [(str(each), AppealOutcome(each).label) for each in outcomes]
        self.fields["outcome"].choices = [("", gettext_lazy("choose …")), *words]
        self.fields["belongs_to"].queryset = supporting().exclude(pk=self.row.department_id)
        if AppealOutcome.REATTRIBUTED not in outcomes:
            del self.fields["belongs_to"]
        if AppealOutcome.REDUCED not in outcomes:
            del self.fields["points"]


class DraftForm(RecordForm):
    """Which version a draft begins from, and from when it is to count."""

    scheme = forms.ModelChoiceField(Scheme.objects.order_by("-version"), label=gettext_lazy("scheme"))
    effective_from = forms.DateField(
        label=gettext_lazy("effective from"), widget=DateInput, help_text=gettext_lazy("The first day of a month.")
    )

    def clean_effective_from(self) -> dt.date:
        """Refuse a day that begins no month."""
        day = self.cleaned_data["effective_from"]
        if day.day != 1:
            raise forms.ValidationError(_("A scheme takes effect on the first day of a month."))
        return day


class SchemeRows(forms.Form):
    """The numbers of every indicator of a draft, in one table."""

    COLUMNS = ("target", "limit", "weight", "minimum")
    BOUNDS: ClassVar = {"weight": {"min_value": Decimal("0.01"), "max_value": 100}, "minimum": {"min_value": 1}}

    def __init__(self, data: object = None, *, scheme: Scheme) -> None:
        super().__init__(data)
        self.indicators = [indicator for part in scheme.parts.all() for indicator in part.indicators.all()]
        for indicator in self.indicators:
            for name in self.COLUMNS:
                field = Indicator._meta.get_field(name).formfield(**self.BOUNDS.get(name, {}))  # noqa: SLF001 -- Django's documented way to a model's field
                field.initial, field.label = getattr(indicator, name), f"{indicator.code} {field.label}"
                self.fields[f"{name}-{indicator.pk}"] = field

    def clean(self) -> dict[str, object]:
        """Refuse a floor that does not lie below the target, or a ceiling that does not lie above it."""
        data = super().clean() or {}
        for indicator in self.indicators:
            target, limit = data.get(f"target-{indicator.pk}"), data.get(f"limit-{indicator.pk}")
            wrong = {Better.HIGH: lambda a, b: a <= b, Better.LOW: lambda a, b: a >= b, Better.DEDUCT: lambda _a, b: b <= 0}
            if target is not None and limit is not None and wrong[Better(indicator.better)](target, limit):
                text = _("The floor lies below the target; the ceiling, where less is better, above it.")
                self.add_error(f"limit-{indicator.pk}", text)
        return data

    def changes(self) -> list[Change]:
        """Return what differs from the draft as it is."""
        found = []
        for indicator in self.indicators:
            given = {name: self.cleaned_data[f"{name}-{indicator.pk}"] for name in self.COLUMNS}
            if any(given[name] != getattr(indicator, name) for name in self.COLUMNS):
                found.append(Change(indicator=indicator.pk, **given))
        return found

    def table(self) -> list[dict[str, object]]:
        """Return the indicators, each with its four fields."""
        return [
            {"indicator": indicator, "fields": [self[f"{name}-{indicator.pk}"] for name in self.COLUMNS]}
            for indicator in self.indicators
        ]
