"""The words of the knowledge base that the database and the screen share."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ArticleState(models.TextChoices):
    """Whether an article has been published; that it has expired is told by its date alone."""

    NEW = "new", pgettext_lazy("article", "not published yet")
    PUBLISHED = "published", pgettext_lazy("article", "published")
    WITHDRAWN = "withdrawn", pgettext_lazy("article", "withdrawn")


class VersionState(models.TextChoices):
    """How far a version has come."""

    DRAFT = "draft", pgettext_lazy("article", "draft")
    IN_REVIEW = "in_review", pgettext_lazy("article", "in review")
    PUBLISHED = "published", pgettext_lazy("article", "published")
    DROPPED = "dropped", pgettext_lazy("article", "dropped")


class Standing(models.TextChoices):
    """How an article stands for who reads it: its state, its date and its open version taken together."""

    DRAFT = "draft", pgettext_lazy("article", "draft")
    IN_REVIEW = "in_review", pgettext_lazy("article", "in review")
    PUBLISHED = "published", pgettext_lazy("article", "published")
    EXPIRED = "expired", pgettext_lazy("article", "expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("article", "withdrawn")

    @property
    def badge(self) -> str:
        """Return the badge that it is drawn as; the lock of what is published elsewhere says that it is frozen."""
        return "completed" if self == Standing.PUBLISHED else str(self)
