"""How tickets and orders look in the API."""

from typing import Any

from rest_framework import serializers

from journal.models import Event
from workorders.menu import menu_for
from workorders.models import Category, Clock, Ticket, WorkOrder


class CategorySerializer(serializers.ModelSerializer):
    """A node of the category tree."""

    class Meta:
        model = Category
        fields = ("id", "code", "name", "name_en", "path", "parent", "is_active")


class ClockSerializer(serializers.ModelSerializer):
    """A promise as measured; durations are ISO 8601 working time."""

    class Meta:
        model = Clock
        fields = ("kind", "episode", "allowance", "used", "started_at", "running_since", "due_at", "stopped_at", "breached_at")
        read_only_fields = fields


class OrderSerializer(serializers.ModelSerializer):
    """One department's leg, with its clocks."""

    department = serializers.SlugRelatedField("code", read_only=True)
    assignee = serializers.SlugRelatedField("username", read_only=True)
    clocks = ClockSerializer(many=True, read_only=True)

    class Meta:
        model = WorkOrder
        fields = (
            "id", "ticket", "seq", "department", "role", "state", "round", "question", "assignee", "dispatched_at", "accepted_at",
            "replied_at", "finished_at", "result", "cause", "liability", "customer_contacted", "predecessor", "urge_count",
            "send_back_count", "due_at", "clocks",
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
            "id", "number", "state", "category", "urgency", "channel", "tier", "region", "subject", "description", "wanted",
            "answer", "filed_by", "filed_at", "first_point", "round", "replied_at", "closed_at", "statutory_at", "due_at",
            "merged_into", "reopened_from",
        )
        read_only_fields = fields


class ActionSerializer(serializers.Serializer):
    """An action that may be taken now."""

    name = serializers.CharField()
    label = serializers.CharField()


class TicketDetailSerializer(TicketSerializer):
    """A ticket with its orders, and what the caller may do with it now."""

    orders = OrderSerializer(many=True, read_only=True)
    actions = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = (*TicketSerializer.Meta.fields, "orders", "actions")
        read_only_fields = fields

    def get_actions(self, ticket: Ticket) -> list[str]:
        """Return the names of the caller's present actions."""
        return [item.name for item in menu_for(self.context["request"].user, ticket)]


class EventSerializer(serializers.ModelSerializer):
    """One thing that happened."""

    by = serializers.SlugRelatedField("username", read_only=True)
    data = serializers.JSONField(read_only=True)

    class Meta:
        model = Event
        fields = ("seq", "kind", "at", "by", "data", "hash")
        read_only_fields = fields


class ActionInputSerializer(serializers.Serializer):
    """What an action asks for, by the names of its form's fields; `seen` is the last event number that the caller knows."""

    seen = serializers.IntegerField(required=False, min_value=0)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Keep the action's own fields beside `seen`: the action's form checks them."""
        known = super().to_internal_value(data)
        return {**{name: data[name] for name in data if name != "seen"}, **known}
