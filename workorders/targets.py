"""Which limit applies, and what it comes to: pure choice and rounding (domain rules: docs/reference/limits.md)."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

#: VIP customers, and work ordered anew after a dissatisfied callback, get half the time.
HALF = Fraction(1, 2)
#: No shortened limit falls below an hour.
FLOOR_MINUTES = 60
#: A leg sent back in time with less than this left is given this much, once.
REWORK_GRACE = dt.timedelta(hours=2)


#: Rules that came with the product hold from before anything was filed.
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a rule holds for. None and "" hold for all; categories and regions reach down their trees."""

    department_id: int | None = None
    category_path: str = ""
    urgency: str
    channel: str = ""
    tier: str = ""
    region_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A leg (or a ticket: no department) for which a limit is wanted."""

    department_id: int | None = None
    category_path: str
    urgency: str
    channel: str
    tier: str
    region_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a limit: it replaces the earlier ones of the same scope from `effective_from` (aware) on.

    A withdrawn version takes the scope's limit away, so that a less specific one applies. Minutes are natural or
    working minutes as `working` says; the customer's limits leave them out.
    """

    id: int
    scope: Scope
    effective_from: dt.datetime = ALWAYS
    withdrawn: bool = False
    acknowledge: int = 0
    resolve: int = 0
    working: bool = False


def fits(scope: Scope, case: Case) -> bool:
    """Tell whether a rule of this scope holds for the case."""
    return (
        scope.urgency == case.urgency
        and scope.department_id in {None, case.department_id}
        and scope.channel in {"", case.channel}
        and scope.tier in {"", case.tier}
        and case.category_path.startswith(scope.category_path)
        and case.region_path.startswith(scope.region_path)
    )


def specificity(scope: Scope) -> tuple[bool, int, bool, bool, int]:
    """Return how specific a scope is, the greater the more.

    The department's own goes before everybody's, then the deeper category; among rules of one department and category a
    named channel, then a named tier, then the deeper region. Two rules that fit one case are never equal in this order.
    """
    return (
        scope.department_id is not None,
        scope.category_path.count("/"),
        scope.channel != "",
        scope.tier != "",
        scope.region_path.count("/"),
    )


def in_force(rules: Iterable[Rule], at: dt.datetime) -> list[Rule]:
    """Return the version of each scope that holds at `at`; scopes whose limit is withdrawn by then are left out."""
    latest: dict[Scope, Rule] = {}
    for rule in rules:
        known = latest.get(rule.scope)
        if rule.effective_from <= at and (known is None or known.effective_from < rule.effective_from):
            latest[rule.scope] = rule
    return [rule for rule in latest.values() if not rule.withdrawn]


def choose(rules: Iterable[Rule], case: Case, at: dt.datetime) -> Rule | None:
    """Return the most specific rule that fits the case and is in force at `at`, or None."""
    fitting = (rule for rule in in_force(rules, at) if fits(rule.scope, case))
    return max(fitting, key=lambda rule: specificity(rule.scope), default=None)


def _within(one: Scope, other: Scope) -> bool:
    """Tell whether `one` is at least as narrow as `other` in channel, tier and region."""
    return other.channel in {"", one.channel} and other.tier in {"", one.tier} and one.region_path.startswith(other.region_path)


def _meeting(one: Scope, other: Scope) -> Scope | None:
    """Return where two rules of one department, category and urgency both hold, or None where they never do."""
    if (one.department_id, one.category_path, one.urgency) != (other.department_id, other.category_path, other.urgency):
        return None
    channels, tiers = {one.channel, other.channel} - {""}, {one.tier, other.tier} - {""}
    deeper, higher = sorted((one.region_path, other.region_path), key=len, reverse=True)
    if len(channels) > 1 or len(tiers) > 1 or not deeper.startswith(higher):
        return None
    return replace(one, channel=min(channels, default=""), tier=min(tiers, default=""), region_path=deeper)


def may_meet(promise: Scope, ola: Scope) -> bool:
    """Tell whether some ticket is under both a customer limit and a department limit."""
    paths = sorted((promise.category_path, ola.category_path), key=len)
    return (
        promise.urgency == ola.urgency
        and paths[1].startswith(paths[0])
        and (not promise.channel or ola.channel in {"", promise.channel})
        and (not promise.tier or ola.tier in {"", promise.tier})
    )


def ties(rules: Iterable[Rule], at: dt.datetime) -> list[tuple[Rule, Rule]]:
    """Return the pairs of rules in force at `at` of which nobody could say which is the more specific.

    Such two belong to one department, category and urgency and overlap in channel, tier and region, neither lies within
    the other, and no rule of its own says what holds where they meet. `choose` stays deterministic even so.
    """
    by_place: dict[tuple[int | None, str, str], list[Rule]] = {}
    for rule in in_force(rules, at):
        key = (rule.scope.department_id, rule.scope.category_path, rule.scope.urgency)
        by_place.setdefault(key, []).append(rule)
    return [pair for group in by_place.values() for pair in _tied(group)]


def _tied(group: list[Rule]) -> Iterator[tuple[Rule, Rule]]:
    scopes = {rule.scope for rule in group}
    for one, other in combinations(group, 2):
        meeting = _meeting(one.scope, other.scope)
        nested = _within(one.scope, other.scope) or _within(other.scope, one.scope)
        if meeting and not nested and meeting not in scopes:
            yield one, other


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
