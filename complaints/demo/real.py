"""The real files that `make demo DEMO=real` loads, and people for the departments that they bring along."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from complaints.demo.logins import Login, password
from complaints.demo.people import DEPARTMENTS
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from workorders.enums import OrderState
from workorders.models import Ticket, WorkOrder

#: So many of the new departments' logins are printed: those with most to do.
PRINTED = 3
POSTS = (("head", "负责人", (Role.HEAD,)), ("contact", "接口人", (Role.HANDLER, Role.CONTACT)), ("hand", "处理人", (Role.HANDLER,)))


@dataclass(frozen=True, kw_only=True)
class File:
    """A real file, the command and the mapping that take it in, and where it can be had."""

    #: What the mapping calls it: the prefix of its tickets' filing keys.
    source: str
    path: str
    command: str
    mapping: str
    origin: str


FILES = (
    File(
        source="boston311",
        path="boston311_2011h2/boston311_2011h2.csv.gz",
        command="import_complaints",
        mapping="boston311.toml",
        origin="data.boston.gov, 311 service requests, second half of 2011 (PDDL)",
    ),
    File(
        source="comcast",
        path="comcast_2015/comcast_2015_dates_repaired.csv",
        command="import_complaints",
        mapping="comcast.toml",
        origin="complaints to the US Federal Communications Commission, April to June 2015",
    ),
    File(
        source="uci498",
        path="incident_eventlog_slice/incident_events_first2000.csv.gz",
        command="import_eventlog",
        mapping="incident_eventlog.toml",
        origin="UCI Machine Learning Repository 498, doi 10.24432/C57S4H (CC BY 4.0)",
    ),
)


def is_loaded() -> bool:
    """Tell whether every file has been taken in."""
    return all(Ticket.objects.filter(filing_key__startswith=f"{file.source}:").exists() for file in FILES)


def staff_new_departments() -> int:
    """Give every support department that an import brought along a head, a contact and a handler; return how many got them."""
    new = Department.objects.filter(kind=DepartmentKind.SUPPORT, head=None).exclude(code__in=DEPARTMENTS).order_by("code")
    for department in new:
        people = [_person(department, post, title, roles) for post, title, roles in POSTS]
        department.head = people[0]
        department.save(update_fields=["head"])
    return len(new)


def _person(department: Department, post: str, title: str, roles: Sequence[str]) -> Staff:
    username = f"{department.code.lower()}-{post}"
    return Staff.objects.create(
        username=username,
        name=f"{department.name}{title}"[:60],
        department=department,
        roles=list(roles),
        password=make_password(password(username)),
    )


def new_logins() -> list[Login]:
    """Return the contacts of the new departments that have most open orders."""
    contacts = Staff.objects.filter(username__endswith="-contact", department__isnull=False).exclude(
        department__code__in=DEPARTMENTS
    )
    load = {
        contact: WorkOrder.objects.filter(department=contact.department_id, state__in=OrderState.OPEN).count()
        for contact in contacts.select_related("department")
    }
    busiest = sorted(load, key=lambda contact: (-load[contact], contact.username))[:PRINTED]
    return [
        Login(
            username=contact.username, role="部门接口人 / department contact", hint=f"{contact.department}，{load[contact]} 件在途"
        )
        for contact in busiest
    ]
