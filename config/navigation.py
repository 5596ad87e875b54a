"""The menu at the left: what each role needs, with how much waits."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.inspection_policies import READERS as READERS_OF_FINDINGS
from complaints.policies import BULLETIN_READERS, may_read_alerts
from organization.enums import Role
from organization.models import Staff
from workorders import policies
from workorders.queries.queues import queues_for
from workorders.queries.supervisions import READERS


class Entry(NamedTuple):
    """One line of the menu."""

    label: str | Promise
    url: str
    icon: str
    active: bool
    #: Where the number beside the line comes from, once the page is there.
    count_url: str = ""


class Group(NamedTuple):
    """Lines that belong together."""

    label: str | Promise
    entries: list[Entry]


#: Everybody who serves customers or supports those who do.
STAFF = (Role.AGENT, Role.PATROL, Role.MANAGER, *Role.DEPARTMENT, *Role.CENTRE)
#: Page → label, icon and the roles that have it.
PAGES: dict[str, tuple[Promise, str, tuple[str, ...]]] = {
    "complaints:intake": (_("File a complaint"), "file-plus", (Role.AGENT, Role.TRIAGE)),
    "complaints:customers": (_("Customers"), "address-book", (Role.AGENT, *Role.CENTRE)),
    "complaints:callbacks": (_("Callbacks"), "phone-call", (Role.AGENT, Role.VISITOR)),
    "knowledge:articles": (_("Knowledge base"), "book", (*STAFF, Role.ADMIN)),
    "complaints:repeaters": (_("Customers who complain again"), "repeat", (*Role.CENTRE, Role.MANAGER)),
    "complaints:overheads": (_("Over-the-head complaints"), "building-bank", (*Role.CENTRE, Role.MANAGER)),
    "complaints:inspections": (
        _("Inspection"),
        "clipboard-check",
        (*READERS_OF_FINDINGS, Role.VISITOR, Role.MANAGER, *Role.DEPARTMENT),
    ),
    "organization:duties": (_("Duty roster"), "calendar-user", (Role.HEAD, Role.DUTY)),
}
WORK: dict[str, tuple[Promise, str, tuple[str, ...]]] = {
    "complaints:desk": (_("Triage desk"), "layout-sidebar", (Role.TRIAGE, Role.DISPATCHER, Role.DUTY)),
    "workorders:since": (_("Since I left"), "history", (Role.AGENT, *Role.DEPARTMENT, *Role.CENTRE)),
}
FIGURES: dict[str, tuple[Promise, str, tuple[str, ...]]] = {
    "workorders:boards": (_("Wall board"), "device-tv", (*Role.DEPARTMENT, Role.MANAGER, *Role.CENTRE)),
    "complaints:dashboard": (_("SLA dashboard"), "chart-bar", (Role.MANAGER, Role.HEAD, *Role.CENTRE)),
    "complaints:bulletins": (_("Bulletins"), "speakerphone", (*Role.CENTRE, *BULLETIN_READERS)),
}

#: Who answers, keeps or reads the quarterly survey.
SURVEYED = (Role.AGENT, Role.MANAGER, *Role.DEPARTMENT, *Role.CENTRE)

#: Who raises appeals, states on them, rules on them.
APPEALED = (Role.AGENT, Role.PATROL, Role.MANAGER, *Role.DEPARTMENT, *Role.CENTRE)

SCHEME: dict[str, tuple[Promise, str, tuple[str, ...]]] = {
    "internal_clients:latest": (_("Scorecards"), "award", STAFF),
    "internal_clients:appeals": (_("Score appeals"), "scale", APPEALED),
    "internal_clients:given": (_("Ratings we gave"), "star", (Role.AGENT, Role.PATROL)),
    "internal_clients:surveys": (_("Satisfaction survey"), "clipboard-text", SURVEYED),
    "internal_clients:kpi": (_("My KPI"), "target-arrow", (Role.MANAGER, *Role.DEPARTMENT)),
    "internal_clients:home": (_("Records for the scheme"), "clipboard-list", STAFF),
}

#: The addresses of the outbox, the gateways and the texts.
MESSAGES = ("/notices/outbox/", "/notices/gateways/", "/notices/texts/")


def _pages(request: HttpRequest, user: Staff, table: dict[str, tuple[Promise, str, tuple[str, ...]]]) -> list[Entry]:
    return [
        Entry(label, reverse(name), icon, request.path.startswith(reverse(name)))
        for name, (label, icon, roles) in table.items()
        if user.has_role(*roles)
    ]


def navigation(request: HttpRequest) -> dict[str, list[Group]]:
    """Return the menu of the person who looks; nobody logged in has none."""
    user = getattr(request, "user", None)
    if not isinstance(user, Staff):
        return {"navigation": []}
    queues = [
        Entry(queue.label, url := reverse("workorders:queue", args=[queue.name]), queue.icon, request.path.startswith(url))
        for queue in queues_for(user)
    ]
    if user.has_role(*READERS):
        url, count_url = reverse("workorders:supervisions"), reverse("workorders:supervision_count")
        queues.append(Entry(_("Supervision"), url, "eye-exclamation", request.path == url, count_url))
    if may_read_alerts(user):
        url, count_url = reverse("complaints:alerts"), reverse("complaints:alert_count")
        queues.insert(0, Entry(_("Early warning"), url, "trending-up", request.path.startswith(url), count_url))
    admin = [
        Entry(_("Messages"), reverse("journal:letters"), "mail-forward", active=request.path.startswith(MESSAGES)),
        Entry(_("Administration"), reverse("admin:index"), "settings", active=False),
    ]
    admin = admin if user.is_staff else []
    if policies.may_read_limits(user):
        address = reverse("workorders:targets")
        admin.insert(0, Entry(_("Limits"), address, "target", request.path.startswith(address)))
    groups = [
        Group(_("Customers and complaints"), _pages(request, user, PAGES)),
        Group(_("Queues"), [*_pages(request, user, WORK), *queues]),
        Group(_("Figures"), _pages(request, user, FIGURES)),
        Group(_("Internal customers"), _pages(request, user, SCHEME)),
        Group(_("Data"), admin),
    ]
    return {"navigation": [group for group in groups if group.entries]}
