"""How the scheme's results and internal requests look in the API; decimals are sent as text, exact."""

from rest_framework import serializers

from internal_clients.enums import EvidenceKind
from internal_clients.models import InternalRequest, PartScore, Period, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.queries.behind import Row
from internal_clients.queries.sanctions import words_of
from workorders.serializers import TicketSerializer


class MonthField(serializers.DateField):
    """A month as 2026-10."""

    def __init__(self, **options: object) -> None:
        super().__init__(format="%Y-%m", help_text="Year and month, as 2026-10.", **options)


class RunSerializer(serializers.ModelSerializer):
    """One reckoning of a month; of several, the newest counts."""

    month = MonthField(source="period.month", read_only=True)
    scheme = serializers.CharField(read_only=True)

    class Meta:
        model = ScoreRun
        fields = ("id", "month", "version", "kind", "scheme", "reason", "computed_at", "hash")
        read_only_fields = fields


class PeriodSerializer(serializers.ModelSerializer):
    """A scored month."""

    month = MonthField(read_only=True)

    class Meta:
        model = Period
        fields = ("month", "state", "provisional_at", "published_at")
        read_only_fields = fields


class ScorecardSerializer(serializers.ModelSerializer):
    """A department's total in one run, with what was taken off and added."""

    run = RunSerializer(read_only=True)
    department = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Scorecard
        fields = ("id", "run", "department", "base", "penalty", "bonus", "total", "grade", "rank")
        read_only_fields = fields


class LineSerializer(serializers.ModelSerializer):
    """One indicator: what was counted over how many months, its value, and its points out of `full`."""

    indicator = serializers.CharField(source="indicator.code", read_only=True)
    name = serializers.CharField(source="indicator", read_only=True)
    full = serializers.DecimalField(source="indicator.weight", max_digits=5, decimal_places=2, read_only=True)

    class Meta:
        model = ScoreLine
        fields = ("id", "indicator", "name", "numerator", "denominator", "sample", "months", "value", "points", "full")
        read_only_fields = fields


class PartSerializer(serializers.ModelSerializer):
    """One part of a scorecard; a score of null does not apply."""

    part = serializers.CharField(source="part.code", read_only=True)
    name = serializers.CharField(source="part", read_only=True)
    lines = LineSerializer(many=True, read_only=True)

    class Meta:
        model = PartScore
        fields = ("part", "name", "weight", "score", "lines")
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer):
    """A penalty, a bonus or a veto."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = ScoreItem
        fields = ("kind", "code", "points", "cap", "part_code", "reason", "ticket")
        read_only_fields = fields

    def get_reason(self, item: ScoreItem) -> str:
        """Return the reason in the caller's language, where it is one of ours."""
        return words_of(item)


class ScorecardDetailSerializer(ScorecardSerializer):
    """The same with its parts, their lines, and what stands beside them."""

    parts = PartSerializer(many=True, read_only=True)
    items = ItemSerializer(many=True, read_only=True)

    class Meta(ScorecardSerializer.Meta):
        fields = (*ScorecardSerializer.Meta.fields, "parts", "items")
        read_only_fields = fields


class EvidenceSerializer(serializers.Serializer):
    """One row behind a line: the record it is about, and what it added to either side."""

    id = serializers.IntegerField(source="evidence.pk")
    kind = serializers.CharField(source="evidence.kind")
    object_id = serializers.SerializerMethodField(help_text="The record's id among those of its kind; null for a voice.")
    numerator = serializers.DecimalField(source="evidence.numerator", max_digits=24, decimal_places=10)
    denominator = serializers.DecimalField(source="evidence.denominator", max_digits=24, decimal_places=10)
    title = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="The record's page; empty where it has none.")

    def get_object_id(self, row: Row) -> int | None:
        """Return the record's id; of a voice it would tell neighbours in time, and so whose it is."""
        return None if row.evidence.kind in EvidenceKind.VOICES else row.evidence.object_id

    def get_url(self, row: Row) -> str:
        """Return the address of the record's page."""
        return row.url if row.address else ""


class InternalRequestSerializer(serializers.ModelSerializer):
    """An internal request with its ticket; its id is the ticket's, and what can be done to it are the ticket's actions."""

    ticket = TicketSerializer(read_only=True)
    department = serializers.SlugRelatedField("code", read_only=True)
    system = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = InternalRequest
        fields = ("ticket", "kind", "department", "system", "confirmed_at", "timeliness", "quality", "attitude", "remark")
        read_only_fields = fields
