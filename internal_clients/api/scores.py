"""The scheme's results and internal requests over HTTP, to read, under the same policies as the pages."""

import datetime as dt
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import NotAllowed
from foundation.pagination import NewestFirst
from internal_clients import policies
from internal_clients.enums import RequestKind
from internal_clients.models import Evidence, InternalRequest, Period, Scorecard, ScoreLine, ScoreRun
from internal_clients.months import parsed
from internal_clients.queries.behind import told
from internal_clients.queries.requests import visible_to
from internal_clients.serializers import (
    EvidenceSerializer,
    InternalRequestSerializer,
    PeriodSerializer,
    RunSerializer,
    ScorecardDetailSerializer,
    ScorecardSerializer,
)
from organization.models import Department

ID = r"\d+"


class NewestMonthFirst(NewestFirst):
    """Months: the newest first."""

    ordering = "-month"


class FirstCounted(NewestFirst):
    """Rows behind a line, in the order in which they were counted."""

    ordering = "pk"


def _month(text: str) -> dt.date:
    try:
        return parsed(text)
    except ValueError as error:
        raise ValidationError(_("Write the month as 2026-10.")) from error


class RunFilter(django_filters.FilterSet):
    """By month, and only what counts."""

    to_run = ""

    month = django_filters.CharFilter(method="in_month", validators=[_month], label=_("month"))
    newest = django_filters.BooleanFilter(method="that_count", label=_("only the run of each month that counts"))

    class Meta:
        model = ScoreRun
        fields = ()

    @extend_schema_field(OpenApiTypes.STR)
    def in_month(self, rows: QuerySet[Any], _name: str, month: str) -> QuerySet[Any]:
        """Keep those of the month."""
        return rows.filter(**{f"{self.to_run}period__month": parsed(month)})

    def that_count(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:  # noqa: FBT001 -- django-filter's own
        """Keep those of the newest run of each month that the caller sees."""
        visible = policies.runs_visible_to(self.request.user)
        newest = visible.filter(period=OuterRef(f"{self.to_run}period")).order_by("-version").values("pk")[:1]
        return rows.filter(**{f"{self.to_run}pk": Subquery(newest)}) if wanted else rows


class CardFilter(RunFilter):
    """By month, run and department, and only what counts."""

    to_run = "run__"

    run = django_filters.NumberFilter("run")
    department = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), to_field_name="code")

    class Meta:
        model = Scorecard
        fields = ()


class RequestFilter(django_filters.FilterSet):
    """By kind, by the department that was asked, and by whether it was confirmed."""

    kind = django_filters.ChoiceFilter(choices=RequestKind.choices)
    department = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), to_field_name="code")
    confirmed = django_filters.BooleanFilter("confirmed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = InternalRequest
        fields = ()


class ScoresMixin:
    """What only those see who see scores."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse everybody else."""
        super().initial(request, *args, **kwargs)
        if not policies.may_see_scores(request.user):
            raise NotAllowed


class PeriodViewSet(ScoresMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The months that were scored."""

    queryset = Period.objects.none()
    serializer_class = PeriodSerializer
    pagination_class = NewestMonthFirst

    def get_queryset(self) -> QuerySet[Period]:
        """Start from the months of which the caller sees a run."""
        return Period.objects.filter(pk__in=policies.runs_visible_to(self.request.user).values("period"))


class RunViewSet(ScoresMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The reckonings of the months; trial runs are the scorers' own."""

    queryset = ScoreRun.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[ScoreRun]:
        """Start from what the policy lets the caller see."""
        return policies.runs_visible_to(self.request.user).select_related("period", "scheme")


class ScorecardViewSet(ScoresMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Everybody's totals; the lines of one card are the department's own, the centre's and the managers'."""

    queryset = Scorecard.objects.none()
    serializer_class = ScorecardSerializer
    filterset_class = CardFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Scorecard]:
        """Start from the totals that the caller sees; from the cards that the caller may open for one of them."""
        runs = policies.runs_visible_to(self.request.user)
        if self.action == "list":
            return _related(Scorecard.objects.filter(run__in=runs))
        opened = _related(policies.cards_visible_to(self.request.user).filter(run__in=runs))
        return opened.prefetch_related("parts__part", "parts__lines__indicator", "items__ticket", "items__release")

    def get_serializer_class(self) -> type[ScorecardSerializer]:
        """Give a list the totals only."""
        return ScorecardSerializer if self.action == "list" else ScorecardDetailSerializer


def _related(cards: QuerySet[Scorecard]) -> QuerySet[Scorecard]:
    return cards.select_related("run__period", "run__scheme", "department")


class ScoreLineViewSet(ScoresMixin, viewsets.GenericViewSet):
    """The rows behind one line of a scorecard."""

    queryset = ScoreLine.objects.none()
    serializer_class = EvidenceSerializer
    pagination_class = FirstCounted
    lookup_value_regex = ID

    @extend_schema(responses=EvidenceSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def evidence(self, request: Request, pk: str) -> Response:
        """List the very rows that were counted."""
        cards = policies.cards_visible_to(request.user).filter(run__in=policies.runs_visible_to(request.user))
        if len(pk) > 18:
            raise Http404
        line = get_object_or_404(ScoreLine, pk=pk, part_score__card__in=cards)
        page = self.paginate_queryset(Evidence.objects.filter(line=line))
        return self.get_paginated_response(EvidenceSerializer(told(page or []), many=True).data)


class InternalRequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The internal requests whose tickets the caller may see; what can be done to them are their tickets' actions."""

    queryset = InternalRequest.objects.none()
    serializer_class = InternalRequestSerializer
    filterset_class = RequestFilter
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[InternalRequest]:
        """Start from what the policy lets the caller see."""
        return visible_to(self.request.user).select_related(
            "ticket__category", "ticket__region", "ticket__filed_by", "department", "system"
        )
