"""The demo operator's records, made through the real actions at their own times."""

import datetime as dt
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from complaints.enums import Outcome
from complaints.models import Alert
from complaints.policies import told_departments
from foundation.durations import midnight
from internal_clients.actions import requests, systems, telling
from internal_clients.demo.clockwork import DAY, HOUR, MINUTE, Clockwork
from internal_clients.enums import FaultSeverity, RequestKind
from internal_clients.models import Fault, InternalRequest, Rater, Rating, System
from internal_clients.months import next_month
from internal_clients.queries.rating import departments_dealt_with
from knowledge.enums import ArticleState
from knowledge.models import Article
from organization.enums import Role
from organization.models import Department, Region, Staff
from organization.queries.days import local_day, working_day
from workorders.actions import handling, reviewing
from workorders.enums import OrderState, TicketState
from workorders.models import WorkOrder

TEXTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
#: How well each department does, as a chance that it keeps a promise; the others are as good as DEFAULT.
CARE = {"NETWORK": 0.985, "BOSS": 0.96, "MARKET": 0.93, "DATA": 0.96, "FINANCE": 0.92, "GROUP": 0.94, "SECURITY": 0.99}
DEFAULT_CARE = 0.965
REQUESTS_A_MONTH = 4
FAULTS_A_MONTH, AUDITS_A_MONTH, QUESTIONS_A_MONTH, NOTICES_A_MONTH, OUTAGES_A_MONTH = 3, 18, 7, 3, 2


class Records:
    """Makes a department's records; everything random comes from the clockwork."""

    def __init__(self, clockwork: Clockwork) -> None:
        self.clock = clockwork
        self.departments = {each.code: each for each in Department.objects.select_related("head", "calendar")}
        self.staff = {each.username: each for each in Staff.objects.select_related("department", "region")}
        self.askers = [self.staff[name] for name in ("agent", "agent2", "agent3", "hall", "hall2", "hall3")]
        self.systems = self._systems()
        self.articles = list(Article.objects.filter(state=ArticleState.PUBLISHED).defer("terms").order_by("pk"))

    def _systems(self) -> list[System]:
        made = []
        for owner, own in TEXTS["systems"].items():
            for code, (name, name_en) in own.items():
                values = {"name": name, "name_en": name_en, "department": self.departments[owner]}
                made.append(System.objects.get_or_create(code=code, defaults=values)[0])
        return made

    def people(self, department: Department) -> tuple[Staff, Staff, Staff]:
        """Return a department's handler, contact and head."""
        own = [each for each in self.staff.values() if each.department_id == department.pk]
        handler = next(each for each in own if each.roles == [Role.HANDLER])
        contact = next(each for each in own if Role.CONTACT in each.roles)
        return handler, contact, next(each for each in own if Role.HEAD in each.roles)

    def keeps(self, department: Department) -> bool:
        """Tell whether the department keeps a promise this time."""
        return self.clock.likely(CARE.get(department.code, DEFAULT_CARE))

    # — systems —

    def faults(self, month: dt.date) -> None:
        """Let systems fail: told and repaired in time, mostly; a grave one may cause a warning."""
        for system in self.systems:
            for at in self.clock.instants(month, self.clock.draw.randrange(1, FAULTS_A_MONTH + 2), opens=6, closes=23):
                self._fault(system, at)

    def _fault(self, system: System, at: dt.datetime) -> None:
        handler, _contact, _head = self.people(system.department)
        major = self.clock.likely(0.15)
        severity = FaultSeverity.MAJOR if major else FaultSeverity.GENERAL
        share = Decimal(self.clock.draw.randrange(15, 60) if major else self.clock.draw.randrange(1, 12)) / 100
        logged = min(at + self.clock.minutes(2, 9), self.clock.now)
        what = self.clock.one(TEXTS["faults"][system.code])
        fault = systems.log_fault(system=system, severity=severity, what=what, share=share, started_at=at, by=handler, now=logged)
        told = at + (self.clock.minutes(9, 15) if self.keeps(system.department) else self.clock.minutes(20, 90))
        if self.clock.past(told):
            text = f"{system.name}{what}，正在抢修。请向客户致歉并登记。"
            telling.tell_fault(fault=fault, title=f"{system.name}故障通报", text=text, by=handler, now=max(told, logged))
        self._restore(fault, at, handler)

    def _restore(self, fault: Fault, at: dt.datetime, handler: Staff) -> None:
        limit = FaultSeverity.HOURS[fault.severity] * 60
        kept = self.keeps(fault.department)
        took = self.clock.minutes(limit // 6, limit - 5) if kept else self.clock.minutes(limit + 5, limit * 2)
        back = at + took
        if not self.clock.past(back + 5 * MINUTE):
            return
        cause = self.clock.one(TEXTS["repairs"]["texts"])
        systems.restore_fault(fault=fault, restored_at=back, cause=cause, by=handler, now=back + 5 * MINUTE)

    def outages(self, month: dt.date) -> None:
        """Let departments work on their systems at night, told a day before, mostly in their window."""
        for system in self.systems:
            for at in self.clock.instants(month, OUTAGES_A_MONTH, opens=1, closes=3):
                self._outage(system, at.replace(minute=0, second=0))

    def _outage(self, system: System, at: dt.datetime) -> None:
        handler, _contact, head = self.people(system.department)
        planned = at - 3 * DAY
        end = at + 3 * HOUR
        outage = systems.plan_outage(
            system=system,
            what=self.clock.one(TEXTS["outages"][system.code]),
            starts_at=at,
            ends_at=end,
            share=Decimal(self.clock.draw.randrange(5, 40)) / 100,
            by=handler,
            now=planned,
        )
        systems.approve_outage(outage=outage, by=head, now=planned + 2 * HOUR)
        told = at - (self.clock.minutes(26 * 60, 50 * 60) if self.keeps(system.department) else self.clock.minutes(60, 20 * 60))
        text = f"{outage.what}，期间{system.name}可能短时中断，请提前告知客户。"
        telling.tell_outage(outage=outage, title=f"{system.name}割接预告", text=text, by=handler, now=told)
        finished = end + (self.clock.minutes(5, 45) if self.clock.likely(0.12) else -self.clock.minutes(10, 100))
        if self.clock.past(finished):
            systems.finish_outage(outage=outage, finished_at=finished, by=handler, now=finished)

    def outages_behind_alerts(self) -> None:
        """Plan the work that the duty officer found behind alerts, so that they are labelled with it."""
        for alert in Alert.objects.filter(outcome=Outcome.PLANNED).select_related("category", "rule").order_by("pk")[:1]:
            own = [system for system in self.systems if system.department_id in told_departments(alert)]
            for system in own[:1]:
                self._outage(system, alert.since.replace(minute=0, second=0, microsecond=0) - HOUR)

    def faults_behind_alerts(self) -> None:
        """Log the faults that the duty officer found behind alerts, and name them as their causes."""
        found = Alert.objects.filter(outcome=Outcome.INCIDENT, merged_into=None).select_related("department")
        for alert in found.order_by("pk"):
            system = next(each for each in self.systems if each.department_id == alert.department_id)
            handler, _contact, _head = self.people(system.department)
            told, back = alert.since + 10 * MINUTE, alert.cleared_at - HOUR
            fault = systems.log_fault(
                system=system,
                severity=FaultSeverity.MAJOR,
                what=alert.cause[:200],
                share=Decimal("0.02"),
                started_at=alert.since - 5 * MINUTE,
                by=handler,
                now=alert.since,
            )
            telling.tell_fault(fault=fault, title=f"{system.name}故障通报", text=alert.cause, by=handler, now=told)
            systems.restore_fault(fault=fault, restored_at=back, cause=alert.cause, by=handler, now=back + 5 * MINUTE)
            systems.fix_cause(alert=alert, fault=fault, by=self.staff["duty"], now=alert.concluded_at)

    # — telling —

    def notices(self, month: dt.date) -> None:
        """Let departments tell what takes effect, three working days before, mostly."""
        for code, titles in TEXTS["notices"].items():
            department = self.departments[code]
            handler, _contact, _head = self.people(department)
            for at in self.clock.instants(month, NOTICES_A_MONTH, opens=9):
                ahead = self.clock.draw.randrange(4, 8) if self.keeps(department) else self.clock.draw.randrange(0, 3)
                title = self.clock.one(titles)
                effective = working_day(local_day(at), ahead) if ahead else local_day(at)
                text = f"{title}，自{effective:%m月%d日}起执行，请各营业厅和热线按此口径答复客户。"
                telling.publish_notice(department=department, title=title, text=text, effective_on=effective, by=handler, now=at)

    def audits(self, month: dt.date) -> None:
        """Let the centre check the articles of every department; what is wrong, the duty officer confirms."""
        reviewer, duty = self.staff["reviewer"], self.staff["duty"]
        for department in self.departments.values():
            everything = [article for article in self.articles if article.department_id == department.pk]
            for at in self.clock.instants(month, AUDITS_A_MONTH, opens=9) if everything else ():
                own = [article for article in everything if article.written_at < at]
                if not own:
                    continue
                article, wrong = self.clock.one(own), self.clock.likely(0.009)
                finding = self.clock.one(TEXTS["findings"]["texts"]) if wrong else ""
                audit = telling.audit_article(article=article, is_wrong=wrong, finding=finding, by=reviewer, now=at)
                if wrong and self.clock.past(at + HOUR):
                    telling.confirm_audit(audit=audit, by=duty, now=at + HOUR)

    def questions(self, month: dt.date) -> None:
        """Let the front line ask; departments answer in time, mostly, and are asked again now and then."""
        for code, texts in TEXTS["questions"].items():
            for at in self.clock.instants(month, QUESTIONS_A_MONTH):
                self._question(self.departments[code], self.clock.one(texts), at)

    def _question(self, department: Department, text: str, at: dt.datetime) -> None:
        asker = self.clock.one(self.askers)
        handler, _contact, _head = self.people(department)
        question = telling.ask(department=department, text=text, by=asker, now=at)
        answered = self._by(question.due_at, department, at)
        if not self.clock.past(answered):
            return
        answer = self.clock.one(TEXTS["answers"]["texts"])
        question = telling.answer_question(question=question, answer=answer, by=handler, now=answered)
        if self.clock.likely(0.06) and self.clock.past(answered + HOUR):
            question = telling.reopen_question(question=question, reason="请补充办理条件。", by=asker, now=answered + HOUR)
            again = self._by(question.due_at, department, answered + HOUR)
            if self.clock.past(again):
                telling.answer_question(question=question, answer="已补充，见知识库。", by=handler, now=again)

    def _by(self, due: dt.datetime, department: Department, since: dt.datetime) -> dt.datetime:
        """Return an instant before `due` where the promise is kept, else after it."""
        if self.keeps(department):
            return since + (due - since) * self.clock.draw.uniform(0.1, 0.95)
        return due + self.clock.minutes(10, 600)

    # — requests —

    def requests(self, month: dt.date) -> None:
        """Let the front line ask those who keep systems running; they answer in time, mostly, and are rated."""
        for code in TEXTS["requests"]:
            for at in self.clock.instants(month, REQUESTS_A_MONTH, opens=9, closes=17):
                self._request(self.departments[code], self.clock.one(TEXTS["requests"][code]), at)

    def _request(self, department: Department, subject: str, at: dt.datetime) -> None:
        asker = self.clock.one(self.askers)
        own = [system for system in self.systems if system.department_id == department.pk]
        request = requests.file_request(
            kind=RequestKind.SYSTEM,
            department=department,
            subject=subject,
            text=f"{subject}，影响一线办理，请尽快处理。",
            system=self.clock.one(own),
            filing_key=f"demo-request-{department.code}-{at.isoformat()}",
            by=asker,
            now=at,
        )
        order = request.ticket.orders.get()
        if order.due_at and self.clock.past(answered := self._by(order.due_at, department, at)):
            self._answer_request(request, order, asker, at, answered)

    def _answer_request(
        self, request: InternalRequest, order: WorkOrder, asker: Staff, at: dt.datetime, answered: dt.datetime
    ) -> None:
        handler, contact, _head = self.people(request.department)
        handling.accept(order=order, by=handler, now=at + (answered - at) / 4)
        result = self.clock.one(TEXTS["repairs"]["texts"])
        order = handling.reply(
            order=order, result=result, cause="system", liability="operator", customer_contacted=True, by=contact, now=answered
        )
        if order.state == OrderState.REPLIED and self.clock.past(answered + HOUR):
            reviewing.approve(order=order, by=self.staff["reviewer"], now=answered + HOUR)
        spoken = answered + 3 * HOUR
        request.ticket.refresh_from_db()
        if request.ticket.state == TicketState.AWAITING_CALLBACK and self.clock.past(spoken):
            marks = {name: min(5, self.clock.draw.randrange(3, 7)) for name in ("timeliness", "quality", "attitude")}
            requests.confirm(request=request, **marks, by=asker, now=spoken)

    # — ratings —

    def raters(self) -> list[Rater]:
        """Name hall managers and shift leaders, and let the demo's hall clerk speak for the hall."""
        voices = [(self.staff["hall"], "hall")]
        halls, hotline = self.departments["HALLS"], self.departments["HOTLINE"]
        cities = Region.objects.filter(kind="city").order_by("path")
        for number, city in enumerate(cities, start=1):
            name = f"{city.name.removesuffix('分公司')}营业厅主任"
            voices.append((self._voice(f"hall-manager{number}", name, halls, city), "hall"))
        province = Region.objects.get(kind="province")
        voices += [(self._voice(f"shift{number}", f"热线值班长{number}", hotline, province), "shift") for number in (1, 2)]
        return [Rater.objects.get_or_create(staff=staff, defaults={"post": post})[0] for staff, post in voices]

    def _voice(self, username: str, name: str, department: Department, region: Region) -> Staff:
        values = {"name": name, "department": department, "region": region, "roles": [Role.AGENT], "password": "!"}
        return Staff.objects.get_or_create(username=username, defaults=values)[0]

    def ratings(self, month: dt.date, raters: Sequence[Rater]) -> None:
        """Let every rater mark the departments dealt with, at the month's end."""
        at = midnight(next_month(month)) - 30 * HOUR
        if not self.clock.past(at):
            return
        made = []
        for rater in raters:
            for department in departments_dealt_with(rater.staff, month):
                care = CARE.get(department.code, DEFAULT_CARE)
                score = max(1, min(5, round(self.clock.draw.gauss(9 * care - 4.3, 0.7))))
                facts = "" if score > 2 else "两次催办没有答复，客户等了三天。"
                made.append(Rating(rater=rater, department=department, month=month, score=score, facts=facts, rated_at=at))
        Rating.objects.bulk_create(made)
