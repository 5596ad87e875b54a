"""Customers and alert rules in the administration site; complaints, callbacks and alerts change through actions only."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from complaints.models import AlertRule, Customer, CustomerMessage
from foundation.masking import mask_number


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    """Names, tiers and regions; a number is entered once and then masked."""

    list_display = ("masked", "name", "tier", "region")
    list_filter = ("tier", "region")
    list_select_related = ("region",)
    search_fields = ("number__startswith", "name__startswith")
    show_full_result_count = False

    @admin.display(description=_("customer number"), ordering="number")
    def masked(self, customer: Customer) -> str:
        """Return the number without its middle."""
        return mask_number(customer.number)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Ask for the number of a new customer only."""
        return ("masked" if obj else "number", "name", "tier", "region")

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Keep the masked number as it is."""
        return ("masked",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        """Refuse: complaints point here."""
        return False


@admin.register(AlertRule)
class AlertRuleAdmin(admin.ModelAdmin):
    """When a series of complaints is a surge; what has fired keeps its rule."""

    list_display = ("name", "method", "is_active", "owner", "category", "region")
    list_filter = ("method", "is_active")
    list_select_related = ("owner", "category", "region")
    filter_horizontal = ("departments",)
    autocomplete_fields = ("owner",)

    def get_readonly_fields(self, request: HttpRequest, obj: AlertRule | None = None) -> tuple[str, ...]:
        """Keep the method: what its detectors have learnt is of no use to another."""
        return ("method",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: AlertRule | None = None) -> bool:
        """Refuse: alerts point here, and what the detectors have learnt would be lost; make it inactive instead."""
        return False


@admin.register(CustomerMessage)
class CustomerMessageAdmin(admin.ModelAdmin):
    """What customers were told by SMS, and what did not go out; to be read only."""

    list_display = ("complaint", "key", "state", "tries", "queued_at", "sent_at", "last_error")
    list_filter = ("state",)
    list_select_related = ("complaint__ticket",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: messages come of what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: CustomerMessage | None = None) -> bool:
        """Refuse: what was said stays said."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CustomerMessage | None = None) -> bool:
        """Refuse, likewise."""
        return False
