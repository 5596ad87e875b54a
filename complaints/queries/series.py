"""Which series a complaint belongs to: category × region on every level of both trees, as far as a rule reaches."""

from collections.abc import Iterator, Mapping

from complaints.models import AlertRule
from complaints.surge.joining import covers
from organization.models import Region
from organization.models.base import Tree
from organization.trees import upwards
from workorders.models import Category

#: Category and region by id.
type Series = tuple[int, int]


class Trees:
    """Both trees in memory; two queries."""

    def __init__(self) -> None:
        self.categories: Mapping[int, Category] = Category.objects.in_bulk()
        self.regions: Mapping[int, Region] = Region.objects.in_bulk()
        self._topics = {node.path: node for node in self.categories.values()}
        self._places = {node.path: node for node in self.regions.values()}

    def series_of(self, rule: AlertRule, category: int, region: int) -> Iterator[Series]:
        """Return the series of a complaint that the rule watches."""
        topics = _above(self.categories[category], self._topics, self.categories.get(rule.category_id or 0))
        places = _above(self.regions[region], self._places, self.regions.get(rule.region_id or 0))
        for topic in topics:
            for place in places:
                if rule.category_depth in {None, topic.depth} and rule.region_kind in {"", place.kind}:
                    yield topic.pk, place.pk


def _above[T: Tree](node: T, by_path: Mapping[str, T], within: T | None) -> list[T]:
    """Return the node and what lies above it, as far as `within`, or None for all."""
    return [each for each in upwards(node, by_path)[::-1] if within is None or covers(within, each)]
