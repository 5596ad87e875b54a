"""Who acts: employees with their number, department and roles."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from organization.enums import Role
from organization.models.department import Department
from organization.models.region import Region


class StaffManager(UserManager["Staff"]):
    """Finds people, and the system itself."""

    def system(self) -> "Staff":
        """Return the account in whose name the system acts by rule; it can never log in."""
        system, _created = self.get_or_create(
            username="SYSTEM",
            defaults={"name": "系统", "name_en": "System", "roles": [Role.SYSTEM], "is_active": False},
        )
        return system


class Staff(AbstractUser):
    """An employee. `username` is the employee number, which is also the login."""

    first_name = None  # type: ignore[assignment]  # Django's way to leave a field out
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        verbose_name=_("department"),
        null=True,
        blank=True,
        related_name="staff",
    )
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), null=True, blank=True)
    roles = ArrayField(models.CharField(max_length=16, choices=Role), verbose_name=_("roles"), default=list, blank=True)

    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        indexes: ClassVar = [GinIndex(Func("name", "name_en", "username", function="search_name"), name="staff_search")]
        constraints = [
            models.CheckConstraint(condition=models.Q(roles__contained_by=Role.values), name="staff_roles"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        """Return the person's name as the product shows it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the same name: Chinese names are not shortened."""
        return self.name

    def has_role(self, *roles: str) -> bool:
        """Tell whether the person holds any of `roles`."""
        return not set(roles).isdisjoint(self.roles)
