"""The supervision list, the ladders and the roster as people see them."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from foundation.errors import Invalid, NotAllowed
from organization.actions.rosters import add_turn, remove_turn
from organization.models import Department, Duty, Region, Staff
from organization.queries.duty import on_duty
from tests import factories
from tests.conftest import NOW
from workorders.actions import supervising
from workorders.actions.ladders import check
from workorders.actions.supervising import judge_late_reports
from workorders.ladder import Step
from workorders.models import Category, Ladder, WorkOrder

pytestmark = pytest.mark.usefixtures("limits")
HOUR = dt.timedelta(hours=1)


def client_of(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def supervise(
    category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department, duty: Staff
) -> Callable[..., WorkOrder]:
    def _supervise(hours: int, dept: Department = network, every: int = 4, subject: str = "无信号") -> WorkOrder:
        made = factories.ticket(category, jinan, agent, NOW, subject=subject)
        order = factories.dispatched(made, dept, by=officer, at=NOW)
        return supervising.supervise(order=order, reason="客户投诉升级", every_hours=every, by=duty, now=NOW + hours * HOUR)

    return _supervise


def listed(person: Staff, **query: str) -> list[str]:
    return [str(row.order) for row in client_of(person).get(reverse("workorders:supervisions"), query).context["rows"]]


def test_the_list_has_what_is_owed_first(supervise: Callable, duty: Staff) -> None:
    soon, owing, later = supervise(8, every=2), supervise(1), supervise(9, every=8)
    judge_late_reports(now=NOW + 6 * HOUR)

    with time_machine.travel(NOW + 9 * HOUR):
        assert listed(duty) == [str(owing), str(soon), str(later)]
        assert listed(duty, show="owed") == [str(owing)]


def test_departments_see_their_own_supervisions_and_the_centre_all(
    supervise: Callable, billing: Department, head: Staff, biller: Staff, duty: Staff, manager: Staff
) -> None:
    ours, theirs = supervise(1), supervise(2, billing)

    assert listed(head) == [str(ours)]
    assert listed(biller) == [str(theirs)]
    assert listed(duty) == listed(manager) == [str(ours), str(theirs)]
    assert listed(duty, department=str(billing.pk)) == [str(theirs)]


def test_an_ended_supervision_is_found_among_the_ended(supervise: Callable, duty: Staff) -> None:
    order = supervise(1)
    supervising.end_supervision(order=order, reason="已解决", by=duty, now=NOW + 2 * HOUR)

    assert listed(duty) == []
    assert listed(duty, show="ended") == [str(order)]


@pytest.mark.parametrize("item_count", [1, 20])
def test_the_list_costs_the_same_for_many_rows(
    item_count: int, supervise: Callable, duty: Staff, django_assert_num_queries: Callable
) -> None:
    for number in range(item_count):
        supervise(number)
    client = client_of(duty)

    with django_assert_num_queries(4):
        assert client.get(reverse("workorders:supervisions")).status_code == 200


def test_the_menu_counts_what_is_owed_before_what_is_open(supervise: Callable, duty: Staff) -> None:
    supervise(1)
    supervise(1, every=24)

    with time_machine.travel(NOW + 2 * HOUR):
        assert client_of(duty).get(reverse("workorders:supervision_count")).context["shown"] == "2"
    with time_machine.travel(NOW + 6 * HOUR):
        assert client_of(duty).get(reverse("workorders:supervision_count")).context["owed"] == 1


def test_strange_filters_narrow_nothing(supervise: Callable, duty: Staff) -> None:
    order = supervise(1)

    assert listed(duty, department="x", urgency="y", show="z", after="~", number="\0") == [str(order)]


def test_supervision_is_ordered_and_reported_on_the_ticket_page(supervise: Callable, handler: Staff, duty: Staff) -> None:
    order = supervise(1)
    address = reverse("workorders:order_action", args=[order.pk, "report_progress"])

    page = client_of(handler).get(reverse("workorders:ticket", args=[order.ticket_id]))
    assert address in page.content.decode()
    assert "下次报进展" in page.content.decode()
    client_of(handler).post(address, {"text": "已到现场"})
    assert order.supervisions.get().reports == 1


# — ladders —


@pytest.fixture
def admin(centre: Department) -> Staff:
    person = factories.staff("9001", "管理员", centre, ["admin"])
    person.is_staff = person.is_superuser = True
    person.save()
    return person


def typed(*steps: dict[str, object], kind: str = "resolve", **more: str) -> dict[str, object]:
    data: dict[str, object] = {"kind": kind, "urgency": "normal", "steps-TOTAL_FORMS": len(steps), "steps-INITIAL_FORMS": 0, **more}
    for index, step in enumerate(steps):
        data |= {f"steps-{index}-{name}": value for name, value in step.items()}
    return data


HALF = {"level": 1, "share": 50, "to": ["assignee"]}
LATE = {"level": 2, "after": 60, "to": ["head", "centre"], "supervise": "always"}
ADD = "admin:workorders_ladder_add"


def test_an_administrator_puts_a_ladder_in_force(admin: Staff) -> None:
    answer = client_of(admin).post(reverse(ADD), typed(HALF, LATE, _save=""))

    assert answer.status_code == 302
    assert [step.at for step in Ladder.objects.get().plain.steps] == ["50%", "+60"]
    assert Ladder.objects.get().made_by == admin


def test_a_preview_tells_who_and_when_and_changes_nothing(
    admin: Staff, supervise: Callable, handler: Staff, contact: Staff, head: Staff, network: Department
) -> None:
    network.head = head
    network.save()
    supervise(1)

    page = client_of(admin).post(reverse(ADD), typed(HALF, LATE, _preview=""))

    assert not Ladder.objects.exists()
    assert [(row.step.level, row.at, list(map(str, row.told))) for row in page.context["rows"]] == [
        (1, NOW + 12 * HOUR, ["网络接口人"]),
        (2, NOW + 25 * HOUR, ["网络部负责人", "值班长"]),
    ]
    assert 'name="steps-0-share" value="50"' in page.content.decode()


def test_pitfall_35_an_acknowledge_ladder_cannot_be_saved_with_what_only_a_resolve_ladder_has(admin: Staff) -> None:
    page = client_of(admin).post(reverse(ADD), typed(HALF, LATE, kind="acknowledge", _save=""))

    assert page.status_code == 200
    assert not Ladder.objects.exists()


def test_a_new_version_starts_from_the_steps_of_the_one_before(admin: Staff) -> None:
    factories.ladders()
    source = Ladder.objects.get(kind="resolve", urgency="major")

    page = client_of(admin).get(reverse(ADD), {"from": source.pk})

    formset = page.context["inline_admin_formsets"][0].formset
    assert [form.initial.get("level") for form in formset.forms][:6] == [1, 2, 3, 4, 5, 6]
    assert page.context["adminform"].form.initial["urgency"] == "major"


def test_a_version_is_shown_and_never_changed(admin: Staff, supervise: Callable) -> None:
    factories.ladders()
    supervise(1)
    ladder = Ladder.objects.get(kind="resolve", urgency="normal")

    page = client_of(admin).get(reverse("admin:workorders_ladder_change", args=[ladder.pk]))

    assert page.status_code == 200
    assert "值班长" in page.content.decode()
    assert client_of(admin).post(reverse("admin:workorders_ladder_change", args=[ladder.pk]), typed(HALF)).status_code == 403


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [Step(level=1, share=50, to=("head",)), Step(level=1, share=80, to=("head",))],
        [Step(level=1, share=80, to=("head",)), Step(level=2, share=50, to=("head",))],
        [Step(level=1, to=("head",))],
        [Step(level=1, share=50, after=60, to=("head",))],
        [Step(level=1, share=50)],
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(steps: list[Step]) -> None:
    with pytest.raises(Invalid):
        check("resolve", steps)


# — the roster —


def put_on(person: Staff, network: Department, by: Staff, start: int = 9, end: int = 24, **more: object) -> Duty:
    values = {"role": "head", "person": person, "starts_at": NOW + start * HOUR, "ends_at": NOW + end * HOUR, **more}
    return add_turn(department=network, **values, by=by, now=NOW)


def test_the_roster_decides_who_the_head_is_tonight(network: Department, head: Staff, colleague: Staff) -> None:
    network.head = head
    network.save()
    put_on(colleague, network, head)

    assert on_duty(network, "head", NOW) == [head]
    assert on_duty(network, "head", NOW + 9 * HOUR) == [colleague]
    assert on_duty(network, "head", NOW + 24 * HOUR) == [head]


def test_the_deputy_steps_in_where_the_person_has_left(network: Department, head: Staff, colleague: Staff, contact: Staff) -> None:
    put_on(colleague, network, head, deputy=contact)
    colleague.is_active = False
    colleague.save()

    assert on_duty(network, "head", NOW + 10 * HOUR) == [contact]


def test_only_one_person_has_a_duty_at_a_time_and_turns_may_touch(
    network: Department, head: Staff, colleague: Staff, contact: Staff
) -> None:
    put_on(colleague, network, head)

    with pytest.raises(Invalid):
        put_on(contact, network, head, start=23, end=30)
    put_on(contact, network, head, start=24, end=30)
    assert Duty.objects.count() == 2


def test_only_the_head_keeps_the_roster_and_only_of_its_own_people(
    network: Department, head: Staff, contact: Staff, stranger: Staff
) -> None:
    for person in (contact, stranger):
        with pytest.raises(NotAllowed):
            put_on(contact, network, person)
    with pytest.raises(Invalid):
        put_on(stranger, network, head)
    turn = put_on(contact, network, head)
    with pytest.raises(NotAllowed):
        remove_turn(turn=turn, by=stranger, now=NOW)


def test_a_head_puts_somebody_on_duty_in_the_browser_and_takes_them_off(network: Department, head: Staff, colleague: Staff) -> None:
    client, address = client_of(head), reverse("organization:duties")
    data = {"role": "head", "person": colleague.pk, "starts_at": "2026-11-02T18:00", "ends_at": "2026-11-03T08:30"}

    with time_machine.travel(NOW):
        assert client.get(address).status_code == 200
        assert client.post(address, data).status_code == 302
        again = client.post(address, data)
    assert again.status_code == 422
    assert again.context["form"]["starts_at"].value() == "2026-11-02T18:00"
    turn = Duty.objects.get()
    assert (turn.starts_at, turn.person) == (NOW + 9 * HOUR, colleague)
    client.post(reverse("organization:remove_duty", args=[turn.pk]))
    assert not Duty.objects.exists()
