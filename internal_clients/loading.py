"""The shipped scheme, from its file into the tables."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from foundation import transaction
from internal_clients.actions.schemes import activate
from internal_clients.models import Indicator, Part, PartWeight, Scheme
from organization.enums import DepartmentKind
from organization.models import Department, Staff

FILE = Path(__file__).resolve().parent / "data" / "scheme.toml"
FIELDS = ("name", "name_en", "better", "target", "limit", "weight", "minimum")


@transaction.atomic
def load_scheme(now: dt.datetime) -> Scheme | None:
    """Load the shipped scheme and put it in force; return it, or None where this version is there already.

    Departments that this operator does not have are left out; supporting departments without a row get the general one.
    Raises Invalid when the file's weights do not add up.
    """
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if Scheme.objects.filter(version=data["version"]).exists():
        return None
    scheme = Scheme.objects.create(version=data["version"], name=data["name"], effective_from=data["effective_from"])
    departments = _departments(data["weights"])
    for code, (name, name_en) in data["parts"].items():
        part = Part.objects.create(scheme=scheme, code=code, name=name, name_en=name_en)
        _load_part(part, data["indicators"], departments)
    return activate(scheme=scheme, by=Staff.objects.system(), now=now)


def _departments(weights: dict[str, dict[str, int]]) -> list[tuple[Department, dict[str, int]]]:
    kinds = (DepartmentKind.SUPPORT, DepartmentKind.CENTRE)
    found = Department.objects.filter(kind__in=kinds, is_active=True).order_by("code")
    scored = [each for each in found if each.code in weights or each.kind == DepartmentKind.SUPPORT]
    return [(each, weights.get(each.code, weights["*"])) for each in scored]


def _load_part(part: Part, indicators: dict[str, list[Any]], departments: list[tuple[Department, dict[str, int]]]) -> None:
    PartWeight.objects.bulk_create(
        PartWeight(part=part, department=department, weight=weights[part.code])
        for department, weights in departments
        if part.code in weights
    )
    Indicator.objects.bulk_create(
        Indicator(part=part, code=code, formula=code, **dict(zip(FIELDS, row, strict=True)))
        for code, row in indicators.items()
        if code.startswith(part.code)
    )
