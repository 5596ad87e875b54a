"""Checking the hash chain: every event follows the one before it, unchanged and without a gap."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from journal.models import Event


def broken_links(events: Iterable[Event]) -> Iterator[str]:
    """Yield one sentence for each event whose sequence or hash does not fit; `events` ordered by stream and sequence."""
    for _stream, chain in groupby(events, key=attrgetter("stream")):
        previous = ""
        for expected, event in enumerate(chain, start=1):
            if event.seq != expected:
                yield f"{event}: sequence {event.seq} where {expected} was expected"
            if event.hash != event.digest_after(previous):
                yield f"{event}: the hash does not match its content"
            previous = event.hash
