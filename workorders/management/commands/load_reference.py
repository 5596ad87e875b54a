"""Load the categories, limits and routes that come with the product; what is there already stays as it is."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from organization.models import Department
from workorders.actions.ladders import publish
from workorders.enums import Urgency
from workorders.ladder import Step
from workorders.models import Category, Ladder, OlaRule, Route, SlaRule
from workorders.queries.coverage import customer_limits, department_limits, faults

#: The shipped ladders hold for every clock, however long it has been running.
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
FILE = Path(__file__).resolve().parent.parent.parent / "data" / "reference.toml"
SLA_FIELDS = (
    "dispatch_minutes",
    "contact_minutes",
    "answer_minutes",
    "progress_minutes",
    "review_minutes",
    "reply_minutes",
    "callback_minutes",
    "review_percent",
)


class Command(BaseCommand):
    """Load the reference data; needs the departments that the routes name."""

    help = __doc__

    @transaction.atomic
    def handle(self, **options: object) -> None:
        """Load and tell."""
        data = tomllib.loads(FILE.read_text(encoding="utf-8"))
        load_categories(data["categories"])
        load_sla(data["sla"])
        load_ola(data["ola"])
        load_routes(data["routes"])
        load_ladders(data["ladders"])
        check_coverage()
        counted = {"categories": Category, "routes": Route, "limits": OlaRule, "ladders": Ladder}
        self.stdout.write(", ".join(f"{model.objects.count()} {name}" for name, model in counted.items()))


def check_coverage() -> None:
    """Raise CommandError, and with it undo everything, when a customer limit does not cover the departments'."""
    now = timezone.now()
    found = list(faults(customer_limits(now), department_limits(now)))
    if found:
        raise CommandError("\n".join(found))


def load_categories(categories: dict[str, list[str]]) -> None:
    """Make the tree; parents stand before their children."""
    for path, (name, name_en) in categories.items():
        above = path.rpartition("/")[0]
        parent = Category.objects.get(path=f"{above}/") if above else None
        Category.objects.get_or_create(
            path=f"{path}/",
            defaults={"code": path.replace("/", "-"), "name": name, "name_en": name_en, "parent": parent},
        )


def load_sla(rules: dict[str, list[int]]) -> None:
    """Make the customer's limits."""
    for key, minutes in rules.items():
        urgency, _slash, channel = key.partition("/")
        SlaRule.objects.get_or_create(
            urgency=urgency,
            channel=channel,
            category=None,
            tier="",
            version=1,
            defaults=dict(zip(SLA_FIELDS, minutes, strict=True)),
        )


def load_ola(rules: dict[str, list[list[int]]]) -> None:
    """Make the departments' limits, skipping departments that this operator does not have."""
    for key, rows in rules.items():
        code, _slash, path = key.partition("/")
        department = None if code == "*" else Department.objects.filter(code=code).first()
        if code != "*" and department is None:
            continue
        category = None if path == "*" else Category.objects.get(path=f"{path}/")
        for urgency, (acknowledge, resolve) in zip(Urgency.values, rows, strict=True):
            OlaRule.objects.get_or_create(
                department=department,
                category=category,
                urgency=urgency,
                channel="",
                tier="",
                region=None,
                version=1,
                defaults={"acknowledge_minutes": acknowledge, "resolve_minutes": resolve},
            )


def load_routes(routes: dict[str, tuple[str, dict[str, str]]]) -> None:
    """Make the routes, with who assists."""
    departments = {department.code: department for department in Department.objects.all()}
    for path, (lead, assists) in routes.items():
        if lead not in departments:
            continue
        route, made = Route.objects.get_or_create(
            category=Category.objects.get(path=f"{path}/"),
            defaults={"lead": departments[lead]},
        )
        if made:
            for code, question in assists.items():
                route.assists.create(department=departments[code], question=question)


def load_ladders(ladders: dict[str, list[dict[str, Any]]]) -> None:
    """Make the ladders that are missing, one for each urgency."""
    for kind, rungs in ladders.items():
        for index, urgency in enumerate(Urgency.values):
            if not Ladder.objects.filter(kind=kind, urgency=urgency).exists():
                steps = [_step(level, rung, index) for level, rung in enumerate(rungs, start=1)]
                publish(kind=kind, urgency=urgency, steps=steps, by=None, now=ALWAYS)


def _step(level: int, rung: dict[str, Any], urgency: int) -> Step:
    after = rung.get("after")
    return Step(
        level=level,
        share=rung.get("share"),
        after=after[urgency] if after else None,
        to=tuple(rung["to"]),
        raise_urgency=rung.get("raise_urgency", False),
        supervise=rung.get("supervise", ""),
    )
