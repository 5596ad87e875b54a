"""A person's own choices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.actions.choosing import choose
from journal.enums import Channel
from journal.forms import PreferencesForm
from journal.kinds import choosable
from journal.models import Gateway, Preference, Reader


def preferences(request: HttpRequest) -> HttpResponse:
    """Show and keep by which channels and in which language each kind of notice comes; only kinds the person can get."""
    user = request.user
    form = PreferencesForm(
        request.POST or None,
        kinds=[kind for kind in choosable() if kind.audience(user)],
        reader=Reader.objects.filter(user=user.pk).first() or Reader(user_id=user.pk),
        chosen={own.kind: own for own in Preference.objects.filter(user=user.pk)},
        offered=_offered(),
    )
    if request.method == "POST" and form.is_valid():
        own = {name: form.cleaned_data[name] for name in ("language", "quiet_from", "quiet_until")}
        choose(**own, choices=form.choices(), by=user, now=timezone.now())
        messages.success(request, _("Your choices are kept."))
        return redirect("journal:preferences")
    status = 422 if request.method == "POST" else 200
    return render(request, "journal/preferences.html", {"form": form}, status=status)


def _offered() -> list[str]:
    working = set(Gateway.objects.filter(is_active=True).values_list("channel", flat=True))
    return [channel for channel in Channel.values if channel in working]
