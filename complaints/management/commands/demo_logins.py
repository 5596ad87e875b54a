"""Print the demo's logins."""

from django.core.management.base import BaseCommand

from complaints.demo.logins import LOGINS, password
from complaints.demo.real import logins


class Command(BaseCommand):
    """One login for each role, with what to try."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Print them."""
        for login in LOGINS:
            self.stdout.write(f"  {login.username:<9} {password(login.username):<20} {login.role} — {login.hint}")
        # What `real_data` brought along, if anything; head and 1 (a handler) in place of contact are logins too.
        for username, name in logins():
            self.stdout.write(f"  {username} {password(username)} {name}")
