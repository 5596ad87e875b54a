"""What the bulletins' pages ask for. Forms only validate and clean; the actions decide."""

import csv
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from complaints.actions.bulletins import EARLIEST, MOST_SUBJECT
from complaints.actions.subscribers import Entered
from complaints.bulletins.periods import DAY, Span, month_of, trail, week_of
from complaints.enums import BulletinEdition, BulletinKind
from complaints.models import Bulletin
from foundation.text import clean_text
from organization.models import Region
from workorders.filters import DateInput
from workorders.forms import LongText

#: So many weeks and months are offered, this one and those before.
OFFERED = 8
SPECIAL = "special"
#: More is no list of regions but a mistake.
MOST_BYTES, MOST_ROWS, MOST_USERS = 200_000, 2000, 10**10

#: Other years are typing errors.
YEARS = (MinValueValidator(EARLIEST), MaxValueValidator(dt.date(2999, 12, 30)))


class BulletinForm(forms.Form):
    """Of which period a bulletin is to be."""

    period = forms.ChoiceField(label=gettext_lazy("period"))
    is_provisional = forms.BooleanField(label=gettext_lazy("provisional, for comment before the final one"), required=False)
    subject = forms.CharField(label=gettext_lazy("special bulletin about"), required=False, max_length=MOST_SUBJECT)
    start = forms.DateField(label=gettext_lazy("from"), required=False, widget=DateInput, validators=YEARS)
    end = forms.DateField(label=gettext_lazy("up to"), required=False, widget=DateInput, validators=YEARS)

    def __init__(self, *args: Any, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localtime(now).date()
        weeks, months = (trail(span, OFFERED)[::-1] for span in (week_of(self.today), month_of(self.today)))
        self.spans = {f"weekly:{span.start}": span for span in weeks} | {f"monthly:{span.start}": span for span in months}
        periods = self.fields["period"]
        assert isinstance(periods, forms.ChoiceField)
        periods.choices = [
            (_("weekly"), [(f"weekly:{span.start}", f"{span.start} – {span.end - DAY}") for span in weeks]),
            (_("monthly"), [(f"monthly:{span.start}", f"{span.start:%Y-%m}") for span in months]),
            (SPECIAL, _("special, of the days below")),
        ]
        periods.initial = f"weekly:{weeks[1].start}"

    def clean(self) -> dict[str, Any]:
        """Want the days of a special bulletin."""
        data = super().clean() or {}
        if data.get("period") == SPECIAL:
            for name in ("start", "end"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("A special bulletin needs its days."))
        return data

    def asked(self) -> dict[str, Any]:
        """Return what `draft` takes."""
        data = self.cleaned_data
        edition = BulletinEdition.PROVISIONAL if data["is_provisional"] else BulletinEdition.FINAL
        if data["period"] == SPECIAL:
            span = Span(data["start"], data["end"] + DAY)
            return {"kind": BulletinKind.SPECIAL, "span": span, "subject": data["subject"], "edition": edition}
        kind = data["period"].partition(":")[0]
        return {"kind": kind, "span": self.spans[data["period"]], "edition": edition}


class TextsForm(forms.Form):
    """The centre's words; the figures are counted and not to be edited."""

    subject = forms.CharField(label=gettext_lazy("subject"), max_length=MOST_SUBJECT)
    summary = LongText(label=gettext_lazy("summary"), required=False)
    commendations = LongText(
        label=gettext_lazy("commendations"),
        required=False,
        help_text=gettext_lazy("Which branch, department or shift did well, and at what."),
    )
    criticisms = LongText(
        label=gettext_lazy("criticisms"),
        required=False,
        help_text=gettext_lazy("What went wrong, where, and who is to answer for it."),
    )
    requirements = LongText(
        label=pgettext_lazy("bulletin", "requirements"), required=False, help_text=gettext_lazy("Who has to do what until when.")
    )

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bulletin.kind != BulletinKind.SPECIAL:
            del self.fields["subject"]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class UsersForm(forms.Form):
    """Numbers of users, a line each: typed or as a file."""

    lines = LongText(
        label=gettext_lazy("numbers of users"),
        required=False,
        help_text=gettext_lazy("A line each: region code, month (2026-10), users at its end, separated by commas or tabs."),
    )
    file = forms.FileField(
        label=gettext_lazy("or a CSV file"), required=False, help_text=gettext_lazy("The same three columns, in UTF-8.")
    )

    def clean(self) -> dict[str, Any]:
        """Read every line; refuse all where one is wrong, saying which and why."""
        data = super().clean() or {}
        text, name = _text(data.get("file")) or data.get("lines", ""), "file" if data.get("file") else "lines"
        if text is None or not text.strip():
            raise ValidationError(_("Type the numbers, or choose a file."))
        try:
            data["entered"], wrong = read_users(text)
        except csv.Error as error:
            raise ValidationError({name: _("These are no lines of three columns: %(reason)s.") % {"reason": error}}) from error
        for reason in wrong[:10]:
            self.add_error(name, reason)
        return data


def _text(file: UploadedFile | None) -> str:
    if file is None:
        return ""
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError({"file": _("The file is too large.")})
    try:
        return clean_text(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValidationError({"file": _("The file is not UTF-8 text.")}) from error


def read_users(text: str) -> tuple[list[Entered], list[str]]:
    """Return what the lines say, and what is wrong with those that say nothing; a first line of headings is left out."""
    regions = {region.code: region for region in Region.objects.all()}
    separator = "\t" if "\t" in text else ","
    entered: dict[tuple[int, dt.date], Entered] = {}
    wrong: list[str] = []
    for number, cells in enumerate(_lines(text, separator), start=1):
        if number == 1 and not any(char.isdigit() for cell in cells for char in cell):
            continue
        try:
            region, month, users = _entry(cells, regions)
        except ValueError as error:
            wrong.append(_("Line %(number)d: %(reason)s") % {"number": number, "reason": error})
        else:
            entered[region.pk, month] = (region, month, users)
    if len(entered) > MOST_ROWS:
        wrong.append(_("At most %(most)d lines at once.") % {"most": MOST_ROWS})
    return list(entered.values()), wrong


def _lines(text: str, separator: str) -> Iterable[list[str]]:
    rows = csv.reader(text.splitlines(), delimiter=separator)
    return ([cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row))


def _entry(cells: list[str], regions: dict[str, Region]) -> Entered:
    if len(cells) != 3:
        raise ValueError(_("three columns are wanted: region code, month, users."))
    code, month, users = cells
    if code not in regions:
        raise ValueError(_("there is no region “%(code)s”.") % {"code": code})
    try:
        first = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError as error:
        raise ValueError(_("“%(month)s” is no month like 2026-10.") % {"month": month}) from error
    digits = users.replace(" ", "").replace("_", "")
    if not digits.isascii() or not digits.isdecimal() or not 0 < int(digits) < MOST_USERS:
        raise ValueError(_("“%(users)s” is no number of users.") % {"users": users})
    return regions[code], first, int(digits)
