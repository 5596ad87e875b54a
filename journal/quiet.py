"""Quiet hours: pure arithmetic on local times."""

import datetime as dt


def quiet_end(at: dt.datetime, start: dt.time, end: dt.time) -> dt.datetime | None:
    """Return when the quiet hours that `at` lies in are over, None when it lies in none.

    `at` is an aware datetime in the person's own zone, from `start` (included) to `end` (excluded); the hours may pass
    midnight, and equal times mean none.
    """
    if start == end:
        return None
    local = at.time()
    today = at.replace(hour=end.hour, minute=end.minute, second=end.second, microsecond=0)
    if start < end:
        return today if start <= local < end else None
    if local >= start:
        return today + dt.timedelta(days=1)
    return today if local < end else None
