"""What became of an article that was suggested."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge.models.article import Article
from workorders.models import Ticket


class ArticleUse(models.Model):
    """Somebody tried an article on a case: once a case and article, whoever says so last.

    While the case is being entered it is known by its filing key alone, which becomes its ticket's; it counts from then on.
    """

    article = models.ForeignKey(Article, models.PROTECT, verbose_name=_("article"), related_name="uses")
    #: Which version was read.
    version = models.PositiveSmallIntegerField(_("version"))
    filing_key = models.CharField(_("filing key"), max_length=80)
    ticket = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("ticket"), null=True, blank=True, related_name="article_uses")
    has_helped = models.BooleanField(_("helped"))
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use of an article")
        verbose_name_plural = _("uses of articles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["filing_key", "article"], name="articleuse_once"),
            models.CheckConstraint(condition=models.Q(version__gt=0), name="articleuse_version"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["article", "at"], name="articleuse_counted", condition=models.Q(ticket__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.article)
