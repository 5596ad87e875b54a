"""Print who can log in to the demo."""

import unicodedata

from django.core.management.base import BaseCommand
from django.utils.translation import get_language, override

from complaints.demo.operator import PASSWORD, data
from organization.enums import Role
from organization.models import Staff


class Command(BaseCommand):
    """Print role, login, password and what to try, one line a role."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Print the table in the language of the environment."""
        with override(get_language() or "zh-hans"):
            for line in table():
                self.stdout.write(line)


def table() -> list[str]:
    """Return the table's lines, or one that says that there is no demo."""
    people = {person.username: person for person in Staff.objects.filter(is_active=True)}
    rows = [
        (str(Role(login["role"]).label), str(login["login"]), PASSWORD, str(people[str(login["login"])]), login["try"][_language()])
        for login in data()["logins"] if str(login["login"]) in people
    ]
    if not rows:
        return ["No demo operator is loaded: run manage.py demo_data."]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)).rstrip() for row in rows]


def _language() -> int:
    return 1 if get_language() == "en" else 0


def width(text: str) -> int:
    """Return how many columns a terminal gives the text: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
