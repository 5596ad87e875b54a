"""What the rules have in common, seen from outside."""

import datetime as dt
from typing import Protocol

from complaints.surge.alarm import Alarm


class Watcher(Protocol):
    """Watches one series by one rule."""

    @property
    def is_open(self) -> bool:
        """Tell whether an alarm is open."""

    def feed(self, at: dt.datetime, who: int = 0) -> Alarm | None:
        """Take in a complaint of a customer (0 where unknown); return what there is to tell."""

    def forget(self, at: dt.datetime, who: int = 0) -> None:
        """Take a complaint out again, which turned out to be another series'."""

    def tick(self, at: dt.datetime) -> Alarm | None:
        """Let time pass; return what there is to tell."""

    def hush(self) -> None:
        """Somebody has it in hand: the alarm rises by size only from here."""

    def learn_nothing_there(self) -> None:
        """Take in that somebody looked into the last alarm and found nothing."""

    def normal_hour(self, at: dt.datetime) -> float | None:
        """Return what is normal for the hour of `at`; None where the rule does not know."""

    def saved(self) -> bytes:
        """Return everything a restart needs."""

    def load(self, saved: bytes) -> None:
        """Take up what `saved` returned."""
