"""The papers of an over-the-head complaint, and who was at fault. Forms only validate and clean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.enums import Fault
from complaints.forms.intake import OneLine
from complaints.models import Complaint


class PapersForm(forms.Form):
    """The papers that an over-the-head complaint came with."""

    document = OneLine(max_length=60, label=_("document number"))
    wanted_on = forms.DateField(
        label=_("wanted by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The date on the letter; without one, the statutory date counts."),
    )
    earlier = forms.ModelChoiceField(
        queryset=Complaint.objects.none(),
        label=_("already lodged with us as"),
        required=False,
        empty_label=_("not lodged with us before"),
    )

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        kept = getattr(complaint, "over_head", None)
        began = {"earlier": complaint.repeat_of_id}
        if kept:
            began = {"document": kept.document, "wanted_on": kept.wanted_on, "earlier": kept.earlier_id}
        super().__init__(*args, initial=began, **kwargs)
        before = Complaint.objects.filter(customer=complaint.customer_id, pk__lt=complaint.pk)
        self.fields["earlier"].queryset = before.select_related("ticket").order_by("-pk")


class FaultForm(forms.Form):
    """Whose fault it was that a complaint went over our head."""

    fault = forms.ChoiceField(choices=Fault, label=_("liability"), widget=forms.RadioSelect)
    reason = OneLine(max_length=300, label=_("reason"))

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint = complaint
