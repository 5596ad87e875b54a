"""What the API's views share."""

from typing import Any

from django.http import QueryDict


def as_form_data(data: dict[str, Any]) -> QueryDict:
    """Return JSON as a form would have sent it: lists become several values, null an empty one."""
    form = QueryDict(mutable=True)
    for name, value in data.items():
        if name == "seen":
            continue
        values = value if isinstance(value, list) else [value]
        form.setlist(name, [_text(each) for each in values])
    return form


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    return "on" if value is True else str(value)

