"""What every detector answers with."""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is; `CLEARED` ends an alarm."""

    CLEARED = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A surge opened, rose to a level, or is over."""

    at: dt.datetime
    level: Level
    #: Complaints in the window that tells it, what would be normal there, and the window's length in minutes.
    seen: int
    expected: float
    minutes: int
    #: When the surge began, and how many complaints above normal have come since.
    since: dt.datetime
    excess: float


def instant(seconds: float) -> dt.datetime:
    """Return the aware UTC datetime of epoch seconds."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
