"""The scheme's records over HTTP: a system of the operator does what a page does, and is refused as a page would."""

import datetime as dt

import pytest

from internal_clients.models import Fault, Notice, System
from organization.models import Department, Staff
from tests.api.conftest import Caller
from tests.conftest import NOW

FAULTS = "/api/v1/records/fault/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def system(network: Department) -> System:
    return System.objects.create(code="CORE", name="核心网", department=network)


@pytest.fixture
def said(system: System) -> dict[str, object]:
    began = NOW - HOUR
    return {"system": system.pk, "severity": "major", "what": "短信延迟", "share": "0.4", "started_at": began.isoformat()}


def test_a_network_system_logs_a_fault_tells_of_it_and_reports_its_end(
    api: Caller, handler: Staff, said: dict[str, object]
) -> None:
    caller = api(handler)

    made = caller.post(FAULTS, said, format="json")
    address = f"{FAULTS}{made.json()['id']}/"
    told = caller.post(f"{address}actions/tell/", {"title": "短信延迟", "text": "正在抢修"}, format="json")
    restored = {"restored_at": NOW.isoformat(), "cause": "倒换备用板"}
    ended = caller.post(f"{address}actions/restore/", restored, format="json")

    assert (made.status_code, told.status_code, ended.status_code) == (201, 200, 200)
    assert made.json() | {"department": "NETWORK", "severity": "major", "restored_at": None} == made.json()
    assert Fault.objects.get().restored_at == NOW
    assert Notice.objects.get().fault == Fault.objects.get()
    assert caller.get(FAULTS).json()["results"] == [caller.get(address).json()]


def test_what_is_wrong_is_told_by_the_field_and_changes_nothing(api: Caller, handler: Staff, said: dict[str, object]) -> None:
    answer = api(handler).post(FAULTS, {**said, "share": "1.5", "severity": "huge", "what": ""}, format="json")

    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"share", "severity", "what"}
    assert not Fault.objects.exists()


def test_who_may_not_is_refused_and_who_comes_late_is_told(
    api: Caller, handler: Staff, agent: Staff, said: dict[str, object]
) -> None:
    assert api(agent).post(FAULTS, said, format="json").status_code == 403
    made = api(handler).post(FAULTS, said, format="json").json()
    restore, ended = f"{FAULTS}{made['id']}/actions/restore/", {"restored_at": NOW.isoformat(), "cause": "好了"}

    assert api(agent).post(restore, ended, format="json").status_code == 403
    assert api(handler).post(restore, ended, format="json").status_code == 200
    assert api(handler).post(restore, ended, format="json").status_code == 409
    assert api(handler).post(f"{FAULTS}{made['id']}/actions/explode/", {}, format="json").status_code == 404
