"""The scheme and who it is about, in the administration; records and scores change through their actions only."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.errors import DomainError
from internal_clients.actions.schemes import activate
from internal_clients.enums import SchemeState
from internal_clients.models import Indicator, Part, PartWeight, Rater, Scheme, System
from organization.admin import ByRole, RecordedAdmin


class WhileDraft:
    """Rows that may be changed until their scheme is in force."""

    def scheme_of(self, obj: object) -> Scheme | None:
        """Return the scheme that a row belongs to."""
        return obj if isinstance(obj, Scheme) else getattr(obj, "scheme", None)

    def is_draft(self, obj: object) -> bool:
        """Tell whether the row's scheme is still being worked on."""
        scheme = self.scheme_of(obj)
        return scheme is None or scheme.state == SchemeState.DRAFT

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse changes to what counts."""
        return super().has_change_permission(request, obj) and self.is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse to delete what counts."""
        return super().has_delete_permission(request, obj) and self.is_draft(obj)


class RowsWhileDraft(WhileDraft, ByRole, admin.TabularInline):
    """Rows of a part, which may be added to until its scheme is in force."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse additions to what counts."""
        return super().has_add_permission(request, obj) and self.is_draft(obj)


class WeightInline(RowsWhileDraft):
    """What the part counts for each department."""

    model = PartWeight


class IndicatorInline(RowsWhileDraft):
    """The part's indicators."""

    model = Indicator
    fields = ("code", "name", "name_en", "formula", "better", "target", "limit", "weight", "cap", "minimum")


@admin.register(Part)
class PartAdmin(WhileDraft, RecordedAdmin):
    """A part with its indicators and weights."""

    list_display = ("scheme", "code", "name")
    list_filter = ("scheme",)
    list_select_related = ("scheme",)
    ordering = ("-scheme__version", "code")
    inlines = (IndicatorInline, WeightInline)


@admin.register(Scheme)
class SchemeAdmin(WhileDraft, RecordedAdmin):
    """Versions of the scheme; one is put in force as a whole."""

    list_display = ("__str__", "effective_from", "state", "activated_by", "activated_at")
    list_select_related = ("activated_by",)
    ordering = ("-version",)
    fields = ("version", "name", "effective_from")
    actions = ("put_in_force",)

    @admin.action(description=gettext_lazy("Put the chosen draft in force"))
    def put_in_force(self, request: HttpRequest, chosen: QuerySet[Scheme]) -> None:
        """Put drafts in force, or say what is wrong with them."""
        for scheme in chosen.order_by("version"):
            try:
                activate(scheme=scheme, by=request.user, now=timezone.now())
            except DomainError as error:
                self.message_user(request, f"{scheme}: {error.detail}", messages.ERROR)
            else:
                self.message_user(request, _("%(scheme)s is in force.") % {"scheme": scheme}, messages.SUCCESS)


@admin.register(System)
class SystemAdmin(RecordedAdmin):
    """Which department keeps which system running."""

    list_display = ("name", "code", "department", "is_active")
    list_select_related = ("department",)
    ordering = ("code",)


@admin.register(Rater)
class RaterAdmin(RecordedAdmin):
    """Who rates the departments each month."""

    list_display = ("staff", "post", "is_active")
    list_select_related = ("staff",)
    autocomplete_fields = ("staff",)
    ordering = ("staff__username",)
