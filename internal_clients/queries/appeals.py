"""Appeals: until when there may be one, who is to rule, which wait, and which rulings the scores do not count yet."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, DateField, F, Min, Q, QuerySet, When
from django.db.models.fetch_modes import FETCH_RAISE
from django.utils.translation import gettext as _

from internal_clients.enums import AppealOutcome, AppealStage, AppealSubject, ItemKind, PeriodState, RunKind
from internal_clients.models import Appeal, Evidence, Period, Scorecard, ScoreItem, ScoreLine, ScoreRun
from internal_clients.months import months_before
from internal_clients.policies import SCORERS, concerning, may_rule, may_rule_finally
from internal_clients.queries.rulings import Key, key_of
from internal_clients.scoring import MOST_MONTHS
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from organization.queries.days import local_day, working_day, working_days

#: Working days: to contest after the scores were shown (D4 to D6 where they are shown on D3), for the centre to rule (D8), to
#: take it further after the ruling (domain.md 7.1.6), and for the committee to rule.
RAISE_DAYS, RULE_DAYS, ESCALATE_DAYS, FINAL_DAYS = 3, 5, 3, 5
Out = AppealOutcome

WAITING_FIRST = Q(outcome=Out.PENDING)
WAITING_SECOND = Q(escalated_at__isnull=False, final_outcome="")
RELATED = (
    "department",
    "card__run__period",
    "card__department",
    "item__sanction__finding",
    "item__release",
    "item__ticket__complaint__over_head",
    "line__indicator",
    "line__part_score__part",
    "raised_by",
)


def appeals(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Return appeals with what their policies, pages and titles read."""
    return rows.select_related(*RELATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Whether something on a card can be contested now: the last day, and why not."""

    until: dt.date | None = None
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether it can."""
        return not self.why


def _not_shown() -> Filing:
    return Filing(why=_("Scores are contested once they are shown to the departments."))


def _until(last: dt.date, now: dt.datetime) -> Filing:
    over = _("The %(days)s working days for appeals are over.") % {"days": RAISE_DAYS}
    return Filing(until=last, why=over if local_day(now) > last else "")


def filing(card: Scorecard, now: dt.datetime) -> Filing:
    """Return whether the card's lines and rows can be contested: three working days from when the month was shown."""
    return filings(card, (), now)[0]


def filings(card: Scorecard, items: Iterable[ScoreItem], now: dt.datetime) -> tuple[Filing, dict[int, Filing]]:
    """Return the same, and by id whether each penalty or veto of the card can be contested.

    Of those the days count from the first shown run that each stood in, so that what is decided late, even after publishing, is
    heard too.
    """
    found, period = list(items), card.run.period
    since = _first_shown(card) if found else {}
    shown = local_day(period.provisional_at) if period.provisional_at and card.run.kind in RunKind.SHOWN else None
    lasts = working_days([*since.values(), *([shown] if shown else [])], RAISE_DAYS)
    own = {item.pk: _item_filing(item, lasts.get(since.get(key_of(item), dt.date.max)), now) for item in found}
    if shown is None:
        return _not_shown(), own
    if period.state == PeriodState.PUBLISHED:
        return Filing(until=lasts[shown], why=_("The month is published: its scores are contested no more.")), own
    return _until(lasts[shown], now), own


def _item_filing(item: ScoreItem, until: dt.date | None, now: dt.datetime) -> Filing:
    if item.kind == ItemKind.BONUS:
        return Filing(why=_("A bonus is not contested."))
    return _not_shown() if until is None else _until(until, now)


def _first_shown(card: Scorecard) -> dict[Key, dt.date]:
    """Return the day on which each item of the card's department was first shown in its month."""
    rows = ScoreItem.objects.filter(
        card__department=card.department_id, card__run__period=card.run.period_id, card__run__kind__in=RunKind.SHOWN
    )
    first = rows.values("code", "sanction", "ticket", "release").annotate(at=Min("card__run__computed_at")).order_by()
    found: dict[Key, dt.date] = {}
    for row in first:
        key = key_of(ScoreItem(code=row["code"], sanction_id=row["sanction"], ticket_id=row["ticket"], release_id=row["release"]))
        found[key] = min(found.get(key, dt.date.max), local_day(row["at"]))
    return found


def shown_first(card: Scorecard, item: ScoreItem | None) -> dt.date:
    """Return the day from which the centre's days to rule count: when what is contested was first shown."""
    if item is not None:
        return _first_shown(card)[key_of(item)]
    if card.run.period.provisional_at is None:
        raise ValueError(card)
    return local_day(card.run.period.provisional_at)


def of_card(card: Scorecard) -> list[Appeal]:
    """Return the appeals of the card's month that the department raised, or that charged a row to it, the newest first."""
    found = Appeal.objects.filter(concerning(card.department_id), card__run__period=card.run.period_id)
    return list(found.select_related("item", "line__indicator").order_by("-pk").fetch_mode(FETCH_RAISE))


def of_line(card: Scorecard, line: ScoreLine) -> Appeal | None:
    """Return the appeal about a whole line of the card's month, or None."""
    found = Appeal.objects.filter(
        about=AppealSubject.LINE,
        department=card.department_id,
        card__run__period=card.run.period_id,
        formula=line.indicator.formula,
    )
    return found.order_by("-pk").first()


def of_line_and_rows(card: Scorecard, formula: str) -> QuerySet[Appeal]:
    """Return the appeals about an indicator of the card's month and its rows: the department's, and those that charge it."""
    own, final = Q(department=card.department_id), Q(final_belongs_to=card.department_id)
    charged = final | Q(final_outcome="", belongs_to=card.department_id)
    return Appeal.objects.filter(own | charged, card__run__period=card.run.period_id, formula=formula).order_by("pk")


def of_rows(card: Scorecard, line: ScoreLine, rows: Iterable[Evidence]) -> dict[int, Appeal]:
    """Return the appeals about rows of a line, by the rows' ids."""
    found = of_line_and_rows(card, line.indicator.formula).filter(about=AppealSubject.ROW)
    known = {(each.kind, each.object_id): each for each in found}
    return {row.pk: known[row.kind, row.object_id] for row in rows if (row.kind, row.object_id) in known}


def contested_until(period: Period) -> dt.date | None:
    """Return the last day on which a shown month's lines and rows can be contested; it is published after that."""
    return None if period.provisional_at is None else working_day(local_day(period.provisional_at), RAISE_DAYS)


def pending(period: Period) -> QuerySet[Appeal]:
    """Return the appeals that the centre has not ruled on: until then the month is not published."""
    found = Appeal.objects.filter(WAITING_FIRST, card__run__period=period)
    return found.select_related("department", "line__indicator").order_by("ruling_due_on", "pk")


def waiting() -> QuerySet[Appeal]:
    """Return the appeals that wait for a ruling of the centre or the committee, the most urgent first."""
    due = Case(When(WAITING_FIRST, then=F("ruling_due_on")), default=F("final_due_on"), output_field=DateField())
    return appeals(Appeal.objects.filter(WAITING_FIRST | WAITING_SECOND)).annotate(due=due).order_by("due", "pk")


def judges(appeal: Appeal) -> list[Staff]:
    """Return who may give the ruling that the appeal waits for: of the centre, or of the committee."""
    final = appeal.stage in {AppealStage.SECOND, AppealStage.FINAL}
    roles, may = ((Role.MANAGER,), may_rule_finally) if final else (SCORERS, may_rule)
    people = Staff.objects.filter(is_active=True, roles__overlap=[str(role) for role in roles]).order_by("pk")
    return [person for person in people if may(person, appeal)]


def heads(*departments: int | None) -> list[Staff]:
    """Return who can contest for these departments; None is none."""
    found = Staff.objects.filter(department__in=[each for each in departments if each], is_active=True)
    found = found.filter(roles__contains=[str(Role.HEAD)])
    return list(found.order_by("pk"))


def centre_heads() -> list[Staff]:
    """Return who answers for the complaint centre."""
    return list(Staff.objects.filter(pk__in=Department.objects.filter(kind=DepartmentKind.CENTRE, is_active=True).values("head")))


#: A ruling that holds differs from none, and the committee's from the centre's.
DIFFERS = Q(final_outcome="") & ~Q(outcome__in=(Out.PENDING, Out.DISMISSED)) | ~Q(final_outcome__in=("", Out.DISMISSED))
OVERRULED = ~Q(final_outcome="") & (
    ~Q(final_outcome=F("outcome"))
    | Q(final_points__isnull=False) & ~Q(final_points=F("points"))
    | Q(final_belongs_to__isnull=False) & ~Q(final_belongs_to=F("belongs_to"))
)


def newest_shown(period: int) -> ScoreRun | None:
    """Return a month's newest run that departments have seen."""
    runs = ScoreRun.objects.filter(period=period, kind__in=RunKind.SHOWN).exclude(hash="")
    return runs.order_by("-version").first()


def months_with(appeal: Appeal) -> list[Period]:
    """Return the shown months whose scores a ruling can change: its own, and the later ones that may be counted with it."""
    month = appeal.card.run.period.month
    last = months_before(month, 1 - MOST_MONTHS) if appeal.about in AppealSubject.WORK else month
    return list(Period.objects.filter(month__range=(month, last)).exclude(state=PeriodState.OPEN).order_by("month"))


def after_runs(appeal: Appeal, now: dt.datetime) -> dt.datetime:
    """Return `now`, or the instant after the last scoring of the months that a ruling changes, where that is later.

    Called with the appeal's month locked: the clock was read before the lock was had, and who held it may have scored.
    """
    months = months_with(appeal)
    runs = [run for period in months if (run := newest_shown(period.pk))]
    scored = [*(run.computed_at for run in runs), *(period.counted_at for period in months if period.counted_at)]
    return max([now, *(at + INSTANT for at in scored)])


#: The least difference of two instants in the database.
INSTANT = dt.timedelta(microseconds=1)


def uncounted(period: Period) -> list[Appeal]:
    """Return the appeals whose ruling came after the month's newest run and changes its scores, in the order of the rulings.

    Those of the months before are among them where the run counts rows of theirs, or found none that suffice.
    """
    run = newest_shown(period.pk)
    if run is None:
        return []
    since = max(run.computed_at, period.counted_at or run.computed_at)
    late = DIFFERS & Q(ruled_at__gt=since) | OVERRULED & Q(final_at__gt=since)
    before = Q(
        about__in=AppealSubject.WORK,
        card__run__period__month__gte=months_before(period.month, MOST_MONTHS - 1),
        card__run__period__month__lt=period.month,
    )
    found = Appeal.objects.filter(late, Q(card__run__period=period) | before).select_related("card__run__period")
    return [each for each in found.order_by("ruled_at", "pk") if _reaches(each, run, period)]


def _reaches(appeal: Appeal, run: ScoreRun, period: Period) -> bool:
    """Tell whether a run of the same month, or of a later one by what it counts together, can change by a ruling."""
    month = appeal.card.run.period.month
    if month == period.month or (appeal.about == AppealSubject.LINE and appeal.outcome == Out.EXCLUDED and appeal.final_outcome):
        return True
    back = next(each for each in range(1, MOST_MONTHS) if months_before(period.month, each) == month)
    owners = [each for each in (appeal.department_id, appeal.belongs_to_id, appeal.final_belongs_to_id) if each]
    lines = ScoreLine.objects.filter(part_score__card__run=run, part_score__card__department__in=owners)
    return lines.filter(Q(months__gt=back) | Q(points=None), indicator__formula=appeal.formula).exists()


def periods_behind() -> list[Period]:
    """Return the months whose newest run does not count all that was ruled."""
    ruled = Appeal.objects.filter(DIFFERS | OVERRULED).values_list("card__run__period__month", flat=True).distinct()
    months = {months_before(month, -later) for month in ruled for later in range(MOST_MONTHS)}
    return [period for period in Period.objects.filter(month__in=months).order_by("month") if uncounted(period)]
