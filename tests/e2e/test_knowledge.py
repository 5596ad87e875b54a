"""An article in the browser: it helps at intake, the solved ticket becomes another one, which a second person publishes."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from complaints.models import Customer
from knowledge.actions.writing import Words, revise
from knowledge.models import Article, ArticleUse
from organization.models import Department, Staff
from tests import factories
from workorders.models import Category, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("limits")]


def judged(page: Page) -> tuple[bool, list[str]]:
    """Return whether the page is wider than the window, and what is wrong with it."""
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)))")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wide, [
        f"{each['id']} {node['html'][:160]}" for each in Axe().run(page).response["violations"] for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize(("width", "locale", "scheme"), [(360, "en-US", "dark")])
def test_an_article_helps_and_its_ticket_becomes_the_next(
    login: Callable[..., Page],
    category: Category,
    network: Department,
    agent: Staff,
    handler: Staff,
    contact: Staff,
    customer: Customer,
    width: int,
    locale: str,
    scheme: str,
) -> None:
    factories.route(category, network)
    article = factories.article(category, network, handler, reviewer=contact)
    page = login(agent, width=width, locale=locale, scheme=scheme)
    page.goto(f"/complaints/new/?find={customer.number}")
    page.fill("textarea[name=description]", "家里没有信号，打不出去")
    offer = page.locator(f"#offer-{article.pk}")
    offer.locator("summary").click()
    assert judged(page) == (False, [])
    page.evaluate(
        "value => { const native = document.querySelector('[data-native] select'); native.value = value;"
        " native.dispatchEvent(new Event('restored', { bubbles: true })); }",
        str(category.pk),
    )
    page.wait_for_load_state("networkidle")
    offer.locator("[data-answer-from]").click()
    expect(page.locator("textarea[name=answer]")).to_have_value("请到窗边再试")
    expect(offer.locator("button[data-helped][aria-pressed=true]")).to_have_count(1)
    page.locator("[data-needs=solved]").click()
    page.wait_for_url("**/tickets/**")

    ticket = Ticket.objects.get()
    assert list(ArticleUse.objects.values_list("ticket", "has_helped")) == [(ticket.pk, True)]
    page.locator(f"a[href='/knowledge/from/{ticket.pk}/']").click()
    assert judged(page) == (False, [])
    page.fill("input[name=title]", "没有信号时怎么答")
    page.locator("button[name=then][value=submit]").click()
    page.wait_for_url("**/knowledge/*/")
    assert judged(page) == (False, [])

    made = Article.objects.get(source=ticket)
    page = login(contact, width=width, locale=locale, scheme=scheme)
    page.goto(f"/knowledge/{made.pk}/")
    page.locator("details summary.btn-primary").click()
    page.locator("details[open] button").click()
    expect(page.locator(".alert-success")).to_contain_text("没有信号时怎么答")
    for address in (f"/knowledge/{article.pk}/", "/knowledge/", "/knowledge/report/", f"/knowledge/{made.pk}/edit/"):
        page.goto(address)
        assert judged(page) == (False, []), address

    page.goto(f"/knowledge/{article.pk}/edit/")
    words = Words(title=article.title, category=category, question=article.question, answer="请重启手机再试", steps=article.steps)
    revise(article=article, words=words, change="先重启", by=handler, now=timezone.now())
    page.fill("input[name=change]", "补充")
    page.fill("textarea[name=answer]", "请打开飞行模式再试")
    page.locator("button[name=then][value=keep]").click()
    expect(page.locator("#overtaken")).to_contain_text(str(handler))
    expect(page.locator("textarea[name=answer]")).to_have_value("请打开飞行模式再试")
    assert judged(page) == (False, [])
    page.locator("button[name=then][value=keep]").click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert article.versions.get(number=2).answer == "请打开飞行模式再试"
