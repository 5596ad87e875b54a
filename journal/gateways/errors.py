"""Why a message did not go out: the difference decides who waits."""


class NotSent(Exception):
    """The message did not go out; the text says why, without any secret."""


class Refused(NotSent):
    """The other side does not want this message (a number that does not exist …): only this message waits."""


class Unreachable(NotSent):
    """The gateway does not answer, is too busy, or does not accept our password: it rests, all its messages wait."""
