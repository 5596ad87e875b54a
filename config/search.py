"""The one search box: what it looks through, its page, its answers while typing, and the same over HTTP.

A floor that has something to be found adds a `Group` here, whose function stands in the floor's own queries.
"""

from collections.abc import Mapping
from typing import cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.queries.found import customers
from foundation.searching import LONGEST
from knowledge.queries.found import articles
from organization.models import Staff
from organization.queries.search import people
from organization.requests import StaffRequest
from organization.searching.hits import Found, Group, Hit, Sought
from workorders import policies
from workorders.queries.found import departments, nodes, tickets

GROUPS = (
    Group(name="tickets", label=_("Tickets"), icon="file-text", find=tickets),
    Group(name="customers", label=_("Customers"), icon="address-book", find=customers),
    Group(name="articles", label=_("Knowledge base"), icon="book", find=articles),
    Group(name="departments", label=_("departments"), icon="building", find=departments),
    Group(name="people", label=_("People"), icon="users", find=people),
    Group(name="nodes", label=_("Categories and regions"), icon="sitemap", find=nodes),
)
#: Hits of each group while typing, on the page of all groups, and on one group's pages.
TYPING, TOGETHER, ALONE = 4, 8, 25


def found(user: Staff, text: str, most: int, name: str = "", after: str = "") -> list[tuple[Group, Found]]:
    """Return what the person may see of each group, or of the one named; groups without hits are left out."""
    sought = Sought(text)
    if not sought.runs:
        return []
    searched = [(group, group.find(user, sought, most, after)) for group in GROUPS if name in {"", group.name}]
    return [(group, hits) for group, hits in searched if hits.hits]


#: The place where a page ends is written in fewer characters.
PLACE = 200


def _asked(query: Mapping[str, str], name: str, most: int = LONGEST) -> str:
    """Return what an address asks for, as the database takes it."""
    return query.get(name, "").replace("\0", "").strip()[:most]


@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """Show everything that fits, group by group; the whole number of a ticket opens it."""
    text, name, after = _asked(request.GET, "q"), _asked(request.GET, "in"), _asked(request.GET, "after", PLACE)
    if text.isdecimal() and not name and (ticket := policies.visible_to(request.user).filter(number=text).first()):
        return redirect("workorders:ticket", ticket.pk)
    name = name if name in {group.name for group in GROUPS} else ""
    groups = found(request.user, text, ALONE if name else TOGETHER, name, after if name else "")
    return render(request, "search/page.html", {"query": text, "name": name, "groups": groups, "groups_all": GROUPS})


@require_GET
def suggest(request: StaffRequest) -> HttpResponse:
    """Show the first hits of each group while somebody types."""
    text = _asked(request.GET, "q")
    return render(request, "search/suggest.html", {"query": text, "groups": found(request.user, text, TYPING)})


class HitSerializer(serializers.Serializer):
    """One thing that was found."""

    id = serializers.IntegerField(source="pk")
    title = serializers.SerializerMethodField()
    url = serializers.CharField(help_text="The page of it; empty where the caller has none.")
    facts = serializers.ListField(child=serializers.CharField())
    where = serializers.CharField(help_text="Which of its texts the snippet is of.")
    snippet = serializers.SerializerMethodField()

    def get_title(self, hit: Hit) -> str:
        """Return the title without marks."""
        return "".join(piece.text for piece in hit.title)

    def get_snippet(self, hit: Hit) -> str:
        """Return the words around what was found, without marks."""
        return "".join(piece.text for piece in hit.snippet)


class GroupSerializer(serializers.Serializer):
    """One group with a page of its hits, best first."""

    group = serializers.CharField()
    title = serializers.CharField()
    hits = HitSerializer(many=True)
    after = serializers.CharField(help_text="Send this as `after`, with `in`, for the next page; empty on the last.")
    note = serializers.CharField(help_text="Said where not everything was looked through.")


class SearchView(APIView):
    """Everything that the caller may see and that fits a text, group by group."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", str, required=True, description="Characters, words, numbers or their tails, or pinyin initials."),
            OpenApiParameter("in", str, enum=[group.name for group in GROUPS], description="One group only, 25 hits a page."),
            OpenApiParameter("after", str, description="Where a page before said that the next one begins."),
        ],
        responses=GroupSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Answer with the groups that have hits."""
        name = request.query_params.get("in", "")
        if name and name not in {group.name for group in GROUPS}:
            raise ParseError
        text = _asked(request.query_params, "q")
        after = _asked(request.query_params, "after", PLACE) if name else ""
        groups = found(cast("Staff", request.user), text, ALONE if name else TOGETHER, name, after)  # the permission has seen to it
        rows = [
            {"group": group.name, "title": group.label, "hits": hits.hits, "after": hits.after, "note": hits.note}
            for group, hits in groups
        ]
        return Response(GroupSerializer(rows, many=True).data)
