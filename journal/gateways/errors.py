"""Why a message did not go out: the difference decides who waits."""

from typing import Self

REASON_LENGTH = 300


class NotSent(Exception):
    """The message did not go out; the text says why, without any secret."""

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return an error met while sending as one of ours: a mistake of our own is a message's, not its gateway's."""
        return error if isinstance(error, cls) else cls(f"{type(error).__name__}: {error}")

    @property
    def reason(self) -> str:
        """Return the text as it is kept with the message."""
        return str(self)[:REASON_LENGTH] or type(self).__name__


class Refused(NotSent):
    """The other side does not want this message (a number that does not exist …): only this message waits."""


class Unreachable(NotSent):
    """The gateway does not answer, is too busy, or does not accept our password: it rests, all its messages wait."""
