"""Of whom a bulletin tells: the province and its branches, under the names of the day."""

from fractions import Fraction
from typing import Any

from complaints.bulletins.periods import Span
from complaints.queries.bulletins.users import Users
from organization.enums import RegionKind
from organization.models import Region
from organization.models.base import Named
from organization.trees import upwards

#: Group and key → measure → how many; users are a fraction.
type Tallies = dict[tuple[str, str], dict[str, Fraction | int]]
type Plain = dict[str, Any]


class Places:
    """The province, its branches, and in which branch each region lies."""

    def __init__(self) -> None:
        self.regions: dict[int, Region] = Region.objects.in_bulk()
        by_path = {region.path: region for region in self.regions.values()}
        self.branches = sorted((each for each in self.regions.values() if each.kind == RegionKind.CITY), key=lambda each: each.path)
        self.tops = {
            region.pk: next((top.pk for top in upwards(region, by_path) if top.kind == RegionKind.CITY), region.pk)
            for region in self.regions.values()
        }
        self.province = min(self.regions.values(), key=lambda each: (each.depth, each.path), default=None)

    def users(self, span: Span) -> Users:
        """Return who knows the numbers of users of a period."""
        return Users(span, province=self.province.pk if self.province else 0, branches=[each.pk for each in self.branches])


def names(node: Named | None) -> Plain:
    """Return what a thing is called now, in both languages: a bulletin keeps the names of its day."""
    return {"code": node.code, "name": node.name, "name_en": node.name_en} if node else {"code": "", "name": "", "name_en": ""}
