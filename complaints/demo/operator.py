"""The operator's regions, departments, calendars and people, made from `operator.toml`; making them again changes nothing."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff, WorkWindow

FILE = Path(__file__).parent / "operator.toml"
#: The demo's password, the same for everybody and printed when the demo starts.
PASSWORD = "onepoint-demo"  # noqa: S105 -- a demo's, meant to be read
NUMERALS = "一二三四五六七八九十"


def data() -> dict[str, Any]:
    """Return the file's tables."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@transaction.atomic
def build() -> None:
    """Make everything that is not there yet."""
    tables = data()
    _regions(tables["regions"])
    _calendars(tables["calendars"])
    _departments(tables["departments"])
    _people(tables["departments"], tables["posts"])


def _regions(rows: dict[str, list[str]]) -> None:
    for code, (name, name_en, kind, above) in rows.items():
        parent = Region.objects.get(code=above) if above else None
        path = f"{parent.path if parent else ''}{code}/"
        Region.objects.get_or_create(
            code=code, defaults={"name": name, "name_en": name_en, "kind": kind, "parent": parent, "path": path},
        )


def _calendars(rows: dict[str, dict[str, Any]]) -> None:
    for code, row in rows.items():
        name, name_en = row["names"]
        calendar, made = Calendar.objects.get_or_create(code=code, defaults={
            "name": name, "name_en": name_en, "round_the_clock": "hours" not in row,
            "follows_holidays": row.get("follows_holidays", True),
        })
        if made:
            WorkWindow.objects.bulk_create(
                WorkWindow(
                    calendar=calendar, weekday=day, starts=dt.time.fromisoformat(starts), ends=dt.time.fromisoformat(ends),
                )
                for day in row.get("days", []) for starts, ends in row.get("hours", [])
            )


def _departments(rows: dict[str, list[Any]]) -> None:
    for code, (name, name_en, kind, calendar, region, _first) in rows.items():
        Department.objects.get_or_create(code=code, defaults={
            "name": name, "name_en": name_en, "kind": kind, "calendar": Calendar.objects.get(code=calendar),
            "region": Region.objects.get(code=region),
        })


def _people(departments: dict[str, list[Any]], posts: dict[str, list[list[Any]]]) -> None:
    """Give every department its posts, with employee numbers that run on from its first."""
    password = make_password(PASSWORD)
    for code, (_name, _name_en, kind, _calendar, _region, first) in departments.items():
        department = Department.objects.select_related("region").get(code=code)
        number = int(first)
        for title, title_en, roles, count in posts.get(code, posts.get(kind, [])):
            for ordinal in range(count):
                person = _person(department, number, title, title_en, roles, ordinal if count > 1 else None, password)
                if Role.HEAD in roles and department.head_id is None:
                    department.head = person
                    department.save(update_fields=["head"])
                number += 1


def _person(
    department: Department, number: int, title: str, title_en: str, roles: list[str], ordinal: int | None, password: str,
) -> Staff:
    is_own_title = department.code in {"HOTLINE", "CENTRE", "GENERAL"}
    place, place_en = ("", "") if is_own_title else (department.name, f"{department.name_en} ")
    person, _made = Staff.objects.get_or_create(username=str(number), defaults={
        "name": f"{place}{title}{_ordinal(ordinal)}", "name_en": f"{place_en}{title_en}{'' if ordinal is None else f' {ordinal + 1}'}",
        "department": department, "region": department.region, "roles": roles, "password": password,
        "is_staff": Role.ADMIN in roles, "is_superuser": Role.ADMIN in roles,
    })
    return person


def _ordinal(ordinal: int | None) -> str:
    """Return 一号, 二号 … 十二号."""
    if ordinal is None:
        return ""
    tens, ones = divmod(ordinal, len(NUMERALS))
    return f"{'十' if tens else ''}{NUMERALS[ones]}号"
