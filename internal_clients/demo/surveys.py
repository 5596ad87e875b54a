"""The demo operator's quarterly surveys: the last two quarters' closed, this quarter's open and half answered."""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from foundation.durations import midnight
from internal_clients.actions import surveys
from internal_clients.demo.clockwork import DAY, HOUR, Clockwork
from internal_clients.models import Rater, Survey, SurveyMark, SurveySheet
from internal_clients.months import last_month, months_before, next_month, quarter_of
from internal_clients.queries.surveys import departments_of
from journal.notify import silence
from organization.models import Department, Staff
from organization.queries.days import local_day

#: How well departments are thought of; the others are in between.
LIKED = {"NETWORK": 4.3, "BOSS": 3.9, "MARKET": 3.5, "FINANCE": 3.4}
#: So few answer about this one that it has no results.
SELDOM, FEW = "SECURITY", 3
WISHES = (
    "回单口径再具体一些，最好能直接念给客户听。",
    "节假日值班电话请保持畅通。",
    "系统升级前请提前三天告知一线。",
    "催办后请先给一个预计时间。",
    "同一问题多次回单口径不一致，请统一。",
    "希望每月来一线走访一次。",
    "",
    "",
)
FACTS = ("有两单催办后仍超时，客户再次来电投诉。", "回单只写“已处理”，客户追问时一线答不上来。")


class Surveys:
    """Lets units answer; everything random comes from the clockwork."""

    def __init__(self, clockwork: Clockwork, raters: Sequence[Rater]) -> None:
        self.clock, self.raters = clockwork, raters
        self.supervisor = Staff.objects.get(username="supervisor")

    def opened(self, quarter: dt.date, at: dt.datetime) -> Survey:
        """Draft and open a quarter's survey."""
        ends_on = next_month(last_month(quarter)) - DAY
        survey = surveys.draft_survey(quarter=quarter, ends_on=ends_on, by=self.supervisor, now=at)
        return surveys.open_survey(survey=survey, by=self.supervisor, now=at)

    def closed(self, quarter: dt.date) -> None:
        """Let a past quarter's survey be answered by almost everybody and closed."""
        end = midnight(next_month(last_month(quarter)))
        with silence():
            survey = self.opened(quarter, end - 20 * DAY + 9 * HOUR)
            self.answered(survey, self.raters, end - 3 * DAY)
            surveys.close_survey(survey=survey, by=self.supervisor, now=min(end + HOUR, self.clock.now))

    def answered(self, survey: Survey, raters: Sequence[Rater], at: dt.datetime) -> None:
        """Let units answer about the departments they dealt with."""
        seldom, sheets = 0, []
        for rater in raters:
            for department in departments_of(survey, rater):
                seldom += department.code == SELDOM
                if (department.code == SELDOM and seldom > FEW) or self.clock.likely(0.1):
                    continue
                sheets.append(SurveySheet(survey=survey, rater=rater, department=department))
        SurveySheet.objects.bulk_create(sheets)
        questions, marks = list(survey.questions.all()), []
        for sheet in sheets:
            given = {question: self._mark(sheet.department) for question in questions if question.kind == "scale"}
            marks += [SurveyMark(sheet=sheet, question=question, score=score) for question, score in given.items()]
            if wish := self.clock.one(WISHES):
                marks.append(SurveyMark(sheet=sheet, question=questions[-1], text=wish))
            voice = Decimal(sum(given.values())) / len(given)
            sheet.given_at, sheet.lowest = at, min(given.values())
            sheet.score = voice.quantize(Decimal("0.01"), ROUND_HALF_UP)
            sheet.facts = self.clock.one(FACTS) if sheet.lowest <= 2 else ""
        SurveyMark.objects.bulk_create(marks)
        SurveySheet.objects.bulk_update(sheets, ["given_at", "lowest", "score", "facts"])

    def _mark(self, department: Department) -> int:
        return max(1, min(5, round(self.clock.draw.gauss(LIKED.get(department.code, 4.0), 0.7))))


def make(seed: int, raters: Sequence[Rater], now: dt.datetime) -> None:
    """Make the surveys of the last two quarters and of this one; the hall clerk of the demo has begun an answer."""
    made, this = Surveys(Clockwork(seed, now), raters), quarter_of(local_day(now))
    for back in (6, 3):
        made.closed(months_before(this, back))
    begun = max(midnight(this), now - 6 * DAY)
    survey = made.opened(this, begun)
    hall = Rater.objects.get(staff__username="hall")
    made.answered(survey, [rater for rater in raters if rater.pk != hall.pk][: len(raters) // 2], begun + (now - begun) / 2)
    if department := departments_of(survey, hall).first():
        marks = {"timely": 4, "quality": 3, "wish": WISHES[0]}
        surveys.keep_draft(survey=survey, department=department, marks=marks, by=hall.staff, now=now)
