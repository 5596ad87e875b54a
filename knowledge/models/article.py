"""Articles (知识): what is known about a kind of complaint, version by version, each read by a second person."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from knowledge.enums import ArticleState, Standing, VersionState
from organization.models import Department
from workorders.models import Category, Ticket

A, V = ArticleState, VersionState

#: Every move the database accepts; `tests/test_house.py` holds them equal to the transitions below.
ARTICLE_MOVES = ((A.NEW, A.PUBLISHED), (A.NEW, A.WITHDRAWN), (A.PUBLISHED, A.WITHDRAWN))
VERSION_MOVES = (
    (V.DRAFT, V.IN_REVIEW),
    (V.DRAFT, V.DROPPED),
    (V.IN_REVIEW, V.DRAFT),
    (V.IN_REVIEW, V.DROPPED),
    (V.IN_REVIEW, V.PUBLISHED),
)
#: What is written, and stands from the moment a version is handed in.
TEXTS = ("title", "category", "question", "answer", "steps")


class Texts(models.Model):
    """What an article says."""

    title = models.CharField(_("title"), max_length=120)
    #: It holds for everything below, too.
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), related_name="+")
    question = models.TextField(_("what the customer says"))
    answer = models.TextField(_("answer to the customer"))
    steps = models.TextField(_("steps for the agent"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Article(Texts):
    """One article. Its texts are those of the version that is shown, or of the first one until that is published."""

    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("owning department"), related_name="+")
    state = FSMField(_("state"), max_length=12, choices=ArticleState, default=ArticleState.NEW)
    #: The number of the version that is shown; 0 before the first is published.
    shown = models.PositiveSmallIntegerField(_("version shown"), default=0)
    #: The last day on which it holds; after it, it is suggested no more.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: The solved ticket it was made from.
    source = models.ForeignKey(
        Ticket, models.PROTECT, verbose_name=_("made from the ticket"), null=True, blank=True, related_name="articles"
    )
    #: Of the page that it was written on, which makes one article however often it is sent; "" where there was no page.
    filing_key = models.CharField(_("filing key"), max_length=80, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+")
    written_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    #: When somebody last said that it is still right.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("withdrawn by"), null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_for = models.CharField(_("withdrawn because"), max_length=300, blank=True)
    #: What it is found by (docs/decisions/0026): the title before the customer's words before answer and steps.
    terms = models.GeneratedField(
        expression=Func("title", "question", "answer", "steps", function="knowledge_terms"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="article_state"),
            models.CheckConstraint(
                condition=~Q(state=A.PUBLISHED) | Q(shown__gt=0, valid_until__isnull=False, published_at__isnull=False),
                name="article_published",
            ),
            models.CheckConstraint(condition=~Q(state=A.NEW) | Q(shown=0), name="article_new"),
            models.UniqueConstraint(fields=["filing_key"], name="article_once", condition=~Q(filing_key="")),
            models.CheckConstraint(
                condition=Q(state=A.WITHDRAWN, withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_for="")
                | ~Q(state=A.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_for=""),
                name="article_withdrawn_for_a_reason",
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["terms"], name="article_terms"),
            models.Index(fields=["valid_until", "id"], name="article_valid_until", condition=Q(state="published")),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(ARTICLE_MOVES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    @property
    def stream(self) -> str:
        """Return the journal stream of this article."""
        return f"article:{self.pk}"

    def standing(self, today: dt.date, open_state: str | None = None) -> Standing:
        """Return how the article stands on a day; `open_state` is of its open version, which counts before the first is out."""
        if self.state == A.WITHDRAWN:
            return Standing.WITHDRAWN
        if self.state == A.NEW:
            return Standing.IN_REVIEW if open_state == V.IN_REVIEW else Standing.DRAFT
        return Standing.EXPIRED if self.valid_until and self.valid_until < today else Standing.PUBLISHED

    @transition(field=state, source=A.NEW, target=A.PUBLISHED)
    def publish(self) -> None:
        """发布: a first version has passed its review."""

    @transition(field=state, source=[A.NEW, A.PUBLISHED], target=A.WITHDRAWN)
    def withdraw(self) -> None:
        """撤下: it is no longer right, or never was."""


def _texts_changed() -> pgtrigger.Q:
    changed = pgtrigger.Q()
    for name in TEXTS:
        changed |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return changed


class Version(Texts):
    """One version of an article: written, read by a second person, published; then it stays as it is."""

    article = models.ForeignKey(Article, models.PROTECT, verbose_name=_("article"), related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    state = FSMField(_("state"), max_length=12, choices=VersionState, default=VersionState.DRAFT)
    #: What is new and why; empty in the first.
    change = models.CharField(pgettext_lazy("article", "what changed and why"), max_length=300, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+")
    written_at = models.DateTimeField(_("written at"))
    #: Everybody who wrote in it; none of them reviews it.
    writers = ArrayField(models.BigIntegerField(), verbose_name=_("writers"), default=list, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("reviewed by"), null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    #: Why it came back from its review, until it is handed in again.
    returned_for = models.CharField(_("sent back because"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="version_state"),
            models.UniqueConstraint(fields=["article", "number"], name="version_number"),
            models.UniqueConstraint(fields=["article"], name="version_one_open", condition=Q(state__in=[V.DRAFT, V.IN_REVIEW])),
            models.CheckConstraint(
                condition=~Q(state=V.PUBLISHED) | Q(reviewed_by__isnull=False, reviewed_at__isnull=False), name="version_reviewed"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("written_by")),
                name="version_two_people",
                violation_error_message=_("Nobody reviews what they wrote themselves."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(VERSION_MOVES)),
            pgtrigger.Protect(
                name="frozen", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state__in=[V.PUBLISHED, V.DROPPED])
            ),
            pgtrigger.Protect(
                name="stands_once_submitted",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=V.IN_REVIEW) & _texts_changed(),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    @property
    def stamp(self) -> str:
        """Return what tells this writing of the version from every other of the article."""
        return f"{self.number}~{self.written_at.astimezone(dt.UTC).isoformat()}"

    @property
    def handed_in(self) -> str:
        """Return what tells this handing in of the version from every other; "" while it is not in review."""
        return f"{self.number}~{self.submitted_at.astimezone(dt.UTC).isoformat()}" if self.submitted_at else ""

    @property
    def is_open(self) -> bool:
        """Tell whether it is still being written or reviewed."""
        return self.state in {V.DRAFT, V.IN_REVIEW}

    @transition(field=state, source=V.DRAFT, target=V.IN_REVIEW)
    def submit(self, at: dt.datetime) -> None:
        """送审: a second person is to read it."""
        self.submitted_at, self.returned_for = at, ""

    @transition(field=state, source=V.IN_REVIEW, target=V.DRAFT)
    def send_back(self, reason: str) -> None:
        """退回: it is to be written again."""
        self.submitted_at, self.returned_for = None, reason

    @transition(field=state, source=V.IN_REVIEW, target=V.PUBLISHED)
    def publish(self, by_id: int, at: dt.datetime) -> None:
        """发布: a second person has read it and finds it right."""
        self.reviewed_by_id, self.reviewed_at = by_id, at

    @transition(field=state, source=[V.DRAFT, V.IN_REVIEW], target=V.DROPPED)
    def drop(self) -> None:
        """作废: the article was withdrawn."""
