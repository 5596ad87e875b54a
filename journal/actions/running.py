"""What administrators do: connect gateways, word notices, send what was given up once more."""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from procrastinate.contrib.django import app

from foundation.errors import Conflict, Invalid
from journal.enums import DeliveryState
from journal.gateways.errors import NotSent
from journal.gateways.sending import Message, send
from journal.models import Delivery, Gateway, Template
from journal.record import record
from journal.texts import Text
from journal.types import Data


@transaction.atomic
def keep_gateway(
    *,
    gateway: Gateway | None,
    channel: str,
    name: str,
    url: str,
    is_active: bool,
    by: AbstractBaseUser,
    now: dt.datetime,
) -> Gateway:
    """Make a gateway, or change one; an empty `url` keeps the address it has. A changed gateway no longer rests."""
    kept = gateway or Gateway()
    kept.channel, kept.name, kept.is_active = channel, name, is_active
    kept.failures, kept.rests_until, kept.last_error = 0, None, ""
    if url:
        kept.url = url
    kept.save()
    data: Data = {"name": name, "channel": channel, "active": is_active, "address_changed": bool(url)}
    record(f"gateway:{kept.pk}", "gateway.edit" if gateway else "gateway.add", by=by, at=now, data=data)
    return kept


def test_gateway(*, gateway: Gateway, to: str, text: Text, by: AbstractBaseUser, now: dt.datetime) -> str:
    """Send a test message at once and return the gateway's number for it. Raises Invalid, saying why, when it fails."""
    ref = f"test:{gateway.pk}:{now.timestamp():.0f}"
    message = Message(ref=ref, kind="test", to=to, name=by.get_username(), subject=text.subject, body=text.body)
    try:
        reference = send(gateway.url, message)
    except NotSent as error:
        raise Invalid(to=str(error) or type(error).__name__) from error
    record(f"gateway:{gateway.pk}", "gateway.test", by=by, at=now)
    return reference


@transaction.atomic
def word(*, kind: str, channel: str, language: str, text: Text | None, by: AbstractBaseUser, now: dt.datetime) -> None:
    """Put the operator's own text in force, or with None the shipped one again."""
    place = Template.objects.filter(kind=kind, channel=channel, language=language)
    if text is None:
        place.delete()
    else:
        Template.objects.update_or_create(
            kind=kind, channel=channel, language=language, defaults={"subject": text.subject, "body": text.body}
        )
    data: Data = {"channel": channel, "language": language, "own": text is not None}
    record(f"template:{kind}"[:40], "template.edit", by=by, at=now, data=data)


@transaction.atomic
def resend(*, delivery: Delivery, by: AbstractBaseUser, now: dt.datetime) -> None:
    """Queue a message that was given up once more, with all its tries. Raises Conflict when it no longer is given up."""
    dead = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEAD)
    if not dead.update(state=DeliveryState.QUEUED, tries=0, next_try_at=now):
        raise Conflict
    record("outbox", "outbox.resend", by=by, at=now, data={"delivery": delivery.pk})
    app.configure_task("journal.deliver").defer()


@transaction.atomic
def resend_all(*, channel: str = "", by: AbstractBaseUser, now: dt.datetime) -> int:
    """Queue everything that was given up (of one channel, or of all) once more and return how many."""
    dead = Delivery.objects.filter(state=DeliveryState.DEAD, **({"channel": channel} if channel else {}))
    number = dead.update(state=DeliveryState.QUEUED, tries=0, next_try_at=now)
    if number:
        record("outbox", "outbox.resend_all", by=by, at=now, data={"number": number, "channel": channel})
        app.configure_task("journal.deliver").defer()
    return number
