"""The demo operator's requirements and releases, made through the real actions at their own times."""

import datetime as dt

from foundation.durations import midnight
from internal_clients.actions import developing, releasing
from internal_clients.demo.clockwork import DAY, HOUR
from internal_clients.demo.records import TEXTS, Records
from internal_clients.enums import Verdict
from internal_clients.models import Release, Requirement
from organization.models import Department, Staff
from organization.queries.days import local_day


class Development:
    """Makes requirements and releases."""

    def __init__(self, records: Records) -> None:
        self.records, self.clock = records, records.clock

    def month(self, month: dt.date) -> None:
        """Let requirements be proposed, reviewed, committed, launched and accepted."""
        for code, titles in TEXTS["requirements"].items():
            for at in self.clock.instants(month, 3, opens=9):
                self._life(self.records.departments[code], self.clock.one(titles), at)

    def _life(self, department: Department, title: str, at: dt.datetime) -> None:
        proposer = self.clock.one(self.records.askers)
        _handler, contact, _head = self.records.people(department)
        text = f"一线办理时经常需要{title}，请评估并排期。"
        requirement = developing.propose(department=department, title=title, text=text, by=proposer, now=at)
        reviewed = at + self.clock.draw.randrange(2, 6) * DAY
        if not self.clock.past(reviewed):
            return
        requirement = developing.review(requirement=requirement, by=self.records.staff["supervisor"], now=reviewed)
        days = self.clock.draw.randrange(2, 5) if self.records.keeps(department) else self.clock.draw.randrange(9, 14)
        answered = reviewed + days * DAY
        if self.clock.past(answered):
            self._commit(requirement, contact, answered, proposer)

    def _commit(self, requirement: Requirement, contact: Staff, answered: dt.datetime, proposer: Staff) -> None:
        committed = local_day(answered) + self.clock.draw.randrange(15, 40) * DAY
        steps = [("开发完成", committed - 10 * DAY), ("测试通过", committed - 4 * DAY)]
        requirement = developing.schedule(
            requirement=requirement, committed_on=committed, milestones=steps, by=contact, now=answered
        )
        late = 0 if self.clock.likely(0.82) else self.clock.draw.randrange(2, 15)
        early = self.clock.draw.randrange(0, 3)
        launched = midnight(committed) + (late - (0 if late else early)) * DAY + 10 * HOUR
        if not self.clock.past(launched):
            return
        if self.records.keeps(requirement.department):
            self._reach(requirement, contact)
        release = self._announce(requirement, contact, launched)
        self._launch(release, requirement, contact, launched, proposer)

    def _reach(self, requirement: Requirement, contact: Staff) -> None:
        for milestone in requirement.milestones.order_by("committed_on"):
            at = midnight(milestone.committed_on) + 15 * HOUR
            developing.reach(requirement=requirement, milestone=milestone, by=contact, now=at)

    def _announce(self, requirement: Requirement, contact: Staff, launched: dt.datetime) -> Release:
        announced = launched - 12 * DAY
        release = releasing.announce(
            department=requirement.department,
            title=f"{requirement.title}上线",
            planned_on=local_day(launched),
            requirement=requirement,
            by=contact,
            now=announced,
        )
        duty = self.records.staff["duty"]
        if self.clock.likely(0.05):
            reason = "一线口径尚未准备，退订入口不明显，暂不同意上线。"
            releasing.assess(release=release, verdict=Verdict.VETOED, reason=reason, by=duty, now=announced + DAY)
            written = "节前必须上线，请两周内补齐口径。"
            manager = self.records.staff["manager"]
            return releasing.override(release=release, reason=written, by=manager, now=announced + 2 * DAY)
        return releasing.assess(release=release, verdict=Verdict.AGREED, reason="影响可控，同意。", by=duty, now=announced + DAY)

    def _launch(self, release: Release, requirement: Requirement, contact: Staff, launched: dt.datetime, proposer: Staff) -> None:
        ahead = 6 if self.records.keeps(release.department) else 1
        told = launched - ahead * DAY
        releasing.tell(release=release, knowledge_on=local_day(told), trained_on=local_day(told), by=contact, now=told)
        release = releasing.launch(release=release, by=contact, now=launched)
        back = launched + self.clock.draw.randrange(1, 6) * DAY
        if self.clock.likely(0.07) and self.clock.past(back):
            releasing.roll_back(release=release, reason="提交失败率偏高，回退后修复。", by=contact, now=back)
        elif self.clock.past(launched + 3 * DAY):
            developing.accept(requirement=requirement, by=proposer, now=launched + 3 * DAY)
