"""The page on limits says what the data says."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = tomllib.loads((ROOT / "workorders" / "data" / "reference.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
ROWS = {tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if line.startswith("|")}


def test_customer_limits_are_documented() -> None:
    rows = {(*(key.split("/") + [""])[:2], *map(str, minutes[:-1]), f"{minutes[-1]}%") for key, minutes in DATA["sla"].items()}

    assert rows <= ROWS


def test_department_limits_are_documented() -> None:
    rows = {
        (*key.split("/"), *(f"{acknowledge} / {resolve}" for acknowledge, resolve in limits)) for key, limits in DATA["ola"].items()
    }

    assert rows <= ROWS
