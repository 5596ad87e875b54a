"""The order of things: stories are generators that yield the instant at which they go on."""

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from itertools import count

type Story = Iterator[dt.datetime]


class Stage:
    """Runs stories side by side, each step at its own instant; what lies after the end stays undone."""

    def __init__(self) -> None:
        self._waiting: list[tuple[dt.datetime, int, Story, Callable[[], None]]] = []
        self._numbers = count()
        #: The instant of the step that is being done.
        self.now = dt.datetime.min.replace(tzinfo=dt.UTC)

    def enter(self, story: Story, after: Callable[[], None]) -> None:
        """Let a story begin; `after` is called when one of its steps is done."""
        self._go_on(story, after)

    def run(self, until: dt.datetime) -> None:
        """Run every step up to `until`."""
        while self._waiting and self._waiting[0][0] <= until:
            at, _number, story, after = heapq.heappop(self._waiting)
            self.now = max(self.now, at)
            self._go_on(story, after)
            after()

    def _go_on(self, story: Story, after: Callable[[], None]) -> None:
        at = next(story, None)
        if at is not None:
            heapq.heappush(self._waiting, (at, next(self._numbers), story, after))
