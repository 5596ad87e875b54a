"""Who is answerable now: rosters first, then the people who hold the role."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from organization.enums import DepartmentKind, RegionKind, Role
from organization.models import Department, Duty, Region, Staff

#: The roles by which people are found when something climbs.
FOUND_BY = (Role.CONTACT, Role.HEAD, Role.DUTY, Role.MANAGER)


def on_duty(department: Department, role: str, at: dt.datetime) -> list[Staff]:
    """Return who acts as `role` for the department at an instant: who the roster names, else who holds the role.

    The roster's person stands alone ("the head tonight"); the deputy where that person has left. Without a turn the
    head is the department's own head, and contacts or duty officers are all of the department's.
    """
    return Directory.loaded(at).acting(department.pk, role)


@dataclass(slots=True)
class Directory:
    """Everybody who can be told, read once for many questions at one instant."""

    people: list[Staff]
    turns: dict[tuple[int, str], Staff]
    heads: dict[int, Staff]
    regions: dict[int, Region]
    departments: dict[int, Department]
    _by_role: dict[tuple[int | None, str], list[Staff]] = field(default_factory=dict)

    @classmethod
    def loaded(cls, at: dt.datetime) -> "Directory":
        """Read rosters, departments, regions and the people with a role that matters, as of `at`: four queries."""
        turns = Duty.objects.filter(starts_at__lte=at, ends_at__gt=at).select_related("person", "deputy")
        departments = list(Department.objects.select_related("head"))
        return cls(
            people=list(Staff.objects.filter(roles__overlap=list(FOUND_BY), is_active=True).order_by("pk")),
            turns={(turn.department_id, turn.role): person for turn in turns if (person := _acting(turn))},
            heads={each.pk: each.head for each in departments if each.head and each.head.is_active},
            regions=Region.objects.in_bulk(),
            departments={each.pk: each for each in departments},
        )

    @property
    def centres(self) -> list[int]:
        """Return the complaint centres."""
        every = self.departments.values()
        return [each.pk for each in every if each.kind == DepartmentKind.CENTRE and each.is_active]

    def centre_department(self) -> Department | None:
        """Return the complaint centre, which answers for the customer's own clock."""
        return next((self.departments[pk] for pk in self.centres), None)

    def acting(self, department: int | None, role: str) -> list[Staff]:
        """Return who acts as `role` for a department."""
        if department is None:
            return []
        if turn := self.turns.get((department, role)):
            return [turn]
        if role == Role.HEAD and department in self.heads:
            return [self.heads[department]]
        return self._holders(department, role)

    def centre(self) -> list[Staff]:
        """Return the complaint centre's duty officers of the moment."""
        found = [person for centre in self.centres for person in self.acting(centre, Role.DUTY)]
        return found or self._holders(None, Role.DUTY)

    def managers(self, region: int, kind: str) -> list[Staff]:
        """Return the managers of the city branch, or of the province, in which a region lies."""
        path = self.regions[region].path
        over = {each.pk for each in self.regions.values() if each.kind == kind and path.startswith(each.path)}
        return [person for person in self._holders(None, Role.MANAGER) if person.region_id in over]

    def _holders(self, department: int | None, role: str) -> list[Staff]:
        key = (department, role)
        if key not in self._by_role:
            self._by_role[key] = [
                person for person in self.people if role in person.roles and department in {None, person.department_id}
            ]
        return self._by_role[key]


def _acting(turn: Duty) -> Staff | None:
    return next((person for person in (turn.person, turn.deputy) if person and person.is_active), None)


def turns_of(departments: Iterable[int], now: dt.datetime) -> list[Duty]:
    """Return the turns of duty of some departments that are not over, the next first."""
    mine = Q(department__in=list(departments), ends_at__gt=now)
    return list(Duty.objects.filter(mine).select_related("department", "person", "deputy").order_by("starts_at", "pk"))


#: The kinds of region by which managers are found.
BRANCH, COMPANY = RegionKind.CITY, RegionKind.PROVINCE
