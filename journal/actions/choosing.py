"""How a person wants to be told."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from journal.kinds import choosable
from journal.models import Preference, Reader
from journal.record import record


class Choice(NamedTuple):
    """The channels and the language (empty: the person's own) for one kind."""

    channels: tuple[str, ...]
    language: str


@transaction.atomic
def choose(
    *,
    language: str,
    quiet_from: dt.time,
    quiet_until: dt.time,
    choices: Mapping[str, Choice],
    by: AbstractBaseUser,
    now: dt.datetime,
) -> Reader:
    """Keep `by`'s own language, quiet hours and choices by kind; a choice equal to the kind's default follows the default."""
    values = {"language": language, "quiet_from": quiet_from, "quiet_until": quiet_until}
    reader, _made = Reader.objects.update_or_create(user_id=by.pk, defaults=values)
    for kind in choosable():
        choice = choices.get(kind.name)
        if choice is None:
            continue
        if set(choice.channels) == set(kind.channels) and not choice.language:
            Preference.objects.filter(user_id=by.pk, kind=kind.name).delete()
        else:
            kept = {"channels": sorted(choice.channels), "language": choice.language}
            Preference.objects.update_or_create(user_id=by.pk, kind=kind.name, defaults=kept)
    record(f"reader:{by.pk}", "reader.choose", by=by, at=now)
    return reader
