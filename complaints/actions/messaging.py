"""What customers are told by SMS: queued in the transaction of what it tells of, sent by a job through the operator's gateways."""

import datetime as dt
import random
from collections.abc import Callable

from procrastinate.contrib.django import app

from complaints.models import Complaint, CustomerMessage
from foundation import transaction
from journal import claims
from journal.backoff import MOST_TRIES, wait
from journal.enums import Channel, DeliveryState
from journal.gateways.errors import NotSent
from journal.gateways.sending import Message, send
from journal.models import Gateway

KIND = "customer"


def queue_message(*, complaint: Complaint, key: str, text: str, now: dt.datetime) -> None:
    """Have the customer of a complaint told once of the occasion `key`; one without a contact number is left out."""
    if not complaint.contact_phone:
        return
    _message, is_new = CustomerMessage.objects.get_or_create(
        complaint=complaint, key=key, defaults={"text": text, "queued_at": now, "next_try_at": now}
    )
    if is_new:
        app.configure_task("complaints.send_messages").defer()


@transaction.atomic
def send_next(*, now: dt.datetime, chance: Callable[[], float] = random.random) -> bool:
    """Send the message that is due first and is not being sent by another worker; tell whether there was one to try.

    Without a gateway that works everything waits, without counting a try; one that does not answer rests, as for the staff's.
    `chance` draws the jitter of retries.
    """
    gateway = claims.gateways(now).filter(channel=Channel.SMS).first()
    if gateway is None:
        return False
    due = CustomerMessage.objects.filter(state__in=DeliveryState.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")
    message = due.select_for_update(skip_locked=True, of=("self",)).select_related("complaint__ticket").first()
    if message is None:
        return False
    message.tries, message.gateway = message.tries + 1, gateway
    _carry(message, gateway, chance(), now)
    message.save()
    return True


def _carry(message: CustomerMessage, gateway: Gateway, chance: float, now: dt.datetime) -> None:
    ticket = message.complaint.ticket
    sms = Message(
        ref=f"customer:{message.pk}",
        kind=KIND,
        to=message.complaint.contact_phone,
        name=ticket.number,
        subject=ticket.number,
        body=message.text,
    )
    try:
        message.gateway_ref = send(gateway.url, sms)
    except Exception as error:  # noqa: BLE001 -- one message, whatever is wrong with it, never stops the others
        problem = NotSent.of(error)
        message.state = DeliveryState.DEAD if message.tries >= MOST_TRIES else DeliveryState.FAILED
        message.next_try_at, message.last_error = now + wait(message.tries, chance), problem.reason
        claims.failed(gateway, problem, chance, now)
    else:
        message.state, message.sent_at, message.last_error = DeliveryState.SENT, now, ""
        claims.worked(gateway)
