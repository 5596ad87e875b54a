"""Shows an action's error to a person where no view has caught it."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.errors import DomainError


class DomainErrorMiddleware:
    """Turn a `DomainError` into a page with its status, or into plain text for htmx to show as a toast."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; show a page where a person used an address in a way that it does not answer to."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content and not request.headers.get("HX-Request"):
            page = render(request, "405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the error's own status; other exceptions stay Django's."""
        if not isinstance(exception, DomainError):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(str(exception.detail), status=exception.status, content_type="text/plain; charset=utf-8")
        return render(request, "ui/error.html", {"error": exception}, status=exception.status)
