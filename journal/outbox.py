"""Sending what is in the outbox."""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from django.conf import settings

from foundation.durations import local_text
from journal import claims
from journal.backoff import MOST_TRIES, wait
from journal.enums import Channel, DeliveryState
from journal.gateways.errors import NotSent
from journal.gateways.sending import Message, send
from journal.kinds import DIGEST, kinds, readable
from journal.models import Delivery, Gateway, Preference, Reader
from journal.texts import Text, Wording
from journal.types import Data

type Clock = Callable[[], dt.datetime]
type Group = list[Delivery]

#: So many waiting messages of one person become one.
FOLD_FROM = 3
#: A digest names so many of its notices; the rest are a number.
MOST_LINES = 10
#: A batch is given back when it has taken this long, well before the lease ends.
LONGEST_BATCH = dt.timedelta(minutes=3)


def deliver(clock: Clock, *, chance: Callable[[], float] = random.random) -> int:
    """Send everything that is due through every channel in turn, and return how many messages went out.

    Any number of workers may do this at once. A channel whose gateways fail is left alone until one has rested, and does
    not keep the others waiting for longer than one time-out. `chance` draws the jitter of retries.
    """
    sent = 0
    while channels := claims.open_channels(clock()):
        progress = [_batch(channel, clock, chance) for channel in channels]
        sent += sum(number or 0 for number in progress)
        if all(number is None for number in progress):
            break
    return sent


def _batch(channel: str, clock: Clock, chance: Callable[[], float]) -> int | None:
    """Send one batch and return how many messages went out, None when there was nothing to take."""
    began = clock()
    rows = claims.claim(channel, began)
    if rows is None:
        return None
    courier, waiting, sent = Courier(channel, clock, chance, rows), _grouped(rows), 0
    for position, group in enumerate(waiting):
        gateway = courier.gateway()
        if gateway is None or clock() - began > LONGEST_BATCH:
            claims.release([row for rest in waiting[position:] for row in rest])
            break
        sent += courier.carry(gateway, group)
    return sent


def _grouped(rows: Sequence[Delivery]) -> list[Group]:
    """Return the messages to send: urgent ones and the few each by itself, many of one person together."""
    groups: list[Group] = [[row] for row in rows if row.urgent]
    for _person, own in groupby((row for row in rows if not row.urgent), key=lambda row: row.recipient_id):
        together = list(own)
        groups += [together] if len(together) >= FOLD_FROM else [[row] for row in together]
    return groups


class Courier:
    """Carries one batch: knows its readers' languages and what they may still be told."""

    def __init__(self, channel: str, clock: Clock, chance: Callable[[], float], rows: Sequence[Delivery]) -> None:
        self.channel, self.clock, self.chance = channel, clock, chance
        self.wording = Wording()
        self._gateway: Gateway | None = None
        people = {row.recipient_id for row in rows}
        self._own = dict(Reader.objects.filter(user__in=people).values_list("user_id", "language"))
        chosen = Preference.objects.filter(user__in=people).exclude(language="")
        self._by_kind = {(user, kind): code for user, kind, code in chosen.values_list("user_id", "kind", "language")}

    def gateway(self) -> Gateway | None:
        """Return the gateway to use now: the one that failed least of those that do not rest, asked anew after a failure."""
        if self._gateway is None:
            self._gateway = claims.gateways(self.clock()).filter(channel=self.channel).first()
        return self._gateway

    def carry(self, gateway: Gateway, group: Group) -> int:
        """Send one message for the group and note what came of it; return 1 when it went out."""
        told = self._current(list(self._withheld(group)))
        if not told:
            return 0
        try:
            reference = send(gateway.url, self._message(told))
        except Exception as error:  # noqa: BLE001 -- one message, whatever is wrong with it, never stops the others
            self._failed(gateway, told, NotSent.of(error))
            return 0
        self._sent(gateway, told, reference)
        return 1

    def _current(self, group: Group) -> Group:
        """Bring what the texts say up to now, and withhold what there is nothing to be told of any more."""
        kept: Group = []
        for name, rows in groupby(sorted(group, key=lambda row: row.notice.kind), key=lambda row: row.notice.kind):
            same, kind = list(rows), kinds().get(name)
            changed = kind.current([row.notice.key for row in same]) if kind else {}
            for row in same:
                news = changed.get(row.notice.key, {})
                if news is None:
                    _mark(row, state=DeliveryState.WITHHELD, last_error="")
                else:
                    row.notice.data |= news
                    kept.append(row)
        return sorted(kept, key=group.index)

    def _withheld(self, group: Group) -> Iterator[Delivery]:
        """Yield what its reader may still be told: asked now, for roles and departments change while messages wait."""
        person = group[0].recipient
        may = readable(person, {row.notice.stream for row in group})
        for row in group:
            kind = kinds().get(row.notice.kind)
            if kind and person.is_active and kind.audience(person) and (not row.notice.stream or row.notice.stream in may):
                yield row
            else:
                _mark(row, state=DeliveryState.WITHHELD, last_error="")

    def _language(self, row: Delivery, kind: str) -> str:
        own = self._own.get(row.recipient_id, settings.LANGUAGE_CODE)
        return self._by_kind.get((row.recipient_id, kind), own)

    def _message(self, group: Group) -> Message:
        first = group[0]
        kind, text, path = self._one(first) if len(group) == 1 else self._digest(group)
        field = settings.NOTICE_ADDRESSES.get(self.channel) or settings.NOTICE_ADDRESSES[Channel.SMS]
        return Message(
            ref=f"delivery:{first.pk}",
            kind=kind,
            to=getattr(first.recipient, field),
            name=first.recipient.get_username(),
            subject=text.subject,
            body=text.body,
            link=_absolute(path),
        )

    def _one(self, row: Delivery) -> tuple[str, Text, str]:
        notice = row.notice
        path = readable(row.recipient, {notice.stream}).get(notice.stream, "")
        data: Data = {**notice.data, "name": str(row.recipient), "link": _absolute(path)}
        language = self._language(row, notice.kind)
        return notice.kind, self.wording.text(notice.kind, self.channel, language, data, now=self.clock()), path

    def _digest(self, group: Group) -> tuple[str, Text, str]:
        now, language = self.clock(), self._language(group[0], DIGEST.name)
        shown = [
            f"{local_text(row.notice.at, now)} "
            + self.wording.text(row.notice.kind, "inbox", language, row.notice.data, now=now).subject
            for row in group[:MOST_LINES]
        ]
        data: Data = {
            "count": len(group),
            "lines": "\n".join(shown),
            "name": str(group[0].recipient),
            "link": _absolute("/notices/"),
        }
        return DIGEST.name, self.wording.text(DIGEST.name, self.channel, language, data, now=now), "/notices/"

    def _sent(self, gateway: Gateway, group: Group, reference: str) -> None:
        first, rest = group[0], group[1:]
        now = self.clock()
        _mark(first, state=DeliveryState.SENT, sent_at=now, gateway=gateway, gateway_ref=reference, last_error="")
        for row in rest:
            _mark(row, state=DeliveryState.SENT, sent_at=now, gateway=gateway, folded_into=first, last_error="")
        claims.worked(gateway)

    def _failed(self, gateway: Gateway, group: Group, error: NotSent) -> None:
        """Put the message off, or give it up; a gateway that is at fault rests."""
        self._gateway = None
        now, reason = self.clock(), error.reason
        for row in group:
            state = DeliveryState.DEAD if row.tries >= MOST_TRIES else DeliveryState.FAILED
            again = now + wait(row.tries, self.chance())
            _mark(row, state=state, next_try_at=again, gateway=gateway, last_error=reason)
        claims.failed(gateway, error, self.chance(), now)


def _mark(row: Delivery, **changes: object) -> None:
    """Note what came of a row, unless it was taken from us meanwhile."""
    mine = Delivery.objects.filter(pk=row.pk, state=DeliveryState.SENDING, claimed_at=row.claimed_at)
    mine.update(claimed_at=None, **changes)


def _absolute(path: str) -> str:
    return f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS and path else ""
