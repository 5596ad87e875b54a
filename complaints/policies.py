"""Who may see and do what with customers and complaints; tickets follow `workorders.policies`."""

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Left, Length
from django.http import Http404
from django.utils.translation import gettext as _

from complaints.enums import BulletinState
from complaints.models import Alert, AlertRule, Bulletin, Complaint, Customer
from complaints.numbers import bare
from foundation.errors import NotAllowed
from organization.enums import Role
from organization.models import Region, Staff
from workorders import policies as ticket_policies
from workorders.enums import TicketState
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


def may_answer_alert(user: Staff, alert: Alert) -> bool:
    """Tell whether the person may acknowledge the alert and say what it was."""
    if user.has_role(*Role.CENTRE, Role.MANAGER):
        return True
    return user.has_role(Role.HEAD, Role.CONTACT, Role.DUTY) and user.department_id in told_departments(alert)


def told_departments(alert: Alert) -> list[int]:
    """Return the departments concerned: the one the category's route leads to, and the rule's own."""
    above = Q(category__path=Left(Value(alert.category.path), Length("category__path")))
    lead = Route.objects.filter(above).order_by(Length("category__path").desc()).values_list("lead", flat=True)[:1]
    return list(dict.fromkeys([*lead, *alert.rule.departments.order_by("pk").values_list("pk", flat=True)]))


def may_keep_rules(user: Staff, rule: AlertRule) -> bool:
    """Tell whether the person may preview a rule: its owner, the centre's duty officers, managers and administrators."""
    return user.is_staff or user.pk == rule.owner_id or user.has_role(Role.DUTY, Role.MANAGER)


def may_run_incidents(user: Staff) -> bool:
    """Tell whether the person may turn an alert into an incident and end it: who may dispatch, and the duty officers."""
    return user.has_role(Role.DISPATCHER, Role.DUTY)


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
