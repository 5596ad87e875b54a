"""Which articles will soon be suggested no more."""

import datetime as dt

from django.db.models import QuerySet

from knowledge.enums import ArticleState
from knowledge.models import Article

#: So long holds what is published or confirmed, unless its reviewer says otherwise.
KEPT_FOR = dt.timedelta(days=180)
#: So long before the end the owners are told.
TOLD_BEFORE = dt.timedelta(days=14)


def expiring(today: dt.date) -> QuerySet[Article]:
    """Return the published articles whose last day is within the next 14 days, the first to expire first."""
    due = Article.objects.filter(state=ArticleState.PUBLISHED, valid_until__gte=today, valid_until__lte=today + TOLD_BEFORE)
    return due.defer("terms").select_related("category", "department").order_by("valid_until", "pk")
