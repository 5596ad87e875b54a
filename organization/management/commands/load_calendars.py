"""Load the holiday notices that come with the product."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from organization.actions.calendars import import_notice, is_loaded
from organization.models import Staff
from organization.notices import read_notice

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "holidays"


class Command(BaseCommand):
    """Import every shipped notice that is not in yet; running it again changes nothing."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Import and tell."""
        for path in sorted(FOLDER.glob("*.json")):
            notice = read_notice(path.read_text(encoding="utf-8"))
            if not is_loaded(notice):
                import_notice(notice=notice, by=Staff.objects.system(), now=timezone.now())
                self.stdout.write(f"{notice.year}: {len(notice.days)} days")
