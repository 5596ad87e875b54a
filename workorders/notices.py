"""What people are told about tickets and orders: the kinds, who may be told, and where a notice leads."""

from collections.abc import Callable, Collection
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from journal.enums import Channel
from journal.kinds import Kind
from journal.types import Data
from organization.enums import Role
from organization.models import Staff
from workorders import policies
from workorders.models import Clock

TEXTS = Path(__file__).parent / "data" / "notices.toml"
PREFIX, BOARD = "ticket:", "department:"


def holding(*roles: str) -> Callable[[AbstractBaseUser], bool]:
    """Return the audience of people who hold one of `roles`."""
    return lambda user: isinstance(user, Staff) and user.has_role(*roles)


def staff(user: AbstractBaseUser) -> bool:
    """Return whether the person is one of our staff: customers never get what is said between departments."""
    return isinstance(user, Staff)


DEPARTMENT = holding(*Role.DEPARTMENT)


def ladder_now(keys: Collection[str]) -> dict[str, Data | None]:
    """Return when the clocks that these steps are of are due now; None for those that wait or have stopped meanwhile."""
    clocks = {key: int(key.split(":")[1]) for key in keys}
    running = Clock.objects.filter(pk__in=clocks.values(), running_since__isnull=False)
    due = dict(running.values_list("pk", "due_at"))
    return {key: {"due_at": due[pk].isoformat()} if pk in due else None for key, pk in clocks.items()}


#: What every text about a ticket may mention. No name or number of a customer, no internal note, no address of staff.
TICKET = {"number": "261104000012", "subject": "家里没有信号"}
ORDER = {**TICKET, "department": "网络部"}
DUE = {**ORDER, "due_at": "2026-11-04T10:30:00+08:00"}
OWED = {**ORDER, "owed_since": "2026-11-04T10:30:00+08:00"}
SUMMARY = {
    "department": "网络部",
    "taken_at": "2026-11-04T08:00:00+08:00",
    "open": "37",
    "overdue": "2",
    "within_hour": "3",
    "unaccepted": "4",
    "on_hold": "5",
    "to_rework": "1",
    "urged": "2",
    "free": "3",
    "lines": "261104000012-1 家里没有信号 11-04 08:20",
}

KINDS = (
    Kind(name="order.dispatched", label=_("new work order"), icon="inbox", audience=DEPARTMENT, example=DUE),
    Kind(
        name="order.assigned",
        label=_("work order put into my hands"),
        icon="user-plus",
        audience=DEPARTMENT,
        example={**ORDER, "by": "网络部负责人"},
    ),
    Kind(
        name="order.urged",
        label=_("urged"),
        icon="bell-ringing",
        urgent=True,
        audience=DEPARTMENT,
        example={**ORDER, "remark": "用户再次来电", "count": "2"},
    ),
    Kind(
        name="order.sent_back",
        label=_("reply sent back"),
        icon="arrow-back-up",
        audience=DEPARTMENT,
        example={**ORDER, "defects": "未说明原因"},
    ),
    Kind(
        name="return.to_rule",
        label=_("return to rule on"),
        icon="arrow-back",
        audience=holding(Role.DUTY),
        example={**ORDER, "evidence": "属于计费问题"},
    ),
    Kind(
        name="return.denied",
        label=_("return denied"),
        icon="circle-x",
        audience=DEPARTMENT,
        example={**ORDER, "reason": "属于本部门职责"},
    ),
    Kind(
        name="hold.to_decide",
        label=_("hold to decide on"),
        icon="hourglass",
        audience=holding(Role.CONTACT, Role.HEAD),
        example={**ORDER, "until_at": "2026-11-05T18:00:00+08:00"},
    ),
    Kind(name="hold.refused", label=_("hold refused"), icon="player-stop", audience=DEPARTMENT, example=ORDER),
    Kind(
        name="extension.to_decide",
        label=_("extension to decide on"),
        icon="calendar-plus",
        audience=holding(Role.DUTY, Role.HEAD, Role.AGENT),
        example={**ORDER, "until_at": "2026-11-05T18:00:00+08:00"},
    ),
    Kind(
        name="extension.granted",
        label=_("extension granted"),
        icon="calendar-check",
        audience=DEPARTMENT,
        example={**ORDER, "until_at": "2026-11-05T18:00:00+08:00"},
    ),
    Kind(
        name="extension.refused",
        label=_("extension refused"),
        icon="calendar-x",
        audience=DEPARTMENT,
        example={**ORDER, "reason": "理由不充分"},
    ),
    Kind(name="ticket.answered", label=_("customer answered"), icon="message-check", audience=staff, channels=(), example=TICKET),
    Kind(name="ticket.closed", label=_("ticket closed"), icon="archive", audience=staff, channels=(), example=TICKET),
    Kind(
        name="clock.warning",
        label=_("deadline near"),
        icon="clock-exclamation",
        audience=staff,
        current=ladder_now,
        example=DUE,
    ),
    Kind(
        name="clock.breached",
        label=_("deadline passed"),
        icon="alert-triangle",
        urgent=True,
        audience=staff,
        current=ladder_now,
        example=DUE,
    ),
    Kind(
        name="order.supervised",
        label=_("under supervision"),
        icon="eye-exclamation",
        urgent=True,
        audience=staff,
        example={**ORDER, "reason": "超时未回单"},
    ),
    Kind(
        name="ladder.step",
        label=_("escalation"),
        icon="stairs-up",
        urgent=True,
        audience=staff,
        current=ladder_now,
        example=DUE,
    ),
    Kind(
        name="order.urged_often",
        label=_("urged again and again"),
        icon="bell-exclamation",
        urgent=True,
        audience=staff,
        example={**ORDER, "count": "3"},
    ),
    Kind(name="order.report_late", label=_("progress report owed"), icon="report-off", audience=staff, example=OWED),
    Kind(
        name="order.answer_demanded",
        label=_("head's answer demanded"),
        icon="mail-question",
        urgent=True,
        audience=staff,
        example=DUE,
    ),
    Kind(
        name="department.summary",
        label=_("morning summary"),
        icon="sunrise",
        audience=holding(Role.HEAD, Role.CONTACT, Role.HANDLER),
        channels=(Channel.EMAIL,),
        example=SUMMARY,
    ),
    Kind(name="order.answer_late", label=_("head's answer owed"), icon="mail-off", urgent=True, audience=staff, example=ORDER),
)


def readable(user: AbstractBaseUser, streams: Collection[str]) -> dict[str, str]:
    """Return the addresses of the tickets and boards among `streams` that the person may read."""
    if not isinstance(user, Staff):
        return {}
    return _tickets(user, streams) | _boards(user, streams)


def _boards(user: Staff, streams: Collection[str]) -> dict[str, str]:
    codes = {stream.removeprefix(BOARD) for stream in streams if stream.startswith(BOARD)}
    watched = policies.boards_of(user).filter(code__in=codes).values_list("code", flat=True) if codes else ()
    return {f"{BOARD}{code}": reverse("workorders:board", args=[code]) for code in watched}


def _tickets(user: Staff, streams: Collection[str]) -> dict[str, str]:
    numbers = (stream.removeprefix(PREFIX) for stream in streams if stream.startswith(PREFIX))
    pks = [int(number) for number in numbers if number.isdecimal()]
    if not pks:
        return {}
    seen = policies.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True)
    return {f"{PREFIX}{pk}": reverse("workorders:ticket", args=[pk]) for pk in seen}
