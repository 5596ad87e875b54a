"""How many short messages a text is: 160 Latin or 70 Chinese characters in one, 153 or 67 in each of several."""

from smpplib import gsm

#: A text for a phone is cut to so many segments, so that no data can make a message expensive.
MOST_SEGMENTS = 3
OF_SEVERAL = 67


def segments(text: str) -> int:
    """Return the number of short messages that `text` is sent as."""
    parts, _coding, _class = gsm.make_parts(text or " ")
    return len(parts)


def fitted(text: str) -> str:
    """Return `text`, cut with an ellipsis where it would need more than `MOST_SEGMENTS`."""
    if len(text) <= MOST_SEGMENTS * 153 and segments(text) <= MOST_SEGMENTS:
        return text
    cut = text[: MOST_SEGMENTS * OF_SEVERAL - 1]
    # Signs beyond the first 65,536 count twice.
    while segments(f"{cut}…") > MOST_SEGMENTS:
        cut = cut[:-8]
    return f"{cut}…"
