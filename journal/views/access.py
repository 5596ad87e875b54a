"""Which of these pages are for administrators."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from foundation.errors import NotAllowed

type View = Callable[..., HttpResponse]


def administrators(view: View) -> View:
    """Let only people into a page who may enter the administration site."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_staff:
            raise NotAllowed
        return view(request, *args, **kwargs)

    return guarded


def number(text: str) -> int | None:
    """Return the row number in an address, None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
