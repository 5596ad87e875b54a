"""How tickets and orders look in the API."""

from functools import cache
from typing import Any

from django import forms
from rest_framework import serializers

from journal.models import Event
from workorders.accounts import PersonLine
from workorders.ledger import Mode, Party
from workorders.menu import Item, menu_for
from workorders.models import Attachment, Category, Clock, Ticket, WorkOrder
from workorders.queries.changes import last_event

MAX_SEEN = 2**31 - 1


class CategorySerializer(serializers.ModelSerializer):
    """A node of the category tree; complaints are filed at the third level."""

    parent = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Category
        fields = ("id", "code", "name", "name_en", "path", "parent", "is_active")
        read_only_fields = fields


class ClockSerializer(serializers.ModelSerializer):
    """A promise as measured; `allowance` and `used` are working time as `[days ]hh:mm:ss`."""

    class Meta:
        model = Clock
        fields = ("kind", "episode", "allowance", "used", "started_at", "running_since", "due_at", "stopped_at", "breached_at")
        read_only_fields = fields


class AttachmentSerializer(serializers.ModelSerializer):
    """A file of a ticket; `/attachments/<id>/` sends it."""

    uploaded_by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at")
        read_only_fields = fields


class OrderSerializer(serializers.ModelSerializer):
    """One department's leg, with its clocks."""

    department = serializers.SlugRelatedField("code", read_only=True)
    assignee = serializers.SlugRelatedField("username", read_only=True)
    clocks = ClockSerializer(many=True, read_only=True)

    class Meta:
        model = WorkOrder
        fields = (
            "id",
            "ticket",
            "seq",
            "department",
            "role",
            "state",
            "round",
            "question",
            "assignee",
            "dispatched_at",
            "accepted_at",
            "replied_at",
            "finished_at",
            "result",
            "cause",
            "liability",
            "customer_contacted",
            "predecessor",
            "urge_count",
            "send_back_count",
            "extension_count",
            "original_due_at",
            "due_at",
            "clocks",
        )
        read_only_fields = fields


class TicketSerializer(serializers.ModelSerializer):
    """A ticket in a list."""

    category = serializers.SlugRelatedField("code", read_only=True)
    region = serializers.SlugRelatedField("code", read_only=True)
    filed_by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Ticket
        fields = (
            "id",
            "number",
            "state",
            "category",
            "urgency",
            "channel",
            "tier",
            "region",
            "subject",
            "description",
            "wanted",
            "answer",
            "filed_by",
            "filed_at",
            "first_point",
            "round",
            "replied_at",
            "closed_at",
            "statutory_at",
            "due_at",
            "merged_into",
            "reopened_from",
        )
        read_only_fields = fields


class ActionSerializer(serializers.Serializer):
    """An action that may be taken now."""

    name = serializers.CharField()
    label = serializers.CharField()
    until = serializers.DateTimeField(help_text="The last instant at which it is possible; null where time does not matter.")


class SeenMixin(serializers.Serializer):
    """What a careful caller needs for the next step."""

    actions = serializers.SerializerMethodField(help_text="The names of the actions that the caller may take now.")
    last_event = serializers.SerializerMethodField(help_text="Send it back as `seen`: an action on a stale view is refused.")

    def get_actions(self, subject: Ticket | WorkOrder) -> list[str]:
        """Return the names of the caller's present actions."""
        return [item.name for item in menu_for(self.context["request"].user, subject, self.context["now"])]

    def get_last_event(self, subject: Ticket | WorkOrder) -> int:
        """Return the number of the ticket's last event."""
        return last_event(subject)


class OrderDetailSerializer(SeenMixin, OrderSerializer):
    """An order, and what the caller may do with it now."""

    class Meta(OrderSerializer.Meta):
        fields = (*OrderSerializer.Meta.fields, "actions", "last_event")
        read_only_fields = fields


class TicketDetailSerializer(SeenMixin, TicketSerializer):
    """A ticket with its orders and files, and what the caller may do with it now."""

    orders = OrderSerializer(many=True, read_only=True)
    clocks = serializers.SerializerMethodField(help_text="The customer's own clocks, one a round.")
    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta(TicketSerializer.Meta):
        fields = (*TicketSerializer.Meta.fields, "clocks", "orders", "attachments", "actions", "last_event")
        read_only_fields = fields

    def get_clocks(self, ticket: Ticket) -> ClockSerializer(many=True):
        """Return the clocks that no department's order has."""
        own = [clock for clock in ticket.clocks.all() if clock.order_id is None]
        return ClockSerializer(sorted(own, key=lambda clock: clock.episode), many=True).data


class EventSerializer(serializers.ModelSerializer):
    """One thing that happened."""

    by = serializers.SlugRelatedField("username", read_only=True)
    data = serializers.JSONField(read_only=True)

    class Meta:
        model = Event
        fields = ("seq", "kind", "at", "by", "data", "hash")
        read_only_fields = fields


class LedgerLineSerializer(serializers.Serializer):
    """What one party had of a ticket's time; durations are natural time as `[days ]hh:mm:ss`, but `working`."""

    party = serializers.ChoiceField(choices=[party.value for party in Party])
    of = serializers.CharField(help_text="The department's code, or what the centre was doing; empty for customer and third party.")
    held = serializers.DurationField(help_text="Booked to it; over all lines it sums to the ticket's `length`.")
    working = serializers.DurationField(allow_null=True, help_text="The part of `held` in the department's working hours.")
    unattended = serializers.DurationField(help_text="The part of `held` in nobody's hands.")
    waiting = serializers.DurationField(help_text="Its legs were open and waited for others; booked elsewhere.")
    hand_offs = serializers.IntegerField(help_text="How often the lead went from it to another department.")


class LedgerPersonSerializer(serializers.Serializer):
    """What one person of a department had in hand, as in the lines."""

    person = serializers.SerializerMethodField(help_text="The employee number.")
    department = serializers.CharField()
    held = serializers.DurationField()
    working = serializers.DurationField(allow_null=True)
    waiting = serializers.DurationField()
    hand_offs = serializers.IntegerField(help_text="How often the lead went from this person's hands to another's.")

    def get_person(self, line: PersonLine) -> str:
        """Return the employee number."""
        return self.context["usernames"][line.person]


class LedgerSpanSerializer(serializers.Serializer):
    """A half-open stretch of one account; the spans follow each other without gap or overlap."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    party = serializers.ChoiceField(choices=[party.value for party in Party], source="account.party")
    of = serializers.CharField(source="account.of")
    leg = serializers.IntegerField(allow_null=True, help_text="The `seq` of the order that it is about.")
    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode], allow_null=True, help_text="What that order was at.")


class LedgerSerializer(serializers.Serializer):
    """Who held the ticket: every instant from `start` to `end` belongs to one account."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField(help_text="When it was closed, cancelled or merged; now, while `is_open`.")
    is_open = serializers.BooleanField()
    length = serializers.DurationField()
    hand_offs = serializers.IntegerField(help_text="How often the lead went from one department to another.")
    ping_pong = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="A pair of departments' codes, [A, B], for every A → B → A.",
    )
    lines = LedgerLineSerializer(many=True)
    persons = LedgerPersonSerializer(many=True)
    spans = LedgerSpanSerializer(many=True)


class SeenSerializer(serializers.Serializer):
    """What every action's body may have."""

    seen = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=MAX_SEEN,
        help_text="The last event that the caller knows; when more has happened, the action is refused with 409.",
    )


#: Of decimals whose form names no number of digits.
MOST_DIGITS = 12
#: Kind of form field → how the schema describes it; the first that fits counts.
DESCRIBED: tuple[tuple[type[forms.Field], type[serializers.Field]], ...] = (
    (forms.ModelMultipleChoiceField, serializers.ListField),
    (forms.ModelChoiceField, serializers.IntegerField),
    (forms.ChoiceField, serializers.ChoiceField),
    (forms.BooleanField, serializers.BooleanField),
    (forms.DecimalField, serializers.DecimalField),
    (forms.IntegerField, serializers.IntegerField),
    (forms.DateTimeField, serializers.DateTimeField),
    (forms.DateField, serializers.DateField),
    (forms.UUIDField, serializers.UUIDField),
    (forms.FileField, serializers.FileField),
    (forms.CharField, serializers.CharField),
)


def _described(field: forms.Field) -> serializers.Field:
    """Return a form field as the schema describes it; the form itself checks what is sent."""
    said: dict[str, Any] = {"required": field.required, "label": field.label, "help_text": str(field.help_text)}
    kind = next(described for asked, described in DESCRIBED if isinstance(field, asked))
    if isinstance(field, forms.ModelChoiceField) and field.to_field_name:
        return serializers.CharField(**said | {"help_text": field.to_field_name})
    if isinstance(field, forms.ModelChoiceField):
        several = {"child": serializers.IntegerField(), "help_text": "ids"}
        said |= several if kind is serializers.ListField else {"help_text": "id"}
    elif isinstance(field, forms.ChoiceField):
        choices = [choice for choice in field.choices if choice[0]]
        # What a form chooses from only when it is there, a schema cannot know.
        return kind(**said, choices=choices) if choices else serializers.CharField(**said)
    elif isinstance(field, forms.DecimalField):
        said |= {"max_digits": field.max_digits or MOST_DIGITS, "decimal_places": field.decimal_places}
    elif isinstance(field, forms.IntegerField):
        said |= {"min_value": field.min_value, "max_value": field.max_value}
    elif isinstance(field, forms.CharField):
        said |= {"max_length": field.max_length, "allow_blank": not field.required}
    return kind(**said)


@cache
def body_of(kind: str, item: Item) -> type[serializers.Serializer]:
    """Return the body that an action on a `kind` ("ticket" or "order") takes: its form's fields, and `seen`."""
    return form_body(f"{kind}_{item.name}", item.form, SeenSerializer)


def form_body(
    name: str, form: type[forms.Form], base: type[serializers.Serializer] = serializers.Serializer
) -> type[serializers.Serializer]:
    """Return, for the schema, what a form takes beside the fields of `base`; `name` is the operation's."""
    fields = {each: _described(field) for each, field in form.base_fields.items()}
    return type(f"{name}_body".title().replace("_", ""), (base,), {**fields, "__doc__": form.__doc__, "__module__": __name__})
