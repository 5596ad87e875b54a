"""Bulletins (通报): drafted by the system, edited, approved by a second person, published and frozen; and who has read them."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from complaints.enums import BulletinEdition, BulletinKind, BulletinState
from complaints.models.alert import Alert
from organization.models import Region, Staff

S = BulletinState

#: Every move the database accepts; `tests/test_house.py` holds it equal to the transitions below.
BULLETIN_MOVES = (
    (S.DRAFT, S.SUBMITTED),
    (S.DRAFT, S.DISCARDED),
    (S.SUBMITTED, S.DRAFT),
    (S.SUBMITTED, S.APPROVED),
    (S.APPROVED, S.DRAFT),
    (S.APPROVED, S.PUBLISHED),
)
#: What the centre writes; everything else in a bulletin is counted.
TEXTS = ("subject", "summary", "commendations", "criticisms", "requirements")
#: What stands from the moment a bulletin is handed in.
CONTENT = ("kind", "edition", "start", "end", "figures", "counted_at", "reason", *TEXTS)


def _content_changed() -> pgtrigger.Q:
    changed = pgtrigger.Q()
    for name in CONTENT:
        changed |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return changed


class Bulletin(models.Model):
    """One bulletin: its figures as data, the centre's words, and how far it has come."""

    kind = models.CharField(_("kind"), max_length=8, choices=BulletinKind)
    edition = models.CharField(_("edition"), max_length=12, choices=BulletinEdition, default=BulletinEdition.FINAL)
    state = FSMField(_("state"), max_length=12, choices=BulletinState, default=BulletinState.DRAFT)
    #: The period, in days here: [start, end).
    start = models.DateField(_("from"))
    end = models.DateField(_("up to"))
    #: A correction (更正通报) refers to the bulletin that it corrects and says why.
    corrects = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("corrects"), null=True, blank=True, related_name="corrections"
    )
    reason = models.TextField(_("reason"), blank=True)
    #: A special bulletin may be about a surge.
    alert = models.ForeignKey(Alert, models.PROTECT, verbose_name=_("alert"), null=True, blank=True, related_name="bulletins")
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    commendations = models.TextField(_("commendations"), blank=True)
    criticisms = models.TextField(_("criticisms"), blank=True)
    requirements = models.TextField(pgettext_lazy("bulletin", "requirements"), blank=True)
    #: What was counted (`complaints.queries.bulletins.snapshot`), and when; empty until it is.
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    counted_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    #: SHA-256 over everything that is frozen; set when it is published.
    hash = models.CharField(_("hash"), max_length=64, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("drafted by"), related_name="+")
    drafted_at = models.DateTimeField(_("drafted at"))
    #: Everybody who wrote in it; none of them approves it.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("edited by"), null=True, blank=True, related_name="+"
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    editors = ArrayField(models.BigIntegerField(), verbose_name=_("editors"), default=list, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("submitted by"), null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("published by"), null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=BulletinKind.values), name="bulletin_kind"),
            models.CheckConstraint(condition=Q(edition__in=BulletinEdition.values), name="bulletin_edition"),
            models.CheckConstraint(condition=Q(state__in=BulletinState.values), name="bulletin_state"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="bulletin_period"),
            models.CheckConstraint(
                condition=Q(edition=BulletinEdition.CORRECTED, corrects__isnull=False) & ~Q(reason="")
                | ~Q(edition=BulletinEdition.CORRECTED) & Q(corrects=None),
                name="bulletin_corrects_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["kind", "start", "end", "edition"],
                name="bulletin_once",
                condition=Q(kind__in=[BulletinKind.WEEKLY, BulletinKind.MONTHLY])
                & ~Q(edition=BulletinEdition.CORRECTED)
                & ~Q(state=BulletinState.DISCARDED),
            ),
            models.UniqueConstraint(fields=["alert"], name="bulletin_one_an_alert", condition=Q(edition=BulletinEdition.FINAL)),
            models.CheckConstraint(
                condition=~Q(state__in=BulletinState.STANDING) | Q(submitted_by__isnull=False, counted_at__isnull=False),
                name="bulletin_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.APPROVED, S.PUBLISHED]) | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="bulletin_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | ~Q(approved_by=F("submitted_by")) & (Q(edited_by=None) | ~Q(approved_by=F("edited_by"))),
                name="bulletin_two_people",
                violation_error_message=_("Nobody approves what they wrote themselves."),
            ),
            models.CheckConstraint(
                condition=Q(state=S.PUBLISHED, published_at__isnull=False, published_by__isnull=False) & ~Q(hash="")
                | ~Q(state=S.PUBLISHED) & Q(published_at=None, hash=""),
                name="bulletin_published",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-end", "-id"], name="bulletin_newest")]
        triggers: ClassVar = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(BULLETIN_MOVES)),
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update, condition=pgtrigger.Q(old__state=S.PUBLISHED)),
            pgtrigger.Protect(
                name="stands_once_submitted",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[S.SUBMITTED, S.APPROVED, S.DISCARDED]) & _content_changed(),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start:%Y-%m-%d} – {self.last_day:%Y-%m-%d}"

    @property
    def stream(self) -> str:
        """Return the bulletin's journal stream."""
        return f"bulletin:{self.pk}"

    @property
    def last_day(self) -> dt.date:
        """Return the last day of the period."""
        return self.end - dt.timedelta(days=1)

    @property
    def is_published(self) -> bool:
        """Tell whether the bulletin is frozen and everybody's to read."""
        return self.state == S.PUBLISHED

    @transition(field=state, source=S.DRAFT, target=S.SUBMITTED)
    def submit(self, by: Staff, at: dt.datetime) -> None:
        """送签: figures and words stand; a second person is asked."""
        self.submitted_by, self.submitted_at = by, at

    @transition(field=state, source=[S.SUBMITTED, S.APPROVED], target=S.DRAFT)
    def send_back(self) -> None:
        """退回修改."""
        self.submitted_by, self.submitted_at = None, None
        self.approved_by, self.approved_at = None, None

    @transition(field=state, source=S.SUBMITTED, target=S.APPROVED)
    def sign(self, by: Staff, at: dt.datetime) -> None:
        """签批: a second person agrees."""
        self.approved_by, self.approved_at = by, at

    @transition(field=state, source=S.APPROVED, target=S.PUBLISHED)
    def publish(self, by: Staff, at: dt.datetime, *, seal: str) -> None:
        """发布: frozen for good."""
        self.published_by, self.published_at, self.hash = by, at, seal

    @transition(field=state, source=S.DRAFT, target=S.DISCARDED)
    def discard(self) -> None:
        """作废: the draft is not wanted."""


#: Rows change while their bulletin is a draft; afterwards they stand.
_WHILE_DRAFT = """
    IF NOT EXISTS (
        SELECT FROM complaints_bulletin b
        WHERE b.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.bulletin_id ELSE NEW.bulletin_id END AND b.state = 'draft'
    ) THEN
        RAISE EXCEPTION 'pgtrigger: the rows of a bulletin that is no draft stand';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class BulletinRows(models.Model):
    """The very rows behind one number of a bulletin: the number is how many there are."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, verbose_name=_("bulletin"), related_name="rows")
    #: What the number is of (everything, a region, a department, a category …), by the id of that.
    group = models.CharField(_("group"), max_length=12, blank=True)
    key = models.CharField(_("key"), max_length=32, blank=True)
    measure = models.CharField(_("measure"), max_length=24)
    #: Of tickets, work orders or callbacks; ids without foreign keys: the bulletin outlives what it was about.
    ids = ArrayField(models.BigIntegerField(), verbose_name=_("rows"))

    class Meta:
        verbose_name = _("rows of a bulletin")
        verbose_name_plural = _("rows of bulletins")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bulletin", "group", "key", "measure"], name="bulletinrows_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="while_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_WHILE_DRAFT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.group} {self.key} {self.measure}"


class BulletinReader(models.Model):
    """Somebody who was told of a bulletin, and whether they said that they read it (已阅)."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, verbose_name=_("bulletin"), related_name="readers")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("reader"), related_name="+")
    told_at = models.DateTimeField(_("told at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reader of a bulletin")
        verbose_name_plural = _("readers of bulletins")
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulletin", "staff"], name="bulletinreader_once")]
        indexes: ClassVar = [
            models.Index(fields=["staff"], name="bulletinreader_unread", condition=Q(read_at=None)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="read_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__read_at__isnull=False)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.staff_id}"


class Subscribers(models.Model):
    """How many users a region had at the end of a month (期末用户数), for complaints per ten thousand of them."""

    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    month = models.DateField(_("month"))
    users = models.PositiveBigIntegerField(_("users at the end of the month"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("entered by"), related_name="+")
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("number of users")
        verbose_name_plural = _("numbers of users")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "region"], name="subscribers_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="subscribers_month"),
            models.CheckConstraint(condition=Q(users__gt=0), name="subscribers_some"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.month:%Y-%m}: {self.users}"
