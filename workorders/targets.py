"""Which limit applies, and what it comes to: pure choice and rounding (domain rules: docs/reference/limits.md)."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

#: VIP customers, and work ordered anew after a dissatisfied callback, get half the time.
HALF = Fraction(1, 2)
#: No shortened limit falls below an hour.
FLOOR_MINUTES = 60
#: A leg sent back in time with less than this left is given this much, once.
REWORK_GRACE = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the internal limits (OLA): what a department promises for a category and an urgency.

    `department_id` None holds for all departments, `category_path` "" for all categories. Minutes are natural or
    working minutes as `working` says.
    """

    id: int
    department_id: int | None
    category_path: str
    urgency: str
    acknowledge: int
    resolve: int
    working: bool


def choose(rules: Iterable[Rule], *, department_id: int, category_path: str, urgency: str) -> Rule | None:
    """Return the most specific rule: the department's own before everybody's, then the deepest category."""
    fitting = [
        rule
        for rule in rules
        if rule.urgency == urgency and rule.department_id in {None, department_id} and category_path.startswith(rule.category_path)
    ]
    return max(fitting, key=lambda rule: (rule.department_id is not None, len(rule.category_path)), default=None)


def shortened(minutes: int, *factors: Fraction) -> int:
    """Return `minutes` times the smallest factor, rounded up, never below an hour unless it already was."""
    factor = min(factors, default=Fraction(1))
    if factor >= 1:
        return minutes
    return max(math.ceil(minutes * factor), min(minutes, FLOOR_MINUTES))


@dataclass(frozen=True, slots=True)
class Agreed:
    """What another system has promised, in place of our own limits: an answer by `due_at`, or nothing (None)."""

    due_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The customer's limit (SLA) and the centre's own steps within it, in natural minutes."""

    dispatch: int
    answer: int
    review: int
    reply: int


def uncovered_minutes(promise: Promise, resolve: int) -> int:
    """Return by how many minutes dispatch + OLA + review + reply overrun the SLA; 0 when it covers their sum."""
    return max(0, promise.dispatch + resolve + promise.review + promise.reply - promise.answer)
