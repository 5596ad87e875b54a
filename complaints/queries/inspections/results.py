"""What inspections came to: by department, inspector and defect code, and how far two inspectors agree."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Avg, Count, F, Max, OuterRef, Q, QuerySet, Subquery

from complaints import inspection_policies as policies
from complaints.bulletins.periods import Span
from complaints.enums import Answer
from complaints.inspecting import Agreement, agreement
from complaints.models import ChecklistItem, Inspection, Mark
from foundation.durations import midnight
from organization.models import Department, Staff

TENTH = Decimal("0.1")


class Row(NamedTuple):
    """One line of the results: how many were inspected, how many passed, the mean score and the fatal errors."""

    key: int | None
    name: str
    number: int
    passed: int
    mean: Decimal | None
    fatal: int

    @property
    def rate(self) -> Decimal:
        """Return the share that passed, in percent."""
        return percent(self.passed, self.number)

    @property
    def failed(self) -> int:
        """Return how many did not pass."""
        return self.number - self.passed


class Defect(NamedTuple):
    """One defect code: how often it was judged, and how often found."""

    code: str
    text: str
    is_fatal: bool
    judged: int
    missed: int

    @property
    def rate(self) -> Decimal:
        """Return the share that was not met, in percent."""
        return percent(self.missed, self.judged)


def percent(part: int, whole: int) -> Decimal:
    """Return part of whole in percent, one decimal half up; 0 of nothing."""
    return (Decimal(part) * 100 / whole).quantize(TENTH, ROUND_HALF_UP) if whole else Decimal("0.0")


def counting(user: Staff, span: Span) -> QuerySet[Inspection]:
    """Return the inspections that count for the results of a period, by when they were made: first ones that are not void."""
    start, end = map(midnight, span)
    return policies.visible_to(user).filter(made_at__gte=start, made_at__lt=end, first=None, is_void=False)


_COUNTS = {
    "number": Count("pk"),
    "passed": Count("pk", filter=Q(is_passed=True)),
    "mean": Avg("score"),
    "fatal": Count("pk", filter=Q(is_fatal=True)),
}


def total(user: Staff, span: Span) -> Row:
    """Return what all of them came to."""
    found = counting(user, span).aggregate(**_COUNTS)
    return Row(None, "", found["number"], found["passed"], found["mean"], found["fatal"])


def by_department(user: Staff, span: Span) -> list[Row]:
    """Return the results of each department whose work was inspected, the worst first."""
    return _rows(counting(user, span), "department", Department)


def by_inspector(user: Staff, span: Span) -> list[Row]:
    """Return what each inspector found."""
    return _rows(counting(user, span), "inspector", Staff)


def _rows(found: QuerySet[Inspection], key: str, model: type[Department | Staff]) -> list[Row]:
    rows = list(found.values(key).annotate(**_COUNTS).order_by(key))
    names = {each.pk: str(each) for each in model._default_manager.filter(pk__in=[row[key] for row in rows if row[key]])}  # noqa: SLF001 -- Django's documented way to a model's manager
    made = [Row(row[key], names.get(row[key], ""), row["number"], row["passed"], row["mean"], row["fatal"]) for row in rows]
    return sorted(made, key=lambda row: (row.rate, -row.number, row.name))


def by_defect(user: Staff, span: Span) -> list[Defect]:
    """Return how often each defect code was found, the most frequent first; corrected marks count as corrected."""
    marks = Mark.objects.filter(inspection__in=counting(user, span)).exclude(counted=Answer.NOT_APPLICABLE)
    # Of several versions the item's latest words.
    words = marks.values(code=F("item__defect")).annotate(
        latest=Max("item"), judged=Count("pk"), missed=Count("pk", filter=Q(counted=Answer.MISSED))
    )
    texts = {row["latest"]: row for row in words}
    items = ChecklistItem.objects.in_bulk(list(texts))
    found = [Defect(row["code"], items[pk].text, items[pk].is_fatal, row["judged"], row["missed"]) for pk, row in texts.items()]
    return sorted(found, key=lambda each: (-each.missed, -each.rate, each.code))


class ItemAgreement(NamedTuple):
    """How far a pair agrees on one item."""

    text: str
    agreement: Agreement


class Pair(NamedTuple):
    """How far two inspectors agree, over all items and on each; both blind to the other."""

    one: str
    other: str
    inspections: int
    overall: Agreement
    items: list[ItemAgreement]


type Table = Counter[tuple[str, str]]
#: Two inspectors by name and id: two people may have one name.
type Two = tuple[tuple[str, int], tuple[str, int]]


def agreements(user: Staff, span: Span) -> list[Pair]:
    """Return the agreement by pair of inspectors, of what both had made when the period ended; one query.

    It compares what each marked by themselves, whatever an objection corrected later.
    """
    start, end = map(midnight, span)
    visible = policies.visible_to(user)
    twice = Inspection.objects.filter(
        pk__in=visible.values("pk"), first__in=visible.values("pk"), made_at__gte=start, made_at__lt=end
    )
    before = Mark.objects.filter(inspection=OuterRef("inspection__first"), item=OuterRef("item")).values("answer")[:1]
    people = [f"inspection__{way}inspector__{what}" for way in ("first__", "") for what in ("name", "pk")]
    marks = Mark.objects.filter(inspection__in=twice).annotate(before=Subquery(before))
    rows = marks.values_list(*people, "inspection", "item__defect", "item__text", "before", "answer").order_by("item__position")
    tables: dict[Two, dict[tuple[str, str], Table]] = defaultdict(lambda: defaultdict(Counter))
    seen: dict[Two, set[int]] = defaultdict(set)
    for name, first, other, second, inspection, code, text, earlier, later in rows:
        mine, theirs = (name, first), (other, second)
        pair, answers = ((mine, theirs), (earlier, later)) if mine <= theirs else ((theirs, mine), (later, earlier))
        tables[pair][code, text][answers] += 1
        seen[pair].add(inspection)
    return [_pair(pair, found, len(seen[pair])) for pair, found in sorted(tables.items())]


def _pair(two: Two, found: dict[tuple[str, str], Table], inspections: int) -> Pair:
    whole: Table = sum(found.values(), Counter())
    overall = agreement(whole)
    assert overall is not None
    items = [ItemAgreement(text, each) for (_code, text), table in found.items() if (each := agreement(table))]
    (one, _pk), (other, _other) = two
    return Pair(one, other, inspections, overall, items)
