"""The words of notices, for administrators."""

from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from journal.actions.running import word
from journal.enums import Channel
from journal.forms import TemplateForm
from journal.kinds import Kind, kinds
from journal.models import Template
from journal.segments import segments
from journal.texts import Text, Wording, rendered
from journal.views.access import administrators

CHANNELS = dict(Template._meta.get_field("channel").choices)  # noqa: SLF001 -- Django's documented way to a field
LANGUAGES = dict(settings.LANGUAGES)


class Place(NamedTuple):
    """Which text."""

    kind: Kind
    channel: str
    language: str

    @property
    def channel_label(self) -> str:
        """Return the channel's name."""
        return str(CHANNELS[self.channel])

    @property
    def names(self) -> list[str]:
        """Return what the text may mention."""
        return sorted(self.kind.variables)

    @property
    def language_label(self) -> str:
        """Return the language's name."""
        return str(LANGUAGES[self.language])


@require_GET
@administrators
def templates(request: HttpRequest) -> HttpResponse:
    """List every kind with its texts, and which are the operator's own."""
    own = set(Template.objects.values_list("kind", "channel", "language"))
    rows = [
        (kind, [(Place(kind, channel, code), (kind.name, channel, code) in own) for channel in CHANNELS for code in LANGUAGES])
        for kind in kinds().values()
    ]
    return render(request, "journal/templates.html", {"rows": rows})


@administrators
def template(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """Show and keep one text."""
    place = _place(kind, channel, language)
    text = Wording().source(kind, channel, language)
    form = TemplateForm(request.POST or None, kind=kind, channel=channel, initial=text._asdict())
    if request.method == "POST" and form.is_valid():
        kept = Text(form.cleaned_data.get("subject", ""), form.cleaned_data["body"])
        word(kind=kind, channel=channel, language=language, text=kept, by=request.user, now=timezone.now())
        messages.success(request, _("The text is in force."))
        return redirect("journal:templates")
    is_own = Template.objects.filter(kind=kind, channel=channel, language=language).exists()
    context = {"place": place, "form": form, "is_own": is_own, **_preview(place, text)}
    return render(request, "journal/template.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@administrators
def preview(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """Show how the typed text reads with an example."""
    place = _place(kind, channel, language)
    form = TemplateForm(request.POST, kind=kind, channel=channel)
    context: dict[str, object] = {"place": place, "faults": [error for errors in form.errors.values() for error in errors]}
    if form.is_valid():
        context |= _preview(place, Text(form.cleaned_data.get("subject", ""), form.cleaned_data["body"]))
    return render(request, "journal/template.html#preview", context)


@require_POST
@administrators
def reset(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """Put the shipped text in force again."""
    _place(kind, channel, language)
    word(kind=kind, channel=channel, language=language, text=None, by=request.user, now=timezone.now())
    messages.success(request, _("The shipped text is in force again."))
    return redirect("journal:template", kind, channel, language)


def _place(kind: str, channel: str, language: str) -> Place:
    if kind not in kinds() or channel not in CHANNELS or language not in LANGUAGES:
        raise Http404
    return Place(kinds()[kind], channel, language)


def _preview(place: Place, text: Text) -> dict[str, object]:
    link = f"{settings.SITE_ADDRESS or 'https://example.com'}/tickets/12/"
    data = {**place.kind.example, "name": "张三", "link": link}
    shown = rendered(text, place.kind.name, place.channel, place.language, data, now=timezone.now())
    counted = segments(shown.body) if place.channel == Channel.SMS else 0
    return {"shown": shown, "segments": counted, "length": len(shown.body)}
