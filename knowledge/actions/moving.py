"""Articles whose department was merged into another."""

import datetime as dt

from foundation import transaction
from journal.record import Entry, record_many
from knowledge.locking import lock_articles_of
from knowledge.models import Article
from organization.models import Department, Staff


@transaction.atomic
def move_articles(*, department: Department, into: Department, by: Staff, now: dt.datetime) -> int:
    """Give all of a department's articles but the withdrawn to another, which answers for them from now on; return how many.

    Whether `by` may is the concern of whoever merges the departments.
    """
    moved = lock_articles_of(department)
    data = {"from": department.code, "department": into.code}
    record_many((Entry(article.stream, "article.move", now, dict(data)) for article in moved), by=by)
    Article.objects.filter(pk__in=[article.pk for article in moved]).update(department=into)
    return len(moved)
