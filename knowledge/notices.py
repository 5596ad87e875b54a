"""What people are told about articles: the kinds, and where a notice leads."""

from collections.abc import Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from journal.kinds import Kind
from knowledge.policies import visible_to
from organization.models import Staff

TEXTS = Path(__file__).parent / "data" / "notices.toml"
PREFIX = "article:"

TOLD = {"title": "充值未到账怎么查", "category": "缴费充值"}

KINDS = (
    Kind(name="article.submitted", label=_("article to review"), icon="book-upload", example={**TOLD, "writer": "热线坐席一"}),
    Kind(
        name="article.returned", label=_("article sent back"), icon="arrow-back-up", example={**TOLD, "reason": "请写明到账时限。"}
    ),
    Kind(name="article.published", label=_("article published"), icon="book", example=TOLD),
    Kind(
        name="article.expiring",
        label=_("article about to expire"),
        icon="calendar-due",
        example={**TOLD, "valid_until": "2026-11-30"},
    ),
)


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the articles among `streams` that the person may read."""
    numbers = [stream.removeprefix(PREFIX) for stream in streams if stream.startswith(PREFIX)]
    wanted = [int(number) for number in numbers if number.isdecimal()]
    if not wanted or not isinstance(user, Staff):
        return {}
    found = visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)
    return {f"{PREFIX}{pk}": reverse("knowledge:article", args=[pk]) for pk in found}
