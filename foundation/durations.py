"""Durations and instants as people say them."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
SOON = HOUR


def midnight(day: dt.date) -> dt.datetime:
    """Return the instant at which a day begins here."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def spoken(duration: dt.timedelta) -> str:
    """Return a duration in its two largest parts, a second one of nothing left out: 2 d 4 h, 3 h 15 min, 1 h, 8 min."""
    total = abs(duration)
    days, rest = divmod(total, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // dt.timedelta(minutes=1)
    if days and not hours:
        return _("%(days)d d") % {"days": days}
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours and not minutes:
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min") % {"minutes": minutes}


def time_left(due_at: dt.datetime, now: dt.datetime) -> str:
    """Return how long there is until `due_at`, or by how much it is past."""
    if now > due_at:
        return _("overdue by %(duration)s") % {"duration": spoken(now - due_at)}
    return _("%(duration)s left") % {"duration": spoken(due_at - now)}


def local_text(instant: dt.datetime, now: dt.datetime) -> str:
    """Return an instant in local time, with the year only when it is another than this one's."""
    local = timezone.localtime(instant)
    return f"{local:%m-%d %H:%M}" if local.year == timezone.localtime(now).year else f"{local:%Y-%m-%d %H:%M}"
