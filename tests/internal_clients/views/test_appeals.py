"""Appeals on the pages: contested from the card while it is allowed, listed for who has to act, with before and after."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from internal_clients.actions import appealing, scoring
from internal_clients.models import Appeal, Evidence, Period, ScoreItem, ScoreLine, ScoreRun
from organization.models import Department, Staff
from organization.queries.days import working_day
from tests import factories
from workorders.models import WorkOrder

OCTOBER = dt.date(2026, 10, 1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def judge(centre: Department) -> Staff:
    return factories.staff("2102", "考核岗二", centre, ["supervisor"])


@pytest.fixture
def run(legs: list[WorkOrder], scorer: Staff) -> ScoreRun:
    return scoring.show(month=OCTOBER, by=scorer, now=timezone.now())


def line(run: ScoreRun, code: str = "A1") -> ScoreLine:
    return ScoreLine.objects.get(part_score__card__run=run, part_score__card__department__code="NETWORK", indicator__code=code)


@pytest.fixture
def appeal(run: ScoreRun, head: Staff) -> Appeal:
    return appealing.contest_line(line=line(run), grounds="时钟不准", evidence="校准记录", by=head, now=timezone.now())


def address(name: str, *args: object) -> str:
    return reverse(f"internal_clients:{name}", args=args)


def card(name: str = "card", *args: object) -> str:
    return address(name, "2026-10", "NETWORK", *args)


def test_the_head_contests_a_row_and_a_line_from_where_they_stand(client: Client, run: ScoreRun, head: Staff) -> None:
    client.force_login(head)
    row = Evidence.objects.filter(line=line(run)).order_by("pk")[0]
    whole = card("contest_line", "A2")

    assert card("contest", row.pk) in client.get(card("line", "A1")).content.decode()
    assert whole in client.get(card()).content.decode()
    assert client.get(whole).status_code == 200
    assert client.post(whole, {"grounds": "时钟不准", "evidence": " "}).status_code == 422
    done = client.post(whole, {"grounds": "时钟不准", "evidence": "校准记录"})
    made = Appeal.objects.get()
    assert (done.status_code, done.headers["Location"]) == (302, address("appeal", made.pk))
    page = client.get(card()).content.decode()
    assert whole not in page
    assert address("appeal", made.pk) in page


def test_when_the_days_are_over_there_is_no_button_but_the_reason_and_the_last_day(
    client: Client, run: ScoreRun, head: Staff, contact: Staff
) -> None:
    shown = timezone.now() - 10 * DAY
    Period.objects.filter(pk=run.period_id).update(provisional_at=shown)
    last = f"{working_day(timezone.localtime(shown).date(), 3)}"

    for person, told in ((head, True), (contact, False)):
        client.force_login(person)
        for page in (card(), card("line", "A1")):
            content = client.get(page).content.decode()
            assert "/contest/" not in content
            assert (last in content) is told


def test_each_finds_what_is_theirs_to_do(
    client: Client, appeal: Appeal, judge: Staff, agent: Staff, head: Staff, manager: Staff, stranger: Staff, scorer: Staff
) -> None:
    def listed(person: Staff, tab: str) -> bool:
        client.force_login(person)
        return address("appeal", appeal.pk) in client.get(address("appeals"), {"tab": tab}).content.decode()

    expected = {
        (judge, "rule"): True,
        (scorer, "rule"): False,
        (scorer, "all"): True,
        (agent, "state"): True,
        (head, "ours"): True,
        (manager, "committee"): False,
        (stranger, "ours"): False,
    }
    assert {key: listed(*key) for key in expected} == expected
    client.force_login(stranger)
    assert client.get(address("appeal", appeal.pk)).status_code == 404
    client.force_login(scorer)
    assert client.get(address("appeal_step", appeal.pk, "rule")).status_code == 403


def test_before_a_ruling_its_effect_is_shown_and_afterwards_the_score_before_and_after(
    client: Client, appeal: Appeal, judge: Staff, agent: Staff
) -> None:
    client.force_login(agent)
    assert "previews" not in client.get(address("appeal", appeal.pk)).context
    client.post(address("appeal_step", appeal.pk, "state"), {"statement": "当天平台时钟确实不准"})
    client.force_login(judge)
    ruling = address("appeal_step", appeal.pk, "rule")
    shown = client.get(ruling)
    (preview,) = shown.context["previews"]
    assert "当天平台时钟确实不准" in shown.content.decode()
    assert f"{preview.after.total:.2f}" in shown.content.decode()
    assert client.post(ruling, {"outcome": "excluded", "reason": "属实"}).status_code == 302
    coming = client.get(address("appeal", appeal.pk)).context["coming"]
    assert [each.after.total for each in coming] == [preview.after.total]

    appealing.recount(period=appeal.card.run.period, now=timezone.now())
    page = client.get(address("appeal", appeal.pk))

    assert [(each.before.total, each.after.total) for each in page.context["effects"]] == [
        (preview.before.total, preview.after.total)
    ]
    assert page.context["coming"] == []
    card_page = client.get(card()).content.decode()
    assert re.search(rf'href="{address("appeal", appeal.pk)}">[^<]*</a></td>', card_page)
    assert client.get(ruling).status_code == 409


def test_the_month_names_the_appeals_that_keep_it_from_being_published(
    client: Client, appeal: Appeal, scorer: Staff, judge: Staff, head: Staff, stranger: Staff
) -> None:
    for person, sees in ((head, True), (stranger, False)):
        client.force_login(person)
        assert (address("appeal", appeal.pk) in client.get(address("scores", "2026-10")).content.decode()) is sees
    Period.objects.filter(pk=appeal.card.run.period_id).update(provisional_at=timezone.now() - 10 * DAY)
    client.force_login(scorer)
    publish = address("month_step", "2026-10", "publish")

    page = client.get(address("scores", "2026-10")).content.decode()
    assert address("appeal", appeal.pk) in page
    assert publish not in page
    appealing.rule(appeal=appeal, outcome="dismissed", reason="不成立", by=judge, now=timezone.now())
    assert publish in client.get(address("scores", "2026-10")).content.decode()


@pytest.mark.parametrize("item_count", [1, 3])
def test_no_page_takes_more_than_twelve_queries(
    client: Client,
    item_count: int,
    run: ScoreRun,
    network: Department,
    head: Staff,
    judge: Staff,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    own = run.cards.get(department=network)
    penalties = [
        ScoreItem.objects.create(card=own, kind="penalty", code="P2", points=2, reason=f"迟报{n}") for n in range(item_count)
    ]
    made = [
        appealing.contest_line(line=line(run, code), grounds="时钟不准", evidence="记录", by=head, now=timezone.now())
        for code in ("A1", "A2", "A5")[:item_count]
    ]
    assert len(penalties) == item_count
    for person, pages in (
        (judge, [address("appeals"), address("appeal", made[0].pk), address("appeal_step", made[0].pk, "rule")]),
        (head, [address("appeals"), address("appeal", made[0].pk), card(), card("line", "A2"), address("scores", "2026-10")]),
    ):
        client.force_login(person)
        for page in pages:
            with django_assert_max_num_queries(12, info=page):
                assert client.get(page).status_code == 200
