"""The operator's categories, regions and departments as a file names them, and making those that it may bring along."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from complaints.bulk.cast import Cast, Leaf, Unit
from complaints.imports.mapping import BadMapping, FileMapping
from organization.enums import DepartmentKind, RegionKind
from organization.models import Calendar, Department, Region
from workorders.models import Category

#: The longest code and name that the tables take.
MAX_CODE, MAX_NAME = 32, 80


@dataclass(frozen=True, slots=True)
class Area:
    """A region."""

    pk: int
    code: str


@dataclass(slots=True)
class Names:
    """Everything that rows may name, by every word for it. A category of three columns is found by its three words."""

    leaves: dict[str | tuple[str, ...], Leaf] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)


def code_of(*words: str) -> str:
    """Return a code for what a file calls by `words`: readable, the same each time, at most 32 characters."""
    digest = hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:6]
    slug = re.sub(r"[^a-z0-9]+", "-", words[-1].lower()).strip("-")
    return f"{words[0]}-{slug}"[: MAX_CODE - len(digest) - 1].rstrip("-") + f"-{digest}"


def gathered_names(cast: Cast) -> Names:
    """Return what there is, by code and by name."""
    names = Names()
    above = {each.pk: each for each in Category.objects.filter(is_active=True)}
    for leaf in cast.leaves:
        path = [above[leaf.pk]]
        while path[0].parent_id:
            path.insert(0, above[path[0].parent_id])
        names.leaves[tuple(each.name for each in path)] = names.leaves[tuple(each.name_en for each in path)] = leaf
        names.leaves[leaf.code] = leaf
    for region in Region.objects.all():
        area = Area(region.pk, region.code)
        names.areas |= {word: area for word in (region.code, region.name, region.name_en) if word and word not in names.areas}
    titles = {each.pk: (each.name, each.name_en) for each in Department.objects.filter(is_active=True)}
    for unit in cast.units.values():
        if unit.takes_orders:
            names.units |= {word: unit for word in (unit.code, *titles[unit.pk]) if word and word not in names.units}
    return names


def category_codes(source: str, words: tuple[str, ...]) -> list[str]:
    """Return the codes of a created category's three levels."""
    return [code_of(source, *words[:depth]) for depth in range(1, len(words) + 1)]


def make_categories(mapping: FileMapping, wanted: Iterable[tuple[str, ...]]) -> None:
    """Make the categories of three words that do not exist, parents first."""
    for words in wanted:
        parent: Category | None = None
        for word, code in zip(words, category_codes(mapping.source, words), strict=True):
            path = f"{parent.path if parent else ''}{code}/"
            parent, _made = Category.objects.get_or_create(
                code=code, defaults={"path": path, "name": word, "name_en": word, "parent": parent}
            )


def make_regions(mapping: FileMapping, wanted: Iterable[str]) -> None:
    """Make the root region of the file, and under it the ones that do not exist."""
    naming = mapping.naming["region"]
    if not naming.root:
        return
    code, name, name_en = naming.root
    root, _made = Region.objects.get_or_create(
        code=code, defaults={"path": f"{code}/", "name": name, "name_en": name_en, "kind": RegionKind.PROVINCE}
    )
    for word in wanted:
        own = code_of(mapping.source, "region", word)
        name, name_en = _titles(naming.names.get(word, ()), word)
        Region.objects.get_or_create(
            code=own,
            defaults={"path": f"{root.path}{own}/", "name": name, "name_en": name_en, "kind": RegionKind.CITY, "parent": root},
        )


def make_departments(mapping: FileMapping, wanted: Iterable[str]) -> None:
    """Make the departments that do not exist. Raises BadMapping when their calendar does not exist."""
    naming = mapping.naming["department"]
    calendar = Calendar.objects.filter(code=naming.calendar).first()
    if calendar is None:
        if not naming.create:
            return
        codes = ", ".join(Calendar.objects.values_list("code", flat=True)) or "none"
        raise BadMapping(f"department.calendar: there is no calendar {naming.calendar!r}; there are: {codes}")
    for word in wanted:
        name, name_en = _titles(naming.names.get(word, ()), word)
        Department.objects.get_or_create(
            code=code_of(mapping.source, "department", word),
            defaults={"name": name, "name_en": name_en, "kind": DepartmentKind.SUPPORT, "calendar": calendar},
        )


def _titles(given: Iterable[str], word: str) -> tuple[str, str]:
    titles = (*given, *(word, word))
    return titles[0], titles[1]
