"""Measure the pages on the database that the environment names, and print the figures as JSON.

Time is the median of warmed requests through Django's test client, rendering and database included; queries are counted
in a request of their own, session and user included. Called by `run.py`, once for each size.
"""

import argparse
import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Max, Min  # noqa: E402
from django.http import HttpResponseBase  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from complaints.models import Customer  # noqa: E402
from journal.models import Event  # noqa: E402
from organization.models import Region, Staff  # noqa: E402
from workorders.models import Category, Ticket, WorkOrder  # noqa: E402

WARM_UP = 3
SLOWEST_SHOWN = 3

type Ask = Callable[[Client], HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, who asks for it, and how."""

    name: str
    login: str
    ask: Ask


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one page took."""

    name: str
    milliseconds: float
    queries: int
    status: int
    plans: list[str]


def get(name: str, *args: object, **query: object) -> Ask:
    """Return a request for the page of that URL name."""
    return lambda client: client.get(reverse(name, args=args), query)


def queue(name: str, login: str, **query: object) -> Page:
    """Return a queue page."""
    words = f" {', '.join(query)}" if query else ""
    return Page(name=f"queue “{name}”{words} of {login}", login=login, ask=get("workorders:queue", name, **query))


def middle_ticket(**conditions: object) -> int:
    """Return a ticket from the middle of those that fit."""
    found = Ticket.objects.filter(**conditions).aggregate(first=Min("pk"), last=Max("pk"))
    near = Ticket.objects.filter(pk__gte=(found["first"] + found["last"]) // 2, **conditions)
    return near.order_by("pk").values_list("pk", flat=True)[0]


def pages() -> list[Page]:
    """Return what is measured, with rows of this database."""
    closed, working = middle_ticket(state="closed"), middle_ticket(state="in_progress")
    calling = middle_ticket(state="awaiting_callback")
    customer = Customer.objects.order_by("pk")[Customer.objects.count() // 2]
    number = Ticket.objects.values_list("number", flat=True).get(pk=closed)
    return [
        queue("mine", "network"),
        queue("department", "contact"),
        queue("department", "contact", urgency="urgent"),
        queue("triage", "officer"),
        queue("review", "officer"),
        queue("reply", "officer"),
        queue("returns", "duty"),
        queue("open", "officer"),
        queue("all", "officer"),
        queue("all", "officer", text="宽带"),
        queue("all", "network"),
        queue("filed", "agent"),
        queue("all", "hall"),
        queue("all", "manager"),
        Page(name="ticket, closed", login="officer", ask=get("workorders:ticket", closed)),
        Page(name="ticket, in progress", login="contact", ask=get("workorders:ticket", _of_department(working))),
        Page(name="search by number", login="officer", ask=get("search", q=number)),
        Page(name="customer search", login="agent", ask=get("complaints:customers", find=customer.number[:9])),
        Page(name="customer", login="agent", ask=get("complaints:customer", customer.pk)),
        Page(name="intake, empty", login="agent", ask=get("complaints:intake")),
        Page(name="intake, customer found", login="agent", ask=get("complaints:intake", customer=customer.pk)),
        Page(name="intake, submit", login="agent", ask=submit(customer)),
        Page(name="callback queue", login="officer", ask=get("complaints:callbacks")),
        Page(name="callback", login="officer", ask=get("complaints:callback", calling)),
        Page(name="dashboard, 30 days", login="manager", ask=get("complaints:dashboard")),
        Page(name="dashboard, last month", login="manager", ask=get("complaints:dashboard", **_last_month())),
        Page(name="dashboard of a department", login="head", ask=get("complaints:dashboard")),
        Page(name="dashboard, a city", login="manager", ask=get("complaints:dashboard", region=_city())),
        Page(name="dashboard, this quarter, urgent", login="officer", ask=get("complaints:dashboard", **_urgent())),
        Page(name="API: tickets", login="officer", ask=lambda client: client.get("/api/v1/tickets/")),
    ]


def _of_department(default: int) -> int:
    """Return an open ticket that the contact's department works on."""
    department = Staff.objects.get(username="contact").department_id
    mine = WorkOrder.objects.filter(department=department, state="accepted").order_by("-pk")
    return mine.values_list("ticket_id", flat=True).first() or default


def _last_month() -> dict[str, str]:
    return {"period": "last_month"}


def _urgent() -> dict[str, str]:
    return {"period": "this_quarter", "urgency": "urgent"}


def _city() -> str:
    return Region.objects.filter(kind="city").order_by("code").values_list("code", flat=True)[0]


def submit(customer: Customer) -> Ask:
    """Return a request that files a complaint of a new matter."""
    leaves = list(Category.objects.filter(children=None, route=None).exclude(path__startswith="OTH").order_by("path"))

    def ask(client: Client) -> HttpResponseBase:
        key = uuid.uuid4()
        return client.post(
            reverse("complaints:intake"),
            {
                "filing_key": str(key),
                "customer": customer.pk,
                "category": leaves[key.int % len(leaves)].pk,
                "urgency": "normal",
                "channel": "hotline",
                "region": customer.region_id,
                "description": "客户反映室内信号弱，请核实处理。",
                "contact_phone": customer.number,
                "then": "dispatch",
                "place": "某小区 3 号楼",
            },
        )

    return ask


def measured(page: Page, requests: int, *, explain: bool) -> Figure:
    """Return what the page takes."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(Staff.objects.get(username=page.login))
    for _number in range(WARM_UP):
        status = page.ask(client).status_code
    times = []
    for _number in range(requests):
        begun = time.perf_counter()
        page.ask(client).close()
        times.append(time.perf_counter() - begun)
    with CaptureQueriesContext(connection) as captured:
        page.ask(client)
    plans = explained([query["sql"] for query in captured.captured_queries]) if explain else []
    milliseconds = round(statistics.median(times) * 1000, 1)
    return Figure(name=page.name, milliseconds=milliseconds, queries=len(captured), status=status, plans=plans)


def explained(statements: list[str]) -> list[str]:
    """Return the plans of the slowest SELECTs, as they ran."""
    plans = []
    for statement in statements:
        if statement.startswith("SELECT") and "FOR UPDATE" not in statement and "nextval" not in statement:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
                lines = [str(row[0]) for row in cursor.fetchall()]
            plans.append((float(lines[-1].split()[-2]), statement, lines))
    slowest = sorted(plans, key=lambda plan: plan[0], reverse=True)[:SLOWEST_SHOWN]
    return ["\n".join([statement, "", *lines]) for _time, statement, lines in slowest]


def main() -> int:
    """Measure every page and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=15)
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--only", default="", help="measure pages whose name contains this")
    options = parser.parse_args()
    figures = []
    for page in pages():
        if options.only in page.name:
            figures.append(measured(page, options.requests, explain=options.explain))
            print(f"  {page.name}: {figures[-1].milliseconds} ms, {figures[-1].queries} queries", file=sys.stderr, flush=True)
    sizes = {"tickets": Ticket.objects.count(), "orders": WorkOrder.objects.count(), "events": Event.objects.count()}
    print(json.dumps({"sizes": sizes, "figures": [asdict(figure) for figure in figures]}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
