"""Small, surprise-free makers of the rows that tests need."""

import datetime as dt
import itertools

from complaints.actions import bulletins
from complaints.bulletins.periods import week_of
from complaints.models import Alert, AlertRule, Bulletin
from knowledge.actions.keeping import publish as publish_article
from knowledge.actions.writing import Words, write_article
from knowledge.models import Article
from organization.enums import DepartmentKind
from organization.models import Calendar, CalendarDay, Department, Duty, HolidayNotice, Region, Staff, WorkWindow
from workorders.actions.dispatching import dispatch
from workorders.actions.filing import file_ticket, prepare, submit
from workorders.actions.ladders import publish
from workorders.enums import Channel, Urgency
from workorders.ladder import Step
from workorders.models import Category, OlaRule, Route, SlaRule, Ticket, WorkOrder

NOW = dt.datetime(2026, 11, 2, 1, 0, tzinfo=dt.UTC)
_keys = itertools.count(1)


def region(code: str, name: str, *, kind: str, parent: Region | None = None) -> Region:
    path = f"{parent.path if parent else ''}{code}/"
    return Region.objects.create(code=code, name=name, kind=kind, parent=parent, path=path)


def office_calendar(code: str = "OFFICE") -> Calendar:
    calendar = Calendar.objects.create(code=code, name="行政班")
    hours = [(dt.time(8, 30), dt.time(12)), (dt.time(13, 30), dt.time(18))]
    WorkWindow.objects.bulk_create(
        WorkWindow(calendar=calendar, weekday=day, starts=start, ends=end) for day in range(5) for start, end in hours
    )
    notice = HolidayNotice.objects.create(year=2026)
    CalendarDay.objects.create(date=dt.date(2026, 10, 10), is_workday=True, name="国庆节", notice=notice)
    return calendar


def department(code: str, name: str, calendar: Calendar, kind: str = DepartmentKind.SUPPORT) -> Department:
    return Department.objects.create(code=code, name=name, kind=kind, calendar=calendar)


def staff(number: str, name: str, dept: Department | None, roles: list[str], where: Region | None = None) -> Staff:
    return Staff.objects.create(username=number, name=name, department=dept, roles=roles, region=where)


def category(path: str, name: str) -> Category:
    parent = None
    parts = path.split("/")
    for depth, _code in enumerate(parts, start=1):
        code = "-".join(parts[:depth])
        leaf = depth == len(parts)
        parent, _made = Category.objects.get_or_create(
            path="/".join(parts[:depth]) + "/",
            defaults={"code": code, "name": name if leaf else code, "parent": parent},
        )
    return parent


def limits(review_percent: int = 100) -> None:
    for urgency, minutes in {
        Urgency.NORMAL: (120, 1440, 2880, 2880, 240, 240, 1440),
        Urgency.URGENT: (15, 240, 1440, 720, 60, 120, 720),
        Urgency.MAJOR: (10, 60, 720, 240, 30, 60, 360),
    }.items():
        names = ("dispatch", "contact", "answer", "progress", "review", "reply", "callback")
        values = {f"{name}_minutes": value for name, value in zip(names, minutes, strict=True)}
        SlaRule.objects.create(urgency=urgency, review_percent=review_percent, **values)
    for urgency, acknowledge, resolve in (
        (Urgency.NORMAL, 30, 1440),
        (Urgency.URGENT, 15, 720),
        (Urgency.MAJOR, 10, 240),
    ):
        OlaRule.objects.create(urgency=urgency, acknowledge_minutes=acknowledge, resolve_minutes=resolve)


def route(leaf: Category, lead: Department, **assists: Department) -> Route:
    made = Route.objects.create(category=leaf, lead=lead)
    for question, dept in assists.items():
        made.assists.create(department=dept, question=question)
    return made


def ticket(leaf: Category, where: Region, by: Staff, at: dt.datetime, **changes: object) -> Ticket:
    values = {
        "channel": Channel.HOTLINE,
        "urgency": Urgency.NORMAL,
        "subject": "室内没有信号",
        "description": "家里没有信号",
        "filing_key": f"test-{next(_keys)}",
    }
    return file_ticket(category=leaf, region=where, by=by, now=at, **{**values, **changes})


def dispatched_by(filed: Ticket, lead: Department, *, by: Staff, at: dt.datetime = NOW) -> WorkOrder:
    """Send a ticket from triage to one department and return its order."""
    prepare(ticket=filed, by=by, now=at)
    dispatch(ticket=filed, lead=lead, assists=[], by=by, now=at)
    return filed.orders.get(role="lead", state="dispatched")


def dispatched(filed: Ticket, lead: Department, *assists: Department, by: Staff, at: dt.datetime) -> WorkOrder:
    """Send a draft through triage to its departments and return the lead's order."""
    submit(ticket=filed, by=filed.filed_by, now=at)
    prepare(ticket=filed, by=by, now=at)
    dispatch(ticket=filed, lead=lead, assists=[(dept, "请协助") for dept in assists], by=by, now=at)
    return filed.orders.get(role="lead", state="dispatched")


#: Told at half time, at 80 %, when due, and 4 h, 24 h and 48 h later.
RUNGS = {
    "acknowledge": (Step(level=1, share=100, to=("contact", "head")), Step(level=2, after=60, to=("head", "centre"))),
    "resolve": (
        Step(level=1, share=50, to=("assignee",)),
        Step(level=2, share=80, to=("assignee", "contact"), supervise="untaken"),
        Step(level=3, share=100, to=("assignee", "head"), supervise="always"),
        Step(level=4, after=240, to=("client", "centre")),
        Step(level=5, after=1440, to=("branch",), raise_urgency=True),
        Step(level=6, after=2880, to=("company",)),
    ),
    "overall": (Step(level=1, share=100, to=("head", "centre")), Step(level=2, after=1440, to=("company",))),
}


def ladders(rungs: dict[str, tuple[Step, ...]] | None = None, at: dt.datetime = NOW - dt.timedelta(days=400)) -> None:
    for kind, steps in (RUNGS if rungs is None else rungs).items():
        for urgency in Urgency.values:
            publish(kind=kind, urgency=urgency, steps=steps, by=None, now=at)


def duty(
    department: Department, role: str, person: Staff, start: dt.datetime, end: dt.datetime, deputy: Staff | None = None
) -> Duty:
    return Duty.objects.create(department=department, role=role, person=person, deputy=deputy, starts_at=start, ends_at=end)


def alert(what: Category, where: Region, at: dt.datetime = NOW, **changes: object) -> Alert:
    """A surge under way of 12 complaints in an hour where 2 are normal."""
    values = {"level": 1, "since": at, "opened_at": at, "raised_at": at, "seen": 12, "expected": 2.0, "minutes": 60, "excess": 10.0}
    rule = AlertRule.objects.order_by("pk").first() or AlertRule.objects.create(name="自适应", method="adaptive")
    return Alert.objects.create(rule=rule, category=what, region=where, **{**values, **changes})


def bulletin(by: Staff, at: dt.datetime) -> Bulletin:
    """A draft of this week, counted."""
    made = bulletins.draft(kind="weekly", span=week_of(at.date()), by=by, now=at)
    return bulletins.count(bulletin=made, now=at)


def article(
    what: Category, owner: Department, by: Staff, *, reviewer: Staff | None = None, at: dt.datetime = NOW, **changes: str
) -> Article:
    """An article, handed in; published where there is a reviewer."""
    texts = {"title": "室内信号弱", "question": "家里没有信号", "answer": "请到窗边再试", "steps": "问清楼层", **changes}
    made = write_article(department=owner, words=Words(category=what, **texts), submit=True, by=by, now=at)
    return publish_article(article=made, by=reviewer, now=at) if reviewer else made
