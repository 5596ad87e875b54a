"""Files to import, and where the real ones are."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from complaints.imports.mapping import SHIPPED, FileMapping, load, parsed
from organization.models import Calendar, Staff
from tests import factories

HEADER = ("no", "received", "due", "closed", "state", "about", "note", "via", "dept", "area", "kind")
#: A mapping with a bit of everything; tests change single keys.
MAPPING: dict[str, Any] = {
    "source": "test",
    "timezone": "Asia/Shanghai",
    "columns": {
        "number": "no",
        "received": "received",
        "deadline": "due",
        "closed": "closed",
        "status": "state",
        "subject": "about",
        "note": "note",
        "channel": "via",
        "department": "dept",
        "region": "area",
        "category": "kind",
    },
    "dates": {"received": ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M"], "deadline": "%Y-%m-%d %H:%M:%S", "closed": "%Y-%m-%d %H:%M:%S"},
    "values": {"status": {"在途": "open", "归档": "closed"}, "channel": {"热线": "hotline", "网站": "web"}},
    "defaults": {"category": "NET-DATA-SLOW"},
}
LEAVES = {rule.code for name in SHIPPED.glob("*.toml") for rule in load(name).rules} | {"OTH-OTHER-OTHER"}
ROW = {
    "no": "1",
    "received": "2026-03-02 09:00:00",
    "due": "2026-03-03 09:00:01",
    "closed": "",
    "state": "在途",
    "about": "上网慢",
    "note": "",
    "via": "热线",
    "dept": "NETWORK",
    "area": "济南分公司",
    "kind": "NET-DATA-SLOW",
}


def changed(**keys: Any) -> FileMapping:
    """Return the mapping with some keys changed; a table is changed key by key, None takes a key out."""
    data = {key: dict(value) if isinstance(value, dict) else value for key, value in MAPPING.items()}
    for key, value in keys.items():
        if isinstance(value, dict):
            data[key] = {name: each for name, each in {**data.get(key, {}), **value}.items() if each is not None}
        elif value is None:
            del data[key]
        else:
            data[key] = value
    return parsed(data)


def row(**cells: str) -> dict[str, str]:
    return ROW | cells


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def _file(*rows: dict[str, str], name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as target:
            writer = csv.DictWriter(target, HEADER)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return _file


@pytest.fixture
def real() -> Callable[[str], Path]:
    def _real(name: str) -> Path:
        path = settings.REAL_DATA / name
        if not path.exists():
            pytest.skip(f"{path} is missing; REAL_DATA says where the files are")
        return path

    return _real


@pytest.fixture
def operator(db: None) -> None:
    """A small operator: what the mapping above and the shipped ones name."""
    Staff.objects.system()
    always = Calendar.objects.create(code="7x24", name="7×24 小时", round_the_clock=True)
    departments = {code: factories.department(code, code, always) for code in ("NETWORK", "CARE")}
    factories.region("jn", "济南分公司", kind="city")
    for code in LEAVES:
        leaf = factories.category(code.replace("-", "/"), code)
        if code != "OTH-OTHER-OTHER":
            factories.route(leaf, departments["NETWORK"])
    factories.limits(review_percent=30)
