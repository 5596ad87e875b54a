"""Template tags of the shared components; available in every template."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from foundation.durations import SOON, local_text, spoken, time_left
from foundation.masking import mask_name, mask_number

register = template.Library()
register.filter("masked", mask_number)
register.filter("masked_name", mask_name)

#: State or urgency → Tabler colour and icon, so that colour never stands alone.
BADGES: dict[str, tuple[str, str]] = {
    "draft": ("secondary", "pencil"),
    "triage": ("purple", "inbox"),
    "awaiting_dispatch": ("indigo", "send"),
    "in_progress": ("blue", "progress"),
    "on_hold": ("yellow", "player-pause"),
    "in_review": ("cyan", "eye-check"),
    "awaiting_reply": ("teal", "message"),
    "awaiting_callback": ("lime", "phone"),
    "closed": ("green", "check"),
    "cancelled": ("secondary", "ban"),
    "merged": ("secondary", "git-merge"),
    "dispatched": ("purple", "inbox"),
    "accepted": ("blue", "progress"),
    "return_requested": ("orange", "arrow-back"),
    "replied": ("cyan", "message"),
    "rework": ("orange", "refresh-alert"),
    "completed": ("green", "check"),
    "voided": ("secondary", "ban"),
    "transferred": ("secondary", "arrows-exchange"),
    "normal": ("secondary", "minus"),
    "urgent": ("orange", "chevron-up"),
    "major": ("red", "chevrons-up"),
    "pending": ("orange", "hourglass"),
    "upheld": ("green", "check"),
    "granted": ("green", "check"),
    "refused": ("secondary", "x"),
    "denied": ("secondary", "x"),
    "blue": ("blue", "info-circle"),
    "yellow": ("yellow", "alert-circle"),
    "orange": ("orange", "alert-triangle"),
    "red": ("red", "urgent"),
    "incident": ("red", "flame"),
    "planned": ("blue", "calendar-event"),
    "nothing": ("secondary", "circle-off"),
    "answered": ("green", "messages"),
    "called_off": ("secondary", "ban"),
    "joined": ("secondary", "git-merge"),
    "submitted": ("orange", "hourglass"),
    "approved": ("cyan", "signature"),
    "published": ("green", "lock"),
    "discarded": ("secondary", "trash"),
    "expired": ("yellow", "calendar-x"),
    "withdrawn": ("secondary", "archive"),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon that says nothing beyond the text beside it."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def badge(value: str, text: str) -> SafeString:
    """Draw a state, an urgency or a ruling as a badge: colour, icon and words."""
    colour, sign = BADGES.get(value, ("secondary", "point"))
    return format_html(
        '<span class="badge bg-{}-lt text-nowrap"><i class="ti ti-{} me-1" aria-hidden="true"></i>{}</span>',
        colour,
        sign,
        text,
    )


@register.simple_tag
def countdown(due_at: dt.datetime | None, now: dt.datetime, state: str = "") -> SafeString:
    """Draw the time left, which the page's script keeps current; what is on hold has none."""
    if due_at is None:
        text, sign = (_("on hold"), "player-pause") if state == "on_hold" else ("–", "minus")
        return format_html(
            '<span class="countdown text-secondary"><i class="ti ti-{}" aria-hidden="true"></i> {}</span>', sign, text
        )
    late, soon = now > due_at, due_at - now <= SOON
    level = "late" if late else "soon" if soon else "fine"
    sign = {"late": "alert-triangle", "soon": "clock-exclamation", "fine": "clock"}[level]
    return format_html(
        '<time class="countdown countdown-{}" datetime="{}" title="{}" data-due="{}">'
        '<i class="ti ti-{}" aria-hidden="true"></i> <span>{}</span></time>',
        level,
        due_at.isoformat(),
        local_text(due_at, now),
        int(due_at.timestamp()),
        sign,
        time_left(due_at, now),
    )


@register.filter
def duration(value: dt.timedelta | int | None) -> str:
    """Say a duration; a number is minutes."""
    if value is None:
        return "–"
    return spoken(value if isinstance(value, dt.timedelta) else dt.timedelta(minutes=value))


@register.filter
def local(value: dt.datetime | None) -> str:
    """Say an instant in local time."""
    return local_text(value, timezone.now()) if value else "–"


@register.filter
def share(part: Fraction | None) -> str:
    """Say a share of one as a percentage with two decimals, halves rounded up; unknown is a dash."""
    if part is None:
        return "–"
    percent = Decimal(part.numerator * 100) / Decimal(part.denominator)
    return f"{percent.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


@register.filter
def item(mapping: dict[object, object], key: object) -> object:
    """Return the mapping's value for a key that only the template knows."""
    return mapping.get(key)


@register.filter
def until(start: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long it is from `start` until `now`."""
    return spoken(now - start) if start else "–"
