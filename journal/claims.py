"""Taking messages from the outbox: each by one worker only, and given back when that worker dies."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from journal.backoff import GATEWAY_FIRST, GATEWAY_LONGEST, MOST_TRIES, wait
from journal.enums import Channel, DeliveryState
from journal.gateways.errors import NotSent, Unreachable
from journal.models import Delivery, Gateway, Reader
from journal.quiet import quiet_end

#: So many at once; few enough that a batch of slow answers ends long before the lease.
BATCH = 50
#: A message taken longer ago than this was taken by a worker that died.
LEASE = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)


def due(now: dt.datetime) -> QuerySet[Delivery]:
    """Return what may be sent now."""
    return Delivery.objects.filter(state__in=DeliveryState.WAITING, next_try_at__lte=now)


def open_channels(now: dt.datetime) -> list[str]:
    """Return the channels that have something due and a gateway that is active and does not rest."""
    ready = set(gateways(now).values_list("channel", flat=True))
    return [channel for channel in Channel.values if channel in ready and due(now).filter(channel=channel).exists()]


def gateways(now: dt.datetime) -> QuerySet[Gateway]:
    """Return the gateways that may be used now."""
    return Gateway.objects.filter(Q(rests_until=None) | Q(rests_until__lte=now), is_active=True).order_by("failures", "pk")


def worked(gateway: Gateway) -> None:
    """Note that a message went out: the gateway is well again."""
    if gateway.failures:
        gateway.failures, gateway.rests_until, gateway.last_error = 0, None, ""
        gateway.save(update_fields=["failures", "rests_until", "last_error"])


def failed(gateway: Gateway, error: NotSent, chance: float, now: dt.datetime) -> None:
    """Let a gateway that is at fault itself rest, the longer the oftener it failed; `chance` from 0 to 1 draws the jitter."""
    if isinstance(error, Unreachable):
        rest = wait(gateway.failures + 1, chance, first=GATEWAY_FIRST, longest=GATEWAY_LONGEST)
        own = Gateway.objects.filter(pk=gateway.pk)
        own.update(failures=F("failures") + 1, rests_until=now + rest, last_error=error.reason)


@transaction.atomic
def claim(channel: str, now: dt.datetime, *, most: int = BATCH) -> list[Delivery] | None:
    """Take up to `most` messages that are due, urgent ones first; rows that another worker is taking are passed over.

    What must not go out now (quiet hours, too many this hour) is put off instead. None when there was nothing at all.
    """
    rows = due(now).filter(channel=channel).order_by("-urgent", "next_try_at", "id")
    pks = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
    if not pks:
        return None
    _put_off(pks, channel, now)
    taken = Delivery.objects.filter(pk__in=pks, next_try_at__lte=now)
    taken.update(state=DeliveryState.SENDING, claimed_at=now, tries=F("tries") + 1)
    held = Delivery.objects.filter(pk__in=pks, state=DeliveryState.SENDING)
    return list(held.select_related("notice", "recipient").order_by("-urgent", "recipient_id", "id"))


def _put_off(pks: Iterable[int], channel: str, now: dt.datetime) -> None:
    """Move what is not urgent out of its reader's quiet hours, and out of the hour in which they have had enough."""
    calm = Delivery.objects.filter(pk__in=pks, urgent=False)
    people = set(calm.values_list("recipient_id", flat=True))
    until = _enough(people, channel, now) | _quiet(people, now)
    for person, moment in until.items():
        calm.filter(recipient=person).update(next_try_at=moment)


def _quiet(people: set[int], now: dt.datetime) -> dict[int, dt.datetime]:
    local = timezone.localtime(now)
    own = {reader.user_id: (reader.quiet_from, reader.quiet_until) for reader in Reader.objects.filter(user__in=people)}
    ends = {person: quiet_end(local, *own.get(person, settings.NOTICE_QUIET_HOURS)) for person in people}
    return {person: end for person, end in ends.items() if end}


def _enough(people: set[int], channel: str, now: dt.datetime) -> dict[int, dt.datetime]:
    """Return who has had their hourly number of messages, and when the first of these is an hour old."""
    sent = Delivery.objects.filter(
        recipient__in=people, channel=channel, state=DeliveryState.SENT, folded_into=None, sent_at__gt=now - HOUR
    )
    full = sent.values("recipient_id").annotate(number=Count("pk"), first=Min("sent_at"))
    return {row["recipient_id"]: row["first"] + HOUR for row in full if row["number"] >= settings.NOTICE_HOURLY_LIMIT}


def release(rows: Iterable[Delivery]) -> None:
    """Give back what was taken and not tried, without counting a try; what somebody else holds by now stays theirs."""
    for claimed_at, own in groupby(rows, key=lambda row: row.claimed_at):
        held = Delivery.objects.filter(pk__in=[row.pk for row in own], state=DeliveryState.SENDING, claimed_at=claimed_at)
        held.update(state=DeliveryState.QUEUED, claimed_at=None, tries=F("tries") - 1)


def rescue(now: dt.datetime) -> int:
    """Give back what dead workers had taken, to be sent again; return how many.

    Whether such a message went out nobody knows: it may reach its reader twice, never not at all. The try counts, so that
    a message that kills its worker is given up in the end.
    """
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__lt=now - LEASE)
    reason = "worker died"
    given_up = lost.filter(tries__gte=MOST_TRIES).update(state=DeliveryState.DEAD, claimed_at=None, last_error=reason)
    again = lost.update(state=DeliveryState.FAILED, claimed_at=None, next_try_at=now, last_error=reason)
    return given_up + again
