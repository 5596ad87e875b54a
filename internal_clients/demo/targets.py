"""The demo operator's target tree: agreed two months ago, measured since, with something to agree and to judge today."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from foundation.durations import midnight
from internal_clients.actions import kpi
from internal_clients.actions.kpi import Target
from internal_clients.demo.clockwork import HOUR, MINUTE
from internal_clients.models import KpiFigure, KpiNode, KpiSheet
from internal_clients.months import month_of, months_before, next_month
from journal.notify import silence
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from organization.queries.days import local_day

#: Departments whose posts and people have targets of their own in the demo.
DEEP = ("NETWORK", "BOSS")
POST, CHECKLIST = "投诉处理岗", "台账、口径与现场管理"
FOUND = ("台账齐全，口径更新及时。", "两单未按口径回复，已谈话。", "晨会缺席一次，其余达标。")


def _unit(pieces: int, on_time: int, satisfied: int) -> list[Target]:
    """Return a unit's targets."""
    return [
        Target(measure="pieces", target=Decimal(pieces), weight=Decimal(30)),
        Target(measure="on_time", target=Decimal(on_time), limit=Decimal(75), weight=Decimal(40)),
        Target(measure="satisfied", target=Decimal(satisfied), limit=Decimal(55), weight=Decimal(30)),
    ]


def _person(pieces: int, on_time: int = 93) -> list[Target]:
    """Return an employee's targets: counted, a rate, and a checklist."""
    return [
        Target(measure="pieces", target=Decimal(pieces), weight=Decimal(40)),
        Target(measure="on_time", target=Decimal(on_time), limit=Decimal(75), weight=Decimal(30)),
        Target(measure="process", name=CHECKLIST, target=Decimal(20), weight=Decimal(30)),
    ]


class Tree:
    """Plants the tree as its people would, from the company down, with targets near what was finished in the month `like`."""

    def __init__(self, month: dt.date, like: dt.date) -> None:
        self.month, self.at = month, midnight(month) + 9 * HOUR
        self.manager = Staff.objects.get(username="manager")
        done = KpiFigure.objects.filter(month=like, measure="pieces").values_list("department", "staff", "over")
        self.done = {(department, staff): over for department, staff, over in done}

    def grow(self) -> list[KpiNode]:
        """Make every place with agreed targets; return the employees'."""
        units = Department.objects.filter(kind=DepartmentKind.SUPPORT, head__isnull=False, is_active=True).select_related("head")
        departments = list(units.order_by("code"))
        pieces = {each.pk: self._pieces(each) for each in departments}
        company = kpi.plant(by=self.manager, now=self.at)
        self._agreed(company, self.manager, _unit(sum(pieces.values()), 90, 75))
        places = []
        for department in departments:
            place = kpi.add_place(parent=company, department=department, speaker=department.head, by=self.manager, now=self.at)
            places.append((place, self._drafted(place, self.manager, _unit(pieces[department.pk], 91, 76))))
        people = []
        for place, sheet in places:
            self._answered(sheet, self.manager)
            if place.department.code in DEEP:
                people += self._post(place, place.department, pieces[place.department_id])
        return people

    def _staff(self, department: Department) -> list[Staff]:
        own = Staff.objects.filter(department=department, roles__contains=[Role.HANDLER]).order_by("pk")
        return [each for each in own if Role.HEAD not in each.roles]

    def _pieces(self, department: Department) -> int:
        if department.code in DEEP:
            return sum(self._own(department, each) for each in self._staff(department))
        return max(1, sum(over for (pk, _staff), over in self.done.items() if pk == department.pk))

    def _own(self, department: Department, person: Staff) -> int:
        return max(1, round(self.done.get((department.pk, person.pk), 0) * 0.95))

    def _post(self, place: KpiNode, department: Department, pieces: int) -> list[KpiNode]:
        staff, head = self._staff(department), place.speaker
        lead = next(each for each in staff if Role.CONTACT in each.roles)
        post = kpi.add_place(parent=place, name=POST, speaker=lead, by=head, now=self.at)
        self._agreed(post, head, _unit(pieces, 92, 77))
        made = [kpi.add_place(parent=post, speaker=person, by=head, now=self.at) for person in staff]
        drafts = [self._drafted(node, head, _person(self._own(department, node.speaker))) for node in made]
        for sheet in drafts:
            self._answered(sheet, head)
        return made

    def _drafted(self, node: KpiNode, by: Staff, targets: Sequence[Target]) -> KpiSheet:
        return kpi.draft_targets(node=node, starts_on=self.month, targets=targets, by=by, now=self.at)

    def _agreed(self, node: KpiNode, by: Staff, targets: Sequence[Target]) -> None:
        self._answered(self._drafted(node, by, targets), by)

    def _answered(self, sheet: KpiSheet, by: Staff) -> None:
        sheet = kpi.put_forward(sheet=sheet, by=by, now=self.at)
        kpi.agree(sheet=sheet, by=sheet.node.speaker, now=self.at)


def make(now: dt.datetime) -> None:
    """Count three months, plant the tree, judge last month's checklists but one, and put something before two people."""
    this = month_of(local_day(now))
    months = [months_before(this, back) for back in (2, 1, 0)]
    for month in months:
        kpi.count(month=month, now=now)
    with silence():
        people = Tree(months[0], like=months[1]).grow()
    for place, node in enumerate(people[1:]):
        item = node.sheets.get().items.get(measure="process")
        head = node.department.head if node.department else None
        for back, month in enumerate(months[:2]):
            passed, reason = Decimal(20 - (place + back) % 3), FOUND[(place + back) % 3]
            kpi.judge(item=item, month=month, passed=passed, reason=reason, by=head, now=now - 30 * MINUTE)
    _under_way(people, next_month(this), now - 20 * MINUTE)


def _under_way(people: Sequence[KpiNode], month: dt.date, at: dt.datetime) -> None:
    """Let two people have a new version to answer, one of whom objects."""
    first, second = (next(each for each in people if each.speaker.username == name) for name in ("network", "billing"))
    for node in (first, second):
        head, before = node.department.head if node.department else None, node.sheets.get().items.get(measure="pieces")
        targets = _person(int(before.target * Decimal("1.1")) + 1, 94)
        sheet = kpi.draft_targets(node=node, starts_on=month, targets=targets, by=head, now=at)
        sheet = kpi.put_forward(sheet=sheet, by=head, now=at)
        if node is second:
            words = "下月要参加系统割接值班，工单量目标请下调一成。"
            kpi.object_to(sheet=sheet, objection=words, by=node.speaker, now=at + 10 * MINUTE)
