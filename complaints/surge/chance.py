"""How seldom a sliding window climbs by chance to what was seen."""

import math

#: Below this variance ÷ mean the negative binomial is the Poisson distribution.
POISSON = 1.0001


def log_probability(count: int, mean: float, spread: float) -> float:
    """Return ln P(count) of the negative binomial with `mean` and variance `spread` × mean."""
    if spread < POISSON:
        return count * math.log(mean) - mean - math.lgamma(count + 1)
    size = mean / (spread - 1)
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return ways - size * math.log(spread) + count * math.log1p(-1 / spread)


def climbs(count: int, mean: float, spread: float) -> float:
    """Return how often, in one length of the window, a sliding window climbs to `count` by chance.

    Scan statistics after Naus (1982) and Alm (1997): (count − mean) × P(count), for counts well above the mean.
    """
    mean = max(mean, 1e-9)
    return (count - mean) * math.exp(log_probability(count, mean, spread))
