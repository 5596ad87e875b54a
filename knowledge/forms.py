"""What articles ask for. Forms only validate and clean; the actions decide."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.text import clean_text
from knowledge import policies
from knowledge.actions.writing import Words
from knowledge.enums import Standing
from knowledge.models import Article, Version
from knowledge.models.article import TEXTS
from knowledge.queries.expiring import KEPT_FOR
from knowledge.queries.listing import EXPIRING, MINE, TO_REVIEW
from organization.models import Department, Staff
from workorders.filters import MAX_TEXT, indented
from workorders.forms import LongText
from workorders.models import Category

MOST_TITLE, MOST_REASON = 120, 300


class OneLine(forms.CharField):
    """A single line; control characters are left out."""

    def to_python(self, value: str | None) -> str:
        """Return the text as kept."""
        return super().to_python(clean_text(value).replace("\n", " ") if value else value)


class WordsForm(forms.Form):
    """What an article says."""

    title = OneLine(label=_("title"), max_length=MOST_TITLE, help_text=_("As somebody would look for it."))
    category = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("category"), help_text=_("It holds for everything below, too.")
    )
    question = LongText(label=_("what the customer says"), help_text=_("In the customer's words: these find the article again."))
    answer = LongText(label=_("answer to the customer"), help_text=_("As it can be read to the customer."))
    steps = LongText(label=_("steps for the agent"), required=False, help_text=_("What to check and do, for staff only."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].widget.choices = [("", _("choose …")), *indented(Category.objects.filter(is_active=True))]
        for name, rows in {"question": 3, "answer": 5, "steps": 5}.items():
            self.fields[name].widget.attrs["rows"] = rows

    def words(self) -> Words:
        """Return what was written."""
        return Words(**{name: self.cleaned_data[name] for name in TEXTS})


class NewForm(WordsForm):
    """A new article, with the department that will own it."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("owning department"), help_text=_("Its contacts and head answer for what it says.")
    )

    filing_key = forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)

    field_order = ("title", "category", "department", "question", "answer", "steps")

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = policies.departments_for(user)
        self.fields["department"].empty_label = _("choose …")


class RevisionForm(WordsForm):
    """The next version of an article, or its draft once more."""

    change = OneLine(
        label=pgettext_lazy("article", "what changed and why"),
        max_length=MOST_REASON,
        help_text=_("Read by the reviewer, and kept."),
    )

    #: What the form was filled from. A page that does not say so is refused like one that is out of date.
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ("change", *TEXTS)

    def __init__(self, *args: Any, article: Article, last: Version, **kwargs: Any) -> None:
        began: dict[str, object] = {name: getattr(last, name) for name in TEXTS if name != "category"}
        change = last.change if last.is_open else ""
        super().__init__(*args, initial={**began, "category": last.category_id, "change": change, "base": last.stamp}, **kwargs)
        if not article.shown:
            del self.fields["change"]

    def begin_from(self, last: Version) -> None:
        """Let what was typed stand, to be sent again by who has seen what `last` says."""
        self.data = self.data.copy()
        self.data["base"] = last.stamp


class NoInput(forms.Form):
    """Asks for nothing."""


class ReasonForm(forms.Form):
    """A reason."""

    reason = OneLine(label=_("reason"), max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 2}))


class ReadForm(forms.Form):
    """What is done with a version that was read, as it was handed in then. A page that does not say so is out of date."""

    handed_in = forms.CharField(required=False, widget=forms.HiddenInput)


class SendBackForm(ReasonForm, ReadForm):
    """Why the version that was read is to be written again."""


class PublishForm(ReadForm):
    """Until when what is published holds."""

    valid_until = forms.DateField(label=_("valid until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_until"].initial = timezone.localdate() + KEPT_FOR


#: What the list can be narrowed to.
SHOWS: tuple[tuple[str, Any], ...] = (
    ("", _("all but the withdrawn")),
    (MINE, _("mine and my department's")),
    (TO_REVIEW, _("waiting for my review")),
    (EXPIRING, _("expiring within 14 days")),
    *Standing.choices,
)


class ListForm(forms.Form):
    """What the list of articles is narrowed to."""

    text = OneLine(label=_("words"), max_length=MAX_TEXT, required=False, widget=forms.TextInput(attrs={"type": "search"}))
    category = forms.ModelChoiceField(Category.objects.all(), label=_("category"), required=False)
    show = forms.ChoiceField(choices=SHOWS, label=_("show"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].widget.choices = [("", _("every category")), *indented(Category.objects.all())]

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen; what cannot be is left out."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class UseForm(forms.Form):
    """What an article did for a case."""

    helped = forms.TypedChoiceField(choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1")
    remark = OneLine(max_length=MOST_REASON, required=False)
    key = forms.UUIDField(required=False)
    #: The version that was read.
    version = forms.IntegerField(min_value=1, max_value=32767)


class CaseForm(forms.Form):
    """What is known of a case while it is entered."""

    category = forms.ModelChoiceField(Category.objects.filter(is_active=True), required=False)
    description = LongText(required=False)
    filing_key = forms.UUIDField(required=False)
