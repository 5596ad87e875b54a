"""The organization's tables."""

from organization.models.calendar import Calendar, CalendarDay, CalendarVersion, HolidayNotice, WorkWindow
from organization.models.department import Department
from organization.models.presence import Presence
from organization.models.region import Region
from organization.models.roster import Duty
from organization.models.staff import Staff

__all__ = [
    "Calendar",
    "CalendarDay",
    "CalendarVersion",
    "Department",
    "Duty",
    "HolidayNotice",
    "Presence",
    "Region",
    "Staff",
    "WorkWindow",
]
