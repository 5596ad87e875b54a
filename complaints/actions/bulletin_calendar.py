"""What happens with bulletins by the calendar: drafts when a period is over or a surge is red, and reminders."""

import datetime as dt

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints.actions.bulletins import KEY, MOST_SUBJECT, draft, remind
from complaints.bulletins.periods import DAY, Span, month_of, week_of
from complaints.enums import AlertLevel, BulletinEdition, BulletinKind, BulletinState
from complaints.models import Alert, Bulletin
from complaints.queries.bulletins.measures import filed
from complaints.queries.bulletins.snapshot import scope_of
from foundation import transaction
from organization.models import Staff
from workorders.locking import lock_key

#: Red alerts are looked for so far back; readers are reminded so long after they were told.
RED_WITHIN, REMIND_AFTER = dt.timedelta(days=1), dt.timedelta(days=2)


@transaction.atomic
def draft_due(*, now: dt.datetime) -> list[Bulletin]:
    """Draft the bulletins of the week and the month that ended last, once each, where any complaint was filed in them."""
    lock_key(KEY)
    today, system = timezone.localtime(now).date(), Staff.objects.system()
    due = {
        BulletinKind.WEEKLY: week_of(week_of(today).start - DAY),
        BulletinKind.MONTHLY: month_of(month_of(today).start - DAY),
    }
    return [draft(kind=kind, span=span, by=system, now=now) for kind, span in due.items() if _is_wanted(kind, span, now)]


def _is_wanted(kind: str, span: Span, now: dt.datetime) -> bool:
    drafted = Bulletin.objects.filter(kind=kind, start=span.start, end=span.end, edition=BulletinEdition.FINAL).exists()
    return not drafted and filed(scope_of(span, now)).exists()


@transaction.atomic
def draft_specials(*, now: dt.datetime) -> list[Bulletin]:
    """Draft a special bulletin for each surge that has become red, once a surge."""
    lock_key(KEY)
    red = Alert.objects.filter(level=AlertLevel.RED, raised_at__gt=now - RED_WITHIN, merged_into=None, bulletins=None)
    return [_special(alert, now) for alert in red.select_related("category", "region").order_by("opened_at", "pk")]


def _special(alert: Alert, now: dt.datetime) -> Bulletin:
    first, today = (timezone.localtime(at).date() for at in (alert.since, now))
    with override(settings.LANGUAGE_CODE):
        subject = _("red alert, %(category)s, %(region)s") % {"category": alert.category, "region": alert.region}
        subject = subject[:MOST_SUBJECT]
    span = Span(first, today + DAY)
    return draft(kind=BulletinKind.SPECIAL, span=span, subject=subject, alert=alert, by=Staff.objects.system(), now=now)


@transaction.atomic
def remind_readers(*, now: dt.datetime) -> int:
    """Remind, once, those who were told of a bulletin two days ago and have not confirmed it; return how many."""
    told = {"readers__read_at": None, "readers__reminded_at": None, "readers__told_at__lte": now - REMIND_AFTER}
    waiting = Bulletin.objects.filter(state=BulletinState.PUBLISHED, **told).distinct().order_by("pk")
    system = Staff.objects.system()
    return sum(remind(bulletin=bulletin, by=system, now=now) for bulletin in waiting)
