"""The words of complaints that the database and the screen share."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallbackOutcome(models.TextChoices):
    """How an attempt to call the customer back ended."""

    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    REFUSED = "refused", _("refused")


class Satisfaction(models.IntegerChoices):
    """The customer's answer, 5 the best; 3 (基本满意) and above count as satisfied."""

    VERY_DISSATISFIED = 1, _("very dissatisfied")
    DISSATISFIED = 2, _("dissatisfied")
    ACCEPTABLE = 3, _("fairly satisfied")
    SATISFIED = 4, _("satisfied")
    VERY_SATISFIED = 5, _("very satisfied")


class Next(models.TextChoices):
    """Where a complaint goes as it is filed."""

    DISPATCH = "dispatch", _("file and dispatch")
    TRIAGE = "triage", _("file for triage")
    SOLVED = "solved", _("solved at the first point")


class Method(models.TextChoices):
    """How a rule tells a surge."""

    ADAPTIVE = "adaptive", _("adaptive")
    CHART = "chart", _("control chart")
    FIXED = "fixed", _("fixed number")


class AlertLevel(models.IntegerChoices):
    """How bad a surge is, by size and duration."""

    BLUE = 1, _("blue")
    YELLOW = 2, _("yellow")
    ORANGE = 3, _("orange")
    RED = 4, _("red")


class Ending(models.TextChoices):
    """How an incident ended: for its complaints, with an answer, on their own again, or under another incident."""

    ANSWERED = "answered", _("answered for all")
    CALLED_OFF = "called_off", _("called off")
    JOINED = "joined", _("joined with another incident")


class Outcome(models.TextChoices):
    """What an alert turned out to be."""

    INCIDENT = "incident", _("a real incident")
    PLANNED = "planned", _("planned work")
    NOTHING = "nothing", _("nothing there")


class BulletinKind(models.TextChoices):
    """Which time a bulletin (通报) is about."""

    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    SPECIAL = "special", _("special")


class BulletinEdition(models.TextChoices):
    """How final a bulletin is."""

    PROVISIONAL = "provisional", pgettext_lazy("bulletin", "provisional")
    FINAL = "final", _("final")
    CORRECTED = "corrected", _("corrected")


class BulletinState(models.TextChoices):
    """Where a bulletin is on its way from a draft to everybody's desk."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("to be approved")
    APPROVED = "approved", pgettext_lazy("bulletin", "approved")
    PUBLISHED = "published", pgettext_lazy("bulletin", "published")
    DISCARDED = "discarded", _("discarded")

    #: Somebody has said that the figures stand.
    STANDING = nonmember(("submitted", "approved", "published"))


class Fault(models.TextChoices):
    """Whether a complaint went over our head by our own fault (有责) or not (无责)."""

    OURS = "ours", _("our fault")
    NOT_OURS = "not_ours", _("not our fault")


class Inspected(models.TextChoices):
    """What a checklist is for and a sampling plan draws from."""

    REPLY = "reply", _("replies of departments")
    CALLBACK = "callback", _("callbacks")


class DrawPeriod(models.TextChoices):
    """How often a sampling plan draws, each time from the period that is over."""

    DAY = "day", _("every day")
    WEEK = "week", _("every week")
    MONTH = "month", _("every month")


class Answer(models.TextChoices):
    """What an inspector found on one item; the values are `complaints.inspecting.Answer`'s."""

    MET = "met", _("met")
    MISSED = "missed", _("not met")
    NOT_APPLICABLE = "na", _("does not apply")


class ObjectionOutcome(models.TextChoices):
    """What became of a department's objection to a finding."""

    PENDING = "pending", pgettext_lazy("objection", "to be decided")
    DENIED = "denied", _("the finding stands")
    CORRECTED = "corrected", _("marks corrected")
    VOIDED = "voided", _("the finding is void")
