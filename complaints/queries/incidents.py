"""The incident that a complaint belongs to, and how far an incident is."""

from dataclasses import dataclass

from django.db.models import Count, Q, Value
from django.db.models.functions import Left, Length

from complaints.models import Alert, Incident
from complaints.queries.alerts import complaints_of
from organization.models import Region
from workorders.models import Category


def incident_for(category: Category, region: Region) -> Incident | None:
    """Return the incident under way that covers a category and a region, the narrowest first; one query."""
    covering = Incident.objects.filter(
        category__path=Left(Value(category.path), Length("category__path")),
        region__path=Left(Value(region.path), Length("region__path")),
        ended_at=None,
    )
    narrow = (Length("category__path").desc(), Length("region__path").desc(), "pk")
    return covering.select_related("ticket", "category", "region").order_by(*narrow).first()


def commonest_leaf(alert: Alert) -> Category:
    """Return the leaf that most of the alert's complaints have: a ticket carries a leaf."""
    counted = complaints_of(alert).order_by().values_list("ticket__category").annotate(number=Count("pk"))
    found = counted.order_by("-number", "ticket__category").first()
    return Category.objects.get(pk=found[0]) if found else alert.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many complaints an incident has, and how many of them have the answer."""

    linked: int
    answered: int


def progress(incident: Incident) -> Progress:
    """Count an incident's complaints."""
    return Progress(**incident.links.aggregate(linked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False))))


def incident_of(alert: Alert) -> Incident | None:
    """Return the incident that an alert, found with it, was turned into."""
    return getattr(alert, "incident", None)
