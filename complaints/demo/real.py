"""The demo of real files: which there are, where they can be had, and people for the departments that they bring along."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from complaints.demo.logins import password
from complaints.demo.people import DEPARTMENTS, REGIONS
from organization.enums import DepartmentKind, Role
from organization.models import Department, Region, Staff


class RealFile(NamedTuple):
    """A file, the command that takes it, with which mapping, and where it can be had."""

    command: str
    file: str
    mapping: str
    origin: str


FILES = (
    RealFile(
        "import_complaints",
        "boston311_2011h2/boston311_2011h2.csv.gz",
        "boston311.toml",
        "data.boston.gov, “311 service requests”, 1 July to 31 December 2011 (PDDL)",
    ),
    RealFile(
        "import_complaints",
        "comcast_2015/comcast_2015_dates_repaired.csv",
        "comcast.toml",
        "github.com/saboye/Comcast-Telecom-Consumer-Complaints (MIT), with its dates put right",
    ),
    RealFile(
        "import_eventlog",
        "incident_eventlog_slice/incident_events_first2000.csv.gz",
        "incident_eventlog.toml",
        "UCI 498, doi 10.24432/C57S4H (CC BY 4.0), the events of the first 2000 incidents",
    ),
)
#: Who works in a department that a file brought along: suffix of the login, name, roles.
HANDS = (
    ("head", "负责人", [Role.HEAD]),
    ("contact", "接口人", [Role.HANDLER, Role.CONTACT]),
    ("1", "处理人一", [Role.HANDLER]),
)


def _brought() -> Iterator[Department]:
    yield from Department.objects.filter(kind=DepartmentKind.SUPPORT).exclude(code__in=DEPARTMENTS).order_by("code")


def _roots() -> Iterator[Region]:
    own = [key.replace("/", "-") for key in REGIONS]
    yield from Region.objects.filter(parent=None).exclude(code__in=own).order_by("code")


def _stem(code: str) -> str:
    """Return a department's code without the digits that only keep it apart."""
    return re.sub(r"-[0-9a-f]{6}$", "", code)


def make_hands() -> int:
    """Make a head, a contact and a handler for each department that a file brought along, and a manager for each country."""
    made = 0
    for department in _brought():
        for suffix, title, roles in HANDS:
            made += _made(f"{_stem(department.code)}-{suffix}", f"{department.name}{title}", roles, department, None)
        if department.head is None:
            department.head = Staff.objects.get(username=f"{_stem(department.code)}-head")
            department.save(update_fields=["head"])
    for region in _roots():
        made += _made(f"{region.code}-manager", f"{region.name}管理者", [Role.MANAGER], None, region)
    return made


def _made(username: str, name: str, roles: Sequence[str], department: Department | None, region: Region | None) -> bool:
    if Staff.objects.filter(username=username).exists():
        return False
    Staff.objects.create(
        username=username,
        name=name[:60],
        roles=list(roles),
        department=department,
        region=region,
        password=make_password(password(username)),
    )
    return True


def logins() -> list[tuple[str, str]]:
    """Return a login for each department and each country that a file brought along, and what it is."""
    contacts = [(f"{_stem(each.code)}-contact", each.name) for each in _brought()]
    managers = [(f"{each.code}-manager", each.name) for each in _roots()]
    there = set(
        Staff.objects.filter(username__in=[name for name, _of in [*contacts, *managers]]).values_list("username", flat=True)
    )
    return [(name, of) for name, of in [*managers, *contacts] if name in there]
