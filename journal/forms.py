"""Forms of the notice pages."""

from collections.abc import Iterator
from typing import NamedTuple

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.text import clean_text
from journal.actions.choosing import Choice
from journal.enums import Channel
from journal.gateways.sending import PLACE, plugin_for
from journal.kinds import Kind
from journal.models import Gateway, Preference, Reader, Template
from journal.texts import faults

#: The schemes a channel may use, each with an example for the page.
SCHEMES = {
    Channel.SMS: {"smpp": "smpp://user:password@host:2775/10086/{to}", "smshttps": "", "smshttp": ""},
    Channel.EMAIL: {"mailtos": "mailtos://user:password@smtp.example.com:465?from=ts@example.com&to={to}", "mailto": ""},
    Channel.DINGTALK: {"dingtalk": "dingtalk://SECRET@TOKEN/{to}"},
    Channel.WECOM: {"wecombot": "wecombot://KEY"},
    Channel.FEISHU: {"feishu": "feishu://TOKEN"},
    Channel.WEBHOOK: {"webhooks": "webhooks://host/path?secret=SECRET", "webhook": ""},
}
#: An example of a number or an address for the check of a gateway's address.
EXAMPLES = {Channel.EMAIL: "someone@example.com"}
A_NUMBER = "13800000000"


class Row(NamedTuple):
    """One kind on the preferences page."""

    kind: Kind
    channels: BoundField
    language: BoundField


class PreferencesForm(forms.Form):
    """A person's language, quiet hours, and channels by kind."""

    language = forms.ChoiceField(label=gettext_lazy("language"), choices=settings.LANGUAGES)
    quiet_from = forms.TimeField(label=gettext_lazy("quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(label=gettext_lazy("quiet until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(
        self,
        *args: object,
        kinds: list[Kind],
        reader: Reader,
        chosen: dict[str, Preference],
        offered: list[str],
        **kwargs: object,
    ) -> None:
        initial = {"language": reader.language, "quiet_from": reader.quiet_from, "quiet_until": reader.quiet_until}
        super().__init__(*args, initial=initial, **kwargs)
        self.kinds, self.chosen, self.offered = kinds, chosen, offered
        labels = dict(Channel.choices)
        for kind in kinds:
            own = chosen.get(kind.name)
            self.fields[f"channels-{kind.name}"] = forms.MultipleChoiceField(
                label=kind.label,
                required=False,
                choices=[(channel, labels[channel]) for channel in offered],
                widget=forms.CheckboxSelectMultiple,
                initial=list(own.channels if own else kind.channels),
            )
            self.fields[f"language-{kind.name}"] = forms.ChoiceField(
                label=gettext_lazy("language"),
                required=False,
                choices=[("", gettext_lazy("my language")), *settings.LANGUAGES],
                initial=own.language if own else "",
            )

    def rows(self) -> Iterator[Row]:
        """Yield the fields of each kind."""
        for kind in self.kinds:
            yield Row(kind, self[f"channels-{kind.name}"], self[f"language-{kind.name}"])

    def choices(self) -> dict[str, Choice]:
        """Return what was chosen; a channel that the page did not offer stays as it was."""
        found = {}
        for kind in self.kinds:
            own = self.chosen.get(kind.name)
            hidden = set(own.channels if own else kind.channels) - set(self.offered)
            ticked = set(self.cleaned_data[f"channels-{kind.name}"])
            found[kind.name] = Choice(tuple(sorted(hidden | ticked)), self.cleaned_data[f"language-{kind.name}"])
        return found


class GatewayForm(forms.Form):
    """A gateway; the address of one that exists is never shown again."""

    channel = forms.ChoiceField(label=pgettext_lazy("notice", "channel"), choices=Channel)
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("address"),
        max_length=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_active = forms.BooleanField(label=gettext_lazy("active"), required=False, initial=True)

    def __init__(self, *args: object, gateway: Gateway | None = None, **kwargs: object) -> None:
        if gateway:
            kwargs["initial"] = {"channel": gateway.channel, "name": gateway.name, "is_active": gateway.is_active}
        super().__init__(*args, **kwargs)
        self.gateway = gateway
        if gateway:
            self.fields["url"].help_text = _("Kept encrypted and not shown. Leave it empty to keep it.")
        else:
            self.fields["url"].help_text = _(
                "An Apprise address with its password; {to} stands for the person's number or address."
            )

    def clean_name(self) -> str:
        """Refuse a name that another gateway has."""
        name = clean_text(self.cleaned_data["name"])
        if Gateway.objects.filter(name=name).exclude(pk=self.gateway and self.gateway.pk).exists():
            raise forms.ValidationError(_("Another gateway has this name."))
        return name

    def clean(self) -> dict[str, object]:
        """Refuse an address that cannot work for the channel."""
        data = super().clean() or {}
        channel, url = data.get("channel"), str(data.get("url") or "").strip()
        data["url"] = url
        if not channel:
            return data
        if not url:
            if self.gateway is None or self.gateway.channel != channel:
                self.add_error("url", _("Give the address."))
        elif fault := _fault(Channel(channel), url):
            self.add_error("url", fault)
        return data


def _fault(channel: Channel, url: str) -> str:
    schemes = SCHEMES[channel]
    if url.partition("://")[0].lower() not in schemes:
        return _("An address of this channel begins with: %(schemes)s") % {"schemes": ", ".join(f"{s}://" for s in schemes)}
    if channel in Channel.ADDRESSED and PLACE not in url:
        return _("The address needs {to} where the person's own number or address goes.")
    if plugin_for(url, EXAMPLES.get(channel, A_NUMBER)) is None:
        example = next(iter(schemes.values()))
        return _("This address cannot be read. An example: %(example)s") % {"example": example}
    return ""


class TryForm(forms.Form):
    """Where a test message goes."""

    to = forms.CharField(label=gettext_lazy("number or address"), max_length=120, required=False)


class TemplateForm(forms.Form):
    """A notice's text in one channel and language."""

    subject = forms.CharField(label=gettext_lazy("subject line"), max_length=200, required=False)
    body = forms.CharField(label=gettext_lazy("text"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, *args: object, kind: str, channel: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if channel == Channel.SMS:
            del self.fields["subject"]
        elif channel == Template.INBOX:
            self.fields["subject"].required = True

    def clean_subject(self) -> str:
        """Refuse what the subject's template must not contain."""
        return self._checked("subject")

    def clean_body(self) -> str:
        """Refuse what the body's template must not contain."""
        return self._checked("body")

    def _checked(self, name: str) -> str:
        text = clean_text(self.cleaned_data[name])
        if found := faults(self.kind, text):
            raise forms.ValidationError(found)
        return text
