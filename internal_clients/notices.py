"""What people are told about surveys, targets and appeals: the kinds, and where a notice leads."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from internal_clients.policies import appeals_visible_to, nodes_visible_to, rater_of, surveys_visible_to
from journal.kinds import Kind
from organization.enums import Role
from organization.models import Staff
from workorders.notices import holding

TEXTS = Path(__file__).parent / "data" / "notices.toml"
SURVEY_PREFIX, NODE_PREFIX, APPEAL_PREFIX = "survey:", "kpinode:", "appeal:"


def rater(user: AbstractBaseUser) -> bool:
    """Return whether the person speaks for a unit of the front line."""
    return isinstance(user, Staff) and rater_of(user) is not None


SURVEY = {"name": "内部客户满意度季度调查", "quarter": "2026Q3", "ends_on": "2026-09-30", "least": "5"}
TARGETS = {"place": "网络部处理人一", "starts_on": "2026-11-01", "state": "已确认"}
APPEAL = {
    "title": "A1 261104000012-1 家里没有信号",
    "department": "网络部",
    "month": "2026-10",
    "due_on": "2026-11-10",
    "outcome": "剔除",
}
JUDGES = holding(Role.SUPERVISOR, Role.MANAGER)

KINDS = (
    Kind(name="survey.open", label=_("a survey is open"), icon="clipboard-text", audience=rater, example=SURVEY),
    Kind(name="survey.reminder", label=_("a survey is about to close"), icon="clipboard-text", audience=rater, example=SURVEY),
    Kind(name="kpi.proposed", label=_("targets are put before you"), icon="target-arrow", example=TARGETS),
    Kind(name="kpi.answered", label=_("your targets were answered"), icon="target-arrow", example=TARGETS),
    Kind(name="appeal.raised", label=_("an appeal is to be ruled on"), icon="scale", audience=JUDGES, example=APPEAL),
    Kind(
        name="appeal.statement",
        label=_("your statement on an appeal is wanted"),
        icon="message",
        audience=holding(Role.AGENT, Role.PATROL),
        example=APPEAL,
    ),
    Kind(name="appeal.due", label=_("a ruling on an appeal is nearly due"), icon="scale", audience=JUDGES, example=APPEAL),
    Kind(
        name="appeal.overdue",
        label=_("a ruling on an appeal is overdue"),
        icon="alert-triangle",
        audience=holding(Role.SUPERVISOR, Role.MANAGER, Role.HEAD),
        example=APPEAL,
    ),
    Kind(name="appeal.ruled", label=_("an appeal was ruled on"), icon="gavel", example=APPEAL),
    Kind(
        name="appeal.charged",
        label=_("a row was charged to your department by ruling"),
        icon="scale",
        audience=holding(Role.HEAD),
        example=APPEAL,
    ),
    Kind(name="appeal.final", label=_("an appeal was ruled on finally"), icon="gavel", example=APPEAL),
    Kind(
        name="appeal.escalated",
        label=_("an appeal was taken to the assessment committee"),
        icon="scale",
        audience=holding(Role.MANAGER),
        example=APPEAL,
    ),
)


def _numbers(streams: Collection[str], prefix: str) -> dict[int, str]:
    cut = {stream.removeprefix(prefix): stream for stream in streams if stream.startswith(prefix)}
    return {int(number): stream for number, stream in cut.items() if number.isdecimal()}


PAGES: tuple[tuple[str, Callable[[Staff], QuerySet[Any]], str], ...] = (
    (SURVEY_PREFIX, surveys_visible_to, "survey"),
    (NODE_PREFIX, nodes_visible_to, "kpi_node"),
    (APPEAL_PREFIX, appeals_visible_to, "appeal"),
)


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the surveys, places and appeals among `streams` that the person may read."""
    found: dict[str, str] = {}
    if not isinstance(user, Staff):
        return found
    for prefix, rows, page in PAGES:
        if wanted := _numbers(streams, prefix):
            seen = rows(user).filter(pk__in=wanted).values_list("pk", flat=True)
            found |= {wanted[pk]: reverse(f"internal_clients:{page}", args=[pk]) for pk in seen}
    return found
