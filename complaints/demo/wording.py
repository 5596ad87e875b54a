"""The demo's sentences, from `texts.toml`."""

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "texts.toml"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about one complaint."""

    subject: str
    story: str
    wanted: str
    place: str
    at_once: str
    result: str
    cause: str
    note: str


class Wording:
    """Sentences to choose from, by category and city."""

    def __init__(self, cities: dict[str, str]) -> None:
        table: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self._complaints: list[dict[str, str]] = table["complaints"]
        self._by_code: dict[str, list[dict[str, str]]] = {}
        self._table, self._cities = table, cities
        self.question: str = table["question"]
        self.answer: str = table["answer"]
        self.waits: dict[str, list[str]] = table["waits"]
        self.returns: list[list[str]] = table["returns"]
        self.remarks, self.questions, self.assists = table["remarks"], table["questions"], table["assists"]
        self.transfers, self.upheld, self.denied = table["transfers"], table["upheld"], table["denied"]
        self.defects, self.withdrawals, self.urges = table["defects"], table["withdrawals"], table["urges"]
        self.escalations, self.complaints_again = table["escalations"], table["complaints_again"]

    def words(self, code: str, draw: random.Random, city: str) -> Words:
        """Return sentences about a category's code, with their slots filled; `city` is a region's code."""
        table, text = self._table, draw.choice(self._fitting(code))
        name = self._cities.get(city, "")
        slots = {
            "place": name + draw.choice(table["places"].get(name) or table["places"]["*"]),
            "plan": draw.choice(table["plans"]),
            "amount": draw.choice(table["amounts"]),
            "day": draw.choice(table["days"]),
        }
        return Words(
            subject=text["subject"].format_map(slots),
            story=text["story"].format_map(slots),
            wanted=draw.choice(table["wants"]),
            place=slots["place"],
            at_once=draw.choice(table["at_once"]),
            result=text["result"].format_map(slots),
            cause=text["cause"],
            note=draw.choice(table["notes"]),
        )

    def _fitting(self, code: str) -> list[dict[str, str]]:
        """Return the texts of the longest beginning of `code` that has any."""
        if code not in self._by_code:
            fitting = [text for text in self._complaints if code.startswith(text["of"])] or self._complaints
            longest = max(len(text["of"]) for text in fitting)
            self._by_code[code] = [text for text in fitting if len(text["of"]) == longest]
        return self._by_code[code]
