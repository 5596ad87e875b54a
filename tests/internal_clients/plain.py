"""The scores once more, from domain.md alone: plain loops over plain rows and fractions, nothing of the product's own counting.

Only the tables are read. Where the product asks the database to count, this goes row by row.
"""

# ruff: noqa: ANN001, ANN201, N802 -- plain loops, called as the domain calls the indicators

import datetime as dt
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from complaints.models import Alert, Callback, Complaint
from internal_clients.models import (
    AlertCause,
    Appeal,
    Fault,
    KnowledgeAudit,
    Notice,
    PlannedOutage,
    Question,
    Rating,
    Release,
    Requirement,
    Sanction,
    ScoreRun,
    Survey,
    SurveySheet,
    System,
)
from journal.models import Event
from organization.models import Department
from workorders.models import Clock, ReturnRequest, SlaRule, Ticket, WorkOrder

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)

#: 7.2: which way, target, floor or ceiling (points off), points, least sample.
TABLE = {
    "A1": ("HI", "98", "90", 35, 10),
    "A2": ("HI", "98", "90", 15, 10),
    "A3": ("HI", "97", "85", 20, 10),
    "A4": ("LO", "3", "10", 15, 10),
    "A5": ("LO", "0", "5", 15, 10),
    "B1": ("HI", "99.90", "99.50", 30, 1),
    "B2": ("HI", "95", "80", 25, 5),
    "B3": ("HI", "100", "80", 20, 5),
    "B4": ("HI", "98", "85", 15, 10),
    "B5": ("EACH", "0", "5", 10, 0),
    "C1": ("HI", "90", "75", 40, 10),
    "C2": ("HI", "92", "78", 25, 10),
    "C3": ("HI", "85", "60", 25, 5),
    "C4": ("LO", "5", "15", 10, 10),
    "D1": ("HI", "95", "75", 25, 5),
    "D2": ("HI", "90", "60", 35, 5),
    "D3": ("LO", "5", "25", 20, 5),
    "D4": ("HI", "100", "80", 20, 5),
    "E1": ("HI", "100", "80", 30, 5),
    "E2": ("HI", "99", "95", 25, 50),
    "E3": ("HI", "95", "80", 25, 10),
    "E4": ("HI", "100", "80", 20, 5),
    "Z1": ("HI", "98", "90", 30, 10),
    "Z2": ("HI", "98", "92", 30, 10),
    "Z3": ("HI", "95", "85", 20, 10),
    "Z4": ("HI", "90", "75", 20, 10),
}
#: 7.3.
WEIGHTS = {
    "NETWORK": {"A": 35, "B": 30, "C": 20, "D": 5, "E": 10},
    "BOSS": {"A": 30, "B": 30, "C": 10, "D": 20, "E": 10},
    "MARKET": {"A": 30, "C": 20, "D": 25, "E": 25},
    "DATA": {"A": 35, "B": 10, "C": 25, "D": 15, "E": 15},
    "FINANCE": {"A": 40, "C": 30, "E": 30},
    "GROUP": {"A": 35, "C": 30, "D": 15, "E": 20},
    "CENTRE": {"Z": 100},
}
OTHERS = {"A": 50, "C": 30, "E": 20}
LESS = ("A4", "A5", "B1", "B5", "C4", "D3", "E2", "Z2")
INNOCENT = ("customer", "third_party", "force_majeure")
OVER_OUR_HEAD = ("regulator", "consumer", "media", "group")


def cents(number: Fraction) -> Fraction:
    """Round to 0.01, halves up."""
    scaled = number * 100
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole + (scaled - whole >= Fraction(1, 2)), 100)


def first_day(month: dt.date, back: int = 0) -> dt.date:
    for _number in range(back):
        month = (month - DAY).replace(day=1)
    return month


def begin(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def after(month: dt.date) -> dt.date:
    return (month + 31 * DAY).replace(day=1)


def local(instant: dt.datetime) -> dt.date:
    return instant.astimezone(SHANGHAI).date()


class Plain:
    """All rows in memory, by department code."""

    def __init__(self, month: dt.date, now: dt.datetime) -> None:
        self.month, self.now = month, now
        self.codes = dict(Department.objects.values_list("pk", "code"))
        self.tickets = {row.pk: row for row in Ticket.objects.all()}
        self.complaints = {row.pk: row for row in Complaint.objects.all()}
        self.orders = {row.pk: row for row in WorkOrder.objects.order_by("seq")}
        self.upheld = set(ReturnRequest.objects.filter(ruling="upheld").values_list("order_id", flat=True))
        self.clocks = list(Clock.objects.all())
        self.callbacks = list(Callback.objects.order_by("pk"))
        self.events = defaultdict(list)
        for event in Event.objects.filter(kind__startswith="order.").order_by("stream", "seq"):
            self.events[event.data["order"]].append(event)
        self.legs = defaultdict(list)
        for order in self.orders.values():
            self.legs[order.ticket_id].append(order)
        self.rules = {rule.pk: rule for rule in SlaRule.objects.all()}

    # — windows —

    def span(self, months: int) -> tuple[dt.datetime, dt.datetime]:
        return begin(first_day(self.month, months - 1)), min(begin(after(self.month)), self.now)

    def days(self, months: int) -> tuple[dt.date, dt.date]:
        return first_day(self.month, months - 1), min(after(self.month), local(self.now))

    # — legs —

    def due_clocks(self, kind: str, months: int, *, internal: bool = False):
        start, end = self.span(months)
        for clock in self.clocks:
            if clock.kind != kind or (clock.ticket_id in self.complaints) is internal:
                continue
            due = clock.due_at or clock.breached_at
            if due is None or not start <= due < end:
                continue
            order = self.orders[clock.order_id]
            if order.state == "voided":
                cancelled = self.tickets[clock.ticket_id].state == "cancelled" and order.pk not in self.upheld
                if not (cancelled and order.finished_at > due):
                    continue
            yield clock, order

    def on_time(self, kind: str, months: int, *, internal: bool = False):
        for clock, order in self.due_clocks(kind, months, internal=internal):
            yield order.department_id, int(clock.stopped_at is not None and clock.breached_at is None), 1, ("order", order.pk)

    def A1(self, months: int):
        return self.on_time("resolve", months)

    def A2(self, months: int):
        return self.on_time("acknowledge", months)

    def B4(self, months: int):
        return self.on_time("resolve", months, internal=True)

    def first_review(self, order):
        for event in self.events[order.pk]:
            if event.kind == "order.send_back" or (event.kind == "order.approve" and event.data.get("sampled") is not False):
                return event
        return None

    def A3(self, months: int):
        for _clock, order in self.due_clocks("resolve", months):
            review = self.first_review(order)
            if order.replied_at and review:
                yield order.department_id, int(review.kind == "order.approve"), 1

    def A4(self, months: int):
        for _clock, order in self.due_clocks("resolve", months):
            if order.replied_at:
                anew = order.role == "lead" and order.state == "completed" and self.tickets[order.ticket_id].round > order.round
                yield order.department_id, int(anew), 1

    def A5(self, months: int):
        for back in range(months):
            month = first_day(self.month, back)
            cutoff = min(begin(after(month)), self.now)
            yield from self.overdue(cutoff)
        for _clock, order in self.due_clocks("resolve", months):
            yield order.department_id, 0, 1

    def overdue(self, cutoff: dt.datetime):
        for clock in self.clocks:
            due = clock.due_at or clock.breached_at
            if clock.kind != "resolve" or clock.ticket_id not in self.complaints or due is None or due >= cutoff:
                continue
            order = self.orders[clock.order_id]
            voided = order.state == "voided" and (self.tickets[order.ticket_id].state != "cancelled" or order.pk in self.upheld)
            finished = order.state in {"completed", "voided", "transferred"}
            if clock.stopped_at is None and not finished:
                open_then = True
            else:
                open_then = (
                    clock.stopped_at
                    and clock.stopped_at >= cutoff
                    and clock.breached_at
                    and clock.breached_at < cutoff
                    and not voided
                )
            if open_then:
                yield order.department_id, 2 if due < cutoff - 7 * DAY else 1, 0

    # — part B —

    def B1(self, months: int):
        start, end = self.span(months)
        for department in set(System.objects.filter(is_active=True).values_list("department_id", flat=True)):
            yield department, 0, Fraction(int((end - start).total_seconds()))
        for fault in Fault.objects.all():
            yield from self.lost(fault, fault.started_at, fault.restored_at, start, end)
        for outage in PlannedOutage.objects.filter(cancelled_at=None):
            approved = outage.approved_at and outage.approved_at < outage.starts_at
            since = outage.ends_at if approved else outage.starts_at
            yield from self.lost(outage, since, outage.finished_at, start, end)

    def lost(self, row, since, until, start, end):
        until = min(until or end, end)
        seconds = (until - max(since, start)).total_seconds()
        if seconds > 0:
            yield row.department_id, Fraction(str(seconds)) * Fraction(row.share), 0

    def B2(self, months: int):
        start, end = self.span(months)
        for fault in Fault.objects.all():
            if fault.restored_at and start <= fault.restored_at < end:
                limit = {"general": 2, "major": 6}[fault.severity] * HOUR
                yield fault.department_id, int(fault.restored_at - fault.started_at <= limit), 1

    def B3(self, months: int):
        start, end = self.span(months)
        told = defaultdict(list)
        for notice in Notice.objects.filter(kind="fault"):
            told[notice.fault_id].append(notice.published_at)
        for fault in Fault.objects.all():
            if start <= fault.started_at < end:
                in_time = any(at - fault.started_at <= 15 * MINUTE for at in told[fault.pk])
                yield fault.department_id, int(in_time), 1

    def B5(self, months: int):
        start, end = self.span(months)
        for alert in Alert.objects.filter(merged_into=None):
            if alert.level >= 3 and alert.department_id and alert.cleared_at and start <= alert.cleared_at < end:
                yield alert.department_id, 1, 0

    # — part C —

    def led_by(self, ticket: int, latest_round: int):
        led = [leg for leg in self.legs[ticket] if leg.role == "lead" and leg.state == "completed" and leg.round <= latest_round]
        return led[-1] if led else None

    def visits(self, months: int):
        start, end = self.span(months)
        for call in self.callbacks:
            leg = self.led_by(call.complaint_id, call.round)
            if call.outcome == "reached" and start <= call.at < end and leg and leg.liability not in INNOCENT:
                yield call, leg.department_id

    def C1(self, months: int):
        return ((department, int(call.satisfaction >= 3), 1) for call, department in self.visits(months))

    def C2(self, months: int):
        return ((department, int(call.solved), 1) for call, department in self.visits(months))

    def C3(self, months: int):
        newest = {}
        for rating in Rating.objects.order_by("month"):
            if first_day(self.month, months - 1) <= rating.month <= self.month:
                newest[rating.department_id, rating.rater_id] = rating.month, Fraction(rating.score)
        for survey in Survey.objects.filter(state="closed"):
            ends = (survey.quarter + 63 * DAY).replace(day=1)
            if first_day(self.month, months - 1) <= ends <= self.month:
                for voice, score in self.surveyed(survey):
                    if voice not in newest or newest[voice][0] <= ends:
                        newest[voice] = ends, score
        newest = {voice: score for voice, (_month, score) in newest.items()}
        return ((department, score, 1) for (department, _rater), score in newest.items())

    def surveyed(self, survey: Survey):
        sheets = list(SurveySheet.objects.filter(survey=survey, given_at__isnull=False).prefetch_related("marks"))
        answers = Counter(sheet.department_id for sheet in sheets)
        for sheet in sheets:
            marks = [mark.score for mark in sheet.marks.all() if mark.score is not None]
            if answers[sheet.department_id] >= survey.least:
                yield (sheet.department_id, sheet.rater_id), cents(Fraction(sum(marks), len(marks)))

    def C4(self, months: int):
        start, end = self.span(months)
        for complaint in self.complaints.values():
            ticket = self.tickets[complaint.pk]
            leads = [leg for leg in self.legs[ticket.pk] if leg.role == "lead" and leg.state not in {"voided", "transferred"}]
            if not start <= ticket.filed_at < end or ticket.state in {"merged", "cancelled"} or not leads:
                continue
            if leads[-1].liability not in INNOCENT:
                yield leads[-1].department_id, int(complaint.repeat_of_id is not None), 1

    # — part D —

    def D1(self, months: int):
        first, end = self.days(months)
        for row in Requirement.objects.exclude(state__in=("withdrawn", "detail_wanted")):
            if row.answer_due_on and first <= row.answer_due_on < end:
                yield row.department_id, int(bool(row.answered_at) and local(row.answered_at) <= row.answer_due_on), 1

    def D2(self, months: int):
        first, end = self.days(months)
        for row in Requirement.objects.exclude(state="withdrawn"):
            due = row.moved_to or row.committed_on
            if due and first <= due < end:
                yield row.department_id, int(bool(row.launched_at) and local(row.launched_at) <= due), 1

    def D3(self, months: int):
        start, end = self.span(months)
        causes = list(AlertCause.objects.exclude(release=None).exclude(alert__department=None).select_related("alert"))
        for row in Release.objects.exclude(launched_at=None):
            over = row.launched_at + 30 * DAY
            if start <= over < end:
                warned = any(each.release_id == row.pk and each.alert.opened_at <= over for each in causes)
                yield row.department_id, int(warned or bool(row.rolled_back_at and row.rolled_back_at <= over)), 1

    def D4(self, months: int):
        start, end = self.span(months)
        for row in Release.objects.exclude(launched_at=None):
            if start <= row.launched_at < end:
                told = row.knowledge_on and row.trained_on and max(row.knowledge_on, row.trained_on) <= row.tell_by
                yield row.department_id, int(bool(told)), 1

    # — part E —

    def E1(self, months: int):
        first, end = self.days(months)
        for row in Notice.objects.filter(kind="business", is_regulatory=False):
            if first <= row.effective_on < end:
                yield row.department_id, int(local(row.published_at) <= row.publish_by), 1

    def E2(self, months: int):
        start, end = self.span(months)
        for row in KnowledgeAudit.objects.all():
            if start <= row.audited_at < end:
                yield row.department_id, int(row.confirmed_at is not None), 1

    def E3(self, months: int):
        start, end = self.span(months)
        for row in Question.objects.all():
            if start <= row.due_at < end:
                first = row.first_answered_at is None or row.first_answered_at <= row.first_due_at
                yield row.department_id, int(bool(row.answered_at) and row.answered_at <= row.due_at and first), 1

    def E4(self, months: int):
        start, end = self.span(months)
        told = defaultdict(list)
        for notice in Notice.objects.filter(kind="outage"):
            told[notice.outage_id].append(notice.published_at)
        for row in PlannedOutage.objects.filter(cancelled_at=None):
            if start <= row.starts_at < end:
                yield row.department_id, int(any(row.starts_at - at >= 24 * HOUR for at in told[row.pk])), 1

    # — the centre —

    @property
    def centre(self) -> int:
        return next(pk for pk, code in self.codes.items() if code == "CENTRE")

    def overall(self, ticket: int):
        return next((clock for clock in self.clocks_of[ticket] if clock.kind == "overall" and clock.episode == 0), None)

    @property
    def clocks_of(self):
        if not hasattr(self, "_clocks_of"):
            self._clocks_of = defaultdict(list)
            for clock in self.clocks:
                self._clocks_of[clock.ticket_id].append(clock)
        return self._clocks_of

    def Z1(self, months: int):
        start, end = self.span(months)
        for pk in self.complaints:
            ticket, clock = self.tickets[pk], self.overall(pk)
            if ticket.first_point or clock is None or clock.sla_rule_id is None:
                continue
            limit = ticket.filed_at + self.rules[clock.sla_rule_id].dispatch_minutes * MINUTE
            first = next((leg.dispatched_at for leg in self.legs[pk] if leg.seq == 1), None)
            if start <= limit < end and not (first is None and ticket.state in {"closed", "cancelled", "merged"}):
                yield self.centre, int(first is not None and first <= limit), 1

    def Z2(self, months: int):
        start, end = self.span(months)
        for clock in self.clocks:
            due = clock.due_at or clock.breached_at
            if clock.kind != "acknowledge" or clock.ticket_id not in self.complaints or due is None or not start <= due < end:
                continue
            order = self.orders[clock.order_id]
            handed_on = order.predecessor_id and self.orders[order.predecessor_id].state == "transferred"
            if (order.state != "voided" or order.pk in self.upheld) and not handed_on:
                yield self.centre, int(order.pk in self.upheld), 1

    def Z3(self, months: int):
        for _clock, order in self.due_clocks("resolve", months):
            replied = next((event.at for event in self.events[order.pk] if event.kind == "order.reply"), None)
            rule = self.overall(order.ticket_id).sla_rule_id
            if not order.replied_at or not replied or rule is None:
                continue
            limit, review = replied + self.rules[rule].review_minutes * MINUTE, self.first_review(order)
            if review or (order.state == "replied" and limit < self.now):
                yield self.centre, int(bool(review) and review.at <= limit), 1

    def Z4(self, months: int):
        start, end = self.span(months)
        done = {call.complaint_id for call in self.callbacks if call.outcome in {"reached", "refused"} or call.attempt >= 3}
        for pk in self.complaints:
            closed = self.tickets[pk].closed_at
            if closed and start <= closed < end:
                yield self.centre, int(pk in done), 1

    # — the score —

    def counted(self, key: str, months: int, code: str) -> tuple[Fraction, Fraction, int]:
        if not hasattr(self, "_counted"):
            self._counted = {}
        if (key, months) not in self._counted:
            totals = defaultdict(lambda: [Fraction(0), Fraction(0), 0])
            for row in getattr(self, key)(months):
                owner, over, under = self.ruled(key, months, *row)
                total = totals[self.codes[owner]]
                total[0] += Fraction(over)
                total[1] += Fraction(under)
                total[2] += under > 0
            self._counted[key, months] = totals
        return tuple(self._counted[key, months].get(code, (Fraction(0), Fraction(0), 0)))

    # — appeals —

    @property
    def appeals(self):
        """Appeals with the ruling that holds: the committee's, else the centre's; with the month that they are about."""
        if not hasattr(self, "_appeals"):
            self._appeals = []
            for row in Appeal.objects.order_by("pk"):
                month = ScoreRun.objects.get(cards=row.card_id).period.month
                final = row.final_outcome != ""
                outcome = row.final_outcome if final else row.outcome
                owner, points = (row.final_belongs_to_id, row.final_points) if final else (row.belongs_to_id, row.points)
                self._appeals.append((row, month, outcome, owner, points))
        return self._appeals

    def ruled(self, key, months, department, over, under, which=None):
        for row, month, outcome, owner, _points in self.appeals:
            same = row.about == "row" and (row.kind, row.object_id) == which and row.formula == key
            if same and row.department_id == department and first_day(self.month, months - 1) <= month <= self.month:
                if outcome == "excluded":
                    return department, 0, 0
                if outcome == "overturned":
                    return department, under if key not in LESS else 0, under
                if outcome == "reattributed":
                    return owner, over, under
        return department, over, under

    def left_out(self, key: str, code: str, back: int) -> bool:
        return any(
            row.about == "line"
            and row.formula == key
            and self.codes[row.department_id] == code
            and outcome == "excluded"
            and month == first_day(self.month, back)
            for row, month, outcome, _owner, _points in self.appeals
        )

    def left(self, code: str, rule: str, name: str, pk: int) -> Fraction | None:
        """What a ruling left of a penalty or veto: its points, or None where nothing was ruled."""
        for row, month, outcome, _owner, points in self.appeals:
            mine = row.about == "item" and row.formula == rule and self.codes[row.department_id] == code and month == self.month
            if mine and getattr(row.item, name) == pk and outcome in {"cancelled", "reduced"}:
                return Fraction(points or 0)
        return None

    def points(self, key: str, code: str) -> tuple[Fraction, Fraction, int, Fraction | None]:
        """Return numerator, denominator, months and points (None: N/A)."""
        way, target, limit, full, least = TABLE[key]
        over, under, sample = self.counted(key, 1, code)
        if self.left_out(key, code, 0):
            return over, under, 1, None
        if way == "EACH":
            return over, under, 1, max(Fraction(0), Fraction(full) - Fraction(limit) * over)
        if not under and over:
            return over, under, 1, Fraction(0)
        months = 1
        while (sample < least or not under) and months < 3 and not self.left_out(key, code, months):
            months += 1
            over, under, sample = self.counted(key, months, code)
        if sample < least or not under:
            return over, under, months, None
        value = {"B1": 1 - over / under, "E2": 1 - over / under, "Z2": 1 - over / under, "C3": (over / under - 1) / 4}.get(
            key, over / under
        ) * 100
        share = (value - Fraction(limit)) / (Fraction(target) - Fraction(limit))
        return over, under, months, cents(full * min(max(share, Fraction(0)), Fraction(1)))

    def card(self, code: str) -> dict[str, object]:
        weights = WEIGHTS.get(code, OTHERS)
        parts, lines = {}, {}
        for part in weights:
            keys = [key for key in TABLE if key[0] == part]
            lines.update({key: self.points(key, code) for key in keys})
            judged = [key for key in keys if lines[key][3] is not None]
            full = sum(TABLE[key][3] for key in judged)
            parts[part] = cents(sum((lines[key][3] for key in judged), Fraction(0)) / full * 100) if full else None
        penalty, bonus, caps, struck = self.beside(code)
        for part in struck & weights.keys():
            parts[part] = Fraction(0)
        weighed = [part for part in weights if parts[part] is not None]
        total = None
        if weighed:
            base = cents(sum(weights[part] * parts[part] for part in weighed) / Fraction(sum(weights[part] for part in weighed)))
            total = min([max(Fraction(0), min(Fraction(100), base - penalty + bonus)), *caps])
        return {"parts": parts, "lines": lines, "total": total, "penalty": penalty, "bonus": bonus}

    def beside(self, code: str):
        start, end = begin(self.month), min(begin(after(self.month)), self.now)
        penalty = bonus = Fraction(0)
        caps, struck = [], set()
        for row in Sanction.objects.filter(month=self.month, is_approved=True, department__code=code):
            left = self.left(code, row.code, "sanction_id", row.pk)
            penalty += (Fraction(row.points) if left is None else left) if row.kind == "penalty" else 0
            bonus += Fraction(row.points) if row.kind == "bonus" else 0
            if row.kind == "veto" and left is None:
                cap = {"V1": "69.99", "V2": "69.99", "V3": "69.99", "V4": "79.99"}.get(row.code)
                caps += [Fraction(cap)] if cap else []
                struck |= set() if cap else {"D"}
        over_head = Fraction(0)
        for complaint in self.complaints.values():
            ticket, leg = self.tickets[complaint.pk], self.led_by(complaint.pk, 99)
            wanted = ticket.channel in OVER_OUR_HEAD and complaint.repeat_of_id and start <= ticket.filed_at < end
            if wanted and leg and self.codes[leg.department_id] == code and leg.liability == "operator":
                left = self.left(code, "P1", "ticket_id", ticket.pk)
                over_head += Fraction(3, 2) if left is None else left
        penalty += min(over_head, Fraction(6))
        for row in Release.objects.filter(department__code=code):
            if row.launched_at and start <= row.launched_at < end and row.verdict != "agreed" and row.override_at is None:
                struck |= {"D"} if self.left(code, "V5", "release_id", row.pk) is None else set()
        return min(penalty, Fraction(20)), min(bonus, Fraction(3)), caps, struck


def as_decimal(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
