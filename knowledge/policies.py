"""Who may read, write, review and keep articles: a predicate, and a queryset beside it where there are rows."""

from django.db.models import Q, QuerySet
from django.http import Http404

from knowledge.enums import ArticleState
from knowledge.models import Article, Version
from organization.enums import DepartmentKind, Role
from organization.models import Department, Staff
from workorders import policies as ticket_policies
from workorders.enums import TicketState
from workorders.models import Ticket

#: Who writes articles for any department: whoever serves customers, and the complaint centre.
SERVING = (Role.AGENT, Role.PATROL, *Role.CENTRE, Role.SYSTEM)
#: Of the owning department, who answers for what its articles say.
KEEPERS = (Role.CONTACT, Role.HEAD)
#: The customer has the answer.
SOLVED = (TicketState.AWAITING_CALLBACK, TicketState.CLOSED)


def _is_of(user: Staff, department_id: int, *roles: str) -> bool:
    return user.department_id == department_id and user.has_role(*roles)


def may_see(user: Staff, article: Article) -> bool:
    """Tell whether the person may read this article; the predicate to `visible_to`."""
    if article.state == ArticleState.PUBLISHED or user.has_role(*Role.CENTRE, Role.SYSTEM):
        return True
    return article.written_by_id == user.pk or _is_of(user, article.department_id, *Role.DEPARTMENT)


def visible_to(user: Staff) -> QuerySet[Article]:
    """Return the articles this person may read: what is published everybody, the rest its department, its writer, the centre."""
    if user.has_role(*Role.CENTRE, Role.SYSTEM):
        return Article.objects.all()
    found = Q(state=ArticleState.PUBLISHED) | Q(written_by=user.pk)
    if user.department_id and user.has_role(*Role.DEPARTMENT):
        found |= Q(department=user.department_id)
    return Article.objects.filter(found)


def may_write(user: Staff) -> bool:
    """Tell whether the person writes articles at all."""
    return user.has_role(*SERVING) or (user.department_id is not None and user.has_role(*Role.DEPARTMENT))


def may_write_for(user: Staff, department: Department) -> bool:
    """Tell whether the person may write an article that this department owns; the predicate to `departments_for`."""
    if department.kind != DepartmentKind.SUPPORT or not department.is_active:
        return False
    return user.has_role(*SERVING) or _is_of(user, department.pk, *Role.DEPARTMENT)


def departments_for(user: Staff) -> QuerySet[Department]:
    """Return the departments for which the person may write: the front line and the centre for all, the others for their own."""
    departments = Department.objects.filter(kind=DepartmentKind.SUPPORT, is_active=True).order_by("code")
    if user.has_role(*SERVING):
        return departments
    own = user.department_id if user.has_role(*Role.DEPARTMENT) else None
    return departments.filter(pk=own) if own else departments.none()


def may_revise(user: Staff, article: Article) -> bool:
    """Tell whether the person may write in this article: its department, the centre, and the writer of one not published yet."""
    if user.has_role(*Role.CENTRE, Role.SYSTEM) or _is_of(user, article.department_id, *Role.DEPARTMENT):
        return True
    return article.written_by_id == user.pk and article.state == ArticleState.NEW


def may_keep(user: Staff, article: Article) -> bool:
    """Tell whether the person answers for this article; the predicate to `kept_by`.

    These are the owning department's contacts and head, and the complaint centre's reviewers: they review what others wrote,
    say that it is still right, and withdraw it.
    """
    return user.has_role(Role.REVIEWER, Role.SYSTEM) or _is_of(user, article.department_id, *KEEPERS)


def kept_by(user: Staff) -> QuerySet[Article]:
    """Return the articles that this person answers for."""
    if user.has_role(Role.REVIEWER, Role.SYSTEM):
        return Article.objects.all()
    own = user.department_id if user.has_role(*KEEPERS) else None
    return Article.objects.filter(department=own) if own else Article.objects.none()


def may_review(user: Staff, article: Article, version: Version) -> bool:
    """Tell whether the person may publish this version or send it back: who answers for it and did not write in it."""
    return may_keep(user, article) and user.pk not in {version.written_by_id, *version.writers}


def may_withdraw(user: Staff, article: Article) -> bool:
    """Tell whether the person may withdraw this article: who answers for it, and the writer of one not published yet."""
    return may_keep(user, article) or (article.written_by_id == user.pk and article.state == ArticleState.NEW)


def may_use(user: Staff, ticket: Ticket | None) -> bool:
    """Tell whether the person may say what an article did for a case: whoever files it, or may read its ticket."""
    return ticket_policies.may_file(user) if ticket is None else ticket_policies.may_see(user, ticket)


def may_make_from(user: Staff, ticket: Ticket) -> bool:
    """Tell whether the person may make an article of what was found out for this ticket, once its customer has the answer."""
    return ticket.state in SOLVED and may_write(user) and ticket_policies.may_see(user, ticket)


def may_read_report(user: Staff) -> bool:
    """Tell whether the person may see how articles are used: the centre, managers, supervisors, and departments."""
    return user.has_role(*Role.CENTRE, Role.MANAGER, Role.PATROL, *Role.DEPARTMENT)


def keepers_of(article: Article) -> QuerySet[Staff]:
    """Return who answers for the article in its own department; where nobody does, the complaint centre's reviewers."""
    people = Staff.objects.filter(is_active=True).order_by("pk")
    own = people.filter(department=article.department_id, roles__overlap=list(KEEPERS))
    return own if own.exists() else people.filter(roles__contains=[Role.REVIEWER])


def reviewers_for(article: Article, version: Version) -> list[Staff]:
    """Return everybody who may review this version."""
    keeps = Q(department=article.department_id, roles__overlap=list(KEEPERS)) | Q(roles__contains=[Role.REVIEWER])
    people = Staff.objects.filter(keeps, is_active=True).order_by("pk")
    return [person for person in people if may_review(person, article, version)]


def get_article(user: Staff, pk: int) -> Article:
    """Return the article, or raise Http404 so as not to tell that it exists."""
    related = ("category", "department", "written_by", "withdrawn_by", "source")
    found = visible_to(user).defer("terms").select_related(*related).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
