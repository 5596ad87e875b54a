"""What the bulletins' pages read: the list, the readers, the story, and the rows behind a number."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Func, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import BulletinState
from complaints.models import Bulletin, BulletinReader, BulletinRows, Callback
from complaints.policies import bulletins_visible_to
from complaints.queries.bulletins.measures import CALLBACK, KINDS
from complaints.queries.bulletins.users import latest_users
from complaints.queries.bulletins.words import name_of
from journal.models import Event
from organization.enums import RegionKind
from organization.models import Region, Staff
from workorders import policies as ticket_policies
from workorders.enums import Cause
from workorders.models import Ticket, WorkOrder
from workorders.queries.figures import ORDER
from workorders.queries.queues import Place

PAGE_SIZE = 30

#: The last part of an event's kind → its words.
STORY: dict[str, Promise] = {
    "draft": _("drafted"),
    "count": _("figures counted"),
    "recount": _("figures to be counted anew"),
    "edit": _("texts edited"),
    "submit": _("handed in for approval"),
    "send_back": _("sent back"),
    "sign": _("approved"),
    "publish": _("published"),
    "discard": _("discarded"),
    "correct": _("correction begun"),
    "corrected": _("a correction was begun"),
    "read": _("confirmed as read"),
    "remind": _("readers reminded"),
}


def page(user: Staff, after: Place | None) -> tuple[list[Any], Place | None]:
    """Return one page of the bulletins the person may read, the newest first, with how many were told and how many have read."""
    rows = bulletins_visible_to(user).exclude(state=BulletinState.DISCARDED).select_related("drafted_by", "approved_by")
    told = {"told": Count("readers"), "have_read": Count("readers", filter=Q(readers__read_at__isnull=False))}
    shown = rows.defer("figures").annotate(**told).order_by("-pk")
    found = list((shown.filter(pk__lt=after.pk) if after else shown).fetch_mode(models.FETCH_RAISE)[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], Place(None, found[PAGE_SIZE - 1].pk) if len(found) > PAGE_SIZE else None


def readers(bulletin: Bulletin) -> list[BulletinReader]:
    """Return who was told of a bulletin, those who have not confirmed first."""
    told = bulletin.readers.select_related("staff__department").order_by(F("read_at").desc(nulls_first=True), "staff__username")
    return list(told.fetch_mode(models.FETCH_RAISE))


def corrections(user: Staff, bulletin: Bulletin) -> list[Bulletin]:
    """Return the corrections of a bulletin that the person may read."""
    every = bulletins_visible_to(user).filter(corrects=bulletin).exclude(state=BulletinState.DISCARDED)
    return list(every.defer("figures").order_by("pk"))


class Line(NamedTuple):
    """One thing that happened to a bulletin."""

    event: Event
    words: Promise
    remark: str


def story(bulletin: Bulletin) -> list[Line]:
    """Return what happened to a bulletin, the latest last."""
    events = Event.objects.filter(stream=bulletin.stream).select_related("by").order_by("seq")
    return [Line(event, STORY[event.kind.partition(".")[2]], str(event.data.get("reason", ""))) for event in events]


def visible_tickets(user: Staff, pks: Collection[int]) -> set[int]:
    """Return those of some tickets that the person may read."""
    if not pks:
        return set()
    return set(ticket_policies.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True))


def parsed(name: str) -> tuple[str, str, str]:
    """Return group, key and measure of a number's name (`category.17.filed`, `all.filed`)."""
    group, _dot, rest = name.partition(".")
    key, _dot, measure = rest.rpartition(".")
    return ("" if group == "all" else group), key, measure


def rows_behind(user: Staff, kept: BulletinRows) -> QuerySet[Any]:
    """Return the tickets, orders or callbacks behind a number that the person may see."""
    each = Func(F("ids"), function="unnest", output_field=models.BigIntegerField())
    ids = BulletinRows.objects.filter(pk=kept.pk).values(each=each)
    visible = ticket_policies.visible_to(user)
    match KINDS[kept.measure]:
        case kind if kind == ORDER:
            return WorkOrder.objects.filter(pk__in=ids, ticket__in=visible)
        case kind if kind == CALLBACK:
            return Callback.objects.filter(pk__in=ids, complaint__ticket__in=visible)
    return Ticket.objects.filter(pk__in=ids) & visible


def whose(bulletin: Bulletin, group: str, key: str) -> str:
    """Return of what a number is, in the reader's language; nothing for the whole."""
    figures = bulletin.figures
    if group in {"region", "department"}:
        return next((name_of(line) for line in figures[f"{group}s"] if line["key"] == key), "")
    kind, _dot, part = key.partition(".")
    issue = figures.get("hot", {}).get("details", {}).get(kind)
    if issue is None:
        return ""
    if group == "place":
        return f"{name_of(issue)} · {next((name_of(each) for each in issue['places'] if each['key'] == key), '')}"
    return f"{name_of(issue)} · {Cause(part).label}" if group == "cause" else name_of(issue)


#: So many months of users are shown.
MONTHS = 6


def users_table() -> tuple[list[dt.date], list[tuple[Region, list[int | None]]]]:
    """Return the months that users were entered for, the newest first, and each branch's and the province's numbers in them."""
    known = {(row.region_id, row.month): row.users for row in latest_users(MONTHS)}
    months = sorted({month for _region, month in known}, reverse=True)
    places = Region.objects.filter(Q(kind__in=(RegionKind.PROVINCE, RegionKind.CITY)) | Q(pk__in={key for key, _month in known}))
    return months, [(place, [known.get((place.pk, month)) for month in months]) for place in places.order_by("path")]
