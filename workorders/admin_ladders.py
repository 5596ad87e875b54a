"""Ladders in the administration site: a version is looked at, never changed; a new one is made from it, previewed, put in force."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Invalid
from organization.admin import ByRole, RecordedAdmin
from workorders.actions.escalating import Prospect, prospects
from workorders.actions.ladders import check, publish
from workorders.enums import Told
from workorders.ladder import Step
from workorders.models import Clock, Ladder, LadderFault, LadderStep

STEP_FIELDS = ("level", "share", "after", "to", "raise_urgency", "supervise")


class StepForm(forms.ModelForm):
    """A step; the people are boxes to tick."""

    to = forms.MultipleChoiceField(label=gettext_lazy("tells"), choices=Told.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = LadderStep
        fields = STEP_FIELDS

    def has_changed(self) -> bool:
        """Count a step copied from the version before as filled in."""
        return bool(self.initial) or super().has_changed()


class StepFormSet(BaseInlineFormSet):
    """Refuses steps that the ladder of such a clock cannot have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial_extra:
            self.extra = len(self.initial_extra) + 1

    def clean(self) -> None:
        """Ask the action's own check."""
        if any(self.errors) or not self.instance.kind:
            return
        try:
            check(self.instance.kind, self.steps())
        except Invalid as error:
            raise ValidationError([str(text) for text in error.errors.values()]) from error

    def steps(self) -> list[Step]:
        """Return the steps as typed, by level."""
        filled = [
            form.cleaned_data for form in self.forms if form.cleaned_data.get("level") and not form.cleaned_data.get("DELETE")
        ]
        found = [Step(**{name: row[name] for name in STEP_FIELDS} | {"to": tuple(row["to"])}) for row in filled]
        return sorted(found, key=lambda step: step.level)


class StepInline(ByRole, admin.TabularInline):
    """The steps of a version."""

    model = LadderStep
    form, formset = StepForm, StepFormSet
    fields = STEP_FIELDS
    extra = 3
    ordering = ("level",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Offer steps for a new version only."""
        return obj is None and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: a version stays as it was promised."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse likewise."""
        return False


@admin.register(Ladder)
class LadderAdmin(RecordedAdmin):
    """Who is told when, as versions; the newest is in force for clocks that start now."""

    inlines = (StepInline,)
    list_display = ("kind", "urgency", "version", "in_force_from", "made_by", "next_version")
    list_filter = ("kind", "urgency")
    list_select_related = ("made_by",)
    ordering = ("kind", "urgency", "-version")
    fields = ("kind", "urgency")
    add_form_template = "admin/workorders/ladder/add_form.html"

    def get_fields(self, request: HttpRequest, obj: Ladder | None = None) -> tuple[str, ...]:
        """Show with a version what it would do."""
        return ("kind", "urgency", "version", "in_force_from", "made_by", "preview", "next_version") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Ladder | None = None) -> tuple[str, ...]:
        """Show what is not the form's."""
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: a version stays as it was promised."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: clocks climb it."""
        return False

    @admin.display(description=gettext_lazy("change"))
    def next_version(self, ladder: Ladder) -> SafeString:
        """Return the way to a new version that starts from this one."""
        return format_html(
            '<a href="{}?from={}">{}</a>', reverse("admin:workorders_ladder_add"), ladder.pk, _("New version from this")
        )

    @admin.display(description=gettext_lazy("for an example order"))
    def preview(self, ladder: Ladder) -> str:
        """Return what this version would do for the newest such order."""
        return render_to_string("admin/workorders/ladder/_prospects.html", example(ladder, ladder.plain.steps))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start from the version that `from` names."""
        source = self._source(request)
        return {"kind": source.kind, "urgency": source.urgency} if source else super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request: HttpRequest, obj: Ladder, inline: StepInline, prefix: str) -> dict[str, Any]:
        """Copy the steps of that version."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        source = self._source(request)
        if source and not obj.pk:
            kwargs["initial"] = [{name: getattr(step, name) for name in STEP_FIELDS} for step in source.steps.order_by("level")]
        return kwargs

    @staticmethod
    def _source(request: HttpRequest) -> Ladder | None:
        number = request.GET.get("from", "")
        return Ladder.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None

    def save_model(self, request: HttpRequest, obj: Ladder, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        """Wait for the steps."""

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list[StepFormSet], change: bool) -> None:  # noqa: FBT001
        """Put the version in force, or keep its steps for the preview."""
        ladder = form.instance
        for formset in formsets:
            # Django's log of the change asks what a formset has saved; the action has.
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if "_preview" in request.POST:
            return
        made = publish(kind=ladder.kind, urgency=ladder.urgency, steps=formsets[0].steps(), by=request.user, now=timezone.now())
        for name in ("pk", "version", "in_force_from"):
            setattr(ladder, name, getattr(made, name))

    def log_addition(self, request: HttpRequest, obj: Ladder, message: object) -> object:
        """Log what was put in force; a preview is nothing to log."""
        return None if obj.pk is None else super().log_addition(request, obj, message)

    def response_add(self, request: HttpRequest, obj: Ladder, post_url_continue: str | None = None) -> HttpResponse:
        """Show what it would do where only the preview was asked for."""
        if "_preview" not in request.POST:
            return super().response_add(request, obj, post_url_continue)
        formsets, _instances = self._create_formsets(request, obj, change=False)
        shown = example(obj, tuple(formsets[0].steps()) if formsets[0].is_valid() else ())
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in {"_preview", "csrfmiddlewaretoken"}
        ]
        context = {**self.admin_site.each_context(request), **shown, "typed": typed, "opts": self.opts, "title": _("Preview")}
        return render(request, "admin/workorders/ladder/preview.html", context)


def example(ladder: Ladder, steps: tuple[Step, ...]) -> dict[str, object]:
    """Return the newest clock of the ladder's kind and urgency, and what the steps would do for it."""
    related = ("ticket__filed_by", "order__department", "order__assignee", "calendar")
    fitting: QuerySet[Clock] = Clock.objects.filter(kind=ladder.kind).select_related(*related)
    clock = fitting.filter(ticket__urgency=ladder.urgency).order_by("-pk").first() or fitting.order_by("-pk").first()
    rows: list[Prospect] = prospects(steps, clock, timezone.now()) if clock else []
    return {"clock": clock, "rows": rows}


@admin.register(LadderFault)
class LadderFaultAdmin(ByRole, admin.ModelAdmin):
    """Steps that could not be taken, with the reason; they are tried again by themselves."""

    list_display = ("clock", "until", "attempts", "reason")
    list_select_related = ("clock__ticket", "clock__order__ticket")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: the worker writes them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse likewise."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse likewise."""
        return False
