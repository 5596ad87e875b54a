"""Categories, routes and limits in the administration site; tickets and orders change through their actions only."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import ForeignKey, Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from foundation.errors import Invalid
from foundation.forms import show_refusal
from organization.admin import ByRole, RecordedAdmin, TreeAdmin
from organization.enums import DepartmentKind
from organization.models import Department, Staff
from workorders import admin_ladders  # noqa: F401 -- registers itself
from workorders.actions.limits import set_limits
from workorders.models import Category, OlaRule, Route, RouteAssist, SlaRule


@admin.register(Category)
class CategoryAdmin(TreeAdmin):
    """The three-level category tree; what is no longer used is made inactive."""

    list_display = ("indented", "code", "is_active")
    list_filter = ("is_active",)
    fields = ("code", "name", "name_en", "parent", "is_active")


class TakersOnly(admin.options.BaseModelAdmin):
    """Offers the departments that take orders."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: object) -> forms.ModelChoiceField:
        """Narrow departments to the active supporting ones."""
        if db_field.related_model is Department:
            kwargs["queryset"] = Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RouteAssistInline(TakersOnly, ByRole, admin.TabularInline):
    """Who assists on a route."""

    model = RouteAssist
    extra = 0


@admin.register(Route)
class RouteAdmin(TakersOnly, RecordedAdmin):
    """Where a category's tickets go."""

    inlines = (RouteAssistInline,)
    list_display = ("category_path", "category", "lead")
    list_filter = ("lead",)
    list_select_related = ("category", "lead")
    search_fields = ("category__code", "category__name")
    autocomplete_fields = ("category",)
    ordering = ("category__path",)

    @admin.display(description=gettext_lazy("code"), ordering="category__path")
    def category_path(self, route: Route) -> str:
        """Return the category's code."""
        return route.category.code


class LimitForm(forms.ModelForm):
    """Refuses what `set_limits` refuses, at the field, by trying it out."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_from"].required = False

    def clean_effective_from(self) -> dt.datetime:
        """Take no date for at once."""
        return self.cleaned_data["effective_from"] or timezone.now()

    def clean(self) -> dict[str, object]:
        """Try the row as a new version and undo that again."""
        data = super().clean() or {}
        if not self.errors:
            try:
                with transaction.atomic():
                    set_limits(limits=[self._meta.model(**data)], by=Staff.objects.system(), now=timezone.now())
                    transaction.set_rollback(True)
            except Invalid as error:
                show_refusal(self, error)
        return data

    def validate_unique(self) -> None:
        """Leave it to `set_limits`, which makes versions of what is there already."""


class LimitAdmin(TakersOnly, RecordedAdmin):
    """Limits: an edit is a new version; rows that clocks were promised under are never changed or removed."""

    form = LimitForm
    ordering = ("-effective_from", "urgency")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: a limit that should end is withdrawn from a date."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """Begin from now."""
        return {"effective_from": timezone.now(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: OlaRule | SlaRule, form: forms.ModelForm, change: object) -> None:
        """Save as a new version, also when an old one was edited."""
        set_limits(limits=[obj], by=request.user, now=timezone.now())


@admin.register(SlaRule)
class SlaRuleAdmin(LimitAdmin):
    """What customers are promised, in natural minutes."""

    list_display = (
        "urgency",
        "channel",
        "tier",
        "category",
        "effective_from",
        "version",
        "withdrawn",
        "dispatch_minutes",
        "contact_minutes",
        "answer_minutes",
        "review_minutes",
        "reply_minutes",
        "callback_minutes",
        "review_percent",
    )
    list_filter = ("urgency",)
    list_select_related = ("category",)
    autocomplete_fields = ("category",)
    ordering = ("urgency", "channel", "-effective_from")


@admin.register(OlaRule)
class OlaRuleAdmin(LimitAdmin):
    """What departments promise each other; the most specific row applies."""

    list_display = (
        "department",
        "category",
        "urgency",
        "channel",
        "tier",
        "region",
        "effective_from",
        "version",
        "withdrawn",
        "acknowledge_minutes",
        "resolve_minutes",
        "hours",
    )
    list_display_links = ("department", "category", "urgency")
    list_filter = ("urgency", "department", "hours")
    list_select_related = ("department", "category", "region")
    autocomplete_fields = ("category",)
    ordering = ("department__code", "category__path", "urgency", "-effective_from")
