"""Tickets, categories and regions as the one search box shows them."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation import searching
from organization.models import Department, Region, Staff
from organization.queries.search import called, page_of
from organization.searching.hits import NOTHING, Found, Hit, Sought
from workorders import policies
from workorders.models import Category, Ticket, WorkOrder
from workorders.queries.finding import found_by_floors
from workorders.queries.queues import queue_named
from workorders.queries.search import MOST_RANKED, narrowed, newest, reach

#: Where the words stand: in number or subject, in what happened, elsewhere.
SUBJECT, STORY, ELSEWHERE = 3, 2, 1
#: No path of a tree comes after it.
LAST = "\uffff"


def tickets(user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find tickets by any of their texts or their customer: the subject's before the story's before others, each newest first.

    Where more than 1000 fit, the newest 1000 are ranked, and the note says so.
    """
    candidates = newest(narrowed(sought.query, reach(user)))
    beside = found_by_floors(sought.text)
    pks = {*candidates.pks, *beside}
    if not pks:
        return NOTHING
    rows = list(_page(_ranked(policies.visible_to(user).filter(pk__in=pks), sought.text), after)[: most + 1])
    return Found(
        hits=[_ticket(row, sought) for row in rows[:most]],
        after=_place(rows, most),
        note="" if candidates.is_all else _("Very many fit: the newest %(count)s were looked through.") % {"count": MOST_RANKED},
    )


def _ranked(rows: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    whens = [
        When(search_entry__terms=SearchQuery(searching.query(text, weights), search_type="raw", config="simple"), then=Value(rank))
        for rank, weights in ((SUBJECT, "A"), (STORY, "AB"))
        if searching.query(text)
    ]
    ranked = rows.annotate(rank=Case(*whens, default=Value(ELSEWHERE), output_field=IntegerField()))
    orders = Prefetch(
        "orders", WorkOrder.objects.select_related("department").only("ticket", "question", "result", "department__name")
    )
    return ranked.select_related("category").prefetch_related(orders).order_by("-rank", "-pk")


def _page(rows: QuerySet[Ticket], after: str) -> QuerySet[Ticket]:
    rank, _tilde, pk = after.partition("~")
    if not (rank.isdecimal() and pk.isdecimal() and len(rank) < 3 and len(pk) < 19):
        return rows
    return rows.filter(Q(rank__lt=int(rank)) | Q(rank=int(rank), pk__lt=int(pk)))


def _place(rows: list[Ticket], most: int) -> str:
    if len(rows) <= most:
        return ""
    last = rows[most - 1]
    return f"{last.rank}~{last.pk}"  # type: ignore[attr-defined]  # annotated in _ranked


def _ticket(row: Ticket, sought: Sought) -> Hit:
    where, text = _where(row, sought)
    return Hit(
        pk=row.pk,
        title=sought.marked(f"{row.number} {row.subject}"),
        url=reverse("workorders:ticket", args=[row.pk]),
        state=(row.state, row.get_state_display()),
        facts=[str(row.category), date_format(timezone.localtime(row.filed_at), "Y-m-d H:i")],
        where=capfirst(where),
        snippet=sought.snippet(text),
    )


def _where(row: Ticket, sought: Sought) -> tuple[str, str]:
    """Return the text that has the words, and what it is: the story first; where none has, the story as it begins."""
    texts = [
        (_("what happened"), row.description),
        (_("what the customer asks for"), row.wanted),
        (_("answer to the customer"), row.answer),
    ]
    for order in row.orders.all():
        texts += [(str(order.department), order.result), (str(order.department), order.question)]
    return next(((name, text) for name, text in texts if sought.is_in(text)), texts[0])


def departments(user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find departments by name, initials or code; they lead to their wall board, for those who may watch it."""
    named = called(Department.objects.all(), sought.name_query, "name", "name_en").values("pk")
    rows = Department.objects.filter(Q(pk__in=named) | Q(code__iexact=sought.text), code__gt=after, is_active=True)
    page = rows.select_related("head").order_by("code")[: most + 1]
    return page_of(page, most, lambda row: _department(row, user, sought), lambda row: row.code)


def _department(row: Department, user: Staff, sought: Sought) -> Hit:
    facts = [row.code, row.get_kind_display(), *([str(row.head)] if row.head else [])]
    url = reverse("workorders:board", args=[row.code]) if policies.may_watch_board(user, row) else ""
    return Hit(pk=row.pk, title=sought.marked(str(row)), url=url, facts=facts)


def nodes(user: Staff, sought: Sought, most: int, after: str) -> Found:
    """Find categories, then regions, by name or initials; they lead to their tickets. One query for both."""
    kind, _tilde, path = after.rpartition("~")
    both = [
        _nodes(Category, "category", sought, path if kind == "category" else "" if kind < "category" else LAST),
        _nodes(Region, "region", sought, path if kind == "region" else ""),
    ]
    rows = list(both[0].union(both[1], all=True).order_by("node", "path")[: most + 1])
    address = reverse("workorders:queue", args=["all"]) if queue_named(user, "all") else ""
    hits = [_node(row, address, sought) for row in rows[:most]]
    return Found(hits=hits, after="{node}~{path}".format(**rows[most - 1]) if len(rows) > most else "")


def _nodes(model: type[Category] | type[Region], kind: str, sought: Sought, after: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(path__gt=after)
    fitting = called(rows, sought.name_query, "name", "name_en")
    return fitting.annotate(node=Value(kind)).values("pk", "node", "path", "code", "name", "name_en")


def _node(row: dict[str, Any], address: str, sought: Sought) -> Hit:
    name = row["name_en"] if row["name_en"] and get_language() == "en" else row["name"]
    kind = _("Category") if row["node"] == "category" else _("Region")
    url = f"{address}?{row['node']}={row['pk']}" if address else ""
    return Hit(pk=row["pk"], title=sought.marked(name), url=url, facts=[kind, row["code"]])
