"""Numbers and names of customers, shown only in part."""

import re
import unicodedata
from collections.abc import Iterable

SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def mask_number(number: str) -> str:
    """Return the number with its middle hidden: 138****0000; short numbers keep only their last two digits."""
    if len(number) <= SHOWN_BEFORE + SHOWN_AFTER:
        return "*" * max(0, len(number) - 2) + number[-2:]
    hidden = "*" * (len(number) - SHOWN_BEFORE - SHOWN_AFTER)
    return f"{number[:SHOWN_BEFORE]}{hidden}{number[-SHOWN_AFTER:]}"


def mask_name(name: str) -> str:
    """Return the name with all but its first sign hidden: 张**."""
    return name[:1] + "*" * max(0, len(name) - 1)


#: A run of digits this long may be somebody's number: of a telephone, an account, an identity card.
LONG_NUMBER = re.compile(r"(?<![0-9])([0-9]{7,30}[Xx]?|1[0-9]{2}[ -][0-9]{4}[ -][0-9]{4}|0[0-9]{2,3}[ -][0-9]{7,8})(?![0-9])")


def mask_text(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with every number of seven and more digits hidden in part, and each of `names` of two and more signs."""
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    pieces, end = [], 0
    for found in LONG_NUMBER.finditer("".join(map(_plain, text))):
        pieces += [text[end : found.start()], mask_number(re.sub("[ -]", "", found[0]))]
        end = found.end()
    return "".join([*pieces, text[end:]])


def _plain(char: str) -> str:
    """Return the plain digit, blank or hyphen that the sign stands for, as １ does for 1; any other sign as it is."""
    folded = unicodedata.normalize("NFKC", char)
    if folded.isdecimal() and len(folded) == 1:
        return str(unicodedata.decimal(folded))
    if unicodedata.category(char) == "Pd":
        return "-"
    return folded if folded in {" ", "X", "x"} else char
