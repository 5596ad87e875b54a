"""Text that people type or files bring, made safe to keep."""

import unicodedata

ALLOWED_CONTROLS = {"\n", "\t"}


def clean_text(text: str) -> str:
    """Return `text` with one kind of line end, composed characters, and without control characters.

    These come along when text is pasted, nobody sees them, and the database keeps none of them for sure: they are left out
    wherever text is taken, on pages and in the API alike.
    """
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in tidy if char in ALLOWED_CONTROLS or unicodedata.category(char) not in {"Cc", "Cs"})
