"""What an order under supervision (督办) owes, and when: pure, in natural time, without Django and without reading the time.

A report is owed every so many hours. One that is not in when it is due is late once, and the next is due a period later;
whatever is reported then pays for everything owed. An order that is overdue also owes its head's written answer (rule 13).
The department owes nothing while it has nothing to do: from its reply until the work is sent back.
"""

import datetime as dt
from dataclasses import dataclass, replace

HOUR = dt.timedelta(hours=1)
#: The head's written answer, when a supervised order is overdue.
ANSWER_WITHIN = 4 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One supervision as it stands."""

    every_hours: int
    opened_at: dt.datetime
    report_due_at: dt.datetime | None
    reports: int = 0
    late_reports: int = 0
    owed_since: dt.datetime | None = None
    answer_due_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    answer_late_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None

    @property
    def check_at(self) -> dt.datetime | None:
        """Return when something is owed next."""
        answer = self.answer_due_at if self.answered_at is None and self.answer_late_at is None else None
        return min((at for at in (self.report_due_at, answer) if at), default=None) if self.ended_at is None else None


def opened(every_hours: int, at: dt.datetime) -> Watch:
    """Return the supervision ordered at `at`."""
    return Watch(every_hours=every_hours, opened_at=at, report_due_at=at + every_hours * HOUR)


def asked(watch: Watch, at: dt.datetime) -> Watch:
    """Return the watch with the head's answer owed, counted from `at`; asked once."""
    return watch if watch.answer_due_at else replace(watch, answer_due_at=at + ANSWER_WITHIN)


def reported(watch: Watch, at: dt.datetime) -> Watch:
    """Return the watch with a report in: nothing is owed, the next is due a period from now."""
    return replace(watch, reports=watch.reports + 1, owed_since=None, report_due_at=at + watch.every_hours * HOUR)


def missed(watch: Watch) -> Watch:
    """Return the watch with the report now due not in; the next is due a period later."""
    due = watch.report_due_at
    if due is None:
        return watch
    return replace(
        watch,
        late_reports=watch.late_reports + 1,
        owed_since=watch.owed_since or due,
        report_due_at=due + watch.every_hours * HOUR,
    )


def answered(watch: Watch, at: dt.datetime) -> Watch:
    """Return the watch with the head's answer in."""
    return replace(watch, answered_at=at)


def answer_missed(watch: Watch) -> Watch:
    """Return the watch with the head's answer late, dated when it was due."""
    return replace(watch, answer_late_at=watch.answer_due_at)


def rested(watch: Watch) -> Watch:
    """Return the watch while the department has nothing to do."""
    return replace(watch, report_due_at=None, owed_since=None)


def resumed(watch: Watch, at: dt.datetime) -> Watch:
    """Return the watch with reports owed again since `at`."""
    return replace(watch, report_due_at=at + watch.every_hours * HOUR) if watch.report_due_at is None else watch


def ended(watch: Watch, at: dt.datetime) -> Watch:
    """Return the watch closed."""
    return replace(watch, ended_at=at, report_due_at=None, owed_since=None)


def followed(watch: Watch, *, is_working: bool, is_final: bool, at: dt.datetime) -> Watch:
    """Return the watch after its order moved: it ends with the order and rests while the reply is reviewed."""
    if is_final:
        return ended(watch, at)
    return resumed(watch, at) if is_working else rested(watch)


def applied(watch: Watch, deed: str, at: dt.datetime) -> Watch:
    """Return the watch after what an event tells (`workorders.events`); ValueError for what does not concern it."""
    match deed:
        case "demand_answer":
            return asked(watch, at)
        case "report_progress":
            return reported(watch, at)
        case "report_late":
            return missed(watch)
        case "answer_supervision":
            return answered(watch, at)
        case "answer_late":
            return answer_missed(watch)
        case "end_supervision":
            return ended(watch, at)
        case unknown:
            message = f"{unknown!r} does not concern a supervision"
            raise ValueError(message)


#: The deeds that `applied` knows.
DEEDS = frozenset({"demand_answer", "report_progress", "report_late", "answer_supervision", "answer_late", "end_supervision"})
