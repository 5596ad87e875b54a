"""Bulletins: the domain's own examples, figures against their rows, one document in three forms, and the way to everybody's desk."""

import datetime as dt
import io
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import count as counter
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from complaints import exports, policies
from complaints.actions import bulletins
from complaints.actions.bulletin_calendar import draft_due, draft_specials, remind_readers
from complaints.actions.callbacks import record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.actions.rolling import fold
from complaints.actions.subscribers import enter_users
from complaints.bulletins.periods import Span, before, month_of, week_of
from complaints.bulletins.rates import INDICATORS, beyond_chance, ranks, shown, standing
from complaints.forms import read_users
from complaints.models import Bulletin, BulletinReader, BulletinRows, Complaint, Customer
from complaints.queries import satisfaction
from complaints.queries.bulletins.document import Table, document
from complaints.queries.bulletins.measures import counted as counted_tickets
from complaints.queries.bulletins.sealing import seal_differences
from complaints.queries.bulletins.snapshot import scope_of
from complaints.queries.bulletins.trends import trends
from complaints.queries.bulletins.users import Users
from foundation.errors import Conflict, Invalid, NotAllowed
from foundation.pdf import pdf
from journal.models import Event, Notice
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.complaints.test_dashboard import fee, flow, month, told  # noqa: F401 -- fixtures
from tests.conftest import NOW, SHANGHAI
from workorders.actions import closing, handling, reviewing
from workorders.models import Category, Ticket
from workorders.queries import figures

pytestmark = pytest.mark.usefixtures("limits")

OCTOBER = Span(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
WEEKS = Span(dt.date(2026, 11, 2), dt.date(2026, 11, 23))
#: The day after the three weeks of `month`.
LATER = dt.datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)

type Filed = Callable[..., Complaint]


@pytest.fixture
def supervisor(centre: Department) -> Staff:
    return factories.staff("2003", "督办考核岗", centre, [Role.SUPERVISOR])


@pytest.fixture
def patrol(hotline: Department, province: Region) -> Staff:
    return factories.staff("1003", "一线督导", hotline, [Role.PATROL], province)


@pytest.fixture
def filed(agent: Staff, category: Category, jinan: Region) -> Filed:
    keys = counter(1)

    def file(number: str, at: str, **changes: Any) -> Complaint:
        customer, _made = Customer.objects.get_or_create(number=number, defaults={"region": jinan})
        facts = {
            "category": category,
            "channel": "hotline",
            "region": jinan,
            "subject": "无信号",
            "description": "无信号",
            **changes,
        }
        moment = dt.datetime.fromisoformat(f"2026-{at}").replace(tzinfo=SHANGHAI)
        then = {"then": "solved", "answer": "已处理"} if not category_routed(facts["category"]) else {}
        return file_complaint(
            facts=Facts(customer=customer, contact_phone="1", **facts), filing_key=f"b:{next(keys)}", by=agent, now=moment, **then
        )

    return file


def category_routed(category: Category) -> bool:
    return hasattr(category, "route")


def counted(kind: str, span: Span, by: Staff, now: dt.datetime, **named: Any) -> Bulletin:
    made = bulletins.draft(kind=kind, span=span, by=by, now=now, **named)
    return bulletins.count(bulletin=made, now=now)


def published(made: Bulletin, officer: Staff, supervisor: Staff, now: dt.datetime) -> Bulletin:
    made = bulletins.edit(
        bulletin=made, texts={"summary": "本期投诉总体平稳。", "commendations": "济南表现突出。"}, by=officer, now=now
    )
    made = bulletins.submit(bulletin=made, by=officer, now=now)
    made = bulletins.sign(bulletin=made, by=supervisor, now=now)
    return bulletins.publish(bulletin=made, by=supervisor, now=now)


# — the domain's examples —


def test_complaints_per_ten_thousand_users_and_appeals_per_million(province: Region, jinan: Region, duty: Staff) -> None:
    entered = [(province, dt.date(2026, 9, 1), 3_950_000), (province, dt.date(2026, 10, 1), 4_050_000)]
    enter_users(entered=entered, by=duty, now=NOW)
    users = Users(OCTOBER, province=province.pk, branches=[jinan.pk])
    mean = users.of(province.pk)

    assert shown(INDICATORS["per_10k"].value({"filed": 1234, "users": mean})) == "3.09"
    assert shown(INDICATORS["appeals"].value({"regulator": 46, "users": mean})) == "11.50"
    assert users.of(jinan.pk) is None
    assert users.missing(jinan.pk) == [dt.date(2026, 9, 1), dt.date(2026, 10, 1)]


def test_repeat_complaints_by_both_ways_of_counting(
    filed: Filed, category: Category, network: Department, contact: Staff, officer: Staff, agent: Staff, verified: None
) -> None:
    factories.route(category, network)
    for number, at in (
        ("X", "10-01 09:00"), ("X", "10-01 09:30"), ("X", "10-20 10:00"), ("Y", "10-05 09:00"), ("Z", "10-02 08:00"), ("Z", "10-02 08:50")
    ):  # fmt: skip
        complaint = filed(number, at)
        at_ = complaint.ticket.filed_at
        order = complaint.ticket.orders.get()
        handling.accept(order=order, by=contact, now=at_ + dt.timedelta(minutes=2))
        reply = {"result": "已处理", "cause": "fault", "liability": "operator"}
        handling.reply(order=order, by=contact, now=at_ + dt.timedelta(minutes=3), **reply)
        reviewing.approve(order=order, by=officer, now=at_ + dt.timedelta(minutes=4))
        closing.answer(ticket=complaint.ticket, text="已恢复", by=agent, now=at_ + dt.timedelta(minutes=5))
        record_callback(
            complaint=complaint, outcome="reached", solved=True, satisfaction=5, by=officer, now=at_ + dt.timedelta(minutes=6)
        )

    whole = counted("monthly", OCTOBER, officer, NOW).figures["whole"]

    assert (whole["counts"]["counted"], whole["counts"]["repeated"], whole["rates"]["repeat"]) == (4, 1, "25.00")
    assert (whole["counts"]["customers"], whole["counts"]["repeated_keys"], whole["rates"]["repeat_keys"]) == (3, 1, "33.33")
    assert whole["counts"]["filed"] == 6
    # X's first was followed by another within seven days, and so was Z's; X's and Z's second, X's third and Y's were not.
    assert (whole["counts"]["answered"], whole["counts"]["solved_once"]) == (6, 4)


def test_equal_values_share_a_rank_and_who_has_none_is_not_ranked() -> None:
    values = {"a": Fraction(9), "b": Fraction(8), "c": Fraction(8), "d": Fraction(7), "e": None}

    assert standing(values, higher_is_better=True) == {"a": 1, "b": 2, "c": 2, "d": 4}
    counts = {
        "jn": {"overall_met": 9, "overall_due": 10, "solved": 9, "reached": 10},
        "qd": {"overall_met": 10, "overall_due": 10, "solved": 8, "reached": 10},
        "yt": {"solved": 10, "reached": 10},
    }
    found = ranks("region", counts)
    assert (found["jn"]["on_time"], found["qd"]["on_time"], found["qd"]["solved"]) == (2, 1, 3)
    assert (found["jn"]["overall"], found["qd"]["overall"], found["yt"].get("overall")) == (2, 1, None)


def test_periods_and_what_is_beyond_chance() -> None:
    assert week_of(dt.date(2026, 11, 1)) == Span(dt.date(2026, 10, 26), dt.date(2026, 11, 2))
    assert before(OCTOBER) == month_of(dt.date(2026, 9, 7))
    assert not beyond_chance(4, Fraction(0))
    assert beyond_chance(5, Fraction(1))
    assert not beyond_chance(14, Fraction(10))
    assert beyond_chance(17, Fraction(10))


# — figures and their rows —


@pytest.fixture
def weeks(month: None, officer: Staff) -> Bulletin:  # noqa: F811 -- the fixture
    return counted("special", WEEKS, officer, LATER, subject="三周情况")


def links(response: Any) -> list[tuple[str, str]]:
    return re.findall(r'<a href="(/bulletins/\d+/rows/[^"]+)">([^<]+)</a>', response.content.decode())


def test_every_number_shows_exactly_its_rows(weeks: Bulletin, client: Client, officer: Staff, contact: Staff) -> None:
    client.force_login(officer)
    found = links(client.get(f"/bulletins/{weeks.pk}/"))

    assert len({address for address, _text in found}) > 60
    for address, text in dict(found).items():
        page = client.get(address)
        assert (page.context["total"], page.context["seen"], len(page.context["rows"])) == (int(text),) * 3, address


def test_the_figures_are_those_of_the_dashboard(weeks: Bulletin) -> None:
    counts, scope = weeks.figures["whole"]["counts"], scope_of(WEEKS, LATER)
    dashboard = {each.name: each.rows(scope).count() for each in (*figures.FIGURES, *satisfaction.FIGURES)}

    # The dashboard counts tickets that are overdue now, a bulletin orders at its cut-off.
    shared = {name: number for name, number in counts.items() if name in dashboard and name != "overdue"}
    assert shared == {name: dashboard[name] for name in shared}
    assert {"filed", "overall_due", "overall_met", "resolve_due", "resolve_met", "satisfied"} <= set(shared)
    assert counts["filed"] == Ticket.objects.filter(filed_at__lt=LATER).count()
    assert counts["overall_met"] < counts["overall_due"]
    for group in ("regions", "departments"):
        assert sum(line["counts"].get("resolve_due", 0) for line in weeks.figures[group]) == counts["resolve_due"]
    assert weeks.figures["whole"]["before"]["counts"] == {}
    assert {line["code"] for line in weeks.figures["departments"]} == {"NETWORK", "BOSS", "FINANCE"}
    assert [each["number"] for each in weeks.figures["overdue"]["named"]]


def test_a_reader_sees_of_the_rows_what_is_theirs(
    weeks: Bulletin, client: Client, officer: Staff, supervisor: Staff, stranger: Staff, patrol: Staff, agent: Staff
) -> None:
    address = f"/bulletins/{weeks.pk}/rows/all.filed/"
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    published(weeks, officer, supervisor, LATER)

    page = client.get(address)
    assert page.context["total"] == weeks.figures["whole"]["counts"]["filed"]
    assert 0 < page.context["seen"] < page.context["total"]
    assert "您有权查看" in page.content.decode()
    for reader, status in ((patrol, 200), (agent, 403)):
        client.force_login(reader)
        assert client.get("/bulletins/").status_code == status
    assert client.get(f"/bulletins/{weeks.pk}/").status_code == 404


def test_page_sheet_and_pdf_say_the_same(
    weeks: Bulletin, client: Client, officer: Staff, supervisor: Staff, jinan: Region, province: Region
) -> None:
    made = published(weeks, officer, supervisor, LATER)
    client.force_login(officer)
    page = re.sub(r"<[^>]+>", "", client.get(f"/bulletins/{made.pk}/").content.decode())
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/bulletins/{made.pk}/xlsx/").content))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    reader = PdfReader(io.BytesIO(client.get(f"/bulletins/{made.pk}/pdf/").content))
    paper = re.sub(r"\s+", "", "".join(sheet.extract_text() for sheet in reader.pages))
    with translation.override("zh-hans"):
        tables = [block for block in document(made).blocks if isinstance(block, Table)]

    said = [cell for table in tables for row in table.rows for cell in row if cell.text]
    assert len(said) > 150
    for cell in said:
        assert cell.text in page, cell.text
        assert cell.text in cells, cell.text
        assert re.sub(r"\s+", "", cell.text) in paper, cell.text
        if cell.small:
            assert cell.small in page, cell.small
            assert cell.small.removeprefix(" · ") in cells, cell.small
            assert re.sub(r"\s+", "", cell.small) in paper, cell.small
    assert "本期投诉总体平稳。" in page
    assert "本期投诉总体平稳。" in cells
    assert "本期投诉总体平稳。" in paper


def test_what_is_published_stays_though_the_tickets_change(
    weeks: Bulletin, officer: Staff, supervisor: Staff, duty: Staff, jinan: Region
) -> None:
    made = published(weeks, officer, supervisor, LATER)
    said = exports.printed(document(made))
    open_one = Ticket.objects.exclude(state__in=("closed", "cancelled", "merged")).first()
    closing.cancel(ticket=open_one, reason="客户撤回", by=duty, now=LATER)
    Region.objects.filter(pk=jinan.pk).update(name="泉城")

    assert exports.printed(document(Bulletin.objects.get(pk=made.pk))) == said
    assert list(seal_differences()) == []
    for sql in (
        "UPDATE complaints_bulletin SET summary = 'x'",
        "UPDATE complaints_bulletin SET figures = '{}'",
        "DELETE FROM complaints_bulletin",
        "UPDATE complaints_bulletinrows SET ids = '{1}'",
        "DELETE FROM complaints_bulletinrows",
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# — the way to everybody's desk —


@pytest.fixture
def draft(filed: Filed, officer: Staff) -> Bulletin:
    filed("A", "10-05 09:00")
    return counted("monthly", OCTOBER, officer, NOW)


def test_a_bulletin_is_written_approved_by_another_published_and_read(
    draft: Bulletin, officer: Staff, duty: Staff, supervisor: Staff, head: Staff, manager: Staff, patrol: Staff, verified: None
) -> None:
    assert draft.summary.startswith("本期全省受理投诉 1 件")
    bulletins.edit(bulletin=draft, texts={"summary": "总体平稳。"}, by=duty, now=NOW)
    bulletins.submit(bulletin=draft, by=officer, now=NOW)
    assert list(Notice.objects.filter(kind="bulletin.submitted").values_list("recipient", flat=True)) == [supervisor.pk]
    for writer in (duty, officer, head):
        with pytest.raises(NotAllowed):
            bulletins.sign(bulletin=draft, by=writer, now=NOW)
    with pytest.raises(Conflict):
        bulletins.edit(bulletin=draft, texts={"summary": "改"}, by=officer, now=NOW)
    with pytest.raises(Conflict):
        bulletins.publish(bulletin=draft, by=supervisor, now=NOW)
    bulletins.send_back(bulletin=draft, reason="补充整改要求", by=supervisor, now=NOW)
    bulletins.edit(bulletin=draft, texts={"requirements": "限期整改。"}, by=officer, now=NOW)
    bulletins.submit(bulletin=draft, by=officer, now=NOW)
    bulletins.sign(bulletin=draft, by=supervisor, now=NOW)
    made = bulletins.publish(bulletin=draft, by=duty, now=NOW)

    assert set(Notice.objects.filter(kind="bulletin.published").values_list("recipient", flat=True)) == {head.pk, manager.pk}
    assert len(made.hash) == 64
    bulletins.confirm_read(bulletin=made, by=head, now=NOW)
    bulletins.confirm_read(bulletin=made, by=head, now=NOW)
    with pytest.raises(NotAllowed):
        bulletins.confirm_read(bulletin=made, by=patrol, now=NOW)
    assert {(each.staff_id, each.read_at is not None) for each in made.readers.all()} == {(head.pk, True), (manager.pk, False)}
    assert bulletins.remind(bulletin=made, by=officer, now=NOW) == 1
    assert bulletins.remind(bulletin=made, by=officer, now=NOW) == 0
    assert Notice.objects.get(kind="bulletin.unread").recipient_id == manager.pk
    happened = Event.objects.filter(stream=made.stream).order_by("seq").values_list("kind", flat=True)
    kinds = [kind.removeprefix("bulletin.") for kind in happened]
    assert kinds == [
        *("draft", "count", "edit", "submit", "send_back", "edit", "submit", "sign", "publish", "read", "remind"),
    ]


def test_the_database_itself_wants_two_people_and_the_right_order(draft: Bulletin, officer: Staff) -> None:
    bulletins.submit(bulletin=draft, by=officer, now=NOW)
    same = {"state": "approved", "approved_by": officer, "approved_at": NOW}
    with pytest.raises(DatabaseError, match="bulletin_two_people"), transaction.atomic():
        Bulletin.objects.filter(pk=draft.pk).update(**same)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Bulletin.objects.filter(pk=draft.pk).update(state="published")
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Bulletin.objects.filter(pk=draft.pk).update(summary="改")
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        BulletinRows.objects.filter(bulletin=draft).delete()


def test_a_correction_refers_to_what_it_corrects_and_leaves_it(
    draft: Bulletin, officer: Staff, supervisor: Staff, head: Staff, client: Client
) -> None:
    made = published(draft, officer, supervisor, NOW)
    with pytest.raises(Invalid):
        bulletins.correct(bulletin=made, reason=" ", by=officer, now=NOW)
    second = bulletins.correct(bulletin=made, reason="万投比用户数有误", by=officer, now=NOW)
    with pytest.raises(Conflict):
        bulletins.correct(bulletin=made, reason="再次", by=officer, now=NOW)
    second = bulletins.count(bulletin=second, now=NOW)
    assert (second.summary, second.corrects) == (made.summary, made)
    client.force_login(head)
    assert "本通报已有更正通报" not in client.get(f"/bulletins/{made.pk}/").content.decode()
    bulletins.submit(bulletin=second, by=officer, now=NOW)
    bulletins.sign(bulletin=second, by=supervisor, now=NOW)
    bulletins.publish(bulletin=second, by=supervisor, now=NOW)

    assert "本通报已有更正通报" in client.get(f"/bulletins/{made.pk}/").content.decode()
    assert "本通报更正《2026-10 投诉处理情况通报》：万投比用户数有误" in client.get(f"/bulletins/{second.pk}/").content.decode()


def test_the_calendar_drafts_each_period_once(filed: Filed, officer: Staff) -> None:
    filed("A", "10-05 09:00")
    first = draft_due(now=NOW)
    assert [(each.kind, each.start) for each in first] == [("monthly", dt.date(2026, 10, 1))]
    assert draft_due(now=NOW) == []
    bulletins.discard(bulletin=first[0], by=officer, now=NOW)
    assert draft_due(now=NOW) == []
    counted("monthly", OCTOBER, officer, NOW)
    with pytest.raises(Conflict):
        counted("monthly", OCTOBER, officer, NOW)


def test_a_provisional_one_by_hand_does_not_stand_for_the_final_one(filed: Filed, officer: Staff) -> None:
    filed("A", "10-05 09:00")
    counted("monthly", OCTOBER, officer, NOW, edition="provisional")

    assert [(each.kind, each.edition) for each in draft_due(now=NOW)] == [("monthly", "final")]


def test_a_running_period_is_drafted_but_not_handed_in(filed: Filed, officer: Staff) -> None:
    filed("A", "11-02 08:00")
    made = counted("weekly", week_of(NOW.date()), officer, NOW)
    assert made.figures["whole"]["counts"]["filed"] == 1
    with pytest.raises(Conflict):
        bulletins.submit(bulletin=made, by=officer, now=NOW)
    later = NOW + dt.timedelta(days=7)
    bulletins.recount(bulletin=made, by=officer, now=later)
    bulletins.count(bulletin=made, now=later)
    assert bulletins.submit(bulletin=made, by=officer, now=later).state == "submitted"


def test_a_surge_that_turns_red_on_its_third_day_is_told_too(category: Category, jinan: Region, filed: Filed) -> None:
    filed("A", "11-02 08:00")
    opened = NOW - dt.timedelta(days=2)
    red = factories.alert(category, jinan, opened, level=4, raised_at=NOW - dt.timedelta(minutes=5))

    assert [each.alert for each in draft_specials(now=NOW)] == [red]


def test_what_came_under_an_incident_counts_for_no_repeat_though_it_is_answered(
    filed: Filed, officer: Staff, category: Category
) -> None:
    one, two = filed("A", "10-05 09:00"), filed("B", "10-05 10:00")
    scope = scope_of(OCTOBER, NOW)
    assert counted_tickets(scope).count() == 2
    # As `answer_merged` leaves it: answered by itself, with its master still named.
    Ticket.objects.filter(pk=two.pk).update(merged_into=one.pk)

    assert list(counted_tickets(scope).values_list("pk", flat=True)) == [one.pk]


@pytest.mark.parametrize("days", [("9999-12-30", "9999-12-31"), ("0001-01-01", "0001-01-02")])
def test_days_far_away_are_refused_at_their_field(client: Client, officer: Staff, days: tuple[str, str]) -> None:
    client.force_login(officer)

    refused = client.post("/bulletins/", {"period": "special", "subject": "专项", "start": days[0], "end": days[1]})

    assert (refused.status_code, Bulletin.objects.count()) == (422, 0)


def test_numbers_of_users_are_taken_whole_or_not_at_all(jinan: Region, client: Client, officer: Staff) -> None:
    assert read_users("jn,2026-10,abc")[1]
    assert not read_users("地区,月份,用户数\njn,2026-10,5")[1]
    client.force_login(officer)
    endless = SimpleUploadedFile("users.csv", ('"' + "x" * 140_000).encode())

    assert client.post("/bulletins/users/", {"file": endless}).status_code == 422


def test_a_red_alert_is_told_in_a_special_bulletin(category: Category, jinan: Region, filed: Filed, officer: Staff) -> None:
    filed("A", "11-02 08:00")
    red = factories.alert(category, jinan, level=4)

    made = draft_specials(now=NOW)
    assert [(each.alert, each.subject) for each in made] == [(red, "红色预警，济南室内覆盖投诉突增")]
    assert draft_specials(now=NOW) == []
    issue = next(iter(bulletins.count(bulletin=made[0], now=NOW + dt.timedelta(minutes=1)).figures["hot"]["details"].values()))
    assert [each["alert"] for each in issue["alerts"]] == [red.pk]
    assert (issue["filed"], issue["places"][0]["name"]) == (1, "济南")


def test_reminders_go_out_by_themselves_after_two_days(draft: Bulletin, officer: Staff, supervisor: Staff, head: Staff) -> None:
    published(draft, officer, supervisor, NOW)

    assert remind_readers(now=NOW + dt.timedelta(days=1)) == 0
    assert remind_readers(now=NOW + dt.timedelta(days=2)) == 1
    assert remind_readers(now=NOW + dt.timedelta(days=3)) == 0


def test_trends_are_the_same_from_the_sums_and_from_the_rows(month: None, category: Category) -> None:  # noqa: F811 -- the fixture
    spans = [before(before(week_of(LATER.date()))), before(week_of(LATER.date())), week_of(LATER.date())]
    rows = trends(spans, LATER)
    fold(now=LATER - dt.timedelta(days=1))
    Ticket.objects.filter(category=category).update(channel="web")

    assert trends(spans, LATER) == rows
    assert sum(map(sum, rows.values())) > 0


# — pages —


def test_the_pages_take_few_queries_however_many_readers(
    draft: Bulletin,
    officer: Staff,
    supervisor: Staff,
    head: Staff,
    client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = published(draft, officer, supervisor, NOW)
    client.force_login(officer)
    client.get(f"/bulletins/{made.pk}/")
    for number in range(3):
        BulletinReader.objects.create(bulletin=made, staff=factories.staff(f"7{number}", "人", None, [Role.MANAGER]), told_at=NOW)
    with django_assert_num_queries(6):
        client.get(f"/bulletins/{made.pk}/")
    with django_assert_num_queries(3):
        client.get("/bulletins/")


def test_drafting_editing_and_the_steps_on_the_page(filed: Filed, officer: Staff, supervisor: Staff, client: Client) -> None:
    client.force_login(officer)
    refused = client.post("/bulletins/", {"period": "special", "subject": ""})
    assert refused.status_code == 422
    assert "专项通报须填写起止日期。" in refused.content.decode()
    client.post("/bulletins/", {"period": "special", "subject": "国庆保障", "start": "2026-01-01", "end": "2026-01-08"})
    made = Bulletin.objects.get()
    assert "数据正在统计" in client.get(f"/bulletins/{made.pk}/").content.decode()
    bulletins.count(bulletin=made, now=NOW)
    client.post(f"/bulletins/{made.pk}/edit/", {"subject": "国庆保障", "summary": "平稳。", "commendations": "<b>好</b>"})
    assert "&lt;b&gt;好" in client.get(f"/bulletins/{made.pk}/").content.decode()
    client.post(f"/bulletins/{made.pk}/do/submit/")
    client.force_login(supervisor)
    assert client.post(f"/bulletins/{made.pk}/do/send_back/", {"reason": ""}).status_code == 422
    client.post(f"/bulletins/{made.pk}/do/sign/")
    client.post(f"/bulletins/{made.pk}/do/publish/")

    assert Bulletin.objects.get().state == "published"
    assert client.post(f"/bulletins/{made.pk}/do/nothing/").status_code == 404
    assert client.get(f"/bulletins/{made.pk}/rows/all.secret/").status_code == 404


def test_numbers_of_users_are_taken_whole_or_refused_by_line(
    province: Region, jinan: Region, client: Client, officer: Staff
) -> None:
    client.force_login(officer)
    refused = client.post(
        "/bulletins/users/", {"lines": "地区,月份,用户数\njn,2026-10,4320000\nxx,2026-10,1\njn,2026-13,1\njn,2026-10,-1"}
    )
    assert refused.status_code == 422
    said = refused.content.decode()
    for words in ("第 3 行：没有代码为“xx”的地区", "第 4 行", "第 5 行"):
        assert words in said
    assert client.post("/bulletins/users/", {"lines": "jn\t2026-10\t4320000"}).status_code == 302
    assert "4320000" in client.get("/bulletins/users/").content.decode()
    assert read_users("jn,2026-10,1\njn,2026-10,2") == ([(jinan, dt.date(2026, 10, 1), 2)], [])


def test_without_numbers_of_users_the_reason_is_shown(draft: Bulletin, client: Client, officer: Staff, jinan: Region) -> None:
    client.force_login(officer)

    assert "缺 2026-09、2026-10 用户数" in client.get(f"/bulletins/{draft.pk}/").content.decode()


def test_predicate_and_queryset_agree(
    draft: Bulletin, officer: Staff, supervisor: Staff, head: Staff, manager: Staff, agent: Staff, handler: Staff, patrol: Staff
) -> None:
    made = published(counted("special", OCTOBER, officer, NOW, subject="专项"), officer, supervisor, NOW)
    for person in (officer, supervisor, head, manager, agent, handler, patrol):
        visible = set(policies.bulletins_visible_to(person))
        assert visible == {each for each in (draft, made) if policies.may_read_bulletin(person, each)}


def test_the_pdf_is_a_pdf(draft: Bulletin) -> None:
    assert pdf(exports.printed(document(draft)), printed_by="值班长", at=NOW).startswith(b"%PDF")
