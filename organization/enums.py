"""The words of `organization` that the database and the screen share."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does here; one person may hold several, duties that must be kept apart are checked on the item."""

    AGENT = "agent", _("front-line agent")
    TRIAGE = "triage", _("triage officer")
    DISPATCHER = "dispatcher", _("dispatcher")
    DUTY = "duty", _("complaint-centre duty officer")
    REVIEWER = "reviewer", _("reviewer")
    VISITOR = "visitor", _("callback officer")
    HANDLER = "handler", _("handler")
    CONTACT = "contact", _("department contact")
    HEAD = "head", _("department head")
    SUPERVISOR = "supervisor", _("supervision and appraisal officer")
    PATROL = "patrol", _("front-line supervisor")
    MANAGER = "manager", _("manager")
    ADMIN = "admin", _("administrator")
    SYSTEM = "system", _("system")

    #: The complaint centre (投诉中心): sees every ticket.
    CENTRE = nonmember(("triage", "dispatcher", "duty", "reviewer", "visitor", "supervisor"))
    #: The people of a supporting department: see what reached their department.
    DEPARTMENT = nonmember(("handler", "contact", "head"))


class RegionKind(models.TextChoices):
    """The levels of the region tree."""

    PROVINCE = "province", _("province")
    REGION = "region", _("region")
    CITY = "city", _("city branch")
    DISTRICT = "district", _("district")
    HALL = "hall", _("service hall")


class DepartmentKind(models.TextChoices):
    """What a department is for."""

    SUPPORT = "support", _("support department")
    FRONT_LINE = "front_line", _("front line")
    CENTRE = "centre", _("complaint centre")
    MANAGEMENT = "management", _("management")
