"""What people are told about surveys: the kinds, and where a notice leads."""

from collections.abc import Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients.policies import rater_of, surveys_visible_to
from journal.kinds import Kind
from organization.models import Staff

TEXTS = Path(__file__).parent / "data" / "notices.toml"
PREFIX = "survey:"


def rater(user: AbstractBaseUser) -> bool:
    """Return whether the person speaks for a unit of the front line."""
    return isinstance(user, Staff) and rater_of(user) is not None


SURVEY = {"name": "内部客户满意度季度调查", "quarter": "2026Q3", "ends_on": "2026-09-30", "least": "5"}

KINDS = (
    Kind(name="survey.open", label=_("a survey is open"), icon="clipboard-text", audience=rater, example=SURVEY),
    Kind(name="survey.reminder", label=_("a survey is about to close"), icon="clipboard-text", audience=rater, example=SURVEY),
)


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the surveys among `streams` that the person may read."""
    numbers = {stream: stream.removeprefix(PREFIX) for stream in streams if stream.startswith(PREFIX)}
    wanted = {int(pk): stream for stream, pk in numbers.items() if pk.isdecimal()}
    if not wanted or not isinstance(user, Staff):
        return {}
    seen = surveys_visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)
    return {wanted[pk]: reverse("internal_clients:survey", args=[pk]) for pk in seen}
