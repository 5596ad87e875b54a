"""States and words of the work orders (`docs/reference/states.md` has the whole table)."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketState(models.TextChoices):
    """Where the case stands, as the customer would be told."""

    DRAFT = "draft", _("being recorded")
    TRIAGE = "triage", _("in triage")
    AWAITING_DISPATCH = "awaiting_dispatch", _("awaiting dispatch")
    IN_PROGRESS = "in_progress", _("in progress")
    ON_HOLD = "on_hold", _("on hold")
    IN_REVIEW = "in_review", _("in review")
    AWAITING_REPLY = "awaiting_reply", _("awaiting reply to customer")
    AWAITING_CALLBACK = "awaiting_callback", _("awaiting callback")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    MERGED = "merged", _("merged")

    FINAL = nonmember(("closed", "cancelled", "merged"))
    OPEN = nonmember(
        (
            "draft",
            "triage",
            "awaiting_dispatch",
            "in_progress",
            "on_hold",
            "in_review",
            "awaiting_reply",
            "awaiting_callback",
        )
    )


class OrderState(models.TextChoices):
    """Where one department's leg stands."""

    DISPATCHED = "dispatched", _("to be accepted")
    ACCEPTED = "accepted", _("being handled")
    ON_HOLD = "on_hold", _("on hold")
    RETURN_REQUESTED = "return_requested", _("return to be ruled on")
    REPLIED = "replied", _("replied")
    REWORK = "rework", _("rework")
    COMPLETED = "completed", _("completed")
    VOIDED = "voided", _("voided")
    TRANSFERRED = "transferred", _("transferred")

    #: The department still has something to do, or to wait for.
    WORKING = nonmember(("dispatched", "accepted", "on_hold", "return_requested", "rework"))
    OPEN = nonmember(("dispatched", "accepted", "on_hold", "return_requested", "rework", "replied"))
    FINAL = nonmember(("completed", "voided", "transferred"))


class OrderRole(models.TextChoices):
    """Whether a department leads the ticket or assists the lead."""

    LEAD = "lead", _("lead")
    ASSIST = "assist", _("assisting")


class Urgency(models.TextChoices):
    """How soon the customer must have an answer."""

    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")
    MAJOR = "major", _("major")

    RANK = nonmember({"normal": 1, "urgent": 2, "major": 3})


class Channel(models.TextChoices):
    """How the complaint reached us."""

    HOTLINE = "hotline", _("hotline")
    HALL = "hall", _("service hall")
    APP = "app", _("app")
    WEB = "web", _("web site")
    SOCIAL = "social", _("social media")
    MANAGER = "manager", _("account manager")
    REGULATOR = "regulator", _("regulator")
    CONSUMER = "consumer", _("consumer association")
    MEDIA = "media", _("media")
    GROUP = "group", _("group headquarters")
    STAFF = "staff", _("entered by staff in batches")

    #: Over the operator's head (越级投诉): urgency is major at once.
    OVERHEAD = nonmember(("regulator", "consumer", "media", "group"))


class Tier(models.TextChoices):
    """What the customer was promised as such."""

    STANDARD = "standard", _("standard")
    VIP = "vip", _("VIP")


class ClockKind(models.TextChoices):
    """Which promise a clock measures."""

    ACKNOWLEDGE = "acknowledge", _("acknowledge")
    RESOLVE = "resolve", _("resolve")
    OVERALL = "overall", _("overall")


class Hours(models.TextChoices):
    """In which hours a limit is counted (the N and W of the limit tables)."""

    NATURAL = "natural", _("natural hours")
    WORKING = "working", _("working hours of the department")


class HoldReason(models.TextChoices):
    """Why a leg may wait without its clock running."""

    WAIT_CUSTOMER = "wait_customer", _("waiting for the customer")
    WAIT_EXTERNAL = "wait_external", _("waiting for an outside party")


class ReturnReason(models.TextChoices):
    """Why a department says an order is not its own."""

    NOT_OURS = "not_ours", _("another department is responsible")
    INCOMPLETE = "incomplete", _("facts are missing")
    DUPLICATE = "duplicate", _("already being handled")
    UNFOUNDED = "unfounded", _("no cause for an order")


class Ruling(models.TextChoices):
    """What the duty officer decides about a return."""

    PENDING = "pending", _("to be ruled on")
    UPHELD = "upheld", _("upheld")
    DENIED = "denied", _("denied")


class Decision(models.TextChoices):
    """What became of a request for more time."""

    PENDING = "pending", _("to be decided")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class ChangeState(models.TextChoices):
    """How far a change of limits is."""

    DRAFT = "draft", _("draft")
    PREVIEWING = "previewing", _("being previewed")
    PREVIEWED = "previewed", _("previewed")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")


class Liability(models.TextChoices):
    """Who was at fault, as the department found (责任定性)."""

    OPERATOR = "operator", _("operator liable")
    CUSTOMER = "customer", _("customer's own cause")
    THIRD_PARTY = "third_party", _("third party")
    FORCE_MAJEURE = "force_majeure", _("force majeure")


class Cause(models.TextChoices):
    """What it turned out to be, as against what the customer said (原因代码)."""

    COVERAGE = "coverage", _("network coverage or capacity")
    FAULT = "fault", _("equipment or line fault")
    SYSTEM = "system", _("system or billing data error")
    PROCESS = "process", _("process or rule defect")
    STAFF = "staff", _("staff error or conduct")
    PARTNER = "partner", _("partner or agent conduct")
    PUBLICITY = "publicity", _("unclear publicity or tariff")
    TERMINAL = "terminal", _("customer's terminal or use")
    NOT_FOUND = "not_found", _("no cause found")
    OTHER = "other", _("other")


class Told(models.TextChoices):
    """Whom a ladder's step tells."""

    ASSIGNEE = "assignee", _("assignee")
    CONTACT = "contact", _("department contact")
    HEAD = "head", _("department head")
    CLIENT = "client", _("internal client")
    CENTRE = "centre", _("complaint centre")
    BRANCH = "branch", _("branch manager")
    COMPANY = "company", _("company management")

    #: Nobody has accepted the order while its acknowledge clock runs.
    NOT_ACKNOWLEDGE = nonmember(("assignee",))


class Supervise(models.TextChoices):
    """Whether a step puts the order under supervision (rule 13)."""

    UNTAKEN = "untaken", _("if nobody has it in hand")
    ALWAYS = "always", _("always")
