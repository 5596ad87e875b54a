"""The demo's articles, written, reviewed and kept through the real actions at their own times, and what they did for complaints."""

import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone

from journal.notify import silence
from knowledge.actions import keeping, writing
from knowledge.actions.writing import Words
from knowledge.models import Article, ArticleUse
from knowledge.models.article import TEXTS
from knowledge.policies import SOLVED
from knowledge.queries.prefilling import beginnings
from organization.enums import Role
from organization.models import Department, Staff
from workorders.models import Category, Ticket

SHEET: dict[str, Any] = tomllib.loads((Path(__file__).parent / "articles.toml").read_text(encoding="utf-8"))
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
#: What was tried on the tickets of the last so many days.
USED = 85 * DAY
#: How often an article is tried on a ticket that was solved at the first point, and on another; and how often it helps.
TRIED_AT_ONCE, TRIED, HELPED, REMARKED = 0.6, 0.12, 0.88, 0.05


class People(NamedTuple):
    """Who writes and who reviews for a department."""

    handler: Staff
    contact: Staff


class Maker:
    """Makes the articles; the same seed makes the same uses."""

    def __init__(self, seed: int, now: dt.datetime) -> None:
        self.draw, self.now = random.Random(seed), now
        self.departments = {each.code: each for each in Department.objects.all()}
        self.categories = {each.path: each for each in Category.objects.all()}
        self.staff = list(Staff.objects.filter(is_active=True).select_related("department", "region").order_by("pk"))

    def people(self, department: Department) -> People:
        """Return a department's first handler and its contact."""
        own = [each for each in self.staff if each.department_id == department.pk]
        handler = next(each for each in own if each.roles == [Role.HANDLER])
        return People(handler, next(each for each in own if Role.CONTACT in each.roles))

    def login(self, username: str) -> Staff:
        """Return one of the printed logins."""
        return next(each for each in self.staff if each.username == username)

    def at(self, days_ago: int, hour: int = 10) -> dt.datetime:
        """Return an hour of the day so many days ago, as our clocks show it."""
        day = timezone.localtime(self.now) - days_ago * DAY
        return min(day.replace(hour=hour, minute=10, second=0, microsecond=0), self.now)

    def words(self, told: dict[str, Any], **otherwise: str) -> Words:
        """Return what the sheet says, `otherwise` in some of it."""
        category = self.categories[f"{told['category']}/"]
        texts = {"steps": "", **{name: told[name].strip() for name in TEXTS if name in told}, **otherwise}
        return Words(**{**texts, "category": category})

    def article(self, told: dict[str, Any]) -> None:
        """Let an article live as the sheet tells it."""
        department = self.departments[told["department"]]
        handler, contact = self.people(department)
        revised = told.get("revised", {})
        began = self.at(told["written"])
        made = writing.write_article(
            department=department, words=self.words(told, **revised.get("was", {})), submit=True, by=handler, now=began
        )
        if "sent_back" in told:
            keeping.send_back(article=made, reason=told["sent_back"], by=contact, now=began + 3 * HOUR)
        if told.get("review") or "sent_back" in told:
            return
        until = timezone.localdate(self.now) + told["until"] * DAY if "until" in told else None
        self._published(made, until, contact, began + 4 * HOUR)
        if revised:
            at = self.at(revised["ago"])
            writing.revise(article=made, words=self.words(told), change=revised["change"], submit=True, by=handler, now=at)
            keeping.publish(article=made, by=contact, now=at + 5 * HOUR)
        if "confirmed" in told:
            keeping.confirm_right(article=made, by=contact, now=self.at(told["confirmed"], 15))
        if gone := told.get("withdrawn"):
            keeping.withdraw(article=made, reason=gone["reason"], by=contact, now=self.at(gone["ago"]))

    def _published(self, made: Article, until: dt.date | None, by: Staff, at: dt.datetime) -> None:
        wanted = until if until and until >= timezone.localdate(at) else None
        keeping.publish(article=made, valid_until=wanted, by=by, now=at)

    def from_ticket(self) -> None:
        """Let an agent make an article of a ticket that was solved at the first point."""
        agent = self.login("agent")
        solved = Ticket.objects.filter(state__in=SOLVED, first_point=True, filed_by=agent, category__path__startswith="BIZ/")
        ticket = solved.select_related("category", "region").order_by("-pk").first()
        if ticket is None:
            return
        began: dict[str, Any] = beginnings(ticket, agent)
        owner = next((each for each in self.departments.values() if each.pk == began["department"]), self.departments["CARE"])
        words = Words(**{**{name: began[name] for name in TEXTS}, "category": ticket.category})
        writing.write_article(department=owner, words=words, source=ticket, submit=True, by=agent, now=self.now - 3 * HOUR)

    def uses(self) -> Iterator[ArticleUse]:
        """Yield what was tried on the complaints of the last months: once a ticket, the article nearest to its category."""
        unused = [told["title"] for told in SHEET["article"] if told.get("unused")]
        articles = {
            each.category.path: each
            for each in Article.objects.filter(shown__gt=0, state="published").exclude(title__in=unused).select_related("category")
        }
        rows = Ticket.objects.filter(filed_at__gt=self.now - USED).order_by("pk")
        for pk, key, path, by, at, at_once in rows.values_list(
            "pk", "filing_key", "category__path", "filed_by", "filed_at", "first_point"
        ):
            near = [articles[above] for above in articles if path.startswith(above) and _held(articles[above], at)]
            if near and self.draw.random() < (TRIED_AT_ONCE if at_once else TRIED):
                article = max(near, key=lambda each: len(each.category.path))
                has_helped = self.draw.random() < (HELPED if at_once else HELPED * 0.75)
                said = self.draw.choice(SHEET["remarks"]["good" if has_helped else "bad"])
                remark = said if self.draw.random() < REMARKED * (1 if has_helped else 5) else ""
                yield ArticleUse(
                    article=article,
                    version=article.shown,
                    filing_key=key,
                    ticket_id=pk,
                    has_helped=has_helped,
                    remark=remark,
                    by_id=by,
                    at=at,
                )


def _held(article: Article, at: dt.datetime) -> bool:
    """Tell whether what is shown today was published by then and had not expired."""
    return article.published_at < at and timezone.localdate(at) <= article.valid_until


def make(seed: int, now: dt.datetime) -> None:
    """Make the demo's articles; the complaints are there already."""
    maker = Maker(seed, now.replace(microsecond=0))
    with silence():
        for told in SHEET["article"]:
            maker.article(told)
    maker.from_ticket()
    ArticleUse.objects.bulk_create(maker.uses(), batch_size=500)
