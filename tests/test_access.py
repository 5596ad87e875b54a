"""Every address × every role: who gets what, and a new address without a row fails."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from complaints.actions.filing import Facts, file_complaint
from complaints.models import AlertRule, Complaint, Customer
from internal_clients.api.records import record_viewsets
from organization.enums import Role
from organization.models import Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category

pytestmark = pytest.mark.usefixtures("limits")

ROLES = ("anonymous", "agent", "hall_agent", "officer", "duty", "handler", "contact", "head", "stranger", "manager", "admin")

#: What a role answers by default, and where it differs. Anonymous people are sent to the login (302), or 401 in the API.
OK, TO_LOGIN, FORBIDDEN, HIDDEN, METHOD, AWAY = 200, 302, 403, 404, 405, 302


def row(default: int, **special: int) -> dict[str, int]:
    """Return the expected status by role."""
    return {role: special.get(role, TO_LOGIN if role == "anonymous" else default) for role in ROLES}


def only(*roles: str, other: int = HIDDEN) -> dict[str, int]:
    """Return 200 for some roles and another status for the rest."""
    return row(other, **dict.fromkeys(roles, OK))


SEES = ("agent", "officer", "duty", "handler", "contact", "head", "manager")
WATCHES = ("officer", "duty", "handler", "contact", "head", "stranger", "manager")
CENTRE = ("officer", "duty")
FRONT = ("agent", "hall_agent")
API = {"anonymous": 401}
WORDS = ("order.urged", "sms", "en")

#: Address name (and arguments) → expected status of a GET by role.
TABLE: dict[tuple[str, tuple], dict[str, int]] = {
    ("home", ()): row(AWAY),
    ("search", ()): row(OK),
    ("suggest", ()): row(OK),
    ("healthz", ()): row(OK, anonymous=OK),
    ("readyz", ()): row(OK, anonymous=OK),
    ("set_language", ()): row(AWAY),
    ("workorders:queue", ("mine",)): only("handler", "contact", "head", "stranger"),
    ("workorders:queue", ("triage",)): only(*CENTRE),
    ("workorders:queue", ("returns",)): only("duty"),
    ("workorders:queue", ("review",)): only("officer"),
    ("workorders:queue", ("extensions",)): only(*FRONT, "duty"),
    ("workorders:queue", ("filed",)): only(*FRONT, "officer"),
    ("workorders:queue", ("all",)): row(OK, admin=HIDDEN),
    ("workorders:bulk", ("department",)): row(METHOD),
    ("workorders:export_csv", ("department",)): only("handler", "contact", "head", "stranger"),
    ("workorders:export_xlsx", ("department",)): only("handler", "contact", "head", "stranger"),
    ("workorders:boards", ()): row(HIDDEN, **dict.fromkeys(WATCHES, AWAY)),
    ("workorders:board", ("NETWORK",)): only("handler", "contact", "head", "officer", "duty", "manager"),
    ("workorders:since", ()): row(OK),
    ("workorders:ticket", ("ticket",)): only(*SEES),
    ("workorders:ticket_action", ("ticket", "note")): only(*SEES),
    ("workorders:ticket_action", ("ticket", "cancel")): row(FORBIDDEN, duty=OK, hall_agent=HIDDEN, stranger=HIDDEN, admin=HIDDEN),
    ("workorders:order_action", ("order", "accept")): row(
        FORBIDDEN, handler=OK, contact=OK, head=OK, hall_agent=HIDDEN, stranger=HIDDEN, admin=HIDDEN
    ),
    ("workorders:supervisions", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("workorders:supervision_count", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("organization:duties", ()): row(FORBIDDEN, duty=OK, head=OK, stranger=OK, admin=OK),
    ("organization:remove_duty", (1,)): row(METHOD),
    ("workorders:why", ("clock",)): only(*SEES),
    ("workorders:targets", ()): row(FORBIDDEN, admin=OK, manager=OK),
    ("workorders:targets_draft", ()): row(FORBIDDEN, admin=OK, manager=OK),
    ("workorders:targets_edit", ()): row(FORBIDDEN, admin=HIDDEN),
    ("workorders:targets_step", ("preview",)): row(METHOD),
    ("workorders:attachment", (1,)): row(HIDDEN),
    ("complaints:desk", ()): row(FORBIDDEN, officer=OK, duty=OK),
    ("complaints:desk_case", ("ticket",)): row(FORBIDDEN, officer=OK, duty=OK),
    ("complaints:desk_suggested", ("ticket",)): row(FORBIDDEN, officer=OK, duty=OK),
    ("complaints:dashboard", ()): row(FORBIDDEN, officer=OK, duty=OK, head=OK, stranger=OK, manager=OK),
    ("complaints:dashboard_rows", ("filed",)): row(FORBIDDEN, officer=OK, duty=OK, head=OK, stranger=OK, manager=OK),
    ("complaints:repeaters", ()): row(FORBIDDEN, officer=OK, duty=OK, manager=OK),
    ("complaints:overheads", ()): row(FORBIDDEN, officer=OK, duty=OK, manager=OK),
    ("complaints:overhead", ("ticket",)): row(FORBIDDEN, officer=HIDDEN, duty=HIDDEN, manager=HIDDEN),
    ("complaints:alerts", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("complaints:alert_count", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("complaints:alert_rules", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("complaints:alert_rule", ("rule",)): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("complaints:rehearse_rule", ("rule",)): row(METHOD),
    ("complaints:alert", ("alert",)): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("complaints:acknowledge_alert", ("alert",)): row(METHOD),
    ("complaints:conclude_alert", ("alert",)): row(METHOD),
    ("complaints:open_incident", ("alert",)): row(METHOD),
    ("complaints:end_incident", ("alert",)): row(METHOD),
    ("complaints:detach_complaint", ("alert", "ticket")): row(METHOD),
    ("complaints:bulletins", ()): row(FORBIDDEN, officer=OK, duty=OK, head=OK, stranger=OK, manager=OK),
    ("complaints:bulletin", ("bulletin",)): only(*CENTRE),
    ("complaints:bulletin_edit", ("bulletin",)): only(*CENTRE),
    ("complaints:bulletin_pdf", ("bulletin",)): only(*CENTRE),
    ("complaints:bulletin_xlsx", ("bulletin",)): only(*CENTRE),
    ("complaints:bulletin_rows", ("bulletin", "all.filed")): only(*CENTRE),
    ("complaints:bulletin_read", ("bulletin",)): row(METHOD),
    ("complaints:bulletin_step", ("bulletin", "submit")): row(METHOD),
    ("complaints:bulletin_users", ()): only(*CENTRE, "admin", other=FORBIDDEN),
    ("complaints:intake", ()): row(FORBIDDEN, agent=OK, hall_agent=OK, officer=OK),
    ("complaints:customers", ()): row(FORBIDDEN, agent=OK, hall_agent=OK, officer=OK, duty=OK),
    ("complaints:customer", ("customer",)): row(FORBIDDEN, agent=OK, officer=OK, duty=OK, hall_agent=HIDDEN),
    ("complaints:reveal", ("ticket",)): row(METHOD),
    ("complaints:callbacks", ()): row(FORBIDDEN, agent=OK, hall_agent=OK, officer=OK),
    ("complaints:inspections", ()): row(AWAY, officer=OK, duty=OK, admin=FORBIDDEN),
    ("complaints:inspected", ()): row(OK, admin=FORBIDDEN),
    ("complaints:inspection_results", ()): row(FORBIDDEN, officer=OK, duty=OK, manager=OK),
    ("complaints:inspection", (1,)): row(HIDDEN),
    ("complaints:inspection_plans", ()): row(FORBIDDEN, officer=OK, duty=OK, manager=OK),
    ("complaints:new_inspection_plan", ()): row(FORBIDDEN, duty=OK),
    ("complaints:inspection_plan", (1,)): row(FORBIDDEN, duty=HIDDEN),
    ("complaints:new_checklist", ()): row(FORBIDDEN, duty=OK),
    ("complaints:checklist", (1,)): row(FORBIDDEN, duty=HIDDEN),
    ("knowledge:articles", ()): row(OK),
    ("knowledge:new", ()): row(OK, manager=FORBIDDEN, admin=FORBIDDEN),
    ("knowledge:report", ()): row(OK, agent=FORBIDDEN, hall_agent=FORBIDDEN, admin=FORBIDDEN),
    ("knowledge:suggested", ()): row(METHOD),
    ("knowledge:make", ("ticket",)): row(FORBIDDEN, hall_agent=HIDDEN, stranger=HIDDEN, admin=HIDDEN),
    ("knowledge:for_ticket", ("ticket",)): only(*SEES),
    ("knowledge:article", ("article",)): only("agent", *CENTRE, "handler", "contact", "head"),
    ("knowledge:edit", ("article",)): row(HIDDEN, **dict.fromkeys(("agent", *CENTRE, "handler", "contact", "head"), AWAY)),
    ("knowledge:say", ("article",)): row(METHOD),
    ("knowledge:say_for", ("article", "ticket")): row(METHOD),
    ("knowledge:step", ("article", "submit")): row(METHOD),
    ("internal_clients:latest", ()): row(AWAY, admin=FORBIDDEN),
    ("internal_clients:trend", ()): row(OK, admin=FORBIDDEN),
    ("internal_clients:given", ()): only(*FRONT, other=FORBIDDEN),
    ("internal_clients:scores", ("2026-10",)): row(OK, admin=FORBIDDEN),
    ("internal_clients:card", ("2026-10", "NETWORK")): row(HIDDEN),
    ("internal_clients:line", ("2026-10", "NETWORK", "A1")): row(HIDDEN),
    ("internal_clients:contest", ("2026-10", "NETWORK", 1)): row(HIDDEN),
    ("internal_clients:contest_item", ("2026-10", "NETWORK", 1)): row(HIDDEN),
    ("internal_clients:contest_line", ("2026-10", "NETWORK", "A1")): row(HIDDEN),
    ("internal_clients:appeals", ()): row(OK, admin=FORBIDDEN),
    ("internal_clients:appeal", (0,)): row(HIDDEN),
    ("internal_clients:appeal_step", (0, "rule")): row(HIDDEN),
    ("internal_clients:month_step", ("2026-10", "show")): row(METHOD),
    ("internal_clients:schemes", ()): row(OK),
    ("internal_clients:scheme", (0,)): row(HIDDEN),
    ("internal_clients:trial", (0,)): row(FORBIDDEN, duty=HIDDEN, admin=HIDDEN),
    ("internal_clients:put_in_force", (0,)): row(METHOD),
    ("internal_clients:surveys", ()): row(OK, admin=FORBIDDEN),
    ("internal_clients:survey", (0,)): row(HIDDEN),
    ("internal_clients:survey_step", (0, "open")): row(METHOD),
    ("internal_clients:survey_sheet", (0, "NETWORK")): row(HIDDEN),
    ("internal_clients:kpi", ()): row(FORBIDDEN, handler=OK, contact=OK, head=OK, stranger=OK, manager=OK),
    ("internal_clients:kpi_plant", ()): row(METHOD),
    ("internal_clients:kpi_node", (0,)): row(HIDDEN),
    ("internal_clients:kpi_targets", (0,)): row(HIDDEN),
    ("internal_clients:kpi_agree", (0,)): row(METHOD),
    ("internal_clients:kpi_object", (0,)): row(HIDDEN),
    ("internal_clients:kpi_add", (0,)): row(HIDDEN),
    ("internal_clients:kpi_retire", (0,)): row(METHOD),
    ("internal_clients:kpi_judge", (0, 1)): row(HIDDEN),
    ("internal_clients:kpi_behind", (0, "pieces")): row(HIDDEN),
    ("internal_clients:home", ()): row(AWAY),
    ("internal_clients:records", ("fault",)): row(OK),
    ("internal_clients:add", ("fault",)): row(FORBIDDEN, handler=OK, contact=OK, head=OK, stranger=OK),
    ("internal_clients:record", ("fault", 1)): row(HIDDEN),
    ("internal_clients:step", ("fault", 1, "restore")): row(HIDDEN),
    ("journal:inbox", ()): row(OK),
    ("journal:unread", ()): row(OK),
    ("journal:read_all", ()): row(METHOD),
    ("journal:notice", (0,)): row(HIDDEN),
    ("journal:preferences", ()): row(OK),
    ("journal:letters", ()): only("admin", other=FORBIDDEN),
    ("journal:resend_all", ()): row(METHOD),
    ("journal:resend", (0,)): row(METHOD),
    ("journal:gateways", ()): only("admin", other=FORBIDDEN),
    ("journal:gateway_new", ()): only("admin", other=FORBIDDEN),
    ("journal:gateway", (0,)): row(FORBIDDEN, admin=HIDDEN),
    ("journal:gateway_try", (0,)): row(METHOD),
    ("journal:templates", ()): only("admin", other=FORBIDDEN),
    ("journal:template", WORDS): only("admin", other=FORBIDDEN),
    ("journal:template_preview", WORDS): row(METHOD),
    ("journal:template_reset", WORDS): row(METHOD),
    ("api-schema", ()): row(OK, **API),
    ("api-docs", ()): row(OK, **API),
    ("api-search", ()): row(OK, **API),
    ("api-ticket-list", ()): row(OK, **API),
    ("api-ticket-detail", ("ticket",)): {**only(*SEES), **API},
    ("api-ticket-actions", ("ticket",)): {**only(*SEES), **API},
    ("api-ticket-act", ("ticket", "note")): row(METHOD, **API),
    ("api-ticket-events", ("ticket",)): {**only(*SEES), **API},
    ("api-ticket-ledger", ("ticket",)): {**only(*SEES), **API},
    ("api-order-list", ()): row(OK, **API),
    ("api-order-detail", ("order",)): {**only(*SEES), **API},
    ("api-order-actions", ("order",)): {**only(*SEES), **API},
    ("api-order-act", ("order", "accept")): row(METHOD, **API),
    ("api-complaint-list", ()): row(OK, **API),
    ("api-complaint-detail", ("ticket",)): {**only(*SEES), **API},
    ("api-complaint-callbacks", ("ticket",)): row(METHOD, **API),
    ("api-complaint-awaiting-callback", ()): row(OK, **API),
    ("api-attachment-detail", (1,)): {**row(HIDDEN), **API},
    ("api-category-list", ()): row(OK, **API),
    ("api-category-detail", ("NET",)): row(OK, **API),
    ("api-region-list", ()): row(OK, **API),
    ("api-region-detail", ("sd",)): row(OK, **API),
    ("api-department-list", ()): row(OK, **API),
    ("api-department-detail", ("NETWORK",)): row(OK, **API),
    ("api-staff-list", ()): row(OK, **API),
    ("api-staff-detail", ("3001",)): row(OK, **API),
    ("api-score-period-list", ()): row(OK, admin=FORBIDDEN, **API),
    ("api-score-run-list", ()): row(OK, admin=FORBIDDEN, **API),
    ("api-score-run-detail", (1,)): row(HIDDEN, admin=FORBIDDEN, **API),
    ("api-scorecard-list", ()): row(OK, admin=FORBIDDEN, **API),
    ("api-scorecard-detail", (1,)): row(HIDDEN, admin=FORBIDDEN, **API),
    ("api-score-line-evidence", (1,)): row(HIDDEN, admin=FORBIDDEN, **API),
    ("api-article-list", ()): row(OK, **API),
    ("api-article-detail", ("article",)): row(HIDDEN, **API),
    ("api-internal-request-list", ()): row(OK, **API),
    ("api-internal-request-detail", (1,)): row(HIDDEN, **API),
    ("admin:index", ()): row(AWAY, admin=OK),
}
for record, records in record_viewsets():
    TABLE[f"api-record-{record}-list", ()] = row(OK, **API)
    TABLE[f"api-record-{record}-detail", (1,)] = row(HIDDEN, **API)
    for step in records.kind.steps:
        TABLE[f"api-record-{record}-{step.name}", (1,)] = row(METHOD, **API)
#: Parts of other pages, tested where they belong, and the libraries' own pages.
ELSEWHERE = {
    "complaints:intake_customer",
    "complaints:proposal",
    "complaints:duplicates",
    "complaints:instead",
    "complaints:callback",
}
LIBRARIES = ("account_", "mfa_", "admin:", "socialaccount_")


def address_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from address_names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name:
            yield f"{prefix}{entry.name}"


def test_every_address_has_a_row() -> None:
    named = {name for name in address_names(get_resolver()) if not name.startswith(LIBRARIES)}

    assert named - ELSEWHERE == {name for name, _args in TABLE} - {"admin:index"}


@pytest.fixture
def admin(centre: Department) -> Staff:
    person = factories.staff("9001", "管理员", centre, [Role.ADMIN])
    person.is_staff = person.is_superuser = True
    person.save()
    return person


@pytest.fixture
def complaint(category: Category, customer: Customer, agent: Staff, network: Department, jinan: Region) -> Complaint:
    factories.route(category, network)
    facts = Facts(
        customer=customer,
        contact_phone=customer.number,
        category=category,
        channel="hotline",
        region=jinan,
        subject="无信号",
        description="家里没有信号",
    )
    return file_complaint(facts=facts, filing_key="access", by=agent, now=NOW)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_it_should(role: str, request: pytest.FixtureRequest, complaint: Complaint) -> None:
    known = {
        "ticket": complaint.pk,
        "order": complaint.ticket.orders.get().pk,
        "clock": complaint.ticket.clocks.filter(order=None).get().pk,
        "customer": complaint.customer_id,
        "rule": AlertRule.objects.get().pk,
        "bulletin": factories.bulletin(request.getfixturevalue("officer"), NOW + dt.timedelta(minutes=1)).pk,
        "article": factories.article(
            complaint.ticket.category, request.getfixturevalue("network"), request.getfixturevalue("agent")
        ).pk,
        "alert": factories.alert(complaint.ticket.category, complaint.ticket.region).pk,
    }
    for person in ROLES[1:]:
        request.getfixturevalue(person)
    client = Client()
    if role != "anonymous":
        client.force_login(request.getfixturevalue(role))

    found = {}
    for name, args in TABLE:
        response = client.get(reverse(name, args=[known.get(arg, arg) for arg in args]))
        found[name, args] = response.status_code

    assert found == {key: expected[role] for key, expected in TABLE.items()}
