"""The demo operator, without its tickets."""

import datetime as dt

import pytest
from django.core.management import call_command

from complaints.demo import people

#: Eleven in the morning in Shanghai, a Tuesday.
MORNING = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def operator(db: None) -> None:
    call_command("load_calendars")
    people.make_staff(people.make_departments(), people.make_regions())
    call_command("load_reference")
