"""The only place that locks this app's rows; tickets are locked by `workorders.locking`, before an article."""

from knowledge.enums import ArticleState, VersionState
from knowledge.models import Article, Version
from organization.models import Department


def lock_article(pk: int) -> Article:
    """Lock and return an article as it now is; its row stands for its versions, too."""
    return Article.objects.select_for_update(of=("self",)).select_related("department", "category", "written_by").get(pk=pk)


def lock_articles_of(department: Department) -> list[Article]:
    """Lock and return a department's articles but the withdrawn, in the order of their ids."""
    rows = Article.objects.filter(department=department).exclude(state=ArticleState.WITHDRAWN).defer("terms")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def open_version(article: Article) -> Version | None:
    """Return the version of a locked article that is being written or reviewed, if there is one."""
    open_states = [VersionState.DRAFT, VersionState.IN_REVIEW]
    return article.versions.select_related("written_by", "category").filter(state__in=open_states).first()
