"""The one family of errors that an action may raise; each is shown as a page, a fragment or a problem body."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise


class DomainError(Exception):
    """Something the product's rules do not allow; `detail` tells the person why."""

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    title: ClassVar[Text]

    def __init__(self, detail: Text = "") -> None:
        super().__init__(detail)
        self.detail = detail or self.title


class NotAllowed(DomainError):
    """The person's role or department does not permit this."""

    status = HTTPStatus.FORBIDDEN
    code = "not-allowed"
    title = _("You may not do this.")


def require(allowed: bool, reason: Text = "") -> None:  # noqa: FBT001 -- the answer of a predicate
    """Raise NotAllowed unless a policy's predicate said yes."""
    if not allowed:
        raise NotAllowed(reason or _("Your role or department does not permit this."))


class Conflict(DomainError):
    """Someone was faster, or the record is no longer in a state that permits this."""

    status = HTTPStatus.CONFLICT
    code = "conflict"
    title = _("This has changed meanwhile.")


class Invalid(DomainError):
    """The input is wrong; `errors` has the reasons by field name."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"
    title = _("Please correct the marked fields.")

    def __init__(self, detail: Text = "", **errors: Text) -> None:
        super().__init__(detail or next(iter(errors.values()), ""))
        self.errors: Mapping[str, Text] = errors
