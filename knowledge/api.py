"""Published articles over HTTP, to read."""

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import viewsets

from foundation import searching
from foundation.pagination import NewestFirst
from knowledge.enums import ArticleState
from knowledge.models import Article
from knowledge.queries.words import with_words
from knowledge.serializers import ArticleSerializer
from organization.models import Department
from workorders.filters import MAX_TEXT
from workorders.models import Category


class ArticleFilter(django_filters.FilterSet):
    """By words, category (with all below) and owning department, and only what holds today."""

    text = django_filters.CharFilter(method="by_text", label=_("words"), max_length=MAX_TEXT)
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(), to_field_name="code", method="below", label=_("category")
    )
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(), to_field_name="code", label=_("owning department")
    )
    holds = django_filters.BooleanFilter(method="that_hold", label=_("only those that have not expired"))

    class Meta:
        model = Article
        fields = ()

    def by_text(self, rows: QuerySet[Article], _name: str, text: str) -> QuerySet[Article]:
        """Keep those that have the words in any of their texts."""
        query = searching.query(text)
        return with_words(rows, query) if query else rows.none()

    @extend_schema_field(OpenApiTypes.STR)
    def below(self, rows: QuerySet[Article], _name: str, node: Category) -> QuerySet[Article]:
        """Keep those at the category with this code, or below it."""
        return rows.filter(category__path__startswith=node.path)

    def that_hold(self, rows: QuerySet[Article], _name: str, wanted: bool) -> QuerySet[Article]:  # noqa: FBT001 -- django-filter's own
        """Keep those that hold today."""
        return rows.filter(valid_until__gte=timezone.localdate()) if wanted else rows


class ArticleViewSet(viewsets.ReadOnlyModelViewSet):
    """The published articles of the knowledge base, the newest first."""

    queryset = (
        Article.objects.filter(state=ArticleState.PUBLISHED).defer("terms").select_related("category", "department").order_by("-pk")
    )
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilter
    pagination_class = NewestFirst
    lookup_value_regex = r"\d+"
