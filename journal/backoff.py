"""When to try again: pure arithmetic."""

import datetime as dt

#: The wait after the first failure; each further one doubles it, up to the longest.
FIRST, LONGEST = dt.timedelta(seconds=30), dt.timedelta(hours=1)
#: A message that failed so often is given up and shown to administrators. With the waits above: after about four hours.
MOST_TRIES = 10
#: A gateway that failed rests less long, since everything behind it waits.
GATEWAY_FIRST, GATEWAY_LONGEST = dt.timedelta(seconds=5), dt.timedelta(minutes=5)
#: A wait is lengthened by up to this share, so that what failed together does not come back together.
JITTER = 0.3


def wait(failures: int, chance: float, *, first: dt.timedelta = FIRST, longest: dt.timedelta = LONGEST) -> dt.timedelta:
    """Return the wait after the `failures`-th failure in a row (1, 2, …); `chance` in [0, 1) draws the jitter."""
    doubled = first * 2 ** min(max(failures, 1) - 1, 20)
    return min(doubled, longest) * (1 + JITTER * chance)
