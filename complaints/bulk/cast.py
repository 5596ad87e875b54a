"""Everybody and everything that a story needs, read once as plain data that other processes can be given."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Protocol

from organization.calendars import NaturalCalendar, WorkingCalendar
from organization.enums import DepartmentKind, RegionKind, Role
from organization.models import Calendar, Department, Region, Staff
from organization.queries.calendars import keep_version, working_calendar
from workorders import ladder
from workorders.clocks import ClockState
from workorders.models import Category, OlaRule, SlaRule
from workorders.queries import ladders
from workorders.queries.limits import factors
from workorders.queries.routes import route_for
from workorders.targets import Case, Rule, choose, shortened

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
    """The customer's limits, in minutes, and the tier that they name."""

    pk: int
    tier: str
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


class Limited(Protocol):
    """A ticket, as the choice of limits reads it."""

    leaf: Leaf
    urgency: str
    channel: str
    tier: str
    region: int
    round: int


@dataclass(slots=True)
class Cast:
    """The operator as stories see it."""

    system: Person
    units: dict[str, Unit]
    people: list[Person]
    cities: list[Place]
    leaves: list[Leaf]
    slas: dict[int, Sla]
    sla_rules: list[Rule]
    ola_rules: list[Rule]
    #: Region id → its path in the tree.
    regions: dict[int, str]
    calendars: dict[int | None, Counting]
    ladders: list[ladder.Version]
    #: Calendar id → the version of it on which promises are made.
    revisions: dict[int, int]
    _limits: dict[tuple[Case, bool, int], Limits] = field(default_factory=dict)
    _slas: dict[tuple[Case, int], Sla] = field(default_factory=dict)
    #: When limits change: between two of these instants every choice is the same.
    _changes: list[dt.datetime] = field(default_factory=list)
    _takers: tuple[str, ...] = ()
    _by_role: dict[tuple[str, int | None], list[Person]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note when limits change."""
        self._changes = sorted({rule.effective_from for rule in (*self.sla_rules, *self.ola_rules)})

    def _case(self, ticket: Limited, unit: Unit | None = None) -> Case:
        return Case(
            department_id=unit.pk if unit else None,
            category_path=ticket.leaf.path,
            urgency=str(ticket.urgency),
            channel=str(ticket.channel),
            tier=str(ticket.tier),
            region_path=self.regions[ticket.region],
        )

    def sla(self, ticket: Limited, at: dt.datetime) -> Sla:
        """Return the customer's limits, as `workorders.queries.limits.sla_rule` chooses them."""
        key = (self._case(ticket), bisect_right(self._changes, at))
        if key not in self._slas:
            rule = choose(self.sla_rules, key[0], at)
            if rule is None:
                message = f"no customer limit at {ticket.urgency}: load the reference data first"
                raise LookupError(message)
            self._slas[key] = self.slas[rule.id]
        return self._slas[key]

    def overall_minutes(self, ticket: Limited, at: dt.datetime) -> int:
        """Return the minutes within which the customer must have an answer."""
        sla = self.sla(ticket, at)
        return shortened(sla.answer, *factors(ticket.tier, ticket.round, rule_tier=sla.tier))

    def limits(self, unit: Unit, ticket: Limited, at: dt.datetime) -> Limits:
        """Return a leg's limits, as `workorders.queries.limits.leg_limits` does."""
        key = (self._case(ticket, unit), ticket.round > 0, bisect_right(self._changes, at))
        if key not in self._limits:
            rule = choose(self.ola_rules, key[0], at)
            if rule is None:
                message = f"no limit for {unit.code} at {ticket.urgency}: load the reference data first"
                raise LookupError(message)
            self._limits[key] = Limits(
                rule.id,
                unit.calendar if rule.working else None,
                rule.acknowledge,
                shortened(rule.resolve, *factors(ticket.tier, ticket.round, rule_tier=rule.scope.tier)),
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
    customer = list(SlaRule.objects.select_related("category"))
    return Cast(
        system=_person(system),
        units={each.code: _unit(each) for each in departments},
        people=[_person(each) for each in Staff.objects.filter(is_active=True).order_by("username")],
        cities=[Place(each.pk, each.code, each.name.removesuffix("分公司")) for each in cities],
        leaves=[_leaf(each) for each in Category.objects.filter(children=None, is_active=True).order_by("path")],
        slas={
            row.pk: Sla(
                row.pk,
                row.tier,
                row.dispatch_minutes,
                row.answer_minutes,
                row.review_minutes,
                row.reply_minutes,
                row.callback_minutes,
                row.review_percent,
            )
            for row in customer
        },
        sla_rules=[row.rule for row in customer],
        ola_rules=[row.rule for row in OlaRule.objects.select_related("category", "region")],
        regions=dict(Region.objects.values_list("pk", "path")),
        calendars={None: working_calendar(None), **{each.pk: working_calendar(each) for each in Calendar.objects.all()}},
        ladders=ladders.versions(),
        revisions={each.pk: keep_version(each) for each in Calendar.objects.all()},
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
