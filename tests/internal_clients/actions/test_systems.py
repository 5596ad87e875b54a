"""Faults and planned outages: who may record them, and what a second person must do."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from complaints.models import Alert
from complaints.policies import departments_told
from complaints.queries.labels import labels_of
from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions import systems, telling
from internal_clients.menu import KINDS
from internal_clients.models import Fault, Notice, PlannedOutage, System
from internal_clients.queries.causes import without_cause
from journal.models import Event
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def fault(system: System, handler: Staff) -> Fault:
    return systems.log_fault(
        system=system, severity="general", what="短信延迟", share=Decimal("0.4"), started_at=NOW - HOUR, by=handler, now=NOW
    )


@pytest.fixture
def outage(system: System, handler: Staff) -> PlannedOutage:
    return systems.plan_outage(
        system=system,
        what="软件升级",
        starts_at=NOW + 24 * HOUR,
        ends_at=NOW + 28 * HOUR,
        share=Decimal("0.1"),
        by=handler,
        now=NOW,
    )


def test_a_fault_is_logged_told_and_restored(fault: Fault, handler: Staff, network: Department) -> None:
    notice = telling.tell_fault(fault=fault, title="短信延迟", text="正在抢修", by=handler, now=NOW)
    restored = systems.restore_fault(fault=fault, restored_at=NOW, cause="倒换备用板", by=handler, now=NOW + HOUR)

    assert (restored.department, restored.restored_at, restored.logged_at) == (network, NOW, NOW)
    assert (notice.fault, notice.published_at) == (fault, NOW)
    assert [event.kind for event in Event.objects.filter(stream=f"fault:{fault.pk}").order_by("seq")] == [
        "fault.log",
        "fault.restore",
    ]


def test_a_fault_is_restored_once_and_between_its_beginning_and_now(fault: Fault, handler: Staff) -> None:
    for wrong in (NOW - HOUR, NOW + 2 * HOUR):
        with pytest.raises(Invalid):
            systems.restore_fault(fault=fault, restored_at=wrong, cause="", by=handler, now=NOW + HOUR)
    systems.restore_fault(fault=fault, restored_at=NOW, cause="", by=handler, now=NOW)

    with pytest.raises(Conflict):
        systems.restore_fault(fault=fault, restored_at=NOW, cause="", by=handler, now=NOW)


def test_another_department_records_no_fault_of_ours(fault: Fault, system: System, stranger: Staff) -> None:
    with pytest.raises(NotAllowed):
        systems.log_fault(system=system, severity="general", what="?", share=Decimal(1), started_at=NOW, by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        systems.restore_fault(fault=fault, restored_at=NOW, cause="", by=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        telling.tell_fault(fault=fault, title="?", text="?", by=stranger, now=NOW)

    assert Fault.objects.count() == 1
    assert Notice.objects.count() == 0


def test_an_outage_is_approved_by_the_head_before_it_begins(outage: PlannedOutage, handler: Staff, head: Staff) -> None:
    with pytest.raises(NotAllowed):
        systems.approve_outage(outage=outage, by=handler, now=NOW)
    with pytest.raises(Conflict):
        systems.approve_outage(outage=outage, by=head, now=outage.starts_at)

    assert systems.approve_outage(outage=outage, by=head, now=NOW).approved_by == head
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedOutage.objects.filter(pk=outage.pk).update(planned_by=head)


def test_a_head_does_not_approve_what_they_planned(system: System, head: Staff) -> None:
    own = systems.plan_outage(
        system=system, what="扩容", starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, share=Decimal(1), by=head, now=NOW
    )

    with pytest.raises(NotAllowed):
        systems.approve_outage(outage=own, by=head, now=NOW)


def test_a_cancelled_outage_can_neither_begin_nor_end(outage: PlannedOutage, handler: Staff) -> None:
    systems.cancel_outage(outage=outage, by=handler, now=NOW)

    with pytest.raises(Conflict):
        systems.finish_outage(outage=outage, finished_at=NOW + 25 * HOUR, by=handler, now=NOW + 29 * HOUR)


@pytest.fixture
def alert(category: Category, province: Region, network: Department, fault: Fault) -> Alert:
    """Return an orange alert of one hour after the fault, concluded: the network was to blame."""
    alert = factories.alert(category, province, fault.started_at + HOUR)
    alert.level, alert.cleared_at, alert.outcome, alert.department = 3, NOW + HOUR, "incident", network
    alert.save()
    return alert


def test_the_duty_officer_names_the_fault_behind_an_alert_once(
    alert: Alert, fault: Fault, duty: Staff, handler: Staff, agent: Staff
) -> None:
    assert alert in without_cause(NOW - DAY)

    with pytest.raises(NotAllowed):
        systems.fix_cause(alert=alert, fault=fault, by=handler, now=NOW)
    cause = systems.fix_cause(alert=alert, fault=fault, by=duty, now=NOW)

    assert (cause.alert, cause.fault) == (alert, fault)
    assert alert not in without_cause(NOW - DAY)
    assert [list(KINDS["cause"].rows(person)) for person in (handler, agent)] == [[cause], []]
    with pytest.raises(Conflict):
        systems.fix_cause(alert=alert, fault=fault, by=duty, now=NOW)


def test_a_cause_is_of_the_alerts_department_earlier_and_given(
    alert: Alert, fault: Fault, duty: Staff, finance: Department
) -> None:
    with pytest.raises(Invalid):
        systems.fix_cause(alert=alert, by=duty, now=NOW)
    Alert.objects.filter(pk=alert.pk).update(opened_at=fault.started_at - HOUR)
    with pytest.raises(Invalid):
        systems.fix_cause(alert=alert, fault=fault, by=duty, now=NOW)
    Alert.objects.filter(pk=alert.pk).update(opened_at=alert.opened_at, department=finance)
    with pytest.raises(Invalid):
        systems.fix_cause(alert=alert, fault=fault, by=duty, now=NOW)
    Alert.objects.filter(pk=alert.pk).update(department=None)
    with pytest.raises(Conflict):
        systems.fix_cause(alert=alert, fault=fault, by=duty, now=NOW)


def test_planned_work_labels_the_alerts_of_its_department_and_hides_none(
    outage: PlannedOutage, head: Staff, category: Category, province: Region, network: Department, billing: Department
) -> None:
    factories.route(category, network)
    fee = factories.category("FEE/PLAN/TOLD", "未告知")
    factories.route(fee, billing)
    during = outage.starts_at + dt.timedelta(hours=1)
    alerts = [
        factories.alert(category, province, during),
        factories.alert(fee, province, during),
        factories.alert(Category.objects.get(code="NET"), province, outage.ends_at + dt.timedelta(days=1)),
    ]

    def labelled() -> list[list[str]]:
        found = labels_of(departments_told(alerts), during + dt.timedelta(days=3))
        return [[label.text for label in found[alert.pk]] for alert in alerts]

    assert labelled() == [[], [], []]
    systems.approve_outage(outage=outage, by=head, now=outage.planned_at)
    assert labelled() == [[str(outage)], [], []]
