"""Tickets by their texts, answered from the index however many there are."""

from dataclasses import dataclass

from django.db import connection

from organization.enums import Role
from organization.models import Region, Staff

#: Of more tickets than these only the newest are ranked; the page says so.
MOST_RANKED = 1000
#: A person whose region has more places below it is not narrowed down by the index, only by the policy.
MOST_REGIONS = 300
NEWEST = "SELECT ticket_id, is_all FROM workorders_newest(%s::tsquery, %s)"


@dataclass(frozen=True, slots=True)
class Candidates:
    """The ids of tickets that fit a query, and whether they are all of them."""

    pks: list[int]
    is_all: bool


def newest(query: str, most: int = MOST_RANKED) -> Candidates:
    """Return all tickets that fit the tsquery, or the newest `most` where there are more. "" finds nothing.

    What the reader may see is not its concern.
    """
    if not query:
        return Candidates([], is_all=True)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [query, most])
        rows = cursor.fetchall()
    return Candidates([pk for pk, _is_all in rows], is_all=all(is_all for _pk, is_all in rows))


def reach(user: Staff) -> str:
    """Return the tsquery for the tickets that the person may read at the most; "" for all, or all of a whole tree of regions.

    It spares the index what the person may not see; `policies.visible_to` decides.
    """
    by_region = user.region if user.has_role(Role.AGENT, Role.MANAGER) else None
    if user.has_role(*Role.CENTRE, Role.SYSTEM) or (by_region and by_region.depth == 1):
        return ""
    terms = [f"'@f{user.pk}'"]
    if user.has_role(*Role.DEPARTMENT) and user.department_id:
        terms.append(f"'@d{user.department_id}'")
    if by_region:
        regions = Region.objects.filter(path__startswith=by_region.path).values_list("pk", flat=True)[: MOST_REGIONS + 1]
        if len(regions) > MOST_REGIONS:
            return ""
        terms += [f"'@r{pk}'" for pk in regions]
    return " | ".join(terms)


def narrowed(query: str, *reaches: str) -> str:
    """Return the tsquery that asks for `query` within all of the `reaches`; "" stays ""."""
    return " & ".join(f"({part})" for part in (query, *filter(None, reaches))) if query else ""
