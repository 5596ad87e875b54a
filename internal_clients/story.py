"""What happened to a record, as its page tells it."""

from typing import NamedTuple

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.models import Event

#: The last part of an event's kind → its words.
WORDS: dict[str, Promise] = {
    "accept": _("found to be what was needed"),
    "amend": _("amended"),
    "announce": _("announced"),
    "answer": _("answered"),
    "approve": _("approved"),
    "ask": _("asked"),
    "assess": _("effect on service assessed"),
    "audit": _("article checked"),
    "cancel": _("plan cancelled"),
    "confirm": _("confirmed to be wrong"),
    "confirm_answer": _("confirmed and rated"),
    "contest": _("contested"),
    "decide": _("decided"),
    "deliver": _("put into use"),
    "doubt": _("not solved"),
    "escalate": _("taken to the assessment committee"),
    "finish": _("service back after the outage"),
    "fix": _("cause fixed"),
    "give_detail": _("detail given"),
    "launch": _("launched"),
    "log": _("logged"),
    "move_date": _("committed date moved"),
    "override": _("veto overruled in writing"),
    "plan": _("planned"),
    "propose": _("proposed"),
    "publish": _("published"),
    "rate": _("rated"),
    "reach": _("step reached"),
    "refuse": _("refused by the review meeting"),
    "reopen": _("asked again"),
    "restore": _("service restored"),
    "review": _("passed by the review meeting"),
    "roll_back": _("rolled back"),
    "remind": _("reminded of the ruling"),
    "rule": _("ruled on"),
    "rule_finally": _("final ruling"),
    "schedule": _("date committed"),
    "state": _("statement given"),
    "tell": _("front line told"),
    "want_detail": _("detail wanted"),
    "withdraw": pgettext_lazy("appeal", "withdrawn"),
    "write": _("written"),
}


class Line(NamedTuple):
    """One thing that happened."""

    event: Event
    words: str
    remark: str


def told(row: Model) -> list[Line]:
    """Return the record's events in order, with the reason or text that came with each."""
    stream = f"{row._meta.model_name}:{row.pk}"  # noqa: SLF001 -- Django's documented way to a model's name
    events = Event.objects.filter(stream=stream).select_related("by").order_by("seq")
    return [Line(event, str(WORDS[event.kind.rpartition(".")[2]]), _remark(event)) for event in events]


def _remark(event: Event) -> str:
    texts = (event.data.get(name) for name in ("reason", "question", "detail", "finding", "milestone", "moved_to"))
    return next((text for text in texts if isinstance(text, str)), "")
