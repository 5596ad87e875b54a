"""Reading the inbox."""

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser

from journal.models import Notice


def mark_read(*, notice: Notice, by: AbstractBaseUser, now: dt.datetime) -> Notice:
    """Note that `by` has read their notice; the first time counts. `notice` is theirs."""
    Notice.objects.filter(pk=notice.pk, recipient=by.pk, read_at=None).update(read_at=now)
    return notice


def mark_all_read(*, by: AbstractBaseUser, now: dt.datetime, up_to: int) -> int:
    """Note that `by` has read everything up to the notice `up_to`, which their page showed; return how many were new."""
    return Notice.objects.filter(recipient=by.pk, read_at=None, pk__lte=up_to).update(read_at=now)
