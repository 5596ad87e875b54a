"""What each indicator's counts come to: the 22 indicators A1-E4 and the complaint centre's own Z1-Z4 (domain.md 7.2).

Pure. Which rows are counted is in `internal_clients.queries`; here is what a count of them means.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from internal_clients.scoring import EXACT, HUNDRED, ONE, ZERO, Counts, Line, Measure, Value, points, sufficient

type Formula = Callable[[Counts], Value]


class Unit(StrEnum):
    """What a value is given in."""

    PERCENT = "percent"
    SCORE = "score"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Known:
    """A formula, by the key under which a scheme names it."""

    key: str
    unit: Unit
    value: Formula
    #: What stands for nothing counted at all: a count of occurrences is 0 then, a rate is unknown.
    counts_nothing: bool = False
    #: How many decimals its value is shown with.
    places: int = 2
    #: Counted in seconds, which are shown as minutes.
    is_time: bool = False

    def written(self, value: Decimal) -> str:
        """Return a value in its unit, rounded for the eye only."""
        return f"{value:.{self.places}f}{'%' if self.unit is Unit.PERCENT else ''}"


FORMULAS: dict[str, Known] = {}
#: Counted is what went wrong: a row that an appeal overturns is taken out of the numerator, elsewhere it is put in.
LESS_IS_BETTER = frozenset({"A4", "A5", "B1", "B5", "C4", "D3", "E2", "Z2"})


def formula(
    key: str, unit: Unit = Unit.PERCENT, *, counts_nothing: bool = False, places: int = 2, is_time: bool = False
) -> Callable[[Formula], Formula]:
    """Make a function known under `key`."""

    def known(function: Formula) -> Formula:
        FORMULAS[key] = Known(key, unit, function, counts_nothing, places, is_time)
        return function

    return known


def share(counts: Counts) -> Value:
    """Return the numerator's share of the denominator, in per cent."""
    return Value(EXACT.multiply(HUNDRED, counts.numerator), counts.denominator)


def rest(counts: Counts) -> Value:
    """Return what the numerator leaves of the denominator, in per cent."""
    return Value(EXACT.multiply(HUNDRED, EXACT.subtract(counts.denominator, counts.numerator)), counts.denominator)


@formula("A1")
def replied_on_time(counts: Counts) -> Value:
    """工单按时回复率: on-time legs / legs due; domain.md 7.2, A1."""
    return share(counts)


@formula("A2")
def accepted_on_time(counts: Counts) -> Value:
    """接单及时率: accepted in limit / accept limits due; domain.md 7.2, A2."""
    return share(counts)


@formula("A3")
def passed_first_review(counts: Counts) -> Value:
    """质检一次合格率: first-pass / reviewed; domain.md 7.2, A3."""
    return share(counts)


@formula("A4")
def dispatched_anew(counts: Counts) -> Value:
    """重派率: re-dispatches caused / legs answered; domain.md 7.2, A4."""
    return share(counts)


@formula("A5")
def overdue_open(counts: Counts) -> Value:
    """逾期未结率: open overdue at the cut-off, twice if for more than 7 days / legs due; domain.md 7.2, A5."""
    return share(counts)


@formula("B1", places=4, is_time=True)
def available(counts: Counts) -> Value:
    """系统可用率: 1 - unplanned down minutes times share of users hit / service minutes; domain.md 7.2, B1."""
    return rest(counts)


@formula("B2")
def restored_in_time(counts: Counts) -> Value:
    """故障按时恢复率: restored in limit / faults ended; domain.md 7.2, B2."""
    return share(counts)


@formula("B3")
def told_of_faults(counts: Counts) -> Value:
    """故障通报及时率: front line told within 15 minutes / faults; domain.md 7.2, B3."""
    return share(counts)


@formula("B4")
def supported_in_time(counts: Counts) -> Value:
    """支撑请求按时率: internal tickets on time / due; domain.md 7.2, B4."""
    return share(counts)


@formula("B5", Unit.TIMES, counts_nothing=True, places=0)
def alerts_caused(counts: Counts) -> Value:
    """故障引发预警: orange and red alerts with this department as cause; domain.md 7.2, B5."""
    return Value(counts.numerator, ONE)


@formula("C1")
def satisfied(counts: Counts) -> Value:
    """投诉处理满意率: at least fairly satisfied / valid visits, with the primary liability; domain.md 6 and 7.2, C1."""
    return share(counts)


@formula("C2")
def solved(counts: Counts) -> Value:
    """投诉解决率: visits answering solved / valid visits, with the primary liability; domain.md 6 and 7.2, C2."""
    return share(counts)


@formula("C3", Unit.SCORE)
def rated(counts: Counts) -> Value:
    """内部客户满意度: (mean of the 1-5 ratings - 1) / 4 x 100, one rater one voice; domain.md 7.2, C3.

    In a quarter's last month a rater's answer to the closed quarterly survey is the voice instead of the monthly mark: the mean
    of the sheet's 1-5 marks to 0.01, halves up, where the department has at least as many answers as the survey shows.
    """
    return Value(EXACT.multiply(Decimal(25), EXACT.subtract(counts.numerator, counts.denominator)), counts.denominator)


@formula("C4")
def repeated(counts: Counts) -> Value:
    """重复投诉率: repeats with the primary liability / orders with it; domain.md 6 and 7.2, C4."""
    return share(counts)


@formula("D1")
def answered_requirements(counts: Counts) -> Value:
    """需求答复及时率: answered within 5 working days after the review meeting / due; domain.md 7.2, D1."""
    return share(counts)


@formula("D2")
def launched_as_committed(counts: Counts) -> Value:
    """需求按期上线率: launched by the committed date / due in the month; domain.md 7.2, D2."""
    return share(counts)


@formula("D3")
def troubled_releases(counts: Counts) -> Value:
    """上线问题率: releases rolled back or causing an alert within 30 days / releases; domain.md 7.2, D3."""
    return share(counts)


@formula("D4")
def told_before_launch(counts: Counts) -> Value:
    """上线前告知率: knowledge and training at least 3 working days before / launches; domain.md 7.2, D4."""
    return share(counts)


@formula("E1")
def published_early(counts: Counts) -> Value:
    """业务信息提前发布率: published at least 3 working days before effect / notices; domain.md 7.2, E1."""
    return share(counts)


@formula("E2")
def accurate_knowledge(counts: Counts) -> Value:
    """知识准确率: 1 - confirmed wrong entries / checked; domain.md 7.2, E2."""
    return rest(counts)


@formula("E3")
def answered_questions(counts: Counts) -> Value:
    """疑难答复及时率: answered within 4 working hours / asked; domain.md 7.2, E3."""
    return share(counts)


@formula("E4")
def told_of_outages(counts: Counts) -> Value:
    """割接停机预告率: told at least 24 hours before / planned outages; domain.md 7.2, E4."""
    return share(counts)


@formula("Z1")
def dispatched_in_time(counts: Counts) -> Value:
    """派单及时率, of the complaint centre: dispatched in limit / dispatches due; domain.md 6 and 7.2, Z1."""
    return share(counts)


@formula("Z2")
def dispatched_rightly(counts: Counts) -> Value:
    """派单准确率, of the complaint centre: 1 - upheld returns / dispatches; domain.md 6 and 7.2, Z2."""
    return rest(counts)


@formula("Z3")
def reviewed_in_time(counts: Counts) -> Value:
    """质检及时率, of the complaint centre: reviewed in limit / reviews due; domain.md 7.2, Z3."""
    return share(counts)


@formula("Z4")
def called_back(counts: Counts) -> Value:
    """回访完成率, of the complaint centre: callbacks completed / callbacks due; domain.md 7.2, Z4."""
    return share(counts)


def line(measure: Measure, key: str, windows: Sequence[Counts]) -> Line:
    """Return the indicator as scored from the counts of 1, 2 and 3 months (7.1.2).

    Where nothing was due but something stands in the numerator, the points are 0: a department that only has old overdue
    orders is not let off (A5).
    """
    known, first = FORMULAS[key], windows[0]
    if known.counts_nothing:
        return _judged(measure, known, first, 1)
    if first.numerator > ZERO and not first.denominator:
        return Line(code=measure.code, full=measure.full, counts=first, points=ZERO)
    found = sufficient(windows, measure.minimum)
    if found is None:
        widest = list(windows)[-1]
        return Line(code=measure.code, full=measure.full, counts=widest, months=len(windows))
    return _judged(measure, known, *found)


def _judged(measure: Measure, known: Known, counts: Counts, months: int) -> Line:
    value = known.value(counts)
    return Line(
        code=measure.code,
        full=measure.full,
        counts=counts,
        months=months,
        value=value.decimal,
        points=points(measure, value),
    )
