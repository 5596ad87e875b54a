"""What ladders and supervisions did, in words, as the timeline tells it."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.durations import spoken
from journal.types import Data


def step_in_words(at: str) -> str:
    """Return where a step stands (`workorders.ladder.Step.at`: ``80%``, ``+240``) as people say it."""
    if at.endswith("%"):
        return _("%(share)s of the time used") % {"share": at}
    minutes = int(at)
    time = spoken(dt.timedelta(minutes=minutes))
    if minutes == 0:
        return _("due")
    return (_("%(time)s past due") if minutes > 0 else _("%(time)s before it is due")) % {"time": time}


def rules_said(data: Data) -> list[str]:
    """Return, a line each, what an event says of a ladder's step, of whom it told, and of the reports it asks for."""
    said = [step_in_words(str(data["step"]))] if data.get("step") else []
    if data.get("told"):
        said.append(_("told: %(people)s") % {"people": data["told"]})
    if isinstance(every := data.get("every"), int):
        said.append(ngettext("a report every hour", "a report every %(hours)d hours", every) % {"hours": every})
    return said
