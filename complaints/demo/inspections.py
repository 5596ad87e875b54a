"""The demo operator's inspections: checklists and plans, six weeks drawn and judged, objections, and this week's tasks waiting."""

import datetime as dt
import hashlib
import tomllib
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

from complaints.actions.contesting import contest, decide
from complaints.actions.drawing import draw
from complaints.actions.inspecting import Given, inspect
from complaints.actions.inspection_plans import Item, save_checklist, save_plan
from complaints.bulletins.periods import DAY, before, week_of
from complaints.enums import Answer, DrawPeriod
from complaints.models import ChecklistItem, Inspection, SamplingPlan
from foundation.durations import midnight
from journal.notify import silence
from organization.models import Department, Staff
from organization.queries.days import local_day

TEXTS = tomllib.loads((Path(__file__).parent / "inspections.toml").read_text(encoding="utf-8"))
WEEKS = 6
#: The department of the printed logins, whose head finds a failure to contest.
LEFT_TO_CONTEST = "NETWORK"
#: So many are judged a day.
A_DAY = 9
HOUR = dt.timedelta(hours=1)
#: How often an item is found wanting, in percent, and how often the second inspector sees it otherwise.
WANTING, FATAL, OTHERWISE = 9, 1, 6
#: From how much lost the inspectors propose a deduction; how much more is found wanting in the last week, for the head to contest.
DEAR, LATELY = 35, 12


def chance(*parts: object) -> int:
    """Return a number from 0 to 99 that is always the same for the same parts."""
    return int(hashlib.sha256("·".join(str(part) for part in parts).encode()).hexdigest()[:8], 16) % 100


def make(now: dt.datetime) -> None:
    """Make checklists and plans, draw the last weeks, judge all but the last, and let some be contested."""
    keeper = Staff.objects.get(username="supervisor")
    begun = now - (WEEKS + 1) * 7 * DAY
    plans = _plans(keeper, begun)
    week, weeks = before(week_of(local_day(now))), []
    for _number in range(WEEKS):
        weeks.append(week)
        week = before(week)
    for span in reversed(weeks):
        drawn_at = midnight(span.end) + HOUR
        with silence() if span != weeks[0] else nullcontext():
            for plan in plans:
                draw(plan=plan, span=span, now=drawn_at)
            _judge(drawn_at, now)
    _leave_objections(now)


def _plans(by: Staff, at: dt.datetime) -> list[SamplingPlan]:
    lists = {
        each["name"]: save_checklist(**{**each, "items": [Item(*item) for item in each["items"]]}, by=by, now=at)
        for each in TEXTS["checklists"]
    }
    departments = {each.code: each for each in Department.objects.all()}
    made = []
    for each in TEXTS["plans"]:
        values = {**each, "checklist": lists[each["checklist"]], "department": departments.get(each.get("department", ""))}
        values |= {"period": DrawPeriod.WEEK, "all_major": False, "days": 5, "active_from": local_day(at)}
        made.append(save_plan(values=values, inspectors=[], by=by, now=at))
    return made


def _judge(drawn_at: dt.datetime, now: dt.datetime) -> None:
    """Judge what was just drawn within the week, some each day; of the last week, only a part."""
    rows = list(Inspection.objects.filter(made_at=None).select_related("inspector").order_by("pk"))
    contested: list[tuple[int, dt.datetime]] = []
    for number, row in enumerate(rows):
        made_at = drawn_at + number // A_DAY * DAY + 8 * HOUR + number % A_DAY * HOUR
        if made_at < now - 2 * HOUR and row.inspector and not _is_left(row, drawn_at, now):
            lately = LATELY if now - drawn_at < 7 * DAY else 0
            _inspect(row, made_at, lately)
            if not lately and chance("contest", row.order_id, row.callback_id) < 35:
                contested.append((row.pk, made_at + 20 * HOUR))
    # Whoever decides has judged their own share of the same work before.
    for pk, at in contested:
        _contest(pk, at)


def _is_left(row: Inspection, drawn_at: dt.datetime, now: dt.datetime) -> bool:
    """Leave two of three of the last week's tasks, so that every inspector finds some waiting."""
    return now - drawn_at < 7 * DAY and chance("left", row.order_id) < 55


def _inspect(row: Inspection, at: dt.datetime, lately: int) -> None:
    items = list(row.checklist.items.all())
    answers = {item.pk: _answer(row, item, lately) for item in items}
    missed = [item.defect for item in items if answers[item.pk].answer == Answer.MISSED]
    lost = sum(item.points for item in items if item.defect in missed)
    failed = 100 - lost < row.checklist.pass_score or any(item.is_fatal for item in items if item.defect in missed)
    remark = TEXTS["words"]["remark"].format(codes="、".join(missed)) if missed else ""
    points = None
    if failed and row.first_id is None and (lost > DEAR or any(code.startswith("Z") for code in missed)):
        points = Decimal(3 if any(code.startswith("Z") for code in missed) else 1)
    inspect(inspection=row, answers=answers, remark=remark, points=points, by=row.inspector, now=at)


def _answer(row: Inspection, item: ChecklistItem, lately: int) -> Given:
    """Judge an item: what is wrong is seen by both inspectors, but for now and then."""
    key = (row.order_id, row.callback_id, item.defect)
    is_missed = chance(*key) < (FATAL if item.is_fatal else WANTING + lately + 2 * (chance(row.department_id) % 5))
    if row.first_id and chance("otherwise", *key) < OTHERWISE:
        is_missed = not is_missed
    return Given(Answer.MISSED, TEXTS["notes"][item.defect]) if is_missed else Given(Answer.MET)


def _contest(pk: int, at: dt.datetime) -> None:
    """Let the department's head object to a failure, and another inspector decide."""
    row = Inspection.objects.select_related("department__head", "checklist").get(pk=pk)
    head = row.department.head if row.department else None
    decider = _decider(row)
    if row.is_passed or row.first_id or head is None or decider is None:
        return
    outcome = "corrected" if chance("outcome", pk) < 50 else "denied"
    reason, decision = TEXTS["objection"][outcome]
    contest(inspection=row, reason=reason, by=head, now=at)
    marks = row.marks.select_related("item").order_by("-item__points")
    wrong = next((mark.item_id for mark in marks if mark.answer == Answer.MISSED), None)
    answers = {mark.item_id: Given(Answer.MET if mark.item_id == wrong else mark.answer) for mark in marks}
    decide(inspection=row, outcome=outcome, reason=decision, answers=answers, by=decider, now=at + 20 * HOUR)


def _decider(row: Inspection) -> Staff | None:
    others = Staff.objects.filter(username__in=("reviewer", "officer", "officer2")).exclude(pk=row.inspector_id)
    blind = Inspection.objects.filter(first=row.pk, made_at=None).values("inspector")
    return others.exclude(pk=row.worker_id).exclude(pk__in=blind).order_by("-username").first()


def _leave_objections(now: dt.datetime) -> None:
    """Leave an objection of the latest failure to be decided."""
    standing = Inspection.objects.filter(is_passed=False, is_void=False, first=None, objection=None, callback=None)
    open_ones = standing.filter(contest_by__gte=local_day(now), department__head__isnull=False)
    rows = list(open_ones.select_related("department__head").order_by("pk"))
    row = next((each for each in rows if each.department.code != LEFT_TO_CONTEST), rows[0] if rows else None)
    if row:
        contest(inspection=row, reason=TEXTS["objection"]["pending"], by=row.department.head, now=now - HOUR)
