"""When things happen in the demo: chances and instants, all from one source of random numbers."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from foundation.durations import midnight
from internal_clients.months import next_month

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


class Clockwork:
    """Draws instants and chances; nothing lies after `now`."""

    def __init__(self, seed: int, now: dt.datetime) -> None:
        self.draw, self.now = random.Random(seed), now.replace(microsecond=0)

    def months(self, count: int) -> Iterator[dt.date]:
        """Yield the first days of the last so many months, this one too."""
        first = self.now.date().replace(day=1)
        found = [first]
        for _number in range(count):
            found.append((found[-1] - DAY).replace(day=1))
        yield from reversed(found)

    def instants(self, month: dt.date, count: int, *, opens: int = 8, closes: int = 18) -> Iterator[dt.datetime]:
        """Yield so many instants of a month between two local hours, in order, those that are past."""
        start, days = midnight(month), (next_month(month) - month).days
        span = (closes - opens) * 3600
        drawn = sorted(
            start + self.draw.randrange(days) * DAY + opens * HOUR + dt.timedelta(seconds=self.draw.randrange(span))
            for _number in range(count)
        )
        yield from (at for at in drawn if at < self.now)

    def likely(self, share: float) -> bool:
        """Tell whether something that is so likely happens."""
        return self.draw.random() < share

    def minutes(self, least: int, most: int) -> dt.timedelta:
        """Return a span of so many minutes."""
        return self.draw.randrange(least, most) * MINUTE

    def one[T](self, things: Sequence[T]) -> T:
        """Return one of the things."""
        return self.draw.choice(things)

    def past(self, at: dt.datetime) -> bool:
        """Tell whether an instant is past."""
        return at < self.now
