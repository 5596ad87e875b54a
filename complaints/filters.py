"""Which callbacks the queue shows; the choice stands in the address, so that a view can be shared."""

import datetime as dt
from functools import cache, partial
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from complaints.forms import nodes_indented
from complaints.models import Complaint
from complaints.queries.callbacks import in_tab
from organization.models import Region
from workorders.enums import Urgency
from workorders.models import Category

LABELS = {
    "overdue": _("overdue"),
    "untried": _("not tried yet"),
    "once": _("tried once"),
    "twice": _("tried twice"),
}


def _choices(every: str, model: type[Region | Category]) -> list[tuple[object, str]]:
    """Return the nodes to choose from; asked for when the form is drawn, not when it filters."""
    return [("", every), *nodes_indented(model.objects.order_by("path"))]


class CallbackFilter(django_filters.FilterSet):
    """By urgency, region and category (each with what lies below it), and by tab."""

    urgency = django_filters.ChoiceFilter(
        field_name="ticket__urgency",
        choices=Urgency,
        label=_("urgency"),
        empty_label=_("every urgency"),
    )
    region = django_filters.ModelChoiceFilter(
        queryset=Region.objects.all(),
        method="below",
        label=_("region"),
        empty_label=_("every region"),
    )
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(),
        method="below",
        label=_("category"),
        empty_label=_("every category"),
    )
    show = django_filters.ChoiceFilter(choices=list(LABELS.items()), method="in_tab", widget=forms.HiddenInput)

    class Meta:
        model = Complaint
        fields = ()

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for name, model in {"region": Region, "category": Category}.items():
            field = self.form.fields[name]
            field.widget.choices = cache(partial(_choices, field.empty_label, model))

    def below(self, queue: QuerySet[Complaint], name: str, node: Region | Category) -> QuerySet[Complaint]:
        """Keep what lies at `node` or below it."""
        return queue.filter(**{f"ticket__{name}__path__startswith": node.path})

    def in_tab(self, queue: QuerySet[Complaint], _name: str, tab: str) -> QuerySet[Complaint]:
        """Keep what the tab shows."""
        return in_tab(queue, tab, self.now)
