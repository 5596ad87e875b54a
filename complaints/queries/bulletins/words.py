"""What the figures of bulletins are called, what each counts, and the system's first words for a draft."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

#: Indicator → its name, and how it is counted.
INDICATORS: dict[str, tuple[Promise, Promise]] = {
    "per_10k": (
        pgettext_lazy("indicator", "complaints per 10,000 users"),
        gettext_lazy(
            "Complaints filed, divided by the mean of the users at the beginning and at the end of the period, times 10,000."
        ),
    ),
    "on_time": (
        pgettext_lazy("indicator", "answered in time"),
        gettext_lazy("Of the complaints whose limit for the answer to the customer fell in the period: those answered within it."),
    ),
    "solved_once": (
        pgettext_lazy("indicator", "solved at the first go"),
        gettext_lazy(
            "Of the complaints whose seven days after the answer ended in the period: those not handled anew, not reopened and not "
            "complained of again within the seven days."
        ),
    ),
    "first_point": (
        pgettext_lazy("indicator", "solved at the first point"),
        gettext_lazy("Of the complaints filed: those that the front line answered at once, without a work order."),
    ),
    "repeat": (
        pgettext_lazy("indicator", "repeat complaints"),
        gettext_lazy(
            "Of the complaints filed, merged ones and those within an hour after the same customer's same matter left out: those "
            "with an earlier complaint of the same customer and category more than an hour and at most 30 days before."
        ),
    ),
    "repeat_keys": (
        pgettext_lazy("indicator", "repeat complaints (by dispatch)"),
        gettext_lazy(
            "As EOMS counts them: matters (customer and category) of closed complaints dispatched at least twice in the period, a "
            "dispatch within 24 hours after the last one (leased lines: one hour) left out, divided by the customers."
        ),
    ),
    "overhead": (
        pgettext_lazy("indicator", "over our head"),
        gettext_lazy(
            "Of the complaints filed: those that came by the regulator, a consumer association or the media about a matter that "
            "the customer had lodged with us in the 30 days before."
        ),
    ),
    "appeals": (
        pgettext_lazy("indicator", "regulator's cases per million users"),
        gettext_lazy("Complaints that the regulator passed on, divided by the mean number of users, times a million."),
    ),
    "solved": (
        pgettext_lazy("indicator", "called solved"),
        gettext_lazy("Of the customers reached by callbacks of the period: those who call the matter solved."),
    ),
    "satisfied": (
        pgettext_lazy("indicator", "satisfied"),
        gettext_lazy("Of the customers reached by callbacks of the period: those fairly satisfied or better (3 of 5)."),
    ),
    "reachable": (
        pgettext_lazy("indicator", "callbacks that reached the customer"),
        gettext_lazy("Of the callbacks made in the period: those that reached the customer; no answer and refusals are the rest."),
    ),
    "quality": (
        pgettext_lazy("indicator", "passed at the first review"),
        gettext_lazy("Of the work orders due in the period whose reply was reviewed: those that passed the first review."),
    ),
    "leg_on_time": (
        pgettext_lazy("indicator", "work orders replied to in time"),
        gettext_lazy("Of the work orders whose limit for the result fell in the period: those replied to within it."),
    ),
    "leg_accepted": (
        pgettext_lazy("indicator", "work orders accepted in time"),
        gettext_lazy(
            "Of the work orders whose limit for accepting fell in the period: those a person of the department accepted within it."
        ),
    ),
}
#: Measure → the name of its rows.
MEASURES: dict[str, Promise] = {
    "filed": gettext_lazy("complaints filed"),
    "first_point": gettext_lazy("complaints solved at the first point"),
    "overall_due": gettext_lazy("customers due an answer"),
    "overall_met": gettext_lazy("customers answered in time"),
    "answered": gettext_lazy("complaints answered, seven days ago or more"),
    "solved_once": gettext_lazy("complaints solved at the first go"),
    "counted": gettext_lazy("complaints filed, without doubles"),
    "repeated": gettext_lazy("complaints that repeat an earlier one"),
    "overhead": gettext_lazy("complaints over our head"),
    "overhead_liable": gettext_lazy("complaints over our head, operator liable"),
    "regulator": gettext_lazy("complaints passed on by the regulator"),
    "repeated_keys": gettext_lazy("matters dispatched more than once (the last complaint of each)"),
    "customers": gettext_lazy("customers with a dispatch (the last complaint of each)"),
    "called": gettext_lazy("callbacks made"),
    "reached": gettext_lazy("customers reached"),
    "satisfied": gettext_lazy("customers satisfied"),
    "solved": gettext_lazy("customers who call it solved"),
    "resolve_due": gettext_lazy("legs due to be resolved"),
    "resolve_met": gettext_lazy("legs resolved in time"),
    "acknowledge_due": gettext_lazy("legs due to be accepted"),
    "acknowledge_met": gettext_lazy("legs accepted in time"),
    "reviewed": gettext_lazy("legs reviewed"),
    "passed": gettext_lazy("legs passed at the first review"),
    "overdue": gettext_lazy("legs overdue at the cut-off"),
}


def name_of(node: Mapping[str, Any]) -> str:
    """Return a name kept with the figures in the reader's language."""
    return str(node["name_en"] if node.get("name_en") and get_language() == "en" else node["name"])


def first_words(figures: Mapping[str, Any]) -> str:
    """Return a summary for a draft, in the language that is active, out of its own figures."""
    whole, hot = figures["whole"], figures["hot"]
    filed, earlier = whole["counts"].get("filed", 0), whole["before"]["counts"].get("filed", 0)
    words = [
        ngettext(
            "%(filed)d complaint was filed in the period, %(earlier)d in the period before.",
            "%(filed)d complaints were filed in the period, %(earlier)d in the period before.",
            filed,
        )
        % {"filed": filed, "earlier": earlier}
    ]
    rates = [f"{INDICATORS[name][0]} {rate(whole['rates'][name], name)}" for name in _TOLD if name in whole["rates"]]
    if rates:
        words.append(_("%(rates)s.") % {"rates": _(", ").join(rates)})
    if hot["volume"]:
        details = [hot["details"][key] for key in hot["volume"][:3]]
        listed = _(", ").join(f"{name_of(each)} ({each['filed']})" for each in details)
        words.append(_("Most complaints: %(issues)s.") % {"issues": listed})
    overdue = whole["counts"].get("overdue", 0)
    words.append(_("Work orders overdue at the cut-off: %(overdue)d.") % {"overdue": overdue})
    return "".join(words) if get_language() == "zh-hans" else " ".join(words)


_TOLD = ("per_10k", "on_time", "solved_once", "repeat", "overhead", "satisfied")
#: Those that are no percentage.
_NUMBERS = ("per_10k", "appeals")


def rate(text: str, indicator: str) -> str:
    """Return a rate with its unit."""
    return text if indicator in _NUMBERS else f"{text}%"
