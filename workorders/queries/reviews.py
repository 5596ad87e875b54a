"""What happened to an order's replies, from its events: the one definition of a review for every figure."""

from django.db.models import BigIntegerField, CharField, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Concat

from journal.models import Event

APPROVED, SENT_BACK = "order.approve", "order.send_back"


def events_of_order(order: str = "order") -> QuerySet[Event]:
    """Return, for a subquery, the events of the order that `order` leads to from rows that have a `ticket`, the first first."""
    stream = Concat(Value("ticket:"), Cast(OuterRef("ticket"), CharField()), output_field=CharField())
    number = Cast(KeyTextTransform("order", "data"), BigIntegerField())
    return Event.objects.filter(stream=stream).alias(number=number).filter(number=OuterRef(order)).order_by("seq")


def reviews(order: str = "order") -> QuerySet[Event]:
    """Return the reviews of that order: what a person approved or sent back; replies outside the sample were not reviewed."""
    unsampled = Q(kind=APPROVED, data__sampled=False)
    return events_of_order(order).filter(kind__in=(APPROVED, SENT_BACK)).exclude(unsampled)
