"""How complaints and callbacks look in the API; customers' numbers are masked."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.enums import CallbackOutcome, Next, Satisfaction
from complaints.forms import SUBJECT_LENGTH, IntakeForm, new_key
from complaints.models import Callback, Complaint
from complaints.policies import customer_on_the_line
from foundation.api import CleanText
from foundation.masking import mask_number
from organization.models import Region, Staff
from workorders.enums import Channel, Tier, Urgency
from workorders.forms import MAX_TEXT
from workorders.models import Category
from workorders.serializers import SeenSerializer, TicketSerializer


class CallbackSerializer(serializers.ModelSerializer):
    """One attempt to call the customer back."""

    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Callback
        fields = ("round", "attempt", "outcome", "satisfaction", "solved", "remark", "by", "at")
        read_only_fields = fields


class ComplaintSerializer(serializers.ModelSerializer):
    """A complaint with its ticket; its id is the ticket's."""

    ticket = TicketSerializer(read_only=True)
    customer_number = serializers.SerializerMethodField()
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    contact_phone = serializers.SerializerMethodField()
    callbacks = CallbackSerializer(many=True, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "ticket",
            "customer_number",
            "customer_name",
            "contact_name",
            "contact_phone",
            "place",
            "occurred_at",
            "repeat_of",
            "for_joint_meeting",
            "callbacks",
        )
        read_only_fields = fields

    def get_customer_number(self, complaint: Complaint) -> str:
        """Return the number without its middle."""
        return mask_number(complaint.customer.number)

    def get_contact_phone(self, complaint: Complaint) -> str:
        """Return the contact's number without its middle."""
        return mask_number(complaint.contact_phone)


class AwaitingSerializer(ComplaintSerializer):
    """A complaint that awaits its callback."""

    callback_due_at = serializers.DateTimeField(source="due_at", read_only=True)
    next_try_at = serializers.DateTimeField(read_only=True, help_text="Two hours after an attempt; null before the first.")
    attempts = serializers.IntegerField(read_only=True, help_text="Made in this round; the third without an answer closes.")

    class Meta(ComplaintSerializer.Meta):
        fields = (*ComplaintSerializer.Meta.fields, "callback_due_at", "next_try_at", "attempts")
        read_only_fields = fields


class CodeField(serializers.CharField):
    """Names a row by its code."""

    default_error_messages = {"unknown": _("There is no “{code}”.")}

    def __init__(self, rows: QuerySet[Any], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(max_length=32, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Find the row, once the text itself is in order."""
        code = super().run_validation(data)
        if not code:
            return None
        found = self.rows.filter(code=code).first()
        if found is None:
            self.fail("unknown", code=code)
        return found


class FilingSerializer(serializers.Serializer):
    """What the front line files; a customer whose number is new is entered with name, tier and region."""

    customer_number = CleanText(max_length=40)
    customer_name = CleanText(max_length=60, required=False, allow_blank=True)
    tier = serializers.ChoiceField(choices=Tier, default=Tier.STANDARD, help_text="Of a new customer; a known one keeps theirs.")
    contact_name = CleanText(max_length=60, required=False, allow_blank=True)
    contact_phone = CleanText(max_length=40, required=False, allow_blank=True)
    category = CodeField(Category.objects.all(), help_text="Code of a category of the third level.")
    region = CodeField(Region.objects.all(), required=False, help_text="Code; where left out, the known customer's.")
    channel = serializers.ChoiceField(choices=Channel, default=Channel.HOTLINE)
    urgency = serializers.ChoiceField(choices=Urgency, default=Urgency.NORMAL)
    subject = CleanText(max_length=SUBJECT_LENGTH, required=False, allow_blank=True)
    description = CleanText(max_length=MAX_TEXT)
    wanted = CleanText(max_length=MAX_TEXT, required=False, allow_blank=True)
    place = CleanText(max_length=200, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    then = serializers.ChoiceField(choices=Next, default=Next.DISPATCH)
    answer = CleanText(max_length=MAX_TEXT, required=False, allow_blank=True, help_text="Where `then` is solved.")

    #: Field of the page's form → the same in the API, where they differ.
    NAMES = {"number": "customer_number", "customer": "customer_number", "name": "customer_name"}

    def form(self, user: Staff, now: dt.datetime) -> IntakeForm:
        """Return the page's own form with what was entered, so that both take and refuse the same."""
        entered = dict(self.validated_data)
        number, category, region = entered.pop("customer_number"), entered.pop("category"), entered.pop("region", None)
        known = customer_on_the_line(user, number)
        region = region or (known.region if known else None)
        return IntakeForm(
            entered
            | {
                "number": number,
                "name": entered.get("customer_name", ""),
                "category": category.pk,
                "region": region.pk if region else "",
                "filing_key": new_key(),
            },
            user=user,
            now=now,
        )


class CallbackInputSerializer(SeenSerializer):
    """An attempt to record; satisfaction and solved only where the customer was reached."""

    outcome = serializers.ChoiceField(choices=CallbackOutcome)
    satisfaction = serializers.ChoiceField(choices=Satisfaction, required=False, allow_null=True)
    solved = serializers.BooleanField(required=False, allow_null=True)
    remark = CleanText(max_length=MAX_TEXT, required=False, allow_blank=True)

    def as_form(self) -> dict[str, object]:
        """Return the attempt as the page's form sends it."""
        entered = {name: value for name, value in self.validated_data.items() if value is not None}
        if "solved" in entered:
            entered["solved"] = "yes" if entered["solved"] else "no"
        return entered
