"""The incident that a complaint belongs to, what belongs to an incident, and how far it is."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Left, Length

from complaints.models import Alert, Complaint, Incident, IncidentLink
from complaints.queries.alerts import complaints_of
from organization.models import Region
from workorders.enums import Channel, TicketState
from workorders.models import Category, Ticket

#: A complaint whose own answer is out waits for its callback as it is.
MERGED_FROM = tuple(state for state in TicketState.OPEN if state != TicketState.AWAITING_CALLBACK)


def running() -> QuerySet[Incident]:
    """Return the incidents under way."""
    return Incident.objects.filter(ended_at=None).select_related("ticket", "category", "region", "alert")


def incident_for(category: Category, region: Region) -> Incident | None:
    """Return the incident under way that covers a category and a region, the narrowest first; one query."""
    covering = running().filter(
        category__path=Left(Value(category.path), Length("category__path")),
        region__path=Left(Value(region.path), Length("region__path")),
    )
    narrow = (Length("category__path").desc(), Length("region__path").desc(), "pk")
    return covering.order_by(*narrow).first()


def commonest_leaf(alert: Alert) -> Category:
    """Return the leaf that most of the alert's complaints have: a ticket carries a leaf."""
    counted = complaints_of(alert).order_by().values_list("ticket__category").annotate(number=Count("pk"))
    found = counted.order_by("-number", "ticket__category").first()
    return Category.objects.get(pk=found[0]) if found else alert.category


def to_link(incident: Incident) -> QuerySet[Complaint]:
    """Return the complaints of the incident's kind and region, since the surge began, that are not linked yet.

    Of those that came after the surge or the opening only what still waits for its answer; what was taken out stays out.
    """
    present = min(filter(None, [incident.alert.cleared_at, incident.opened_at]))
    rows = Complaint.objects.filter(
        Q(ticket__filed_at__lte=present) | Q(ticket__state__in=MERGED_FROM),
        ticket__category__path__startswith=incident.category.path,
        ticket__region__path__startswith=incident.region.path,
        ticket__filed_at__gte=incident.alert.since,
        incident_link=None,
    )
    return rows.exclude(ticket__channel=Channel.STAFF).exclude(pk=incident.ticket_id).order_by("pk")


def unanswered_links(incident: Incident) -> QuerySet[IncidentLink]:
    """Return the links of complaints that have not heard of the incident's end."""
    return incident.links.filter(answered_at=None, detached_at=None).select_related("complaint__ticket").order_by("pk")


def merged_links(incident: Incident) -> QuerySet[IncidentLink]:
    """Return those of them that are merged into a master ticket; others were merged by hand, or have an answer of their own."""
    return unanswered_links(incident).filter(
        complaint__ticket__state=TicketState.MERGED, complaint__ticket__merged_into__incident__isnull=False
    )


def unfinished() -> QuerySet[Incident]:
    """Return the incidents that a job still has to do something for: under way, or over with complaints that have not heard."""
    waiting = IncidentLink.objects.filter(answered_at=None, detached_at=None).values("incident")
    return Incident.objects.filter(Q(ended_at=None) | Q(pk__in=waiting)).order_by("pk")


def without_master() -> QuerySet[Ticket]:
    """Return the master tickets that have come to an end while their incident is under way."""
    return Ticket.objects.filter(incident__isnull=False, incident__ended_at=None, state__in=TicketState.FINAL).order_by("pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many complaints an incident has, how many of them have the answer, are to be called back, and were taken out."""

    linked: int
    answered: int
    sampled: int
    detached: int


def progress(incident: Incident) -> Progress:
    """Count an incident's complaints."""
    return Progress(
        **incident.links.aggregate(
            linked=Count("pk", filter=Q(detached_at=None)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            sampled=Count("pk", filter=Q(is_sampled=True)),
            detached=Count("pk", filter=Q(detached_at__isnull=False)),
        )
    )


def incident_of(alert: Alert) -> Incident | None:
    """Return the incident that an alert, found with it, was turned into."""
    return getattr(alert, "incident", None)
