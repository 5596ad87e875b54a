"""Handing notices over, in the transaction of what they tell of."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from journal.types import Json
from organization.models import Staff


class Message(NamedTuple):
    """One occasion, and everybody who is to hear of it."""

    kind: str
    #: The occasion: nobody is told of one twice.
    key: str
    to: Sequence[Staff]
    at: dt.datetime
    #: The journal stream of the ticket it is about.
    stream: str
    data: Mapping[str, Json]


def tell(messages: Iterable[Message]) -> None:
    """Put the messages in the inboxes and the outbox."""
