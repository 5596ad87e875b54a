"""What happened to an article, as its page tells it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from journal.models import Event
from knowledge.models import Article

#: Event kind → its words and its sign.
WORDS: dict[str, tuple[Promise, str]] = {
    "article.write": (gettext_lazy("written"), "pencil"),
    "article.revise": (pgettext_lazy("article", "written in"), "pencil"),
    "article.submit": (pgettext_lazy("article", "handed in for review"), "send"),
    "article.publish": (pgettext_lazy("article", "published"), "circle-check"),
    "article.send_back": (pgettext_lazy("article", "sent back"), "arrow-back-up"),
    "article.confirm_right": (pgettext_lazy("article", "confirmed to be right still"), "calendar-check"),
    "article.move": (pgettext_lazy("article", "moved with its department"), "building"),
    "article.withdraw": (pgettext_lazy("article", "withdrawn"), "archive"),
    "article.find_wrong": (pgettext_lazy("article", "found wrong when checked"), "eye-x"),
    "article.confirm_wrong": (pgettext_lazy("article", "confirmed to be wrong"), "alert-triangle"),
}
#: The newest so many are told.
MOST = 30


class Line(NamedTuple):
    """One thing that happened."""

    event: Event
    words: str
    icon: str
    remark: str


def told(article: Article) -> list[Line]:
    """Return the article's events, the newest first, each with the reason or the change that came with it."""
    events = Event.objects.filter(stream=article.stream).select_related("by").order_by("-at", "-seq")[:MOST]
    return [_line(event) for event in events]


def _line(event: Event) -> Line:
    words, icon = WORDS[event.kind]
    number = event.data.get("version")
    head = _("version %(number)s: %(words)s") % {"number": number, "words": words} if number else str(words)
    remark = next((str(event.data[name]) for name in ("reason", "change", "finding") if event.data.get(name)), "")
    return Line(event, head, icon, remark)
