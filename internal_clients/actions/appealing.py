"""Appeals (考核申诉): the head contests, the internal client states, the centre rules, the committee rules for good (7.1.6)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from foundation import transaction
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.actions import scoring
from internal_clients.actions.noting import note
from internal_clients.enums import AppealOutcome, AppealStage, AppealSubject, EvidenceKind, PeriodState
from internal_clients.locking import locked
from internal_clients.models import Appeal, Evidence, Period, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.queries import appeals
from internal_clients.queries.behind import client_of, title_of
from internal_clients.queries.rulings import key_of
from internal_clients.queries.sanctions import title_of_item
from journal.notify import notify
from organization.models import Department, Staff
from organization.queries.days import local_day, working_day

type Ruling = tuple[str, Department | None, Decimal | None]


@transaction.atomic
def contest(*, row: Evidence, grounds: str, evidence: str, by: Staff, now: dt.datetime) -> Appeal:
    """Contest one row behind one's own department's score, as its head, while the month is provisional.

    Raises NotAllowed, Conflict when the time is over or the row contested already, or Invalid.
    """
    card, formula = row.line.part_score.card, row.line.indicator.formula
    if row.kind in EvidenceKind.UNCONTESTED:
        require(policies.may_contest(by, card.department_id))
        raise Invalid(_("A month's minutes and an answer to the survey are no records that can be contested."))
    _open(card, None, by=by, now=now)
    same = appeals.of_line_and_rows(card, formula)
    for each in same.filter(kind=row.kind, object_id=row.object_id):
        _not_twice(each, card)
    if same.filter(about=AppealSubject.LINE).exists():
        raise Conflict(_("The whole line has been contested already."))
    about = {"formula": formula, "line": row.line, "kind": row.kind, "object_id": row.object_id}
    appeal = _filed(card, about, title=title_of(row), grounds=grounds, evidence=evidence, by=by, now=now)
    if (client := client_of(row)) is not None:
        _tell(appeal, "appeal.statement", [client], now)
    return appeal


def _not_twice(appeal: Appeal, card: Scorecard) -> None:
    """Refuse to hear a row again, and say what can be done where it was charged to the department by ruling."""
    if appeal.department_id == card.department_id:
        raise Conflict(_("This row has been contested already."))
    given = {"department": appeal.department, "day": appeal.escalate_by}
    if appeal.stage == AppealStage.RULED:
        text = _("The appeal of %(department)s charged this row to you. Take that ruling to the committee by %(day)s.")
    else:
        text = _("The appeal of %(department)s charged this row to you, and the committee has it or has ruled on it.")
    raise Conflict(text % given)


@transaction.atomic
def contest_line(*, line: ScoreLine, grounds: str, evidence: str, by: Staff, now: dt.datetime) -> Appeal:
    """Contest a whole line of one's own department's card, as its head, while the month is provisional.

    Raises NotAllowed, Conflict when the time is over or the line contested already, or Invalid where it does not apply.
    """
    card, formula = line.part_score.card, line.indicator.formula
    _open(card, None, by=by, now=now)
    if line.points is None:
        raise Invalid(_("This line does not apply; there is nothing to contest."))
    same = Appeal.objects.filter(about=AppealSubject.LINE, card__run__period=card.run.period_id, department=card.department_id)
    if same.filter(formula=formula).exists():
        raise Conflict(_("The whole line has been contested already."))
    about = {"about": AppealSubject.LINE, "formula": formula, "line": line}
    return _filed(card, about, title=line.indicator.name, grounds=grounds, evidence=evidence, by=by, now=now)


@transaction.atomic
def contest_item(*, item: ScoreItem, grounds: str, evidence: str, by: Staff, now: dt.datetime) -> Appeal:
    """Contest a penalty or veto on one's own department's card, as its head, within three working days after it was shown.

    Raises NotAllowed, Conflict when the time is over or it has been contested already, or Invalid.
    """
    card = item.card
    _open(card, item, by=by, now=now)
    if not key_of(item)[2]:
        # Stored before items named the release that they are for: a ruling would find nothing to change.
        raise Conflict(_("This month is to be scored anew before this can be contested."))
    same = Appeal.objects.filter(about=AppealSubject.ITEM, card__run__period=card.run.period_id, formula=item.code)
    own = same.filter(department=card.department_id).select_related("item")
    if any(each.item and key_of(each.item) == key_of(item) for each in own):
        raise Conflict(_("This has been contested already."))
    about = {"about": AppealSubject.ITEM, "formula": item.code, "item": item}
    return _filed(card, about, title=title_of_item(item), grounds=grounds, evidence=evidence, item=item, by=by, now=now)


def _open(card: Scorecard, item: ScoreItem | None, *, by: Staff, now: dt.datetime) -> None:
    """Lock the month, and make sure that what stands on this card can be contested by this person now."""
    require(policies.may_contest(by, card.department_id))
    card.run.period = locked(Period.objects.all(), card.run.period_id)
    lines, items = appeals.filings(card, [item] if item else (), now)
    if why := (items[item.pk] if item else lines).why:
        raise Conflict(why)
    if appeals.newest_shown(card.run.period_id) != card.run:
        raise Conflict(_("The month was scored anew in the meantime; load the page again."))


def _filed(
    card: Scorecard,
    about: Mapping[str, object],
    *,
    title: str,
    grounds: str,
    evidence: str,
    item: ScoreItem | None = None,
    by: Staff,
    now: dt.datetime,
) -> Appeal:
    if not grounds.strip() or not evidence.strip():
        raise Invalid(evidence=_("Give the grounds and the evidence."))
    appeal = Appeal.objects.create(
        card=card,
        department=card.department,
        title=title[:200],
        grounds=grounds,
        evidence=evidence,
        raised_by=by,
        raised_at=now,
        ruling_due_on=working_day(appeals.shown_first(card, item), appeals.RULE_DAYS),
        **about,
    )
    note(appeal, "contest", by=by, now=now, data={"formula": appeal.formula, "record": appeal.object_id, "reason": grounds})
    _tell(appeal, "appeal.raised", appeals.judges(appeal), now)
    return appeal


def _in(appeal: Appeal, *stages: AppealStage) -> Appeal:
    """Return the appeal, its month and itself locked, where it stands at one of these stages."""
    locked(Period.objects.all(), appeal.card.run.period_id)
    appeal = locked(appeals.appeals(Appeal.objects.all()), appeal.pk)
    if appeal.stage not in stages:
        raise Conflict(_("This appeal is “%(stage)s”.") % {"stage": appeal.stage.label})
    return appeal


@transaction.atomic
def state(*, appeal: Appeal, statement: str, by: Staff, now: dt.datetime) -> Appeal:
    """State, for the front line that asked for the work, how it was; who stated may do so again.

    Raises NotAllowed, Conflict also where somebody else has stated, or Invalid.
    """
    require(policies.may_state(by, appeal))
    appeal = _in(appeal, AppealStage.FIRST, AppealStage.SECOND)
    if appeal.statement_by_id not in {None, by.pk}:
        raise Conflict(_("%(person)s has stated already how it was.") % {"person": appeal.statement_by})
    if appeal.stage == AppealStage.SECOND and appeal.statement:
        raise Conflict(_("The centre has ruled on the statement as it was given."))
    if not statement.strip():
        raise Invalid(statement=_("Write how it was."))
    appeal.statement, appeal.statement_by = statement, by
    appeal.save(update_fields=["statement", "statement_by"])
    note(appeal, "state", by=by, now=now, data={"reason": statement})
    return appeal


@transaction.atomic
def rule(
    *,
    appeal: Appeal,
    outcome: str,
    reason: str,
    belongs_to: Department | None = None,
    points: Decimal | None = None,
    by: Staff,
    now: dt.datetime,
) -> Appeal:
    """Rule on an appeal for the centre; the month is scored anew by it, and the earlier version stays.

    `points` are what remains of a penalty that is reduced. Raises NotAllowed, Conflict, or Invalid without a reason, or without
    what the outcome needs.
    """
    appeal = _in(appeal, AppealStage.FIRST)
    require(policies.may_rule(by, appeal))
    _check(appeal, (outcome, belongs_to, points), reason)
    now = appeals.after_runs(appeal, now)
    appeal.outcome, appeal.belongs_to, appeal.points, appeal.ruling_reason = outcome, belongs_to, points, reason
    appeal.ruled_by, appeal.ruled_at = by, now
    appeal.escalate_by = working_day(local_day(now), appeals.ESCALATE_DAYS)
    appeal.save(update_fields=["outcome", "belongs_to", "points", "ruling_reason", "ruled_by", "ruled_at", "escalate_by"])
    _ruled(appeal, "rule", reason, by=by, now=now)
    return appeal


@transaction.atomic
def escalate(*, appeal: Appeal, grounds: str, by: Staff, now: dt.datetime) -> Appeal:
    """Take a ruling to the assessment committee (考核委员会), as the department's head, within three working days after it.

    The head of a department that a row was charged to may do so too: it has not been heard. Raises NotAllowed, Conflict when the
    time is over, or Invalid without grounds.
    """
    appeal = _in(appeal, AppealStage.RULED)
    require(policies.may_escalate(by, appeal))
    if appeal.escalate_by is None or local_day(now) > appeal.escalate_by:
        raise Conflict(_("The %(days)s working days after the ruling are over.") % {"days": appeals.ESCALATE_DAYS})
    if not grounds.strip():
        raise Invalid(grounds=_("Give the grounds."))
    appeal.escalated_by, appeal.escalated_at, appeal.escalation_grounds = by, now, grounds
    appeal.final_due_on, appeal.told = working_day(local_day(now), appeals.FINAL_DAYS), 0
    appeal.save(update_fields=["escalated_by", "escalated_at", "escalation_grounds", "final_due_on", "told"])
    note(appeal, "escalate", by=by, now=now, data={"reason": grounds})
    _tell(appeal, "appeal.escalated", appeals.judges(appeal), now, department=by.department)
    return appeal


@transaction.atomic
def rule_finally(
    *,
    appeal: Appeal,
    outcome: str,
    reason: str,
    belongs_to: Department | None = None,
    points: Decimal | None = None,
    by: Staff,
    now: dt.datetime,
) -> Appeal:
    """Rule for the committee: this holds in the place of the centre's ruling, which stays to be seen.

    A published month is amended by it. Raises NotAllowed, Conflict or Invalid as `rule` does.
    """
    appeal = _in(appeal, AppealStage.SECOND)
    require(policies.may_rule_finally(by, appeal))
    _check(appeal, (outcome, belongs_to, points), reason)
    now = appeals.after_runs(appeal, now)
    appeal.final_outcome, appeal.final_belongs_to, appeal.final_points = outcome, belongs_to, points
    appeal.final_reason, appeal.final_by, appeal.final_at = reason, by, now
    appeal.save(update_fields=["final_outcome", "final_belongs_to", "final_points", "final_reason", "final_by", "final_at"])
    _ruled(appeal, "rule_finally", reason, by=by, now=now)
    return appeal


def _check(appeal: Appeal, ruling: Ruling, reason: str) -> None:
    """Refuse a ruling without a reason, one that does not fit what is contested, or one without what it needs."""
    outcome, belongs_to, points = ruling
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    if outcome not in AppealOutcome.OF[appeal.about]:
        raise Invalid(outcome=_("This cannot be ruled on what is contested here."))
    charged = outcome == AppealOutcome.REATTRIBUTED
    if charged is (belongs_to is None) or (belongs_to and belongs_to.pk == appeal.department_id):
        raise Invalid(belongs_to=_("Name the other department where, and only where, the row is charged to one."))
    reduced, whole = outcome == AppealOutcome.REDUCED, appeal.item.points if appeal.item else Decimal(0)
    if reduced is (points is None) or (points is not None and not 0 < points < whole):
        raise Invalid(points=_("Give the points that remain, fewer than before, where and only where they are reduced."))


def _ruled(appeal: Appeal, name: str, reason: str, *, by: Staff, now: dt.datetime) -> None:
    """Tell of a ruling, and have the month scored anew where it changes anything."""
    outcome, belongs_to, points = appeal.standing
    data = {"outcome": outcome, "belongs_to": belongs_to, "points": None if points is None else str(points), "reason": reason}
    note(appeal, name, by=by, now=now, data=data)
    charged = appeals.heads(appeal.belongs_to_id, appeal.final_belongs_to_id)
    if appeal.final_by:
        before = [each for each in (appeal.ruled_by, appeal.escalated_by) if each]
        _tell(appeal, "appeal.final", [appeal.raised_by, *before, *charged], now)
    else:
        _tell(appeal, "appeal.ruled", [appeal.raised_by], now)
        _tell(appeal, "appeal.charged", charged, now)
    if appeal.changes_scores:
        for period in appeals.months_with(appeal):
            app.configure_task("internal_clients.recount").defer(period=period.pk)


@transaction.atomic
def recount(*, period: Period, now: dt.datetime) -> ScoreRun | None:
    """Score a month anew, in the system's name, where rulings came after its newest run; a published month is amended.

    Rulings on the months before it count where it is scored together with them. Returns None where there is nothing to count.
    Raises Conflict when the month has no scheme or changes while it is counted.
    """
    period = scoring.period_of(period.month)
    rulings = appeals.uncounted(period)
    if not rulings:
        return None
    machine = Staff.objects.system()
    period.counted_at = max(now, *(each.stands_since or now for each in rulings))
    period.save(update_fields=["counted_at"])
    if period.state == PeriodState.PROVISIONAL:
        return scoring.rescore(month=period.month, by=machine, now=now)
    reason = "；".join(f"{_named(each, period)}：{each.final_reason or each.ruling_reason}" for each in rulings)
    return scoring.amend(month=period.month, reason=reason[:2000], if_changed=True, by=machine, now=now)


def _named(appeal: Appeal, period: Period) -> str:
    """Return what a ruling was about, with its month where that is another one."""
    month = appeal.card.run.period.month
    return f"{appeal} ({month:%Y-%m})" if month != period.month else str(appeal)


#: How far people have been told that a ruling is due.
REMINDED, OVERDUE, CLIMBED = 1, 2, 3


@transaction.atomic
def remind(*, appeal: Appeal, now: dt.datetime) -> Appeal:
    """Remind who is to rule on the working day before the last one, tell them when it is over, and a day later the centre's head.

    Raises Conflict where there is nothing new to tell.
    """
    appeal = _in(appeal, AppealStage.FIRST, AppealStage.SECOND)
    step = _step(appeal, local_day(now))
    if step <= appeal.told:
        raise Conflict
    people = [*appeals.judges(appeal), *(appeals.centre_heads() if step == CLIMBED else [])]
    appeal.told = step
    appeal.save(update_fields=["told"])
    note(appeal, "remind", by=Staff.objects.system(), now=now, data={"step": step, "people": len(people)})
    _tell(appeal, "appeal.due" if step == REMINDED else "appeal.overdue", people, now)
    return appeal


def _step(appeal: Appeal, today: dt.date) -> int:
    due = appeal.due_on
    if due is None or today < working_day(due, -1):
        return 0
    if today <= due:
        return REMINDED
    return OVERDUE if today <= working_day(due, 1) else CLIMBED


def _tell(appeal: Appeal, kind: str, people: Iterable[Staff], now: dt.datetime, *, department: Department | None = None) -> None:
    due = appeal.due_on or (appeal.escalate_by if appeal.stage == AppealStage.RULED else None)
    data = {
        "title": str(appeal),
        "department": str(department or appeal.department),
        "month": f"{appeal.card.run.period.month:%Y-%m}",
        "due_on": f"{due:%Y-%m-%d}" if due else "",
        "outcome": appeal.standing_label,
    }
    notify(kind, key=f"{kind}:{appeal.pk}:{appeal.stage}", to=people, at=now, stream=appeal.stream, data=data)
