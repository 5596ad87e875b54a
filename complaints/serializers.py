"""How complaints and callbacks look in the API; customers' numbers are masked."""

from typing import Any

from rest_framework import serializers

from complaints.enums import CallbackOutcome, Next, Satisfaction
from complaints.models import Callback, Complaint, Customer
from foundation.masking import mask_number
from organization.models import Region
from workorders.enums import Channel, Urgency
from workorders.models import Category
from workorders.serializers import TicketSerializer

MAX_TEXT = 5000


class CallbackSerializer(serializers.ModelSerializer):
    """One attempt to call the customer back."""

    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Callback
        fields = ("round", "attempt", "outcome", "satisfaction", "solved", "remark", "by", "at")
        read_only_fields = fields


class ComplaintSerializer(serializers.ModelSerializer):
    """A complaint with its ticket."""

    ticket = TicketSerializer(read_only=True)
    customer_number = serializers.SerializerMethodField()
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    contact_phone = serializers.SerializerMethodField()
    callbacks = CallbackSerializer(many=True, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "ticket", "customer_number", "customer_name", "contact_name", "contact_phone", "place", "occurred_at", "repeat_of",
            "for_joint_meeting", "callbacks",
        )
        read_only_fields = fields

    def get_customer_number(self, complaint: Complaint) -> str:
        """Return the number without its middle."""
        return mask_number(complaint.customer.number)

    def get_contact_phone(self, complaint: Complaint) -> str:
        """Return the contact's number without its middle."""
        return mask_number(complaint.contact_phone)


class FilingSerializer(serializers.Serializer):
    """What the front line files."""

    customer_number = serializers.CharField(max_length=32)
    contact_phone = serializers.CharField(max_length=32, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    category = serializers.SlugRelatedField("code", queryset=Category.objects.filter(children=None, is_active=True))
    region = serializers.SlugRelatedField("code", queryset=Region.objects.all(), required=False)
    channel = serializers.ChoiceField(choices=Channel, default=Channel.HOTLINE)
    urgency = serializers.ChoiceField(choices=Urgency, default=Urgency.NORMAL)
    subject = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=MAX_TEXT)
    wanted = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False)
    then = serializers.ChoiceField(choices=Next, default=Next.DISPATCH)
    answer = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)

    def validate_customer_number(self, number: str) -> Customer:
        """Find the customer among those whom the caller may look up."""
        customer = self.context["customers"].filter(number=number).select_related("region").first()
        if customer is None:
            raise serializers.ValidationError("no such customer")
        return customer

    def facts(self) -> dict[str, Any]:
        """Return what was entered as the filing action takes it."""
        data: dict[str, Any] = dict(self.validated_data)
        customer = data.pop("customer_number")
        return {
            "customer": customer, "contact_phone": data.get("contact_phone") or customer.number,
            "region": data.get("region") or customer.region,
            **{name: data[name] for name in (
                "category", "channel", "urgency", "subject", "description", "wanted", "place", "occurred_at", "contact_name",
            ) if name in data},
        }


class CallbackInputSerializer(serializers.Serializer):
    """An attempt to record; satisfaction and solved only where the customer was reached."""

    outcome = serializers.ChoiceField(choices=CallbackOutcome)
    satisfaction = serializers.ChoiceField(choices=Satisfaction, required=False, allow_null=True)
    solved = serializers.BooleanField(required=False, allow_null=True, default=None)
    remark = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True, default="")

