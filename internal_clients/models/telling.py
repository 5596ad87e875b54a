"""What the front line is told and can ask: notices, checks of the knowledge base, questions with their answers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from internal_clients.enums import NoticeKind
from internal_clients.models.systems import Fault, PlannedOutage
from knowledge.models import Article
from organization.models import Department


class Notice(models.Model):
    """Something that a department tells the front line: of its business, of a fault, of a planned outage."""

    kind = models.CharField(_("kind"), max_length=8, choices=NoticeKind)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), related_name="+")
    published_at = models.DateTimeField(_("published at"))
    #: Of business information only.
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    #: Three working days before the day it takes effect: the last day on which it is early enough.
    publish_by = models.DateField(_("to be published by"), null=True, blank=True)
    is_regulatory = models.BooleanField(
        _("urgent order of the regulator"), default=False, help_text=_("Such a notice could not come earlier and is not counted.")
    )
    fault = models.ForeignKey(Fault, models.PROTECT, verbose_name=_("fault"), null=True, blank=True, related_name="notices")
    outage = models.ForeignKey(
        PlannedOutage, models.PROTECT, verbose_name=_("planned outage"), null=True, blank=True, related_name="notices"
    )

    class Meta:
        verbose_name = _("notice to the front line")
        verbose_name_plural = _("notices to the front line")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.BUSINESS, effective_on__isnull=False, publish_by__isnull=False, fault=None, outage=None)
                | Q(kind=NoticeKind.FAULT, fault__isnull=False, outage=None, effective_on=None)
                | Q(kind=NoticeKind.OUTAGE, outage__isnull=False, fault=None, effective_on=None),
                name="notice_belongs",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["effective_on"], name="notice_effective_on")]

    def __str__(self) -> str:
        return self.title


class KnowledgeAudit(models.Model):
    """One check of an article of the knowledge base; one found wrong counts once somebody else has confirmed it."""

    article = models.ForeignKey(Article, models.PROTECT, verbose_name=_("article"), related_name="+")
    #: Whose article it was when it was checked.
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    is_wrong = models.BooleanField(_("wrong"))
    finding = models.TextField(_("finding"), blank=True)
    audited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("checked by"), related_name="+")
    audited_at = models.DateTimeField(_("checked at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("confirmed by"), null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("check of an article")
        verbose_name_plural = _("checks of articles")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(confirmed_by=None) | Q(is_wrong=True), name="audit_only_wrong_confirmed"),
            models.CheckConstraint(condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("audited_by")), name="audit_two_people"),
        ]
        indexes: ClassVar = [models.Index(fields=["audited_at"], name="audit_audited_at")]

    def __str__(self) -> str:
        return str(self.article)


class Question(models.Model):
    """A question of the front line that a department answers within four of its working hours."""

    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("department"), related_name="+")
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked by"), related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("answered by"), null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    #: Once the asker may say that the answer does not help; then both answers must be in time.
    reopened_at = models.DateTimeField(_("reopened at"), null=True, blank=True)
    reopen_reason = models.TextField(_("what is still open"), blank=True)
    first_due_at = models.DateTimeField(_("first answer due at"), null=True, blank=True)
    first_answered_at = models.DateTimeField(_("first answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="question_due_later"),
            models.CheckConstraint(
                condition=Q(reopened_at=None, first_due_at=None, first_answered_at=None)
                | Q(reopened_at__isnull=False, first_due_at__isnull=False, first_answered_at__isnull=False),
                name="question_reopened",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="question_due_at")]

    def __str__(self) -> str:
        return self.text[:60]
