"""Everybody and everything that a story needs, read once as plain data that other processes can be given."""

import datetime as dt
from dataclasses import dataclass, field

from organization.calendars import NaturalCalendar, WorkingCalendar
from organization.enums import DepartmentKind, RegionKind, Role
from organization.models import Calendar, Department, Region, Staff
from organization.queries.calendars import working_calendar
from workorders import ladder
from workorders.clocks import ClockState
from workorders.models import Category, OlaRule, SlaRule
from workorders.queries import ladders
from workorders.queries.limits import factors
from workorders.queries.routes import route_for
from workorders.targets import Rule, choose, shortened

type Counting = WorkingCalendar | NaturalCalendar


@dataclass(frozen=True, slots=True)
class Unit:
    """A department."""

    pk: int
    code: str
    calendar: int
    takes_orders: bool


@dataclass(frozen=True, slots=True)
class Person:
    """An employee."""

    pk: int
    unit: int | None
    region: int | None
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A city branch."""

    pk: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category of the third level with its route: the lead's code (empty: none), and who is asked what."""

    pk: int
    code: str
    path: str
    lead: str
    assists: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sla:
    """The customer's limits, in minutes."""

    pk: int
    dispatch: int
    answer: int
    review: int
    reply: int
    callback: int
    review_percent: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a department promises for one leg, in minutes."""

    rule: int
    calendar: int | None
    acknowledge: int
    resolve: int


@dataclass(slots=True)
class Cast:
    """The operator as stories see it."""

    system: Person
    units: dict[str, Unit]
    people: list[Person]
    cities: list[Place]
    leaves: list[Leaf]
    slas: dict[tuple[str, str], Sla]
    rules: list[Rule]
    calendars: dict[int | None, Counting]
    ladders: list[ladder.Version]
    _limits: dict[tuple[str, str, str, str, bool], Limits] = field(default_factory=dict)
    _overall: dict[tuple[str, str, str, bool], int] = field(default_factory=dict)
    _takers: tuple[str, ...] = ()
    _by_role: dict[tuple[str, int | None], list[Person]] = field(default_factory=dict)

    def sla(self, urgency: str, channel: str) -> Sla:
        """Return the customer's limits, as `workorders.queries.limits.sla_rule` chooses them."""
        return self.slas.get((urgency, channel)) or self.slas[urgency, ""]

    def overall_minutes(self, urgency: str, channel: str, tier: str, round_number: int) -> int:
        """Return the minutes within which the customer must have an answer."""
        key = (urgency, channel, tier, round_number > 0)
        if key not in self._overall:
            self._overall[key] = shortened(self.sla(urgency, channel).answer, *factors(tier, round_number))
        return self._overall[key]

    def limits(self, unit: Unit, leaf: Leaf, urgency: str, tier: str, round_number: int) -> Limits:
        """Return a leg's limits, as `workorders.queries.limits.leg_limits` does."""
        key = (unit.code, leaf.path, urgency, tier, round_number > 0)
        if key not in self._limits:
            rule = choose(self.rules, department_id=unit.pk, category_path=leaf.path, urgency=urgency)
            if rule is None:
                message = f"no limit for {unit.code} at {urgency}: load the reference data first"
                raise LookupError(message)
            self._limits[key] = Limits(
                rule.id,
                unit.calendar if rule.working else None,
                rule.acknowledge,
                shortened(rule.resolve, *factors(tier, round_number)),
            )
        return self._limits[key]

    def next_step_at(self, kind: str, urgency: str, calendar: int | None, state: ClockState) -> dt.datetime | None:
        """Return when a clock's next step falls due, as `workorders.queries.ladders.set_next_steps` finds it."""
        if state.running_since is None:
            return None
        version = ladder.chosen(self.ladders, kind=kind, urgency=urgency, started_at=state.started_at)
        due = ladder.next_step(state, self.calendars[calendar], version.steps, ()) if version else None
        return due.at if due else None

    @property
    def takers(self) -> tuple[str, ...]:
        """Return the codes of the departments that take orders and have somebody to work on them."""
        if not self._takers:
            hands = {person.unit for person in self.people if Role.HANDLER in person.roles}
            contacts = {person.unit for person in self.people if Role.CONTACT in person.roles}
            self._takers = tuple(code for code, unit in self.units.items() if unit.takes_orders and unit.pk in hands & contacts)
        return self._takers

    def with_role(self, role: str, unit: int | None = None) -> list[Person]:
        """Return the people with a role, of one department or of all."""
        key = (role, unit)
        if key not in self._by_role:
            self._by_role[key] = [
                person for person in self.people if role in person.roles and (unit is None or person.unit == unit)
            ]
        return self._by_role[key]


def gathered() -> Cast:
    """Read the operator from the database."""
    departments = list(Department.objects.filter(is_active=True).order_by("code"))
    cities = Region.objects.filter(kind=RegionKind.CITY).order_by("path")
    system = Staff.objects.system()
    return Cast(
        system=_person(system),
        units={each.code: _unit(each) for each in departments},
        people=[_person(each) for each in Staff.objects.filter(is_active=True).order_by("username")],
        cities=[Place(each.pk, each.code, each.name.removesuffix("分公司")) for each in cities],
        leaves=[_leaf(each) for each in Category.objects.filter(children=None, is_active=True).order_by("path")],
        slas={
            (row.urgency, row.channel): Sla(
                row.pk,
                row.dispatch_minutes,
                row.answer_minutes,
                row.review_minutes,
                row.reply_minutes,
                row.callback_minutes,
                row.review_percent,
            )
            for row in SlaRule.objects.all()
        },
        rules=[row.rule for row in OlaRule.objects.select_related("category")],
        calendars={None: working_calendar(None), **{each.pk: working_calendar(each) for each in Calendar.objects.all()}},
        ladders=ladders.versions(),
    )


def _unit(department: Department) -> Unit:
    takes_orders = department.kind == DepartmentKind.SUPPORT
    return Unit(department.pk, department.code, department.calendar_id, takes_orders)


def _person(staff: Staff) -> Person:
    return Person(staff.pk, staff.department_id, staff.region_id, frozenset(staff.roles))


def _leaf(category: Category) -> Leaf:
    route = route_for(category)
    if route is None:
        return Leaf(category.pk, category.code, category.path, "", ())
    assists = tuple((assist.department.code, assist.question) for assist in route.assists.all())
    return Leaf(category.pk, category.code, category.path, route.lead.code, assists)
