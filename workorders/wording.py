"""What a person is told when an action is done."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

#: An action's name → its words once it is done.
DONE: dict[str, Promise] = {
    "prepare": pgettext_lazy("done", "ready for dispatch"),
    "forward": pgettext_lazy("done", "dispatched"),
    "solve": pgettext_lazy("done", "solved at the first point"),
    "dispatch": pgettext_lazy("done", "dispatched"),
    "add_assist": pgettext_lazy("done", "department called in"),
    "answer": pgettext_lazy("done", "replied to the customer"),
    "urge_ticket": pgettext_lazy("done", "urged"),
    "escalate": pgettext_lazy("done", "urgency raised"),
    "note": pgettext_lazy("done", "note added"),
    "attach": pgettext_lazy("done", "file attached"),
    "merge": pgettext_lazy("done", "merged"),
    "cancel": pgettext_lazy("done", "cancelled"),
    "reopen": pgettext_lazy("done", "reopened as a new ticket"),
    "accept": pgettext_lazy("done", "accepted"),
    "assign": pgettext_lazy("done", "assigned"),
    "reply": pgettext_lazy("done", "result submitted"),
    "request_return": pgettext_lazy("done", "return requested"),
    "uphold_return": pgettext_lazy("done", "return upheld"),
    "deny_return": pgettext_lazy("done", "return denied"),
    "transfer": pgettext_lazy("done", "transferred"),
    "request_hold": pgettext_lazy("done", "hold requested"),
    "approve_hold": pgettext_lazy("done", "put on hold"),
    "refuse_hold": pgettext_lazy("done", "hold refused"),
    "resume": pgettext_lazy("done", "resumed"),
    "approve": pgettext_lazy("done", "reply approved"),
    "send_back": pgettext_lazy("done", "sent back for rework"),
    "urge": pgettext_lazy("done", "urged"),
}
