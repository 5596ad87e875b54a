"""The demo operator's months as they were scored, shown, contested and published; something of each kind waits at each stage."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from foundation.durations import midnight
from foundation.errors import Conflict
from internal_clients import policies
from internal_clients.actions import appealing, sanctions, scoring
from internal_clients.demo.clockwork import DAY, HOUR, MINUTE
from internal_clients.models import Appeal, Evidence, ScoreItem, ScoreLine, ScoreRun
from internal_clients.months import next_month
from internal_clients.queries.appeals import waiting
from journal.notify import silence
from organization.enums import Role
from organization.models import Department, Staff
from organization.queries.days import working_day

#: What heads write, and what is said to it.
LATE = ("客户要求改约到次日下午，并非处理超时。", "外呼录音 3 段、改约短信截图，见工单附件。")
CLOCK = ("故障管理平台时钟比标准时间慢 11 分钟，整月的起止时间都不准。", "时钟校准记录、平台厂家说明函。")
HARSH = ("扣分事实与当班记录不符，当天已按预案上报。", "值班日志第 42 页、上报短信回执。")
TWICE = ("同一客户同一事项已在营业厅办结，不应按越级投诉扣分。", "营业厅受理单、客户确认书。")
SAID = "当天确实接到客户改约电话，约定次日回复。"


class Bench:
    """Lets heads contest, the front line state, the centre and the committee rule, each at its time."""

    def __init__(self) -> None:
        names = ("supervisor", "duty", "centre-head", "manager", "agent")
        self.staff = {each.username: each for each in Staff.objects.filter(username__in=names).select_related("department")}
        self.departments = {each.code: each for each in Department.objects.all()}

    def head(self, code: str) -> Staff:
        """Return a department's head."""
        own = Staff.objects.filter(department__code=code, roles__contains=[Role.HEAD], is_active=True)
        return own.select_related("department").order_by("pk")[0]

    def penalize(self, month: dt.date, code: str, points: int, facts: str, at: dt.datetime) -> None:
        """Propose a penalty and approve it."""
        found = sanctions.propose_sanction(
            department=self.departments[code],
            month=month,
            code="P2",
            points=Decimal(points),
            facts=facts,
            evidence="督办单及现场核查记录。",
            by=self.staff["supervisor"],
            now=at - 2 * HOUR,
        )
        sanctions.decide_sanction(sanction=found, approve=True, reason="事实清楚。", by=self.staff["centre-head"], now=at - HOUR)

    def row(self, run: ScoreRun, code: str, at: dt.datetime, *, skip: int = 0) -> Iterable[Appeal]:
        """Contest a leg that was answered late."""
        own = Evidence.objects.filter(line__part_score__card__run=run, line__part_score__card__department__code=code)
        late = own.filter(line__indicator__formula="A1", numerator=0, denominator__gt=0).order_by("object_id")
        for each in late[skip : skip + 1]:
            yield appealing.contest(row=each, grounds=LATE[0], evidence=LATE[1], by=self.head(code), now=at)

    def line(self, run: ScoreRun, code: str, formulas: Sequence[str], at: dt.datetime) -> Iterable[Appeal]:
        """Contest the first of some lines that lost points."""
        own = ScoreLine.objects.filter(part_score__card__run=run, part_score__card__department__code=code)
        lost = [each for each in own.filter(indicator__formula__in=formulas).select_related("indicator") if each.points is not None]
        for each in sorted(lost, key=lambda one: (one.points == one.indicator.weight, formulas.index(one.indicator.formula)))[:1]:
            yield appealing.contest_line(line=each, grounds=CLOCK[0], evidence=CLOCK[1], by=self.head(code), now=at)

    def item(self, run: ScoreRun, code: str, at: dt.datetime, texts: tuple[str, str], rule: str = "P2") -> Iterable[Appeal]:
        """Contest the department's first penalty by a rule; by any department where none is named."""
        items = ScoreItem.objects.filter(card__run=run, code=rule, points__gt=0).select_related("card__department").order_by("pk")
        for each in items.filter(card__department__code=code)[:1] if code else items[:1]:
            grounds, evidence = texts
            by = self.head(each.card.department.code)
            yield appealing.contest_item(item=each, grounds=grounds, evidence=evidence, by=by, now=at)

    def rule(self, found: Iterable[Appeal], outcome: str, reason: str, at: dt.datetime, **given: object) -> list[Appeal]:
        """Let the duty officer rule for the centre; on what that one decided, the centre's head."""
        return [appealing.rule(appeal=each, outcome=outcome, reason=reason, by=self.judge(each), now=at, **given) for each in found]

    def judge(self, appeal: Appeal) -> Staff:
        """Return who rules for the centre."""
        duty = self.staff["duty"]
        return duty if policies.may_rule(duty, appeal) else self.staff["centre-head"]

    def escalate(self, found: Iterable[Appeal], at: dt.datetime) -> list[Appeal]:
        """Let the heads take it further."""
        grounds = "裁定没有核实所附材料，请考核委员会复议。"
        return [appealing.escalate(appeal=each, grounds=grounds, by=each.raised_by, now=at) for each in found]


def make(months: Sequence[dt.date], now: dt.datetime) -> None:
    """Publish the months but the last three, hold one up by appeals, show the last one, and try the running one out."""
    bench = Bench()
    *past, last, running = months
    *early, held = past[1:]
    with silence():
        for month in early[:-1]:
            _published(bench, month)
        for month in early[-1:]:
            _amended(bench, month)
        _held(bench, held, now)
    _shown(bench, last, now)
    for appeal in waiting():
        _reminded(appeal, now)
    scoring.try_out(month=running, by=bench.staff["supervisor"], now=now)


def _day(month: dt.date, number: int, hour: int = 9) -> dt.datetime:
    """Return an hour of the so-manieth working day after a month's end."""
    return midnight(working_day(next_month(month) - dt.timedelta(days=1), number)) + hour * HOUR


def _published(bench: Bench, month: dt.date) -> None:
    scoring.show(month=month, by=bench.staff["supervisor"], now=_day(month, 3))
    scoring.publish(month=month, by=bench.staff["supervisor"], now=_day(month, 10))


def _amended(bench: Bench, month: dt.date) -> None:
    """Dismiss an appeal, publish, and have the committee decide otherwise: an amendment."""
    run = scoring.show(month=month, by=bench.staff["supervisor"], now=_day(month, 3))
    raised = bench.row(run, "NETWORK", _day(month, 4))
    ruled = bench.rule(raised, "dismissed", "改约没有在系统登记，按超时计。", _day(month, 7))
    taken = bench.escalate(ruled, _day(month, 9))
    scoring.publish(month=month, by=bench.staff["supervisor"], now=_day(month, 10))
    for each in taken:
        reason, manager = "录音属实，登记遗漏不由本部门承担。", bench.staff["manager"]
        appealing.rule_finally(appeal=each, outcome="excluded", reason=reason, by=manager, now=_day(month, 13))
        appealing.recount(period=each.card.run.period, now=_day(month, 13) + MINUTE)


def _held(bench: Bench, month: dt.date, now: dt.datetime) -> None:
    """Leave rulings overdue, one before the committee, others counted in a second version."""
    shown = now - 9 * DAY
    bench.penalize(month, "MARKET", 3, "促销短信群发前未通知客服，当日热线排队激增。", shown - DAY)
    bench.penalize(month, "NETWORK", 2, "基站割接延误未及时通报一线。", shown - DAY)
    run = scoring.show(month=month, by=bench.staff["supervisor"], now=shown)
    first, ruled = shown + 2 * HOUR, shown + DAY
    bench.rule(bench.row(run, "NETWORK", first), "overturned", "录音属实，按时限内计。", ruled)
    charged = bench.row(run, "NETWORK", first, skip=1)
    bench.rule(charged, "reattributed", "原因在计费系统，改判业务支撑部。", ruled, belongs_to=bench.departments["BOSS"])
    bench.rule(bench.line(run, "BOSS", ("B2", "B3", "B1"), first), "excluded", "平台时钟确有偏差，本月该项不计。", ruled)
    bench.rule(bench.item(run, "MARKET", first, HARSH), "reduced", "已上报但晚 20 分钟，酌情减轻。", ruled, points=Decimal(1))
    bench.rule(bench.item(run, "", first, TWICE, "P1"), "cancelled", "营业厅确已办结。", ruled)
    for each in bench.item(run, "NETWORK", first, HARSH):
        bench.escalate(bench.rule([each], "dismissed", "通报确实超过 15 分钟。", ruled), ruled + HOUR)
        appealing.recount(period=each.card.run.period, now=ruled + 2 * HOUR)
    again = ScoreRun.objects.filter(period=run.period).order_by("-version")[0]
    [*bench.line(again, "MARKET", ("E1", "D1", "A1"), ruled + 3 * HOUR)]


def _shown(bench: Bench, month: dt.date, now: dt.datetime) -> None:
    """Show the last month a day ago: heads contest it now, and one ruling can still be taken further."""
    shown = max(midnight(next_month(month)), now - DAY)
    step = (now - shown) / 10
    with silence():
        bench.penalize(month, "NETWORK", 2, "故障恢复后未回访受影响客户。", shown)
    run = scoring.show(month=month, by=bench.staff["supervisor"], now=shown)
    for each in bench.row(run, "NETWORK", shown + step):
        appealing.state(appeal=each, statement=SAID, by=bench.staff["agent"], now=shown + 2 * step)
    [*bench.line(run, "BOSS", ("B3", "B2", "B1"), shown + step)]
    [*bench.item(run, "NETWORK", shown + step, HARSH), *bench.item(run, "", shown + step, TWICE, "P1")]
    raised = bench.row(run, "NETWORK", shown + step, skip=1)
    for each in bench.rule(raised, "excluded", "客户改约，不计入。", shown + 4 * step):
        appealing.recount(period=each.card.run.period, now=shown + 5 * step)


def _reminded(appeal: Appeal, now: dt.datetime) -> None:
    try:
        appealing.remind(appeal=appeal, now=now)
    except Conflict:
        return
