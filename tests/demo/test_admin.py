"""The administration of what runs the product: who may, what is refused, what is recorded."""

import json

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from journal.models import Event
from organization.enums import Role
from organization.models import Calendar, CalendarDay, Department, HolidayNotice, Region, Staff
from tests import factories
from workorders.models import Category, OlaRule, SlaRule

NOTICE = {
    "year": 2027,
    "papers": ["gov.cn 2027"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2026-12-27", "isOffDay": False},
    ],
}
IMPORT = "admin:organization_holidaynotice_import"


@pytest.fixture
def admin(db: None) -> Staff:
    person = factories.staff("9001", "系统管理员", None, [Role.ADMIN])
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def desk(client: Client, admin: Staff) -> Client:
    client.force_login(admin)
    return client


def upload(content: object) -> SimpleUploadedFile:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile("2027.json", text, content_type="application/json")


PAGES = [
    f"admin:{app}_{model}_{page}"
    for app, model in [
        ("organization", "region"),
        ("organization", "department"),
        ("organization", "staff"),
        ("organization", "calendar"),
        ("workorders", "category"),
        ("workorders", "route"),
        ("workorders", "slarule"),
        ("workorders", "olarule"),
    ]
    for page in ("changelist", "add")
]


@pytest.mark.parametrize("page", [*PAGES, "admin:organization_holidaynotice_changelist", IMPORT])
def test_admin_page_opens_for_administrators_only(desk: Client, manager: Staff, page: str) -> None:
    assert desk.get(reverse(page)).status_code == 200

    manager.is_staff = True
    manager.save()
    desk.force_login(manager)
    assert desk.get(reverse(page)).status_code in {302, 403}


def test_notice_is_shown_before_it_is_applied(desk: Client, office: Calendar) -> None:
    shown = desk.post(reverse(IMPORT), {"upload": upload(NOTICE)})

    assert shown.status_code == 200
    assert [str(change.date) for change in shown.context["changes"]] == ["2026-12-27", "2027-01-01"]
    assert not HolidayNotice.objects.filter(year=2027).exists()

    applied = desk.post(reverse(IMPORT), {"text": json.dumps(NOTICE), "apply": "1"})

    assert applied.status_code == 302
    assert list(CalendarDay.objects.filter(notice__year=2027).order_by("date").values_list("is_workday", flat=True)) == [
        True,
        False,
    ]
    office.refresh_from_db()
    assert office.revision == 2
    assert Event.objects.get(stream="notice:2027").data == {"changed": ["2026-12-27", "2027-01-01"], "source": "gov.cn 2027"}


def test_notice_that_is_in_already_changes_nothing(desk: Client, office: Calendar) -> None:
    desk.post(reverse(IMPORT), {"text": json.dumps(NOTICE), "apply": "1"})

    assert desk.post(reverse(IMPORT), {"upload": upload(NOTICE)}).context["loaded"] is True


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"x" * 300_000,
        [],
        {"year": 2027, "days": []},
        {"year": "2027", "days": [{}]},
        {"year": True, "days": [{}]},
        {"year": 2027, "days": [{"name": "x", "date": "2027-02-30", "isOffDay": True}]},
        {"year": 2027, "days": [{"name": "x", "date": "2025-01-01", "isOffDay": True}]},
        {"year": 2027, "days": [NOTICE["days"][0], NOTICE["days"][0]]},
        {"year": 2027, "days": [{"name": "x\0", "date": "2027-01-01", "isOffDay": True}]},
    ],
)
def test_notice_that_cannot_be_read_is_refused(desk: Client, content: object) -> None:
    answer = desk.post(reverse(IMPORT), {"upload": upload(content), "apply": "1"})

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_a_year_without_notice_is_called_provisional(desk: Client) -> None:
    page = desk.get(reverse("admin:organization_holidaynotice_changelist"))

    assert page.context["provisional"] != []


def test_hours_edited_raise_the_revision(desk: Client, office: Calendar) -> None:
    window = office.windows.order_by("weekday", "starts").first()
    data = {
        "code": office.code,
        "name": office.name,
        "name_en": "",
        "follows_holidays": "on",
        "windows-TOTAL_FORMS": 1,
        "windows-INITIAL_FORMS": 1,
        "windows-0-id": window.pk,
        "windows-0-calendar": office.pk,
        "windows-0-weekday": 0,
        "windows-0-starts": "09:00",
        "windows-0-ends": "12:00",
    }

    assert desk.post(reverse("admin:organization_calendar_change", args=[office.pk]), data).status_code == 302
    office.refresh_from_db()
    event = Event.objects.get(stream=f"calendar:{office.pk}", kind="calendar.hours")
    assert (office.revision, event.data["hours"][0]) == (2, [0, "09:00", "12:00"])


def test_staff_with_the_admin_role_may_enter_and_others_may_not(desk: Client, network: Department) -> None:
    person = factories.staff("3001", "网络处理人", network, [Role.HANDLER])
    url = reverse("admin:organization_staff_change", args=[person.pk])
    data = {"username": "3001", "name": "网络处理人", "is_active": "on", "department": network.pk}

    assert desk.post(url, {**data, "roles": ["handler", "admin"]}).status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, person.roles) == (True, ["handler", "admin"])
    assert desk.post(url, {**data, "roles": ["handler"]}).status_code == 302
    person.refresh_from_db()
    assert person.is_staff is False
    assert desk.post(url, {**data, "roles": ["system"]}).status_code == 200


def test_region_moved_takes_along_what_is_below(desk: Client, province: Region, jinan: Region, qingdao: Region) -> None:
    hall = factories.region("jn-h1", "济南营业厅", kind="hall", parent=jinan)
    Region.objects.filter(pk=hall.pk).update(path="sd/jn/h1/")

    data = {"name": "济南", "kind": "city", "parent": qingdao.pk}
    assert desk.post(reverse("admin:organization_region_change", args=[jinan.pk]), data).status_code == 302
    assert list(Region.objects.order_by("path").values_list("path", flat=True)) == ["sd/", "sd/qd/", "sd/qd/jn/", "sd/qd/jn/h1/"]

    data = {"name": "青岛", "kind": "city", "parent": hall.pk}
    assert desk.post(reverse("admin:organization_region_change", args=[qingdao.pk]), data).status_code == 200


def test_category_added_stands_under_its_parent(desk: Client) -> None:
    parent = factories.category("NET/COVER", "覆盖")
    url = reverse("admin:workorders_category_add")

    assert desk.post(url, {"code": "NET-COVER-ROOF", "name": "楼顶", "parent": parent.pk, "is_active": "on"}).status_code == 302
    assert Category.objects.get(code="NET-COVER-ROOF").path == "NET/COVER/ROOF/"
    assert desk.post(url, {"code": "OTHER-ROOF", "name": "楼顶", "parent": parent.pk, "is_active": "on"}).status_code == 200


OLA = {"urgency": "normal", "acknowledge_minutes": 30, "resolve_minutes": 2280, "hours": "natural"}


def test_department_limit_beyond_the_customers_is_refused(desk: Client, limits: None, network: Department) -> None:
    url = reverse("admin:workorders_olarule_add")

    assert desk.post(url, {**OLA, "department": network.pk}).status_code == 302
    beyond = {"category": factories.category("NET", "网络").pk, "resolve_minutes": 2281}
    refused = desk.post(url, {**OLA, "department": network.pk, **beyond})
    assert refused.status_code == 200
    assert set(refused.context["adminform"].form.errors) == {"resolve_minutes"}


def test_accepting_may_not_take_longer_than_resolving(desk: Client, limits: None, network: Department) -> None:
    url, data = reverse("admin:workorders_olarule_add"), {**OLA, "department": network.pk}
    wrong = {**data, "acknowledge_minutes": int(data["resolve_minutes"]) + 1}

    assert set(desk.post(url, wrong).context["adminform"].form.errors) == {"acknowledge_minutes"}
    assert desk.post(url, {**data, "acknowledge_minutes": data["resolve_minutes"]}).status_code == 302
    limits_first = pytest.raises(IntegrityError, match="olarule_acknowledge_first")
    with pgtrigger.ignore("workorders.OlaRule:append_only"), limits_first, transaction.atomic():
        OlaRule.objects.update(acknowledge_minutes=F("resolve_minutes") + 1)


def test_working_hours_are_refused_unless_round_the_clock(desk: Client, limits: None, network: Department) -> None:
    url, data = reverse("admin:workorders_olarule_add"), {**OLA, "department": network.pk, "hours": "working"}

    assert desk.post(url, data).status_code == 200
    Calendar.objects.update(round_the_clock=True)
    assert desk.post(url, data).status_code == 302


#: What the form does not have, or is left empty.
LEFT_OUT = {"id", "category", "effective_from", "version", "withdrawn"}


def test_customer_limit_below_the_departments_is_refused(desk: Client, limits: None) -> None:
    rule = SlaRule.objects.get(urgency="normal")
    data = {field.name: getattr(rule, field.name) for field in SlaRule._meta.fields if field.name not in LEFT_OUT}
    url = reverse("admin:workorders_slarule_change", args=[rule.pk])

    assert desk.post(url, {**data, "answer_minutes": 2039}).status_code == 200
    assert desk.post(url, {**data, "answer_minutes": 2040}).status_code == 302
    versions = SlaRule.objects.filter(urgency="normal").order_by("version").values_list("version", "answer_minutes")
    assert list(versions) == [(1, 2880), (2, 2040)]


def test_reference_data_loads_once_and_is_covered(db: None) -> None:
    call_command("load_calendars")
    call_command("load_reference")
    before = (Category.objects.count(), OlaRule.objects.count(), CalendarDay.objects.count(), Event.objects.count())
    call_command("load_calendars")
    call_command("load_reference")

    after = (Category.objects.count(), OlaRule.objects.count(), CalendarDay.objects.count(), Event.objects.count())
    assert before == after
    assert Category.objects.filter(children=None).exclude(path__regex=r"^([^/]+/){3}$").count() == 0
    assert set(HolidayNotice.objects.values_list("year", flat=True)) == {2024, 2025, 2026}


def test_the_site_shows_our_data_alone_and_in_chinese(desk: Client) -> None:
    shown = desk.get(reverse("admin:index"))

    assert {app["app_label"] for app in shown.context["app_list"]} == {"organization", "workorders"}
    assert {app["name"] for app in shown.context["app_list"]} == {"组织、人员与日历", "投诉分类、路由与时限"}


def test_a_category_is_placed_in_a_tree_that_looks_like_one(desk: Client) -> None:
    factories.category("NET/COVER", "覆盖")

    choices = desk.get(reverse("admin:workorders_category_add")).context["adminform"].form.fields["parent"].choices

    listed = desk.get(reverse("admin:workorders_category_changelist")).content.decode()

    assert [str(label) for _value, label in choices] == ["请选择", "NET", "\u3000覆盖"]
    assert "\u3000覆盖</a>" in listed
