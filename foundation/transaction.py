"""One transaction an action, however many actions it is made of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

from django.db import transaction

#: What the running action has noted for itself; None while none runs.
_notes: ContextVar[dict[str, object] | None] = ContextVar("notes", default=None)


def notes() -> dict[str, object]:
    """Return where the running action keeps what holds until it ends; outside of an action, what is kept there is lost."""
    kept = _notes.get()
    return {} if kept is None else kept


@contextmanager
def acting() -> Iterator[None]:
    """Do what is done within as one: all of it is kept, or none when an error leaves the block.

    An action that another one runs needs no savepoint of its own, since its error undoes the outer one with it; an action
    must therefore not undo a part of itself, nor catch an inner one's error and go on.
    """
    if _notes.get() is not None:
        yield
        return
    before = _notes.set({})
    try:
        with transaction.atomic():
            yield
    finally:
        _notes.reset(before)


def atomic[**P, R](action: Callable[P, R]) -> Callable[P, R]:
    """Make a function an action: see `acting`."""

    @wraps(action)
    def acted(*arguments: P.args, **named: P.kwargs) -> R:
        with acting():
            return action(*arguments, **named)

    return acted
