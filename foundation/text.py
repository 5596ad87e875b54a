"""Text that people type or files bring, made safe to keep."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ALLOWED_CONTROLS = {"\n", "\t"}


def clean_text(text: str) -> str:
    """Return `text` with one kind of line end and composed characters; raise ValidationError for control characters."""
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in ALLOWED_CONTROLS for char in tidy):
        raise ValidationError(_("The text contains characters that cannot be shown; please retype it."), code="control")
    return tidy
