"""A ticket that went through everything a ledger tells apart."""

import datetime as dt

from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import SHANGHAI
from workorders.actions import closing, dispatching, filing, handling, holding, returning, reviewing, transferring
from workorders.models import Category, Ticket

RESULT = {"result": "已优化", "cause": "coverage", "liability": "operator"}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def eventful(category: Category, where: Region, people: dict[str, Staff], departments: dict[str, Department]) -> Ticket:
    """Return a closed ticket: upheld return, holds of both kinds, a waiting lead, transfers there and back, rework.

    `people` are agent, officer, duty, contact and handler (network), biller, financier; `departments` network, billing, finance.
    """
    agent, officer, duty, contact = (people[name] for name in ("agent", "officer", "duty", "contact"))
    network, billing, finance = (departments[name] for name in ("network", "billing", "finance"))
    ticket = factories.ticket(category, where, agent, at("11-02 09:00"))
    filing.submit(ticket=ticket, by=agent, now=at("11-02 09:00"))
    filing.prepare(ticket=ticket, by=officer, now=at("11-02 09:40"))
    dispatching.dispatch(ticket=ticket, lead=billing, by=officer, now=at("11-02 10:40"))
    wrong = ticket.orders.get()
    told = {"reason": "not_ours", "evidence": "覆盖问题", "proposed": network}
    returning.request_return(order=wrong, by=people["biller"], now=at("11-02 12:00"), **told)
    returning.uphold_return(order=wrong, by=duty, now=at("11-02 13:30"))
    dispatching.dispatch(ticket=ticket, lead=network, assists=[(finance, "核对退费")], by=officer, now=at("11-02 14:00"))
    first, assist = ticket.orders.get(department=network), ticket.orders.get(department=finance)
    handling.accept(order=first, by=contact, now=at("11-02 16:00"))
    handling.assign(order=first, assignee=people["handler"], by=contact, now=at("11-02 18:00"))
    _wait(first, "wait_customer", contact, "11-02 20:00", "11-03 10:00")
    handling.accept(order=assist, by=people["financier"], now=at("11-02 21:00"))
    _wait(assist, "wait_external", people["financier"], "11-02 22:00", "11-03 01:00")
    holding.resume(order=assist, by=people["financier"], now=at("11-03 01:00"))
    handling.reply(order=assist, by=people["financier"], now=at("11-03 03:00"), **RESULT)
    holding.resume(order=first, by=contact, now=at("11-03 10:00"))
    there = transferring.transfer(order=first, department=billing, reason="账单问题", by=duty, now=at("11-03 12:00"))
    handling.accept(order=there, by=people["biller"], now=at("11-03 13:00"))
    back = transferring.transfer(order=there, department=network, reason="不是账单问题", by=duty, now=at("11-03 15:00"))
    handling.accept(order=back, by=contact, now=at("11-03 15:10"))
    handling.reply(order=back, by=contact, now=at("11-03 18:00"), **RESULT)
    reviewing.send_back(order=back, defects="没有复测", by=officer, now=at("11-03 20:00"))
    handling.reply(order=back, by=contact, now=at("11-04 06:00"), **RESULT)
    reviewing.approve(order=back, by=officer, now=at("11-04 07:00"))
    reviewing.approve(order=assist, by=officer, now=at("11-04 07:30"))
    closing.answer(ticket=ticket, text="信号已恢复", by=agent, now=at("11-04 08:00"))
    closing.close(ticket=ticket, reason="满意", by=officer, now=at("11-04 12:00"))
    return ticket


def _wait(order: object, reason: str, by: Staff, since: str, until: str) -> None:
    holding.request_hold(order=order, reason=reason, evidence="已联系", until=at(until), by=by, now=at(since))
