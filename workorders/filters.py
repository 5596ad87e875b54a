"""What a queue can be narrowed to; the choice stands in the address, so that a view can be shared."""

import datetime as dt

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.durations import midnight
from organization.models import Department, Region, Staff
from workorders.enums import OrderState, TicketState, Urgency
from workorders.models import Category, Ticket, WorkOrder
from workorders.queries.finding import with_text

type Rows = QuerySet[Ticket] | QuerySet[WorkOrder]

MAX_TEXT = 60

#: Filing dates and instants that can be asked for: nothing was filed earlier, and arithmetic at the ends of time overflows.
DAYS = (MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1)))
INSTANTS = (MinValueValidator(dt.datetime(2000, 1, 1, tzinfo=dt.UTC)), MaxValueValidator(dt.datetime(2100, 1, 1, tzinfo=dt.UTC)))


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"


def indented(nodes: QuerySet, depth: int = 3) -> list[tuple[int, str]]:
    """Return a tree as choices, each level further in."""
    return [(node.pk, "　" * (node.depth - 1) + str(node)) for node in nodes.order_by("path") if node.depth <= depth]


class TicketFilter(django_filters.FilterSet):
    """By state, category and region (with all below), urgency, day of filing, and text."""

    #: How the ticket's fields are reached from a row.
    prefix_to_ticket = ""

    text = django_filters.CharFilter(method="by_text", label=_("words, number or customer"), max_length=MAX_TEXT)
    state = django_filters.ChoiceFilter(choices=TicketState, label=_("state"), empty_label=_("every state"))
    urgency = django_filters.ChoiceFilter(choices=Urgency, method="by_urgency", label=_("urgency"), empty_label=_("every urgency"))
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(),
        method="below",
        label=_("category"),
        empty_label=_("every category"),
    )
    region = django_filters.ModelChoiceFilter(
        queryset=Region.objects.all(),
        method="below",
        label=_("region"),
        empty_label=_("every region"),
    )
    filed_from = django_filters.DateFilter(method="from_day", label=_("filed from"), widget=DateInput, validators=DAYS)
    filed_to = django_filters.DateFilter(method="to_day", label=_("filed up to"), widget=DateInput, validators=DAYS)

    class Meta:
        model = Ticket
        fields = ()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, model, depth in (("category", Category, 2), ("region", Region, 3)):
            field = self.form.fields[name]
            field.widget.choices = [("", field.empty_label), *indented(model.objects.all(), depth)]

    def by_text(self, rows: Rows, _name: str, text: str) -> Rows:
        """Keep tickets that have the words in any of their texts, whose number begins or ends so, or whose customer is named."""
        return rows.filter(with_text(text, self.prefix_to_ticket))

    @extend_schema_field(OpenApiTypes.STR)
    def by_urgency(self, rows: Rows, _name: str, urgency: str) -> Rows:
        """Keep tickets of one urgency."""
        return rows.filter(**{f"{self.prefix_to_ticket}urgency": urgency})

    @extend_schema_field(OpenApiTypes.INT)
    def below(self, rows: Rows, name: str, node: Category | Region) -> Rows:
        """Keep tickets at `node` or below it."""
        nodes = type(node).objects.filter(path__startswith=node.path)
        return rows.filter(**{f"{self.prefix_to_ticket}{name}__in": nodes})

    def from_day(self, rows: Rows, _name: str, day: dt.date) -> Rows:
        """Keep tickets filed on that day or later."""
        return rows.filter(**{f"{self.prefix_to_ticket}filed_at__gte": midnight(day)})

    def to_day(self, rows: Rows, _name: str, day: dt.date) -> Rows:
        """Keep tickets filed on that day or earlier."""
        return rows.filter(**{f"{self.prefix_to_ticket}filed_at__lt": midnight(day + dt.timedelta(days=1))})


class OrderFilter(TicketFilter):
    """The same for orders, by the order's own state, and by department."""

    prefix_to_ticket = "ticket__"

    state = django_filters.ChoiceFilter(choices=OrderState, label=_("state"), empty_label=_("every state"))
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.order_by("code"),
        label=_("department"),
        empty_label=_("every department"),
    )

    class Meta:
        model = WorkOrder
        fields = ()


class ApiTicketFilter(TicketFilter):
    """As on the pages, with codes in place of ids, several states at once, and filing to the second."""

    state = django_filters.MultipleChoiceFilter(choices=TicketState, label=_("state"), method="by_state")
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(),
        to_field_name="code",
        method="below",
        label=_("category"),
    )
    region = django_filters.ModelChoiceFilter(
        queryset=Region.objects.all(),
        to_field_name="code",
        method="below",
        label=_("region"),
    )
    filed_after = django_filters.IsoDateTimeFilter(method="from_instant", label=_("filed at or after"), validators=INSTANTS)
    filed_before = django_filters.IsoDateTimeFilter(method="to_instant", label=_("filed before"), validators=INSTANTS)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(TicketState.choices)))
    def by_state(self, rows: Rows, _name: str, states: list[str]) -> Rows:
        """Keep tickets in any of the states."""
        return rows.filter(**{f"{self.prefix_to_ticket}state__in": states}) if states else rows

    @extend_schema_field(OpenApiTypes.STR)
    def below(self, rows: Rows, name: str, node: Category | Region) -> Rows:
        """Keep tickets at the node with this code, or below it."""
        return super().below(rows, name, node)

    def from_instant(self, rows: Rows, _name: str, at: dt.datetime) -> Rows:
        """Keep tickets filed at that instant or later."""
        return rows.filter(**{f"{self.prefix_to_ticket}filed_at__gte": at})

    def to_instant(self, rows: Rows, _name: str, at: dt.datetime) -> Rows:
        """Keep tickets filed before that instant."""
        return rows.filter(**{f"{self.prefix_to_ticket}filed_at__lt": at})


class ApiOrderFilter(ApiTicketFilter):
    """The same for orders, by the order's own state, its department, and who has it."""

    prefix_to_ticket = "ticket__"

    state = django_filters.MultipleChoiceFilter(choices=OrderState, label=_("state"), method="by_state")
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(),
        to_field_name="code",
        label=_("department"),
    )
    assignee = django_filters.ModelChoiceFilter(queryset=Staff.objects.all(), to_field_name="username", label=_("assignee"))

    class Meta:
        model = WorkOrder
        fields = ()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(OrderState.choices)))
    def by_state(self, rows: Rows, _name: str, states: list[str]) -> Rows:
        """Keep orders in any of the states."""
        return rows.filter(state__in=states) if states else rows
