"""What a replayed log needs to be there: departments, an account in each, categories, the region."""

import datetime as dt
import re

from django.db.models import Model

from complaints.imports.logmap import MAX_CODE, MAX_NAME, LogMap, slug
from complaints.imports.reading import Unreadable
from foundation.errors import Conflict
from journal.record import record
from organization.enums import DepartmentKind, Role
from organization.models import Calendar, Department, Region, Staff
from workorders.models import Category

#: The calendar of the departments that are created, where the mapping names none.
ROUND_THE_CLOCK = "ALWAYS"


class Stage:
    """Finds what a mapping names, and creates what it may create; what is there already stays as it is."""

    def __init__(self, mapping: LogMap, now: dt.datetime) -> None:
        """Find the region and the calendar. Raises Unreadable, with the mapping's key, when they are not there."""
        self.mapping, self.now, self.system = mapping, now, Staff.objects.system()
        self.region = self._region()
        self._check_known()
        self.calendar = self._calendar()
        self._departments: dict[str, Department] = {}
        self._accounts: dict[int, Staff] = {}
        self._categories: dict[tuple[str, ...], Category] = {}

    def forget(self) -> None:
        """Look everything up again: what was created last has been undone."""
        self._departments.clear()
        self._accounts.clear()
        self._categories.clear()

    def department(self, group: str) -> Department:
        """Return the department that a group is; an empty group is the one for cases without.

        Raises Conflict when it is not there and the mapping does not let it be created.
        """
        if group not in self._departments:
            self._departments[group] = self._found_department(group)
        return self._departments[group]

    def account(self, department: Department) -> Staff:
        """Return the account in whose name the department acted; nobody can log in with it."""
        if department.pk not in self._accounts:
            account, made = Staff.objects.get_or_create(
                username=f"IMPORT-{department.code}",
                defaults={
                    "name": f"{department.name}（导入）",
                    "name_en": f"{department.name_en or department.name} (imported)",
                    "department": department,
                    "roles": [Role.HANDLER, Role.CONTACT],
                    "is_active": False,
                    "password": "!",
                },
            )
            self._accounts[department.pk] = self._noted(account, "staff", made=made)
        return self._accounts[department.pk]

    def category(self, levels: tuple[str, str, str]) -> Category:
        """Return the category of the third level, creating what is missing on the way."""
        if levels not in self._categories:
            self._categories[levels] = self._found_category(levels)
        return self._categories[levels]

    def _found_department(self, group: str) -> Department:
        code, unassigned = self.mapping.department_code(group), self.mapping.unassigned
        names = {"name": group, "name_en": group} if group else {"name": unassigned.name, "name_en": unassigned.name_en}
        found = Department.objects.select_related("calendar").filter(code=code).first()
        if found and group and not self.mapping.known.get(group) and found.name != group[:MAX_NAME]:
            raise Conflict(f"two groups have the code {code}: name one of them in [departments.known]: {group!r}")
        if found:
            return found
        if not self.mapping.create:
            raise Conflict(f"no department for this group, and departments.create is false: {group!r}")
        kind = DepartmentKind.SUPPORT if group else DepartmentKind.CENTRE
        names = {key: name[:MAX_NAME] for key, name in names.items()}
        made = Department.objects.create(code=code, kind=kind, calendar=self.calendar, **names)
        return self._noted(made, "department", made=True)

    def _found_category(self, levels: tuple[str, str, str]) -> Category:
        node, path = None, ""
        for depth, name in enumerate(levels):
            missing = not name or name == self.mapping.empty
            segment = slug(re.sub(self.mapping.category_drop, "", name)) if not missing else "0"
            path += ("" if depth else self.mapping.category_prefix) + f"{segment}/"
            code = path.rstrip("/").replace("/", "-")
            if len(code) > MAX_CODE:
                raise Conflict(f"the category's code is longer than {MAX_CODE}; shorten it with categories.drop: {code}")
            words = self.mapping.category_unknown if missing else name[:MAX_NAME]
            node, made = Category.objects.get_or_create(
                path=path,
                defaults={"code": code, "name": words, "name_en": "" if missing else words, "parent": node},
            )
            self._noted(node, "category", made=made)
        assert node is not None, "a category has three levels"
        return node

    def _noted[M: Model](self, row: M, kind: str, *, made: bool) -> M:
        """Put a created row in the journal, as the administration does."""
        if made:
            data = {"name": str(row), "source": self.mapping.source}
            record(f"{kind}:{row.pk}", f"{kind}.add", by=self.system, at=self.now, data=data)
        return row

    def _region(self) -> Region:
        region = Region.objects.filter(code=self.mapping.region).first()
        if region is None:
            raise Unreadable(f"region: there is no region with the code {self.mapping.region!r}")
        return region

    def _calendar(self) -> Calendar:
        if self.mapping.calendar:
            calendar = Calendar.objects.filter(code=self.mapping.calendar).first()
            if calendar is None:
                raise Unreadable(f"departments.calendar: there is no calendar with the code {self.mapping.calendar!r}")
            return calendar
        always = Calendar.objects.filter(round_the_clock=True).order_by("pk").first()
        if always:
            return always
        return Calendar.objects.create(
            code=ROUND_THE_CLOCK,
            name="全天候",
            name_en="Round the clock",
            round_the_clock=True,
            follows_holidays=False,
        )

    def _check_known(self) -> None:
        there = set(Department.objects.filter(code__in=self.mapping.known.values()).values_list("code", flat=True))
        for group, code in self.mapping.known.items():
            if code not in there:
                raise Unreadable(f'departments.known."{group}": there is no department with the code {code!r}')
