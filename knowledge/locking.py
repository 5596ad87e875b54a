"""The only place that locks this app's rows; tickets are locked by `workorders.locking`, before an article."""

from knowledge.enums import VersionState
from knowledge.models import Article, Version


def lock_article(pk: int) -> Article:
    """Lock and return an article as it now is; its row stands for its versions, too."""
    return Article.objects.select_for_update(of=("self",)).select_related("department", "category", "written_by").get(pk=pk)


def open_version(article: Article) -> Version | None:
    """Return the version of a locked article that is being written or reviewed, if there is one."""
    open_states = [VersionState.DRAFT, VersionState.IN_REVIEW]
    return article.versions.select_related("written_by", "category").filter(state__in=open_states).first()
