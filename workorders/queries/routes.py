"""Where a category's tickets go, and what each department would promise."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from organization.models import Department
from organization.queries.calendars import working_calendar
from organization.trees import paths_above
from workorders.enums import OrderRole
from workorders.models import Category, Route, Ticket
from workorders.queries.limits import leg_limits, overall_minutes, sla_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Who would have to do what by when, if the ticket were dispatched now."""

    department: Department
    role: str
    question: str
    acknowledge_by: dt.datetime
    resolve_by: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a route comes to for one ticket: the legs (none without a route), and when the customer has the answer."""

    legs: tuple[Leg, ...]
    answer_by: dt.datetime


def route_for(category: Category) -> Route | None:
    """Return the route of the category, or of its nearest ancestor that has one, with those who assist."""
    route = routes_for([category]).get(category.pk)
    if route:
        prefetch_related_objects([route], "assists__department__calendar")
    return route


def routes_for(categories: Iterable[Category]) -> dict[int, Route]:
    """Return the routes of several categories, by category: each one's own, or its nearest ancestor's; one query."""
    above = {category.pk: paths_above(category.path) for category in categories}
    paths = {path for each in above.values() for path in each}
    routes = Route.objects.filter(category__path__in=paths).select_related("lead__calendar", "category")
    found = {route.category.path: route for route in routes}
    nearest = {pk: next((found[path] for path in reversed(each) if path in found), None) for pk, each in above.items()}
    return {pk: route for pk, route in nearest.items() if route}


def proposal(ticket: Ticket, now: dt.datetime) -> Proposal:
    """Return who must do what by when; `ticket` may be unsaved and needs category, urgency, channel, tier."""
    rule = sla_rule(ticket, now)
    answer_by = now + dt.timedelta(minutes=overall_minutes(rule, ticket.tier, 0))
    route = route_for(ticket.category)
    if route is None:
        return Proposal(legs=(), answer_by=answer_by)
    lead = _leg(ticket, route.lead, OrderRole.LEAD, "", now)
    assists = (_assist(ticket, assist.department, assist.question, lead, now) for assist in route.assists.all())
    return Proposal(legs=(lead, *assists), answer_by=answer_by)


def _leg(ticket: Ticket, department: Department, role: str, question: str, now: dt.datetime) -> Leg:
    limits = leg_limits(ticket, department, now)
    calendar = working_calendar(limits.calendar)
    return Leg(
        department=department,
        role=role,
        question=question,
        acknowledge_by=calendar.add(now, limits.acknowledge),
        resolve_by=calendar.add(now, limits.resolve),
    )


def _assist(ticket: Ticket, department: Department, question: str, lead: Leg, now: dt.datetime) -> Leg:
    """Return an assisting leg, due before a last tenth of the lead's time (rule 8)."""
    leg = _leg(ticket, department, OrderRole.ASSIST, question, now)
    cut = lead.resolve_by - (lead.resolve_by - now) / 10
    return (
        leg
        if leg.resolve_by <= cut
        else Leg(
            department=department,
            role=leg.role,
            question=question,
            acknowledge_by=leg.acknowledge_by,
            resolve_by=cut,
        )
    )
