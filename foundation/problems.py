"""Problem bodies (RFC 9457) for every error that the API answers."""

from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from foundation.errors import DomainError, Invalid

CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, errors: object = None) -> Response:
    """Build one problem body; `errors` maps field names to reasons."""
    body = {"type": f"urn:problem:{code}", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return Response(body, status=status, content_type=CONTENT_TYPE)


def problem_response(exc: Exception, context: dict[str, object]) -> Response | None:  # noqa: PLR0911 -- one line a kind of error
    """DRF's exception handler: ours, Django's and DRF's errors alike become problem bodies."""
    set_rollback()
    match exc:
        case Invalid():
            return problem(exc.status, exc.code, str(exc.detail), {k: [str(v)] for k, v in exc.errors.items()})
        case DomainError():
            return problem(exc.status, exc.code, str(exc.detail))
        case Http404():
            return problem(404, "not-found", str(exceptions.NotFound.default_detail))
        case PermissionDenied():
            return problem(403, "not-allowed", str(exceptions.PermissionDenied.default_detail))
        case exceptions.ValidationError():
            return problem(400, "invalid", str(exceptions.ValidationError.default_detail), exc.detail)
        case exceptions.APIException():
            answer = problem(exc.status_code, str(exc.default_code).replace("_", "-"), str(exc.detail))
            if login := getattr(exc, "auth_header", ""):
                answer["WWW-Authenticate"] = login
            return answer
    return None
