"""Merge a department into another: open orders move with their clocks, people and routes too; finished orders stay."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from foundation.errors import DomainError
from organization.models import Department, Staff
from workorders.actions.reorganizing import absorb_department


class Command(BaseCommand):
    """Merge a department into another."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take both codes and the administrator's employee number."""
        parser.add_argument("department", help="code of the department that ends")
        parser.add_argument("into", help="code of the department that takes over")
        parser.add_argument("--by", required=True, help="employee number of the administrator who decides it")

    def handle(self, *, department: str, into: str, by: str, **options: object) -> None:
        """Merge, and tell how many orders moved."""
        try:
            old, new = (Department.objects.get(code=code) for code in (department, into))
            person = Staff.objects.get(username=by)
            moved = absorb_department(department=old, into=new, by=person, now=timezone.now())
        except (Department.DoesNotExist, Staff.DoesNotExist, DomainError) as error:
            raise CommandError(str(getattr(error, "detail", error))) from error
        self.stdout.write(f"{moved} orders moved from {department} to {into}")
