"""What every department would have scored under a scheme that is not in force yet, on a past month's real data."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from internal_clients.models import Scheme
from internal_clients.queries.reckoning import Reckoned, Tallies, reckon
from internal_clients.queries.schemes import scheme_for
from organization.models import Department


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A department's total and rank under the scheme in force and under the draft."""

    department: Department
    before: Decimal | None
    after: Decimal | None
    rank_before: int | None
    rank_after: int | None

    @property
    def change(self) -> Decimal | None:
        """Return by how much the total would differ."""
        return None if self.before is None or self.after is None else self.after - self.before


def preview(draft: Scheme, month: dt.date, now: dt.datetime) -> list[Difference]:
    """Return every department's score of `month` under the scheme in force then and under `draft`, the best of the draft first.

    Both are reckoned from the same rows, counted once, so that only the schemes differ.
    """
    in_force, counted = scheme_for(month), Tallies(month, now)
    before = _by_department(reckon(in_force, month, now, counted=counted)[0]) if in_force else {}
    after = _by_department(reckon(draft, month, now, counted=counted)[0])
    departments = {pk: each.department for pk, each in (before | after).items()}
    found = [_difference(department, before.get(pk), after.get(pk)) for pk, department in departments.items()]
    return sorted(found, key=lambda each: (each.rank_after is None, each.rank_after or 0, each.department.code))


def _by_department(cards: list[Reckoned]) -> dict[int, Reckoned]:
    return {each.department.pk: each for each in cards}


def _difference(department: Department, before: Reckoned | None, after: Reckoned | None) -> Difference:
    return Difference(
        department=department,
        before=before.card.total if before else None,
        after=after.card.total if after else None,
        rank_before=before.rank if before else None,
        rank_after=after.rank if after else None,
    )
