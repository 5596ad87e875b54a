"""What people are told about surges, bulletins, over-the-head complaints and inspections: the kinds, and where a notice leads."""

from collections.abc import Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints import inspection_policies
from complaints.policies import bulletins_visible_to, may_read_alerts, may_read_bulletins
from journal.kinds import Kind
from organization.enums import Role
from organization.models import Staff
from workorders.notices import holding

TEXTS = Path(__file__).parent / "data" / "notices.toml"
PREFIX, BULLETIN, INSPECTION = "alert:", "bulletin:", "inspection:"


def reader(user: AbstractBaseUser) -> bool:
    """Return whether the person may read alerts."""
    return isinstance(user, Staff) and may_read_alerts(user)


def bulletin_reader(user: AbstractBaseUser) -> bool:
    """Return whether the person may read bulletins."""
    return isinstance(user, Staff) and may_read_bulletins(user)


def inspection_reader(user: AbstractBaseUser) -> bool:
    """Return whether the person may read inspections at all."""
    return isinstance(user, Staff) and user.has_role(*inspection_policies.VISITORS)


SURGE = {
    "level": "橙色",
    "category": "室内覆盖",
    "region": "济南",
    "seen": "31",
    "expected": "4.2",
    "minutes": "60",
    "excess": "27",
}

TOLD = {"title": "2026-10 投诉处理情况通报", "start": "2026-10-01", "end": "2026-10-31", "summary": "本期受理投诉 816 件。"}

FOUND = {"number": "ZJ000128", "order": "TS2026110200012-1", "department": "网络部", "score": "62.50"}

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
    Kind(
        name="overhead.wanted",
        label=_("answer wanted from outside"),
        icon="building-bank",
        urgent=True,
        audience=holding(Role.DUTY, Role.CONTACT, Role.HEAD),
        example={
            "number": "261104000123",
            "subject": "宽带故障多次未修复",
            "document": "鲁通管申〔2026〕31号",
            "wanted_on": "2026-11-10",
            "left": "还剩 3 天",
            "left_en": "3 days left",
        },
    ),
    Kind(name="bulletin.submitted", label=_("bulletin to approve"), icon="signature", audience=bulletin_reader, example=TOLD),
    Kind(
        name="bulletin.returned",
        label=_("bulletin sent back"),
        icon="arrow-back",
        audience=bulletin_reader,
        example={**TOLD, "reason": "请补充整改要求。"},
    ),
    Kind(name="bulletin.published", label=_("bulletin published"), icon="speakerphone", audience=bulletin_reader, example=TOLD),
    Kind(name="bulletin.unread", label=_("bulletin not confirmed yet"), icon="mail", audience=bulletin_reader, example=TOLD),
    Kind(
        name="inspection.assigned",
        label=_("work to inspect"),
        icon="clipboard-list",
        audience=inspection_reader,
        example={"plan": "回单日常抽检", "count": "6", "due": "2026-11-05"},
    ),
    Kind(
        name="inspection.overdue",
        label=_("inspection overdue"),
        icon="clock-exclamation",
        audience=inspection_reader,
        example={"inspector": "质检员一", "count": "3", "due": "2026-11-05"},
    ),
    Kind(
        name="inspection.failed",
        label=_("inspection failed"),
        icon="clipboard-x",
        audience=inspection_reader,
        example={**FOUND, "remark": "未说明原因，未联系客户。", "until": "2026-11-07"},
    ),
    Kind(
        name="inspection.contested",
        label=_("objection to a finding"),
        icon="scale",
        audience=inspection_reader,
        example={**FOUND, "reason": "已电话联系客户，通话记录见工单。"},
    ),
    Kind(
        name="inspection.decided",
        label=_("objection decided"),
        icon="gavel",
        audience=inspection_reader,
        example={**FOUND, "outcome": "更正扣分", "reason": "核实已联系客户。"},
    ),
)


def _numbers(streams: Collection[str], prefix: str) -> list[int]:
    numbers = (stream.removeprefix(prefix) for stream in streams if stream.startswith(prefix))
    return [int(number) for number in numbers if number.isdecimal()]


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the alerts, bulletins and inspections among `streams` that the person may read."""
    found: dict[str, str] = {}
    if reader(user):
        found |= {f"{PREFIX}{pk}": reverse("complaints:alert", args=[pk]) for pk in _numbers(streams, PREFIX)}
    if isinstance(user, Staff) and (wanted := _numbers(streams, BULLETIN)):
        visible = bulletins_visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)
        found |= {f"{BULLETIN}{pk}": reverse("complaints:bulletin", args=[pk]) for pk in visible}
    if isinstance(user, Staff) and (wanted := _numbers(streams, INSPECTION)):
        visible = inspection_policies.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True)
        found |= {f"{INSPECTION}{pk}": reverse("complaints:inspection", args=[pk]) for pk in visible}
    return found
