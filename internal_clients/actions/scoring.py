"""Scoring a month: stored with the rows behind each figure, shown, published, amended; nothing is ever rewritten."""

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from foundation import transaction
from foundation.durations import midnight
from foundation.errors import Conflict, Invalid, require
from internal_clients import policies
from internal_clients.enums import PeriodState, RunKind, SurveyState
from internal_clients.locking import lock_months, locked
from internal_clients.models import PartScore, Period, Scheme, Scorecard, ScoreItem, ScoreLine, ScoreRun, Survey
from internal_clients.months import last_month, months_before, next_month, quarter_of
from internal_clients.queries.appeals import contested_until, pending
from internal_clients.queries.reckoning import Reckoned, Tallies, reckon
from internal_clients.queries.sanctions import effect
from internal_clients.queries.schemes import scheme_for
from internal_clients.queries.sealing import seal_of, stored_seal
from internal_clients.queries.tallies import keep_evidence
from internal_clients.scoring import MOST_MONTHS
from journal.record import record
from journal.types import Data
from organization.models import Staff
from organization.queries.days import local_day

#: So many appeals are named when they keep a month from being published.
MOST_NAMED = 5


def period_of(month: dt.date) -> Period:
    """Return the month's period, locked; made where it is the first time that anybody asks.

    The months that may be counted with it are locked before it: nothing is ruled on them while it is scored.
    """
    lock_months(months_before(month, MOST_MONTHS - 1), month)
    period, _made = Period.objects.get_or_create(month=month)
    return locked(Period.objects.all(), period.pk)


@transaction.atomic
def try_out(*, month: dt.date, by: Staff, now: dt.datetime) -> ScoreRun:
    """Score an open month as it stands; the same scores again make no new run. Raises NotAllowed, Conflict or Invalid."""
    require(policies.may_score(by))
    if now < midnight(month):
        raise Invalid(month=_("This month has not begun."))
    period = period_of(month)
    if period.state != PeriodState.OPEN:
        raise Conflict(_("This month is shown already; score it anew by its own button."))
    return _scored(period, RunKind.TRIAL, by=by, now=now)


@transaction.atomic
def show(*, month: dt.date, by: Staff, now: dt.datetime) -> ScoreRun:
    """Show an ended month's scores to the departments (预通报).

    Raises NotAllowed, Conflict when it was shown or its quarter's survey, which counts in it, is open still, or Invalid before
    its end.
    """
    require(policies.may_score(by))
    if now < midnight(next_month(month)):
        raise Invalid(month=_("The month is not over yet."))
    quarter = quarter_of(month)
    if month == last_month(quarter) and Survey.objects.filter(state=SurveyState.OPEN, quarter=quarter).exists():
        raise Conflict(_("The quarter's survey counts in this month and is still open; close it first."))
    period = period_of(month)
    _step(period, "show", by=by, now=now)
    return _scored(period, RunKind.PROVISIONAL, by=by, now=now)


@transaction.atomic
def rescore(*, month: dt.date, by: Staff, now: dt.datetime) -> ScoreRun:
    """Score a provisional month anew, after appeals and decisions. Raises NotAllowed or Conflict."""
    require(policies.may_score(by))
    period = period_of(month)
    if period.state != PeriodState.PROVISIONAL:
        raise Conflict(_("Only a provisional month is scored anew; a published one is amended."))
    return _scored(period, RunKind.PROVISIONAL, by=by, now=now)


@transaction.atomic
def publish(*, month: dt.date, by: Staff, now: dt.datetime) -> ScoreRun:
    """Publish a provisional month and lock it (正式通报): from now on it is only amended.

    Raises NotAllowed, or Conflict when it is no longer provisional, can still be contested, or has appeals to be ruled on.
    """
    require(policies.may_score(by))
    period = period_of(month)
    last = contested_until(period)
    if last is not None and period.state == PeriodState.PROVISIONAL and local_day(now) <= last:
        raise Conflict(_("Departments can contest the scores until %(day)s; publish them after that.") % {"day": last})
    if waiting := list(pending(period)[:MOST_NAMED]):
        named = _("; ").join(f"{each.department} {each.subject}" for each in waiting)
        raise Conflict(_("Appeals are to be ruled on first: %(appeals)s") % {"appeals": named})
    _step(period, "publish", by=by, now=now)
    return _scored(period, RunKind.PUBLISHED, by=by, now=now)


@transaction.atomic
def amend(*, month: dt.date, reason: str, by: Staff, now: dt.datetime, if_changed: bool = False) -> ScoreRun:
    """Publish a correction beside what was published (更正通报); if so asked only where the scores differ from the last ones.

    Raises NotAllowed, Conflict, or Invalid without a reason.
    """
    require(policies.may_score(by))
    if not reason.strip():
        raise Invalid(reason=_("Give the reason."))
    period = period_of(month)
    if period.state != PeriodState.PUBLISHED:
        raise Conflict(_("Only a published month is amended."))
    return _scored(period, RunKind.AMENDMENT, reason=reason, if_changed=if_changed, by=by, now=now)


def _step(period: Period, name: str, *, by: Staff, now: dt.datetime) -> None:
    try:
        getattr(period, name)(at=now)
    except TransitionNotAllowed as error:
        raise Conflict(_("This month is “%(state)s” already.") % {"state": period.get_state_display()}) from error
    period.save()
    record(period.stream, f"period.{name}", by=by, at=now, data={"state": period.state})


def _scored(period: Period, kind: str, *, reason: str = "", if_changed: bool = False, by: Staff, now: dt.datetime) -> ScoreRun:
    """Reckon and store a run, unless the last one of its kind, or `if_changed` of any kind, says the same."""
    scheme = scheme_for(period.month)
    if scheme is None:
        raise Conflict(_("No scheme is in force for this month."))
    cards, tallies = reckon(scheme, period.month, now)
    seal = seal_of(cards, tallies)
    last = period.runs.order_by("-version").first()
    if last and last.hash == seal and (if_changed or last.kind == kind):
        return last
    run = _stored(period, scheme, kind, reason, cards, tallies, by=by, now=now, version=last.version + 1 if last else 1)
    if stored_seal(run) != seal:
        raise Conflict(_("Orders changed while they were counted; please score again."))
    run.hash = seal
    run.save(update_fields=["hash"])
    data: Data = {"version": run.version, "kind": str(kind), "hash": seal, "reason": reason}
    record(period.stream, "period.score", by=by, at=now, data=data)
    return run


def _stored(
    period: Period,
    scheme: Scheme,
    kind: str,
    reason: str,
    cards: list[Reckoned],
    tallies: Tallies,
    *,
    by: Staff,
    now: dt.datetime,
    version: int,
) -> ScoreRun:
    run = ScoreRun.objects.create(
        period=period, version=version, kind=kind, scheme=scheme, reason=reason, computed_by=by, computed_at=now
    )
    lines: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for each in cards:
        card = _store_card(run, each)
        for line, formula in _store_parts(card, each, tallies):
            lines[formula, line.months][each.department.pk] = line.pk
    for (formula, months), own in lines.items():
        keep_evidence(formula, tallies.window(months), own)
    return run


def _store_card(run: ScoreRun, each: Reckoned) -> Scorecard:
    scored = each.card
    card = Scorecard.objects.create(
        run=run,
        department=each.department,
        base=scored.base,
        penalty=scored.penalty,
        bonus=scored.bonus,
        total=scored.total,
        grade=scored.grade,
        rank=each.rank,
    )
    for item in each.items:
        rule = effect(item)
        ScoreItem.objects.create(
            card=card,
            kind=item.kind,
            code=item.code,
            points=item.points,
            cap=rule.cap if rule else None,
            part_code=rule.part if rule else "",
            reason=item.reason,
            sanction_id=item.sanction_id,
            ticket_id=item.ticket_id,
            release_id=item.release_id,
            ruling_id=item.ruling_id,
        )
    return card


def _store_parts(card: Scorecard, each: Reckoned, tallies: Tallies) -> list[tuple[ScoreLine, str]]:
    rows = {part.code: part for part in each.parts}
    made = []
    for part in each.card.parts:
        score = PartScore.objects.create(card=card, part=rows[part.code], weight=part.weight, score=part.score)
        lines = [
            ScoreLine(
                part_score=score,
                indicator=each.indicators[line.code],
                numerator=line.counts.numerator,
                denominator=line.counts.denominator,
                sample=line.counts.sample,
                months=line.months,
                value=line.value,
                points=line.points,
                ruling_id=tallies.left_out(each.indicators[line.code].formula, each.department.pk),
            )
            for line in part.lines
        ]
        made += [(line, line.indicator.formula) for line in ScoreLine.objects.bulk_create(lines)]
    return made
