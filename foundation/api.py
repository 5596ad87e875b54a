"""What the API's views share."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from foundation.errors import Invalid
from foundation.text import clean_text


def as_form_data(data: object) -> QueryDict:
    """Return a body as a form would have sent it: lists become several values, null an empty one.

    Raises ParseError for a body that is no object, or has text that no database can keep.
    """
    if isinstance(data, QueryDict):
        return data
    if not isinstance(data, dict):
        raise ParseError(_("Send one JSON object."))
    form = QueryDict(mutable=True)
    for name, value in data.items():
        values = value if isinstance(value, list) else [value]
        form.setlist(name, [_text(each) for each in values])
    return form


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    text = "on" if value is True else str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError(_("The text contains characters that cannot be shown; please retype it.")) from error
    return text


class CleanText(serializers.CharField):
    """Text as the pages' forms take it: control characters are left out."""

    def run_validation(self, data: object = serializers.empty) -> object:
        """Clean what was sent before it is measured."""
        return super().run_validation(clean_text(data) if isinstance(data, str) else data)


def checked(body: serializers.Serializer) -> dict[str, object]:
    """Return what a body says; raise Invalid by field, as the pages' forms do."""
    if not body.is_valid():
        raise Invalid(**{name: " ".join(_flat(errors)) for name, errors in body.errors.items()})
    return body.validated_data


def _flat(errors: object) -> list[str]:
    if isinstance(errors, dict):
        return [text for each in errors.values() for text in _flat(each)]
    return [text for each in errors for text in _flat(each)] if isinstance(errors, list) else [str(errors)]
