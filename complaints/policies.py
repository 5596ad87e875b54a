"""Who may see and do what with customers and complaints; tickets follow `workorders.policies`."""

from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Left, Length
from django.http import Http404
from django.utils.translation import gettext as _

from complaints.enums import BulletinState
from complaints.models import Alert, AlertRule, Bulletin, Complaint, Customer
from complaints.numbers import bare
from foundation.errors import NotAllowed
from organization.enums import Role
from organization.models import Department, Region, Staff
from organization.trees import paths_above
from workorders import policies as ticket_policies
from workorders.enums import Channel, TicketState
from workorders.models import Route


def may_search_customers(user: Staff) -> bool:
    """Tell whether the person may look customers up; the system does so for imports."""
    return user.has_role(Role.AGENT, *Role.CENTRE, Role.SYSTEM)


def may_see_customer(user: Staff, customer: Customer) -> bool:
    """Tell whether the person may look this customer up; the predicate to `customers_visible_to`."""
    if user.has_role(*Role.CENTRE):
        return True
    in_region = user.region is not None and customer.region.path.startswith(user.region.path)
    return user.has_role(Role.AGENT) and in_region


def customers_visible_to(user: Staff) -> QuerySet[Customer]:
    """Return the customers this person may look up: everyone's for the centre, the own region's for the front line."""
    if user.has_role(*Role.CENTRE):
        return Customer.objects.all()
    if user.has_role(Role.AGENT) and user.region:
        return Customer.objects.filter(region__in=Region.objects.filter(path__startswith=user.region.path))
    return Customer.objects.none()


def customer_on_the_line(user: Staff, number: str) -> Customer | None:
    """Return the customer with exactly this number, of whatever region, for those who may look customers up.

    Whoever gives the whole number has the customer before them; a part of it finds only `customers_visible_to`.
    """
    if not may_search_customers(user):
        return None
    return Customer.objects.filter(number=bare(number)).select_related("region").first()


def may_call_again(user: Staff, complaint: Complaint, number: str) -> bool:
    """Tell whether the person may urge this ticket, or add to it, for the customer who is on the line with `number`.

    It opens the ticket to nothing else: reading it follows `workorders.policies`.
    """
    return ticket_policies.may_file(user) and complaint.ticket.is_open and complaint.customer.number == bare(number)


def callable_again(user: Staff, number: str) -> QuerySet[Complaint]:
    """Return the complaints that `may_call_again` grants for `number`."""
    if not ticket_policies.may_file(user):
        return Complaint.objects.none()
    return Complaint.objects.filter(customer__number=bare(number), ticket__state__in=TicketState.OPEN)


def complaints_visible_to(user: Staff) -> QuerySet[Complaint]:
    """Return the complaints whose tickets this person may read."""
    if user.has_role(*Role.CENTRE, Role.SYSTEM):
        return Complaint.objects.all()
    return Complaint.objects.filter(ticket__in=ticket_policies.visible_to(user))


def may_reveal(user: Staff, complaint: Complaint) -> bool:
    """Tell whether the person may see the full number: who handles the case now, who filed it, and who calls back."""
    ticket = complaint.ticket
    if user.has_role(Role.VISITOR, Role.DUTY) or ticket.filed_by_id == user.pk:
        return True
    return user.has_role(*Role.DEPARTMENT) and any(order.department_id == user.department_id for order in ticket.orders.all())


def get_complaint(user: Staff, pk: int) -> Complaint:
    """Return the complaint of ticket `pk`, or raise Http404 so as not to tell that it exists."""
    related = ("ticket__category", "ticket__region", "customer__region")
    found = complaints_visible_to(user).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_customer(user: Staff, pk: int) -> Customer:
    """Return the customer, or raise Http404 so as not to tell that they exist."""
    found = customers_visible_to(user).select_related("region").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


#: Who reads alerts: the centre, the departments and the managers; agents see what is announced at intake.
ALERT_READERS = (*Role.CENTRE, *Role.DEPARTMENT, Role.MANAGER)


def may_read_alerts(user: Staff) -> bool:
    """Tell whether the person may see alerts: counts and places, no customer."""
    return user.has_role(*ALERT_READERS)


#: Who answers alerts: the centre and managers those of their region, the departments those they are told of.
ALERT_REGIONS, ALERT_DEPARTMENTS = (*Role.CENTRE, Role.MANAGER), (Role.HEAD, Role.CONTACT, Role.DUTY)


def may_answer_alert(user: Staff, alert: Alert, told: Collection[int] | None = None) -> bool:
    """Tell whether the person may acknowledge the alert and say what it was; the predicate to `answerable_by`.

    `told` are the departments concerned, where they are at hand.
    """
    if user.has_role(*ALERT_REGIONS) and _reaches(user, alert):
        return True
    if not user.has_role(*ALERT_DEPARTMENTS):
        return False
    return user.department_id in (told_departments(alert) if told is None else told)


def answerable_by(user: Staff) -> QuerySet[Alert]:
    """Return the alerts that this person may acknowledge and say what they were."""
    found = Q(pk__in=[])
    if user.has_role(*ALERT_REGIONS):
        found |= _within_reach(user)
    if user.has_role(*ALERT_DEPARTMENTS) and user.department_id:
        found |= Q(rule__departments=user.department_id) | Q(led_by=user.department_id)
    routes = Route.objects.filter(category__path=Left(OuterRef("category__path"), Length("category__path")))
    lead = routes.order_by(Length("category__path").desc()).values("lead")[:1]
    return Alert.objects.alias(led_by=Subquery(lead)).filter(found).distinct()


def _reaches(user: Staff, alert: Alert) -> bool:
    """Tell whether the alert is in the person's part of the region tree: without one, the centre's is everywhere."""
    if user.region is None:
        return user.has_role(*Role.CENTRE)
    return alert.region.path.startswith(user.region.path)


def _within_reach(user: Staff) -> Q:
    if user.region is None:
        return Q(pk__isnull=False) if user.has_role(*Role.CENTRE) else Q(pk__in=[])
    return Q(region__path__startswith=user.region.path)


def told_departments(alert: Alert) -> list[int]:
    """Return the departments concerned: the one the category's route leads to, and the rule's own; one query."""
    above = Q(category__path=Left(Value(alert.category.path), Length("category__path")))
    lead = Route.objects.filter(above).order_by(Length("category__path").desc()).values("lead")[:1]
    own = alert.rule.departments.through.objects.filter(alertrule=alert.rule_id).values("department")
    rows = Department.objects.filter(Q(pk__in=Subquery(lead)) | Q(pk__in=own)).annotate(leads=Q(pk__in=Subquery(lead)))
    return list(rows.order_by("-leads", "pk").values_list("pk", flat=True))


def departments_told(alerts: Iterable[Alert]) -> dict[Alert, list[int]]:
    """Do as `told_departments` does for many alerts, in two queries."""
    alerts = list(alerts)
    leads = dict(Route.objects.order_by("category__path").values_list("category__path", "lead"))
    own: dict[int, list[int]] = {}
    through = AlertRule.departments.through.objects.filter(alertrule__in={alert.rule_id for alert in alerts})
    for rule, department in through.order_by("department").values_list("alertrule", "department"):
        own.setdefault(rule, []).append(department)
    found = {}
    for alert in alerts:
        lead = [leads[path] for path in paths_above(alert.category.path)[::-1] if path in leads][:1]
        found[alert] = list(dict.fromkeys([*lead, *own.get(alert.rule_id, [])]))
    return found


def may_keep_rules(user: Staff, rule: AlertRule) -> bool:
    """Tell whether the person may preview a rule: its owner, the centre's duty officers, managers and administrators."""
    return user.is_staff or user.pk == rule.owner_id or user.has_role(Role.DUTY, Role.MANAGER)


def may_run_incident(user: Staff, alert: Alert) -> bool:
    """Tell whether the person may turn the alert into an incident and end it: who may dispatch, and the duty officers."""
    return user.has_role(Role.DISPATCHER, Role.DUTY) and _reaches(user, alert)


def require_centre(allowed: bool, reason: str = "") -> None:  # noqa: FBT001 -- the answer of a predicate
    """Raise NotAllowed unless a predicate about bulletins said yes."""
    if not allowed:
        raise NotAllowed(reason or _("Bulletins are written, approved and published by the complaint centre."))


#: Who reads what is published, beside the centre: heads of departments, managers, and the front line's supervisors.
BULLETIN_READERS = (Role.HEAD, Role.MANAGER, Role.PATROL)
#: Who is told of it and asked to confirm (已阅).
BULLETIN_ADDRESSEES = (Role.HEAD, Role.MANAGER)
#: Who approves and publishes.
SIGNERS = (Role.DUTY, Role.SUPERVISOR)


def may_read_bulletins(user: Staff) -> bool:
    """Tell whether the person may read published bulletins."""
    return user.has_role(*Role.CENTRE, *BULLETIN_READERS)


def may_write_bulletins(user: Staff) -> bool:
    """Tell whether the person drafts and writes bulletins: the complaint centre, and the system by its calendar."""
    return user.has_role(*Role.CENTRE, Role.SYSTEM)


def may_sign_bulletins(user: Staff) -> bool:
    """Tell whether the person may approve bulletins at all, and publish them: the duty and supervision officers."""
    return user.has_role(*SIGNERS)


def may_sign(user: Staff, bulletin: Bulletin) -> bool:
    """Tell whether the person may approve this bulletin: nobody who wrote in it or handed it in."""
    return may_sign_bulletins(user) and user.pk not in {*bulletin.editors, bulletin.submitted_by_id}


def may_read_bulletin(user: Staff, bulletin: Bulletin) -> bool:
    """Tell whether the person may read this bulletin; the predicate to `bulletins_visible_to`."""
    return user.has_role(*Role.CENTRE) or (bulletin.is_published and may_read_bulletins(user))


def bulletins_visible_to(user: Staff) -> QuerySet[Bulletin]:
    """Return the bulletins this person may read: the centre all, the others what is published."""
    if user.has_role(*Role.CENTRE):
        return Bulletin.objects.all()
    published = Bulletin.objects.filter(state=BulletinState.PUBLISHED)
    return published if may_read_bulletins(user) else Bulletin.objects.none()


def get_bulletin(user: Staff, pk: int) -> Bulletin:
    """Return the bulletin with the people who made it, or raise Http404 so as not to tell that it exists."""
    people = ("drafted_by", "edited_by", "submitted_by", "approved_by", "published_by", "corrects", "alert")
    found = bulletins_visible_to(user).select_related(*people).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def bulletin_signers() -> QuerySet[Staff]:
    """Return everybody who may approve bulletins."""
    return Staff.objects.filter(is_active=True, roles__overlap=list(SIGNERS)).order_by("pk")


def bulletin_addressees() -> QuerySet[Staff]:
    """Return everybody who is told of a published bulletin and asked to confirm that they have read it."""
    return Staff.objects.filter(is_active=True, roles__overlap=list(BULLETIN_ADDRESSEES)).order_by("pk")


def may_keep_users(user: Staff) -> bool:
    """Tell whether the person may enter the regions' numbers of users."""
    return user.is_staff or user.has_role(*Role.CENTRE)


def may_read_overhead(user: Staff) -> bool:
    """Tell whether the person may open the register of over-the-head complaints: the centre, and managers for their regions."""
    return user.has_role(*Role.CENTRE, Role.MANAGER)


def may_enter_overhead(user: Staff) -> bool:
    """Tell whether the person may enter an over-the-head complaint's papers: the centre."""
    return user.has_role(*Role.CENTRE)


def may_decide_fault(user: Staff, complaint: Complaint) -> bool:
    """Tell whether the person may say whose fault it was; never one of a department that handled it (duties kept apart)."""
    if not user.has_role(Role.DUTY, Role.SUPERVISOR):
        return False
    return all(order.department_id != user.department_id for order in complaint.ticket.orders.all())


def get_overhead(user: Staff, pk: int) -> Complaint:
    """Return the over-the-head complaint with its entry, or raise Http404 so as not to tell that it exists."""
    related = ("ticket__category", "ticket__region", "customer", "over_head__earlier__ticket", "over_head__decided_by")
    seen = complaints_visible_to(user) if may_read_overhead(user) else Complaint.objects.none()
    found = seen.select_related(*related).filter(pk=pk, ticket__channel__in=Channel.OVERHEAD).first()
    if found is None:
        raise Http404
    return found
