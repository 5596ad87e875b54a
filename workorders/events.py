"""Every kind of event that tickets and orders write, with its words and its sign on the timeline."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from journal.types import Data


class Kind(NamedTuple):
    """How an event kind reads on the page."""

    label: Promise | str
    icon: str


KINDS: dict[str, Kind] = {
    "ticket.file": Kind(_("filed"), "file-plus"),
    "ticket.submit": Kind(_("handed to triage"), "inbox"),
    "ticket.prepare": Kind(_("ready for dispatch"), "checks"),
    "ticket.solve": Kind(_("solved at the first point"), "circle-check"),
    "ticket.dispatch": Kind(_("dispatched"), "send"),
    "ticket.lose_lead": Kind(_("needs another lead department"), "arrow-back"),
    "ticket.pause": Kind(_("on hold"), "player-pause"),
    "ticket.unpause": Kind(_("off hold"), "player-play"),
    "ticket.enter_review": Kind(_("all departments have replied"), "eye-check"),
    "ticket.leave_review": Kind(_("back to the departments"), "arrow-back-up"),
    "ticket.pass_review": Kind(_("review passed"), "rosette-discount-check"),
    "ticket.reply": Kind(_("replied to the customer"), "message-check"),
    "ticket.close": Kind(_("closed"), "archive"),
    "ticket.redispatch": Kind(_("not satisfied, to be handled anew"), "refresh-alert"),
    "ticket.cancel": Kind(_("cancelled"), "ban"),
    "ticket.merge": Kind(_("merged into another ticket"), "git-merge"),
    "ticket.unmerge": Kind(_("taken out of the other ticket again"), "git-branch"),
    "ticket.answer_merged": Kind(_("answered with the ticket it was merged into"), "messages"),
    "ticket.absorb": Kind(_("another ticket was merged into this one"), "git-merge"),
    "ticket.reopen": Kind(_("reopened as a new ticket"), "rotate"),
    "ticket.take_up": Kind(_("takes up an earlier ticket"), "rotate"),
    "ticket.escalate": Kind(_("urgency raised"), "arrow-up"),
    "ticket.extend": Kind(_("more time, as agreed with the customer"), "calendar-plus"),
    "ticket.retarget": Kind(_("deadline recalculated"), "calculator"),
    "order.move": Kind(_("moved with its department"), "building"),
    "order.retarget": Kind(_("deadline recalculated"), "calculator"),
    "ticket.recategorize": Kind(_("category changed"), "category"),
    "ticket.note": Kind(_("note"), "note"),
    "ticket.attach": Kind(_("file attached"), "paperclip"),
    "ticket.urge": Kind(_("urged"), "bell-ringing"),
    "ticket.ladder_step": Kind(_("ladder step"), "stairs-up"),
    "ticket.skip_step": Kind(_("ladder step passed over"), "stairs"),
    "ticket.reveal": Kind(_("customer number shown"), "eye"),
    "ticket.enter_overhead": Kind(_("papers of the over-the-head complaint entered"), "file-certificate"),
    "ticket.decide_fault": Kind(_("liability decided"), "gavel"),
    "ticket.article_helped": Kind(_("an article of the knowledge base helped"), "book"),
    "ticket.article_no_help": Kind(_("an article of the knowledge base did not help"), "book-off"),
    "ticket.callback": Kind(_("callback"), "phone-call"),
    "order.dispatch": Kind(_("work order dispatched"), "send"),
    "order.accept": Kind(_("accepted"), "hand-grab"),
    "order.accept_by_silence": Kind(_("accepted in the department's name"), "clock-check"),
    "order.assign": Kind(_("assigned"), "user-plus"),
    "order.request_return": Kind(_("return requested"), "arrow-back"),
    "order.uphold_return": Kind(_("return upheld"), "circle-check"),
    "order.deny_return": Kind(_("return denied"), "circle-x"),
    "order.transfer": Kind(_("transferred"), "arrows-exchange"),
    "order.request_hold": Kind(_("hold requested"), "hourglass"),
    "order.hold": Kind(_("put on hold"), "player-pause"),
    "order.refuse_hold": Kind(_("hold refused"), "circle-x"),
    "order.resume": Kind(_("resumed"), "player-play"),
    "order.request_extension": Kind(_("extension requested"), "calendar-plus"),
    "order.grant_extension": Kind(_("extension granted"), "circle-check"),
    "order.refuse_extension": Kind(_("extension refused"), "circle-x"),
    "order.reply": Kind(_("replied"), "message"),
    "order.approve": Kind(_("reply approved"), "circle-check"),
    "order.send_back": Kind(_("sent back for rework"), "arrow-back-up"),
    "order.urge": Kind(_("urged"), "bell-ringing"),
    "order.notify_head": Kind(_("head told of repeated urging"), "bell-exclamation"),
    "order.ladder_step": Kind(_("ladder step"), "stairs-up"),
    "order.skip_step": Kind(_("ladder step passed over"), "stairs"),
    "order.supervise": Kind(_("put under supervision"), "eye-exclamation"),
    "order.report_progress": Kind(_("progress report"), "report"),
    "order.report_late": Kind(_("progress report not in on time"), "report-off"),
    "order.demand_answer": Kind(_("head's written answer demanded"), "mail-question"),
    "order.answer_supervision": Kind(_("head's answer"), "mail-check"),
    "order.answer_late": Kind(_("head's answer not in on time"), "mail-off"),
    "order.end_supervision": Kind(_("supervision ended"), "eye-off"),
    "order.tighten": Kind(_("deadline brought forward"), "arrow-up"),
    "order.void": Kind(_("voided"), "ban"),
}

#: The steps of a ladder: taken, or passed over because a higher one was due as well.
CLIMBS = frozenset({"ticket.ladder_step", "ticket.skip_step", "order.ladder_step", "order.skip_step"})

#: What does not change what anybody else may do; a page that missed only these is not stale.
HARMLESS = CLIMBS | {
    "ticket.enter_overhead",
    "ticket.decide_fault",
    "ticket.article_helped",
    "ticket.article_no_help",
    "ticket.note",
    "ticket.attach",
    "ticket.urge",
    "ticket.reveal",
    "order.urge",
    "order.notify_head",
    "order.report_progress",
    "order.report_late",
    "order.answer_late",
}


#: A reply that was not drawn for review passes by itself.
UNSAMPLED = Kind(_("not drawn for review, passed automatically"), "rosette-discount-check")
UNKNOWN = "point"


def kind_of(kind: str, data: Data) -> Kind:
    """Return the words for an event as it happened: by a person, in silence, or without a review."""
    if data.get("sampled") is False:
        return UNSAMPLED
    if data.get("silence"):
        return KINDS["order.accept_by_silence"]
    return KINDS.get(kind) or Kind(kind, UNKNOWN)


def label(kind: str) -> str:
    """Return the words for an event kind."""
    return str(KINDS[kind].label)
