"""Print the demo's logins."""

from django.core.management.base import BaseCommand

from complaints.demo.logins import LOGINS, password
from complaints.demo.real import new_logins


class Command(BaseCommand):
    """One login for each role, with what to try."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Print them."""
        for login in (*LOGINS, *new_logins()):
            self.stdout.write(f"  {login.username:<9} {password(login.username):<20} {login.role} — {login.hint}")
