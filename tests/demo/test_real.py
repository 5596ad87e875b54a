"""The demo with real data: what is missing is named, and the departments that came along have people to work for them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from complaints.demo import real
from complaints.demo.logins import password
from organization.models import Calendar, Department, Staff
from tests import factories


def test_missing_files_are_named_with_where_they_can_be_had(db: None, settings: Any, tmp_path: Path) -> None:
    settings.REAL_DATA = tmp_path

    with pytest.raises(CommandError) as caught:
        call_command("real_data")

    for file in real.FILES:
        assert f"{file.path}: {file.origin}" in str(caught.value)


def test_mappings_and_sources_are_those_of_the_shipped_ones() -> None:
    data = Path(real.__file__).parent.parent / "data"

    for file in real.FILES:
        folder = data / ("mappings" if file.command == "import_complaints" else "eventlogs")
        assert f'source = "{file.source}"' in (folder / file.mapping).read_text(encoding="utf-8")


def test_new_departments_get_people_once(office: Calendar, network: Department) -> None:
    works = factories.department("PWD", "Public Works", office)

    assert real.staff_new_departments() == 1
    assert real.staff_new_departments() == 0

    works.refresh_from_db()
    assert works.head == Staff.objects.get(username="pwd-head")
    assert Staff.objects.get(username="pwd-contact").check_password(password("pwd-contact"))
    assert [login.username for login in real.new_logins()] == ["pwd-contact"]
    network.refresh_from_db()
    assert network.head is None
