"""What people are told about surges: the kinds, and where a notice leads."""

from collections.abc import Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.policies import may_read_alerts
from journal.kinds import Kind
from organization.models import Staff

TEXTS = Path(__file__).parent / "data" / "notices.toml"
PREFIX = "alert:"


def reader(user: AbstractBaseUser) -> bool:
    """Return whether the person may read alerts."""
    return isinstance(user, Staff) and may_read_alerts(user)


SURGE = {
    "level": "橙色",
    "category": "室内覆盖",
    "region": "济南",
    "seen": "31",
    "expected": "4.2",
    "minutes": "60",
    "excess": "27",
}

KINDS = (
    Kind(name="surge.alert", label=_("complaints surge"), icon="trending-up", urgent=True, audience=reader, example=SURGE),
    Kind(name="surge.again", label=_("surge goes on"), icon="rotate", urgent=True, audience=reader, example=SURGE),
    Kind(
        name="surge.over",
        label=_("surge over"),
        icon="trending-down",
        audience=reader,
        example={**SURGE, "since_at": "2026-11-04T10:30:00+08:00", "cleared_at": "2026-11-04T13:30:00+08:00"},
    ),
)


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the alerts among `streams` that the person may read."""
    if not reader(user):
        return {}
    numbers = {stream: stream.removeprefix(PREFIX) for stream in streams if stream.startswith(PREFIX)}
    return {stream: reverse("complaints:alert", args=[int(pk)]) for stream, pk in numbers.items() if pk.isdecimal()}
