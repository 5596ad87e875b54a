"""Notes, every few minutes, that somebody is at work."""

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organization.actions.presence import note_seen
from organization.models import Staff

KEY, EVERY = "seen", dt.timedelta(minutes=5)


class PresenceMiddleware:
    """Note the presence of whoever is logged in, not at every request but every few minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it, then pass the request on."""
        now = timezone.now()
        if isinstance(request.user, Staff) and now.timestamp() - request.session.get(KEY, 0) > EVERY.total_seconds():
            _note(request, request.user, now)
        return self.get_response(request)


@receiver(user_logged_in)
def note_login(sender: object, request: HttpRequest, user: Staff, **kwargs: object) -> None:
    """Note it at the login."""
    _note(request, user, timezone.now())


def _note(request: HttpRequest, user: Staff, now: dt.datetime) -> None:
    request.session[KEY] = now.timestamp()
    note_seen(staff=user, now=now)
