"""The pinyin initials of Chinese characters, by the tables of pypinyin."""

import json

from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

#: The block of common characters; names that people are called by lie within.
FIRST, LAST = 0x4E00, 0x9FFF


def initials_of(character: str) -> str:
    """Return the first letters of all readings of a character, each once in alphabetical order; "" for none."""
    readings = str(PINYIN_DICT.get(ord(character), "")).split(",")
    letters = {to_normal(reading)[:1] for reading in readings if reading}
    return "".join(sorted(letter for letter in letters if letter.isascii() and letter.isalpha()))


def initials_by_character() -> str:
    """Return a JSON object: each character with initials, and these."""
    found = {chr(code): initials_of(chr(code)) for code in range(FIRST, LAST + 1)}
    return json.dumps({character: letters for character, letters in found.items() if letters}, ensure_ascii=False)
