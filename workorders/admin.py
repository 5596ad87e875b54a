"""Categories, routes and limits in the administration site; tickets and orders change through their actions only."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from organization.admin import ByRole, RecordedAdmin, TreeAdmin
from organization.enums import DepartmentKind
from organization.models import Department
from workorders.models import Category, OlaRule, Route, RouteAssist, SlaRule
from workorders.queries.coverage import faults_of_ola, faults_of_sla


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


class SlaForm(forms.ModelForm):
    """Refuses a customer limit that does not cover the departments'."""

    def clean(self) -> dict[str, object]:
        """Compare with every department limit of the urgency."""
        data = super().clean() or {}
        if not self.errors:
            found = faults_of_sla(SlaRule(**data))
            if found:
                raise ValidationError(found[:10])
        return data


@admin.register(SlaRule)
class SlaRuleAdmin(RecordedAdmin):
    """What customers are promised, in natural minutes."""

    form = SlaForm
    list_display = (
        "urgency",
        "channel",
        "dispatch_minutes",
        "contact_minutes",
        "answer_minutes",
        "review_minutes",
        "reply_minutes",
        "callback_minutes",
        "review_percent",
    )
    list_filter = ("urgency",)
    ordering = ("urgency", "channel")


class OlaForm(forms.ModelForm):
    """Refuses a department limit that no customer limit covers, or that stops at weekends."""

    def clean(self) -> dict[str, object]:
        """Compare the two limits with each other, and with the customer limits of the urgency."""
        data = super().clean() or {}
        if not self.errors and data["acknowledge_minutes"] > data["resolve_minutes"]:
            self.add_error("acknowledge_minutes", gettext("Accepting cannot take longer than resolving."))
        if not self.errors:
            found = faults_of_ola(OlaRule(**data))
            if found:
                raise ValidationError(found[:10])
        return data


@admin.register(OlaRule)
class OlaRuleAdmin(TakersOnly, RecordedAdmin):
    """What departments promise each other; the most specific row applies."""

    form = OlaForm
    list_display = ("department", "category", "urgency", "acknowledge_minutes", "resolve_minutes", "hours")
    list_display_links = ("department", "category", "urgency")
    list_filter = ("urgency", "department", "hours")
    list_select_related = ("department", "category")
    autocomplete_fields = ("category",)
    ordering = ("department__code", "category__path", "urgency")
