"""Bulletins (通报): drafted, written, handed in, signed by a second person, published, and read."""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_fsm import TransitionNotAllowed
from procrastinate.contrib.django import app

from complaints import policies
from complaints.actions.bulletin_rows import keep
from complaints.bulletins.periods import Span
from complaints.enums import BulletinEdition, BulletinKind, BulletinState
from complaints.locking import lock_bulletin
from complaints.models import Alert, Bulletin, BulletinReader, BulletinRows
from complaints.models.bulletin import TEXTS
from complaints.queries.bulletins.document import title_of
from complaints.queries.bulletins.sealing import seal_of
from complaints.queries.bulletins.snapshot import scope_of, snapshot
from complaints.queries.bulletins.words import first_words
from foundation import transaction
from foundation.errors import Conflict, Invalid
from journal.notify import notify
from journal.record import record
from journal.types import Data
from organization.models import Staff
from workorders.locking import lock_key

#: One at a time begins a bulletin, so that there is one of a period.
KEY = "bulletins"
MOST_SUBJECT = 120
#: Nothing is known of before.
EARLIEST = dt.date(2000, 1, 1)
#: The longest time that a special bulletin is about.
MOST_DAYS = 92


@transaction.atomic
def draft(
    *,
    kind: str,
    span: Span,
    edition: str = BulletinEdition.FINAL,
    subject: str = "",
    alert: Alert | None = None,
    by: Staff,
    now: dt.datetime,
) -> Bulletin:
    """Begin a bulletin; a job counts its figures. Raises NotAllowed, Invalid by field, or Conflict where there is one already."""
    policies.require_centre(policies.may_write_bulletins(by))
    _check(kind, span, subject, now)
    lock_key(KEY)
    same = Bulletin.objects.filter(kind=kind, start=span.start, end=span.end, edition=edition)
    if kind != BulletinKind.SPECIAL and same.exclude(state=BulletinState.DISCARDED).exists():
        raise Conflict(_("There is a bulletin of this period already."))
    made = Bulletin.objects.create(
        kind=kind, edition=edition, start=span.start, end=span.end, subject=subject, alert=alert, drafted_by=by, drafted_at=now
    )
    record(made.stream, "bulletin.draft", by=by, at=now, data={"kind": kind, "start": f"{span.start}", "end": f"{span.end}"})
    _have_counted(made)
    return made


def _check(kind: str, span: Span, subject: str, now: dt.datetime) -> None:
    if span.start > timezone.localtime(now).date():
        raise Invalid(start=_("This period has not begun."))
    if span.start < EARLIEST:
        raise Invalid(start=_("This lies too far in the past."))
    if span.end <= span.start:
        raise Invalid(end=_("The period ends before it begins."))
    if span.days > MOST_DAYS:
        raise Invalid(end=_("A bulletin is about three months at the most."))
    if kind == BulletinKind.SPECIAL and not subject.strip():
        raise Invalid(subject=_("Say what the special bulletin is about."))


@transaction.atomic
def correct(*, bulletin: Bulletin, reason: str, by: Staff, now: dt.datetime) -> Bulletin:
    """Begin a correction (更正通报) of a published bulletin; that one stays as it is. Raises NotAllowed, Conflict or Invalid."""
    policies.require_centre(policies.may_write_bulletins(by))
    if not reason.strip():
        raise Invalid(reason=_("Say what is corrected and why."))
    bulletin = lock_bulletin(bulletin.pk)
    if not bulletin.is_published:
        raise Conflict(_("Only what is published is corrected; a draft is edited."))
    if bulletin.corrections.exclude(state=BulletinState.DISCARDED).exists():
        raise Conflict(_("There is a correction of this bulletin already."))
    texts = {name: getattr(bulletin, name) for name in TEXTS}
    made = Bulletin.objects.create(
        kind=bulletin.kind,
        edition=BulletinEdition.CORRECTED,
        start=bulletin.start,
        end=bulletin.end,
        corrects=bulletin,
        reason=reason,
        drafted_by=by,
        drafted_at=now,
        edited_by=by,
        edited_at=now,
        editors=[by.pk],
        **texts,
    )
    record(made.stream, "bulletin.correct", by=by, at=now, data={"corrects": bulletin.pk, "reason": reason})
    record(bulletin.stream, "bulletin.corrected", by=by, at=now, data={"correction": made.pk, "reason": reason})
    _have_counted(made)
    return made


def _have_counted(bulletin: Bulletin) -> None:
    app.configure_task("complaints.count_bulletin").defer(bulletin=bulletin.pk)


@transaction.atomic
def recount(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> Bulletin:
    """Have a draft's figures counted anew by a job. Raises NotAllowed or Conflict."""
    policies.require_centre(policies.may_write_bulletins(by))
    bulletin = _locked_draft(bulletin)
    bulletin.figures, bulletin.counted_at = {}, None
    bulletin.save(update_fields=["figures", "counted_at"])
    record(bulletin.stream, "bulletin.recount", by=by, at=now)
    _have_counted(bulletin)
    return bulletin


@transaction.atomic
def count(*, bulletin: Bulletin, now: dt.datetime) -> Bulletin:
    """Count a draft's figures and keep the rows behind each; no draft any more is left as it is.

    As long as nobody has written in it, the summary is the system's own.
    """
    bulletin = lock_bulletin(bulletin.pk)
    if bulletin.state != BulletinState.DRAFT:
        return bulletin
    BulletinRows.objects.filter(bulletin=bulletin).delete()
    bulletin.figures = snapshot(Span(bulletin.start, bulletin.end), now, partial(keep, bulletin=bulletin.pk))
    bulletin.counted_at = now
    if not bulletin.editors:
        with override(settings.LANGUAGE_CODE):
            bulletin.summary = first_words(bulletin.figures)
    bulletin.save(update_fields=["figures", "counted_at", "summary"])
    data: Data = {"cut_off": bulletin.figures["cut_off"], "filed": bulletin.figures["whole"]["counts"].get("filed", 0)}
    record(bulletin.stream, "bulletin.count", by=Staff.objects.system(), at=now, data=data)
    return bulletin


@transaction.atomic
def edit(*, bulletin: Bulletin, texts: Mapping[str, str], by: Staff, now: dt.datetime) -> Bulletin:
    """Write the centre's words: subject, summary, commendations, criticisms, requirements; never a figure.

    Raises NotAllowed, or Conflict once it is handed in.
    """
    policies.require_centre(policies.may_write_bulletins(by))
    bulletin = _locked_draft(bulletin)
    changed = [name for name in TEXTS if name in texts and texts[name] != getattr(bulletin, name)]
    if not changed:
        return bulletin
    for name in changed:
        setattr(bulletin, name, texts[name])
    bulletin.edited_by, bulletin.edited_at = by, now
    bulletin.editors = sorted({*bulletin.editors, by.pk})
    bulletin.save(update_fields=[*changed, "edited_by", "edited_at", "editors"])
    record(bulletin.stream, "bulletin.edit", by=by, at=now, data={name: texts[name] for name in changed})
    return bulletin


def _locked_draft(bulletin: Bulletin) -> Bulletin:
    bulletin = lock_bulletin(bulletin.pk)
    if bulletin.state != BulletinState.DRAFT:
        raise Conflict(_("This bulletin is “%(state)s”: it is edited as a draft only.") % {"state": bulletin.get_state_display()})
    return bulletin


@transaction.atomic
def submit(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> Bulletin:
    """Hand a draft in for a second person's signature; figures and words stand from here.

    Raises NotAllowed, Conflict while it is counted or its period goes on, or Invalid without a summary.
    """
    policies.require_centre(policies.may_write_bulletins(by))
    bulletin = lock_bulletin(bulletin.pk)
    if not bulletin.counted_at:
        raise Conflict(_("The figures are being counted."))
    if bulletin.kind != BulletinKind.SPECIAL and bulletin.counted_at < scope_of(Span(bulletin.start, bulletin.end), now).end:
        raise Conflict(_("The figures were counted before the period was over; count them anew when it is."))
    if not bulletin.summary.strip():
        raise Invalid(summary=_("Write a summary first."))
    _move(bulletin, "submit", {"by": by, "at": now}, by=by, now=now)
    signers = [person for person in policies.bulletin_signers() if policies.may_sign(person, bulletin)]
    key = f"bulletin:{bulletin.pk}:submit:{now.isoformat()}"
    notify("bulletin.submitted", key=key, to=signers, at=now, stream=bulletin.stream, data=told(bulletin))
    return bulletin


@transaction.atomic
def send_back(*, bulletin: Bulletin, reason: str, by: Staff, now: dt.datetime) -> Bulletin:
    """Give a bulletin that was handed in back to be edited. Raises NotAllowed, Conflict or Invalid."""
    policies.require_centre(policies.may_sign_bulletins(by) or policies.may_write_bulletins(by))
    if not reason.strip():
        raise Invalid(reason=_("Say what is to be changed."))
    bulletin = lock_bulletin(bulletin.pk)
    author = bulletin.submitted_by
    _move(bulletin, "send_back", {}, by=by, now=now, data={"reason": reason})
    if author and author.pk != by.pk:
        data: Data = {**told(bulletin), "reason": reason}
        key = f"bulletin:{bulletin.pk}:back:{now.isoformat()}"
        notify("bulletin.returned", key=key, to=[author], at=now, stream=bulletin.stream, data=data)
    return bulletin


@transaction.atomic
def sign(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> Bulletin:
    """Approve a bulletin as the second person. Raises NotAllowed for whoever wrote in it, or Conflict."""
    bulletin = lock_bulletin(bulletin.pk)
    policies.require_centre(policies.may_sign(by, bulletin), _("A bulletin is approved by somebody who did not write in it."))
    _move(bulletin, "sign", {"by": by, "at": now}, by=by, now=now)
    return bulletin


@transaction.atomic
def publish(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> Bulletin:
    """Publish an approved bulletin: it is frozen under its hash, and heads and managers are told. Raises NotAllowed or Conflict."""
    policies.require_centre(policies.may_sign_bulletins(by))
    bulletin = lock_bulletin(bulletin.pk)
    seal = seal_of(bulletin)
    _move(bulletin, "publish", {"by": by, "at": now, "seal": seal}, by=by, now=now, data={"hash": seal})
    people = list(policies.bulletin_addressees())
    BulletinReader.objects.bulk_create(BulletinReader(bulletin=bulletin, staff=person, told_at=now) for person in people)
    key = f"bulletin:{bulletin.pk}"
    notify("bulletin.published", key=key, to=people, at=now, stream=bulletin.stream, data=told(bulletin))
    return bulletin


@transaction.atomic
def discard(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> Bulletin:
    """Give a draft up. Raises NotAllowed or Conflict."""
    policies.require_centre(policies.may_write_bulletins(by))
    bulletin = lock_bulletin(bulletin.pk)
    _move(bulletin, "discard", {}, by=by, now=now)
    return bulletin


def _move(
    bulletin: Bulletin, name: str, arguments: Mapping[str, object], *, by: Staff, now: dt.datetime, data: Data | None = None
) -> None:
    """Run a transition, save the row and record it."""
    try:
        getattr(bulletin, name)(**arguments)
    except TransitionNotAllowed as error:
        state = bulletin.get_state_display()
        raise Conflict(_("This is no longer possible: the bulletin is “%(state)s”.") % {"state": state}) from error
    bulletin.save()
    record(bulletin.stream, f"bulletin.{name}", by=by, at=now, data=data)


@transaction.atomic
def confirm_read(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> None:
    """Say that one has read a bulletin that one was told of (已阅); saying it again changes nothing. Raises NotAllowed."""
    lock_bulletin(bulletin.pk)
    found = BulletinReader.objects.filter(bulletin=bulletin, staff=by).first()
    policies.require_centre(found is not None, _("You were not asked to confirm this bulletin."))
    if found is None or found.read_at:
        return
    found.read_at = now
    found.save(update_fields=["read_at"])
    record(bulletin.stream, "bulletin.read", by=by, at=now)


@transaction.atomic
def remind(*, bulletin: Bulletin, by: Staff, now: dt.datetime) -> int:
    """Remind those who have not confirmed, each once a day; return how many. Raises NotAllowed or Conflict."""
    policies.require_centre(policies.may_write_bulletins(by))
    bulletin = lock_bulletin(bulletin.pk)
    if not bulletin.is_published:
        raise Conflict(_("This bulletin is not published."))
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    not_today = Q(reminded_at=None) | Q(reminded_at__lt=day)
    waiting = list(bulletin.readers.filter(not_today, read_at=None).select_related("staff").order_by("pk"))
    if waiting:
        key = f"bulletin:{bulletin.pk}:remind:{day.date()}"
        people = [each.staff for each in waiting]
        notify("bulletin.unread", key=key, to=people, at=now, stream=bulletin.stream, data=told(bulletin))
        BulletinReader.objects.filter(pk__in=[each.pk for each in waiting]).update(reminded_at=now)
        record(bulletin.stream, "bulletin.remind", by=by, at=now, data={"people": len(waiting)})
    return len(waiting)


def told(bulletin: Bulletin) -> Data:
    """Return what notices of a bulletin may mention, in the installation's own language."""
    with override(settings.LANGUAGE_CODE):
        title = title_of(bulletin)
    return {"title": title, "start": f"{bulletin.start}", "end": f"{bulletin.last_day}", "summary": bulletin.summary[:200]}
