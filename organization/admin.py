"""The organization in the administration site: thin pages over `organization.actions`."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Count, ForeignKey, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import Invalid
from journal.record import record
from organization.actions.calendars import calendar_changed, difference, import_notice, is_loaded
from organization.actions.trees import check_place, place
from organization.enums import Role
from organization.models import Calendar, CalendarDay, Department, HolidayNotice, Region, Staff, WorkWindow
from organization.notices import Notice, read_notice

MAX_NOTICE_BYTES = 256 * 1024


class ByRole(admin.options.BaseModelAdmin):
    """Open to administrators by role, as the rest of the product."""

    def _is_administrator(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, Staff) and user.is_active and (user.is_superuser or user.has_role(Role.ADMIN))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to administrators."""
        return self._is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators look."""
        return self._is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators add."""
        return self._is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators change."""
        return self._is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let administrators delete what nothing points at."""
        return self._is_administrator(request)


class RecordedAdmin(ByRole, admin.ModelAdmin):
    """Puts every change in the journal: who, when, which fields."""

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> object:
        """Write the journal beside Django's own log."""
        self._record(request, obj, "add", [])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> object:
        """Write the journal beside Django's own log."""
        fields = [name for part in message if "changed" in part for name in part["changed"].get("fields", [])]
        self._record(request, obj, "edit", [str(name) for name in fields])
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> object:
        """Write the journal beside Django's own log."""
        for obj in queryset:
            self._record(request, obj, "delete", [])
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, obj: Model, verb: str, fields: list[str]) -> None:
        stream = f"{self.opts.model_name}:{obj.pk}"
        data = {"name": str(obj), "fields": list(fields)}
        record(stream, f"{self.opts.model_name}.{verb}", by=request.user, at=timezone.now(), data=data)


class TreeForm(forms.ModelForm):
    """Refuses a place that a node cannot have."""

    def clean(self) -> dict[str, object]:
        """Ask the action's own check."""
        data = super().clean() or {}
        if data.get("code") or self.instance.pk:
            self.instance.code = data.get("code") or self.instance.code
            try:
                check_place(self.instance, data.get("parent"))
            except Invalid as error:
                raise ValidationError({name: str(text) for name, text in error.errors.items()}) from error
        return data


class NodeField(forms.ModelChoiceField):
    """Offers the nodes of a tree, each set in by its level."""

    def label_from_instance(self, node: Model) -> str:
        """Return the name, set in."""
        return set_in(node)


def set_in(node: Model) -> str:
    """Return the name of a tree's node, set in by its level."""
    return "\u3000" * (node.depth - 1) + str(node)


class TreeAdmin(RecordedAdmin):
    """A tree by its paths; moving a node moves what is below it."""

    form = TreeForm
    ordering = ("path",)
    search_fields = ("code", "name", "name_en")
    list_select_related = ("parent",)

    @admin.display(description=gettext_lazy("name"), ordering="path")
    def indented(self, node: Region) -> str:
        """Return the name, set in by its level; the list would strip blanks that nothing stands before."""
        return "\u200b" + set_in(node)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: object) -> forms.ModelChoiceField:
        """Offer what a node may stand below as a tree."""
        if db_field.name == "parent":
            kwargs |= {"form_class": NodeField, "queryset": db_field.related_model.objects.order_by("path")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Keep a code that events and files already name."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Region, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        """Place it."""
        place(node=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: tickets point at nodes."""
        return False


@admin.register(Region)
class RegionAdmin(TreeAdmin):
    """The operator's own geography."""

    list_display = ("indented", "code", "kind")
    list_filter = ("kind",)
    fields = ("code", "name", "name_en", "kind", "parent")


@admin.register(Department)
class DepartmentAdmin(RecordedAdmin):
    """Departments with head and calendar; one that is no longer used is made inactive."""

    list_display = ("code", "name", "name_en", "kind", "head", "calendar", "region", "is_active")
    list_filter = ("kind", "calendar", "is_active")
    list_select_related = ("head", "calendar", "region")
    search_fields = ("code", "name", "name_en")
    autocomplete_fields = ("head", "region")
    ordering = ("code",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: orders and clocks point here."""
        return False


class RolesField(forms.MultipleChoiceField):
    """The roles that a person may be given."""

    widget = forms.CheckboxSelectMultiple


class StaffForm(UserChangeForm):
    """Shows the roles as boxes to tick."""

    roles = RolesField(
        label=gettext_lazy("roles"),
        required=False,
        choices=[(value, label) for value, label in Role.choices if value != Role.SYSTEM],
    )


@admin.register(Staff)
class StaffAdmin(RecordedAdmin, UserAdmin):
    """Employees; who leaves is made inactive, never deleted."""

    form = StaffForm
    list_display = ("username", "name", "department", "region", "role_names", "is_active")
    list_filter = ("is_active", "department")
    list_select_related = ("department", "region")
    search_fields = ("username", "name", "name_en")
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("department", "region")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("employee"), {"fields": ("name", "name_en", "phone", "department", "region")}),
        (gettext_lazy("roles"), {"fields": ("roles", "is_active")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "name", "department", "region", "password1", "password2")}),
    )

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, person: Staff) -> str:
        """Return the roles in words."""
        return "、".join(str(Role(role).label) for role in person.roles)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        """Leave the system's own account out."""
        return super().get_queryset(request).exclude(roles__contains=[Role.SYSTEM])

    def save_model(self, request: HttpRequest, obj: Staff, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001
        """Open this site to administrators, and to nobody else."""
        obj.is_staff = obj.has_role(Role.ADMIN)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: everything that a person did points here."""
        return False


class WorkWindowInline(ByRole, admin.TabularInline):
    """The weekly hours of a calendar."""

    model = WorkWindow
    extra = 0
    ordering = ("weekday", "starts")


class CalendarForm(forms.ModelForm):
    """Tells what a calendar without hours would be."""

    round_the_clock = forms.BooleanField(
        label=gettext_lazy("round the clock"),
        required=False,
        help_text=gettext_lazy("The weekly hours below are not used then."),
    )


@admin.register(Calendar)
class CalendarAdmin(RecordedAdmin):
    """Working calendars with their weekly hours."""

    form = CalendarForm
    inlines = (WorkWindowInline,)
    list_display = ("code", "name", "round_the_clock", "follows_holidays", "revision", "known_until")
    search_fields = ("code", "name")
    ordering = ("code",)

    @admin.display(description=gettext_lazy("holidays known until"))
    def known_until(self, calendar: Calendar) -> str:
        """Return the last year with a notice; later years are provisional."""
        if calendar.round_the_clock or not calendar.follows_holidays:
            return "–"
        return str(max(known_years(), default="–"))

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list[object], change: bool) -> None:  # noqa: FBT001
        """Raise the revision when the hours are saved."""
        super().save_related(request, form, formsets, change)
        calendar_changed(calendar=form.instance, by=request.user, now=timezone.now())


def known_years() -> list[int]:
    """Return the years with a holiday notice."""
    return list(HolidayNotice.objects.order_by("year").values_list("year", flat=True))


def provisional_years(today: dt.date) -> list[int]:
    """Return which of this year and the next has no notice: their workdays are only Monday to Friday for now."""
    return [year for year in (today.year, today.year + 1) if year not in known_years()]


class CalendarDayInline(ByRole, admin.TabularInline):
    """The days of a notice, as imported."""

    model = CalendarDay
    fields = ("date", "name", "is_workday")
    ordering = ("date",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: days come with their notice."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: a corrected notice is imported again."""
        return False


class NoticeForm(forms.Form):
    """A notice as a file, or again as the text that was looked at before."""

    upload = forms.FileField(label=gettext_lazy("holiday notice (JSON)"), required=False)
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MAX_NOTICE_BYTES)

    def clean(self) -> dict[str, object]:
        """Read the notice; say what is wrong with it."""
        data = super().clean() or {}
        upload = data.get("upload")
        if upload and upload.size > MAX_NOTICE_BYTES:
            raise ValidationError(_("The file is too large for a holiday notice."))
        try:
            data["text"] = upload.read().decode("utf-8-sig") if upload else data.get("text", "")
            data["notice"] = read_notice(data["text"])
        except UnicodeDecodeError as error:
            raise ValidationError(_("The file is not text in UTF-8.")) from error
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return data


@admin.register(HolidayNotice)
class HolidayNoticeAdmin(RecordedAdmin):
    """The years with a notice, and the page that imports one: a dry run first, then applied."""

    change_list_template = "admin/organization/holidaynotice/change_list.html"
    list_display = ("year", "holidays", "make_up", "source")
    inlines = (CalendarDayInline,)
    readonly_fields = ("year", "source")
    ordering = ("-year",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HolidayNotice]:
        """Count the days of each year."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                off=Count("days", filter=Q(days__is_workday=False)),
                on=Count("days", filter=Q(days__is_workday=True)),
            )
        )

    @admin.display(description=gettext_lazy("days off"))
    def holidays(self, notice: HolidayNotice) -> int:
        """Return the number of days off."""
        return notice.off

    @admin.display(description=gettext_lazy("make-up workdays"))
    def make_up(self, notice: HolidayNotice) -> int:
        """Return the number of make-up workdays."""
        return notice.on

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: notices are imported."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: clocks were promised under it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the import page."""
        page = path("import/", self.admin_site.admin_view(self.import_page), name="organization_holidaynotice_import")
        return [page, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Say which years are provisional."""
        context = {"provisional": provisional_years(timezone.localdate()), **(extra_context or {})}
        return super().changelist_view(request, context)

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Show what a notice would change; apply it when that is confirmed."""
        if not self.has_change_permission(request):
            return self.admin_site.login(request)
        form = NoticeForm(request.POST or None, request.FILES or None)
        notice = form.cleaned_data["notice"] if form.is_valid() else None
        if notice and "apply" in request.POST:
            return self._apply(request, notice)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import a holiday notice"),
            "form": form,
            "notice": notice,
            "changes": difference(notice) if notice else [],
            "loaded": bool(notice and is_loaded(notice)),
        }
        return render(request, "admin/organization/holidaynotice/import.html", context)

    def _apply(self, request: HttpRequest, notice: Notice) -> HttpResponse:
        import_notice(notice=notice, by=request.user, now=timezone.now())
        done = _("The notice of %(year)d is in: %(count)d days.") % {"year": notice.year, "count": len(notice.days)}
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:organization_holidaynotice_changelist"))
