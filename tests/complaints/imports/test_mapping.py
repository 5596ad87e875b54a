"""A mapping that does not hold is told by its key."""

from pathlib import Path
from typing import Any

import pytest

from complaints.imports.mapping import SHIPPED, BadMapping, load
from tests.complaints.imports.conftest import HEADER, changed


@pytest.mark.parametrize("name", sorted(path.name for path in SHIPPED.glob("*.toml")))
def test_shipped_mapping_holds(name: str) -> None:
    assert load(Path(name)).source in {"boston311", "comcast"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"sauce": "x"}, "sauce: there is no such key"),
        ({"source": None}, "source: is missing"),
        ({"source": "Test 1"}, "source: at most 16"),
        ({"source": 5}, "source: must be a text"),
        ({"timezone": "Asia/Atlantis"}, "timezone: 'Asia/Atlantis' is no time zone"),
        ({"as_of": "soon"}, "as_of: must be a date with time"),
        ({"targets": "mine"}, "targets: 'mine' is none of file, policy"),
        ({"delimiter": ";;"}, "delimiter: must be one character"),
        ({"columns": {"number": None}}, "columns.number: is missing"),
        ({"columns": {"colour": "x"}}, "columns.colour: there is no such field"),
        ({"columns": {"number": 1}}, "columns.number: must be a text"),
        ({"columns": {"number": []}}, "columns.number: names no column"),
        ({"columns": {"subject": None}}, "columns.subject: is missing, and defaults.subject too"),
        ({"columns": {"region": None}}, "columns.region: is missing"),
        ({"dates": {"received": None}}, "dates.received: is missing"),
        ({"dates": {"received": "yesterday"}}, "dates.received: 'yesterday' is neither"),
        ({"dates": {"lunch": "iso"}}, "dates.lunch: there is no such field"),
        ({"values": {"status": {"x": "gone"}}}, "values.status.x: 'gone' is none of open, closed"),
        ({"values": {"channel": {"x": "pigeon"}}}, "values.channel.x: 'pigeon' is none of hotline"),
        ({"values": {"note": {"x": "y"}}}, "values.note: there is no such field"),
        ({"defaults": {"urgency": "very"}}, "defaults.urgency: 'very' is none of normal"),
        ({"defaults": {"received": "x"}}, "defaults.received: this field has no default"),
        ({"category": {"rules": [{"match": "(", "code": "x"}]}}, r"category.rules\[1\].match: no regular expression"),
        ({"category": {"rules": [{"match": "x"}]}}, r"category.rules\[1\].code: is missing"),
        ({"category": {"create": True}}, "category.create: columns.category must name three columns"),
        ({"region": {"create": True}}, "region.root: is missing"),
        ({"region": {"root": ["a"]}}, "region.root: must be code"),
        ({"closed_without_time": "as_of"}, "as_of: is missing"),
        ({"department": {"create": "yes"}}, "department.create: must be true or false"),
    ],
)
def test_bad_mapping_names_its_key(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(BadMapping, match=message):
        changed(**keys)


def test_missing_column_names_its_key() -> None:
    with pytest.raises(BadMapping, match="columns.subject: the file has no column 'title'; it has no, received"):
        changed(columns={"subject": "title"}).check_header(HEADER)


def test_missing_mapping_tells_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match="shipped with the product: boston311.toml, comcast.toml"):
        load(tmp_path / "none.toml")


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('source = "x"\ntimezone = ?\n', encoding="utf-8")

    with pytest.raises(BadMapping, match="not TOML: .*line 2"):
        load(path)
