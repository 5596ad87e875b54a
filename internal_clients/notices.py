"""What people are told about surveys and targets: the kinds, and where a notice leads."""

from collections.abc import Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients.policies import nodes_visible_to, rater_of, surveys_visible_to
from journal.kinds import Kind
from organization.models import Staff

TEXTS = Path(__file__).parent / "data" / "notices.toml"
SURVEY_PREFIX, NODE_PREFIX = "survey:", "kpinode:"


def rater(user: AbstractBaseUser) -> bool:
    """Return whether the person speaks for a unit of the front line."""
    return isinstance(user, Staff) and rater_of(user) is not None


SURVEY = {"name": "内部客户满意度季度调查", "quarter": "2026Q3", "ends_on": "2026-09-30", "least": "5"}
TARGETS = {"place": "网络部处理人一", "starts_on": "2026-11-01", "state": "已确认"}

KINDS = (
    Kind(name="survey.open", label=_("a survey is open"), icon="clipboard-text", audience=rater, example=SURVEY),
    Kind(name="survey.reminder", label=_("a survey is about to close"), icon="clipboard-text", audience=rater, example=SURVEY),
    Kind(name="kpi.proposed", label=_("targets are put before you"), icon="target-arrow", example=TARGETS),
    Kind(name="kpi.answered", label=_("your targets were answered"), icon="target-arrow", example=TARGETS),
)


def _numbers(streams: Collection[str], prefix: str) -> dict[int, str]:
    cut = {stream.removeprefix(prefix): stream for stream in streams if stream.startswith(prefix)}
    return {int(number): stream for number, stream in cut.items() if number.isdecimal()}


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the surveys and places among `streams` that the person may read."""
    found: dict[str, str] = {}
    if not isinstance(user, Staff):
        return found
    for prefix, rows, page in ((SURVEY_PREFIX, surveys_visible_to, "survey"), (NODE_PREFIX, nodes_visible_to, "kpi_node")):
        if wanted := _numbers(streams, prefix):
            seen = rows(user).filter(pk__in=wanted).values_list("pk", flat=True)
            found |= {wanted[pk]: reverse(f"internal_clients:{page}", args=[pk]) for pk in seen}
    return found
