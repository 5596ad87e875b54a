"""The words of the internal-customer scheme that the database and the screen share."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemeState(models.TextChoices):
    """Whether a scheme is being worked on or counts."""

    DRAFT = "draft", pgettext_lazy("scheme", "draft")
    ACTIVE = "active", pgettext_lazy("scheme", "in force")


class Better(models.TextChoices):
    """Which way is better (`internal_clients.scoring.Direction`)."""

    HIGH = "high", _("the more the better")
    LOW = "low", _("the less the better")
    DEDUCT = "deduct", _("points off for each")


class FaultSeverity(models.TextChoices):
    """How grave a fault is; it sets the limit for its repair."""

    GENERAL = "general", _("general fault")
    MAJOR = "major", _("major fault")

    #: Hours within which service is to be back (domain.md 7.2, B2).
    HOURS = nonmember({"general": 2, "major": 6})


class NoticeKind(models.TextChoices):
    """What the front line is told of."""

    BUSINESS = "business", _("business information")
    FAULT = "fault", _("notice of a fault")
    OUTAGE = "outage", _("notice of a planned outage")


class RequirementState(models.TextChoices):
    """Where a requirement stands (需求): from the proposal to its acceptance."""

    PROPOSED = "proposed", _("proposed")
    DETAIL_WANTED = "detail_wanted", _("detail wanted")
    REVIEWED = "reviewed", _("passed by the review meeting")
    SCHEDULED = "scheduled", _("scheduled")
    DELIVERED = "delivered", _("delivered")
    ACCEPTED = "accepted", pgettext_lazy("requirement", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")
    REFUSED = "refused", pgettext_lazy("requirement", "refused")

    OPEN = nonmember(("proposed", "detail_wanted", "reviewed", "scheduled", "delivered"))


class Verdict(models.TextChoices):
    """What the service department says of a release (服务影响评估)."""

    PENDING = "pending", pgettext_lazy("verdict", "to be assessed")
    AGREED = "agreed", pgettext_lazy("verdict", "agreed")
    VETOED = "vetoed", pgettext_lazy("verdict", "vetoed")


class RaterPost(models.TextChoices):
    """Who speaks for the front line in the monthly rating."""

    HALL = "hall", _("hall manager")
    SHIFT = "shift", _("hotline shift leader")
    BRANCH = "branch", _("city branch")


class PeriodState(models.TextChoices):
    """Where a month's scores stand."""

    OPEN = "open", pgettext_lazy("period", "open")
    PROVISIONAL = "provisional", _("provisional")
    PUBLISHED = "published", _("published")


class RunKind(models.TextChoices):
    """What a reckoning of a month was made for."""

    TRIAL = "trial", _("trial run")
    PROVISIONAL = "provisional", _("provisional")
    PUBLISHED = "published", _("published")
    AMENDMENT = "amendment", _("amendment")

    #: What the departments have seen.
    SHOWN = nonmember(("provisional", "published", "amendment"))


class EvidenceKind(models.TextChoices):
    """What a row behind a score line is."""

    ORDER = "order", _("work order")
    TICKET = "ticket", _("ticket")
    CALLBACK = "callback", _("callback")
    FAULT = "fault", _("fault")
    OUTAGE = "outage", _("planned outage")
    SERVICE = "service", _("service time")
    ALERT = "alert", _("alert")
    RATING = "rating", _("monthly rating")
    SURVEY = "survey", _("answer to the quarterly survey")
    REQUIREMENT = "requirement", _("requirement")
    RELEASE = "release", _("release")
    NOTICE = "notice", _("notice to the front line")
    AUDIT = "audit", _("check of an article")
    QUESTION = "question", _("question")

    #: Whose they are, nobody is shown, nor when they came.
    VOICES = nonmember(("rating", "survey"))
    #: No record of its own, or nobody's to speak of.
    UNCONTESTED = nonmember(("service", "survey"))


class ItemKind(models.TextChoices):
    """What stands on a scorecard beside the lines."""

    PENALTY = "penalty", _("penalty")
    BONUS = "bonus", _("bonus")
    VETO = "veto", _("veto (knock-out)")


class RequestKind(models.TextChoices):
    """What the front line asks of a department."""

    SYSTEM = "system", _("system support")
    DEVELOPMENT = "development", _("business development")
    INFORMATION = "information", _("information support")


class AppealSubject(models.TextChoices):
    """What of a scorecard is contested."""

    ROW = "row", pgettext_lazy("appeal", "single row")
    LINE = "line", pgettext_lazy("appeal", "whole line")
    ITEM = "item", pgettext_lazy("appeal", "penalty or veto")

    #: What the work was like: the front line knows it, and later months may count it too.
    WORK = nonmember(("row", "line"))


class AppealOutcome(models.TextChoices):
    """What became of an appeal."""

    PENDING = "pending", pgettext_lazy("appeal", "to be ruled on")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "dismissed")
    EXCLUDED = "excluded", pgettext_lazy("appeal", "left out of the count")
    OVERTURNED = "overturned", pgettext_lazy("appeal", "counted as kept")
    REATTRIBUTED = "reattributed", pgettext_lazy("appeal", "charged to another department")
    CANCELLED = "cancelled", pgettext_lazy("appeal", "penalty cancelled")
    REDUCED = "reduced", pgettext_lazy("appeal", "points reduced")

    #: What can be ruled, by what is contested.
    OF = nonmember(
        {
            "row": ("dismissed", "excluded", "overturned", "reattributed"),
            "line": ("dismissed", "excluded"),
            "item": ("dismissed", "cancelled", "reduced"),
        }
    )


class AppealStage(models.TextChoices):
    """Where an appeal stands."""

    FIRST = "first", pgettext_lazy("appeal", "before the centre")
    RULED = "ruled", pgettext_lazy("appeal", "ruled on by the centre")
    SECOND = "second", pgettext_lazy("appeal", "before the assessment committee")
    FINAL = "final", pgettext_lazy("appeal", "ruled on finally")


class SurveyState(models.TextChoices):
    """Where a quarter's survey stands."""

    DRAFT = "draft", pgettext_lazy("survey", "draft")
    OPEN = "open", pgettext_lazy("survey", "open for answers")
    CLOSED = "closed", pgettext_lazy("survey", "closed")


class QuestionKind(models.TextChoices):
    """How a question of a survey is answered."""

    SCALE = "scale", _("mark of 1 to 5")
    TEXT = "text", _("free text")


class KpiLevel(models.TextChoices):
    """The levels of the target tree (KPI 分解)."""

    COMPANY = "company", _("company")
    DEPARTMENT = "department", _("department")
    POST = "post", _("post")
    EMPLOYEE = "employee", _("employee")

    #: What hangs below each.
    BELOW = nonmember({"company": "department", "department": "post", "post": "employee"})


class KpiMeasure(models.TextChoices):
    """What is measured of a person, from the events of the work orders; or judged, where nothing can be counted."""

    PIECES = "pieces", _("work orders finished")
    ON_TIME = "on_time", _("work orders answered in time")
    ACCEPTED = "accepted", _("work orders accepted in time")
    REWORK = "rework", _("answers sent back at the first review")
    SATISFIED = "satisfied", _("customers satisfied when called back")
    PROCESS = "process", _("process, judged by the head")

    COUNTED = nonmember(("pieces", "on_time", "accepted", "rework", "satisfied"))
    RATES = nonmember(("on_time", "accepted", "rework", "satisfied"))
    #: The less the better.
    LESS = nonmember(("rework",))


class KpiState(models.TextChoices):
    """Where a version of somebody's targets stands (草拟 → 下级确认/异议 → 生效)."""

    DRAFT = "draft", pgettext_lazy("kpi", "draft")
    PROPOSED = "proposed", pgettext_lazy("kpi", "to be agreed")
    OBJECTED = "objected", pgettext_lazy("kpi", "objected to")
    AGREED = "agreed", pgettext_lazy("kpi", "agreed")
