"""Telephone numbers as people type them, and as they are kept."""

import re

PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){4,19}")
#: China's own prefix, also where the plus was left out before a mobile number.
COUNTRY = re.compile(r"(?:\+|00)86(?=[0-9]{7,})|86(?=1[0-9]{10}$)")
#: What is dialled as it stands: mobile and short numbers, area codes, and service numbers.
AS_DIALLED = ("0", "1", "400", "800", "9")


def is_phone(text: str) -> bool:
    """Tell whether `text` reads as a telephone number."""
    return PHONE.fullmatch(text.strip()) is not None


def bare(number: str) -> str:
    """Return the number as it is kept: without spaces, hyphens and China's prefix, an area code with its 0."""
    compact = re.sub(r"[\s-]", "", number)
    prefix = COUNTRY.match(compact)
    if prefix is None:
        return compact
    rest = compact[prefix.end() :]
    return rest if rest.startswith(AS_DIALLED) else f"0{rest}"
