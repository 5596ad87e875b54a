"""How a callback went. Forms only validate and clean."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from complaints.enums import CallbackOutcome, Satisfaction
from workorders.forms import LongText


class CallbackForm(forms.Form):
    """How the call went, and what the customer said."""

    #: The number of the last event that the page showed.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    outcome = forms.ChoiceField(choices=CallbackOutcome, label=_("how the call went"), widget=forms.RadioSelect)
    solved = forms.TypedChoiceField(
        choices=[("yes", _("yes, solved")), ("no", _("no, not solved"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        label=_("Is the matter solved?"),
        widget=forms.RadioSelect,
        required=False,
    )
    satisfaction = forms.TypedChoiceField(
        choices=[(str(value), format_lazy("{} {}", value, label)) for value, label in reversed(Satisfaction.choices)],
        coerce=int,
        empty_value=None,
        label=_("How satisfied is the customer?"),
        widget=forms.RadioSelect,
        required=False,
    )
    remark = LongText(
        label=_("what the customer said"),
        required=False,
        help_text=_("Needed where it is not solved or the customer is not satisfied: the department gets it again and reads this."),
    )

    def clean(self) -> dict[str, Any]:
        """Drop answers that were ticked before it turned out that nobody answered."""
        data = super().clean() or {}
        if data.get("outcome") != CallbackOutcome.REACHED:
            data["solved"] = data["satisfaction"] = None
        return data
