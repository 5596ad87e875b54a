"""What the intake page asks for. Forms only validate and clean; the actions decide."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from complaints import policies
from complaints.actions.filing import Facts
from complaints.enums import Next
from complaints.models import Customer
from complaints.numbers import bare, is_phone
from foundation.errors import Invalid
from foundation.text import clean_text
from organization.models import Region, Staff
from organization.models.base import Tree
from workorders.enums import Channel, Tier, Urgency
from workorders.forms import LongText
from workorders.models import Category
from workorders.uploads import ALLOWED, checked_type

SUBJECT_LENGTH = 120
#: Nobody complains of what happened longer ago; an older date is a slip of the keyboard.
OLDEST = dt.timedelta(days=3660)

type Grouped = list[tuple[str, list[tuple[int, str]]]]


class OneLine(forms.CharField):
    """A single line; control characters are left out."""

    def to_python(self, value: str | None) -> str:
        """Return the text as kept."""
        return super().to_python(clean_text(value) if value else value)


class Phone(OneLine):
    """A telephone number of 5 to 20 digits; spaces, hyphens and +86 are typed for reading and not kept."""

    default_error_messages = {"phone": _("Enter 5 to 20 digits; +, spaces and hyphens may be among them.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}), **kwargs)

    def clean(self, value: str | None) -> str:
        """Return the bare number."""
        typed = super().clean(value)
        if typed and not is_phone(typed):
            raise ValidationError(self.error_messages["phone"], code="phone")
        return bare(typed)


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class SeveralFiles(forms.FileField):
    """Any number of files, each of an accepted kind and size."""

    widget = SeveralFilesInput

    def clean(self, data: Sequence[UploadedFile] | UploadedFile | None, initial: object = None) -> list[UploadedFile]:
        """Return the files; name the one that is refused and say why."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        for file in files:
            try:
                checked_type(file)
            except Invalid as error:
                raise ValidationError(_("“%(name)s”: %(why)s"), params={"name": file.name, "why": error.detail}) from error
        return list(files)


def leaves_by_parent() -> Grouped:
    """Return the leaf categories as a grouped select shows them: first and second level above, name and code within."""
    nodes = {node.path: node for node in Category.objects.filter(is_active=True).order_by("path")}
    groups: dict[str, list[tuple[int, str]]] = {}
    for path, node in nodes.items():
        above = [nodes.get("/".join(path.split("/")[:depth]) + "/") for depth in (1, 2)]
        if node.depth == len(above) + 1 and all(above):
            label = " › ".join(str(parent) for parent in above)
            groups.setdefault(label, []).append((node.pk, f"{node} · {node.code}"))
    return list(groups.items())


def nodes_indented(nodes: Iterable[Tree]) -> list[tuple[int, str]]:
    """Return the nodes of a tree as choices, each set in by its level."""
    return [(node.pk, "\u3000" * (node.depth - 1) + str(node)) for node in nodes]


class CaseForm(forms.Form):
    """What decides who must act by when: asked while the agent still types, so that nothing is required."""

    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, widget=forms.HiddenInput)
    number = Phone(label=_("customer number"), required=False)
    tier = forms.ChoiceField(choices=Tier, label=_("tier"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.filter(children=None, is_active=True),
        label=_("category"),
        required=False,
    )
    region = forms.ModelChoiceField(Region.objects.all(), label=_("region"), required=False)
    urgency = forms.ChoiceField(choices=Urgency, label=_("urgency"), required=False)
    channel = forms.ChoiceField(choices=Channel, label=_("channel"), required=False)
    wanted_on = forms.DateField(
        label=_("wanted by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The date on the letter; without one, the statutory date counts."),
    )

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["customer"].queryset = policies.customers_visible_to(user).select_related("region")

    def clean(self) -> dict[str, Any]:
        """Know the customer by the whole number too, whatever the region: whoever types it has them on the line."""
        data = super().clean() or {}
        if not data.get("customer") and data.get("number"):
            data["customer"] = policies.customer_on_the_line(self.user, data["number"])
        return data


class IntakeForm(CaseForm):
    """The whole complaint, told once."""

    filing_key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": _("The page was incomplete; please send it again.")},
    )
    then = forms.ChoiceField(choices=Next, required=False)
    name = OneLine(label=_("customer name"), max_length=60, required=False)
    region = forms.ModelChoiceField(Region.objects.all(), label=_("region"))
    place = OneLine(label=_("place"), max_length=200, required=False)
    occurred_at = forms.DateTimeField(
        label=_("happened at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    subject = OneLine(
        label=_("subject"),
        max_length=SUBJECT_LENGTH,
        required=False,
        help_text=_("Left empty, it is the first line of what happened."),
    )
    description = LongText(label=_("what happened"))
    wanted = LongText(label=_("what the customer asks for"), required=False)
    answer = LongText(label=_("what the customer was told"), required=False)
    contact_name = OneLine(label=_("contact"), max_length=60, required=False)
    contact_phone = Phone(label=_("contact phone"), required=False)
    uploads = SeveralFiles(label=_("attachments"), required=False)
    document = OneLine(label=_("document number"), max_length=60, required=False)

    def __init__(self, *args: Any, user: Staff, now: dt.datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, user=user, **kwargs)
        for name in ("category", "urgency", "channel"):
            self.fields[name].required = True
        self.fields["category"].widget.choices = [("", _("choose …")), *leaves_by_parent()]
        self.fields["region"].widget.choices = [("", _("choose …")), *nodes_indented(Region.objects.order_by("path"))]
        self.fields["uploads"].widget.attrs["accept"] = ",".join(ALLOWED)
        for name, rows in {"description": 3, "wanted": 2, "answer": 3}.items():
            self.fields[name].widget.attrs["rows"] = rows
        self.fields["description"].widget.attrs["accesskey"] = "3"

    def clean_occurred_at(self) -> dt.datetime | None:
        """Refuse what has not happened yet, and what is a slip of the keyboard."""
        at = self.cleaned_data["occurred_at"]
        if at and at > self.now:
            raise ValidationError(_("This lies in the future."), code="future")
        if at and at < self.now - OLDEST:
            raise ValidationError(_("This lies more than ten years back."), code="old")
        return at

    def clean(self) -> dict[str, Any]:
        """Ask for the customer, and for the answer where the case is solved."""
        data = super().clean() or {}
        if not data.get("customer") and not data.get("number") and "number" not in self.errors:
            self.add_error("customer", _("Find the customer first, or enter a new one."))
        if data.get("then") == Next.SOLVED and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Write what the customer was told."))
        if self.errors and self.files.getlist("uploads"):
            self.add_error("uploads", _("Please choose the files again; the browser does not keep them."))
        return data

    def facts(self) -> Facts:
        """Return what was told, with an unsaved customer where they are new."""
        data = self.cleaned_data
        new = Customer(number=data["number"], name=data["name"], tier=data["tier"] or Tier.STANDARD, region=data["region"])
        customer = data["customer"] or new
        told = ("category", "channel", "region", "description", "contact_name", "wanted", "place", "occurred_at", "urgency")
        return Facts(
            customer=customer,
            contact_phone=data["contact_phone"] or customer.number,
            subject=data["subject"] or first_line(data["description"]),
            **{name: data[name] for name in (*told, "document", "wanted_on")},
        )


class WordsForm(forms.Form):
    """What the customer says who calls again about a ticket that is open: the same fields as on the whole page."""

    description = LongText(label=_("what happened"), required=False)
    uploads = SeveralFiles(label=_("attachments"), required=False)


def first_line(text: str) -> str:
    """Return the first line, cut to a subject's length."""
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1] + "…"


def new_key() -> str:
    """Return a fresh token that makes one submission count once."""
    return str(uuid.uuid4())
