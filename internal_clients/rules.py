"""The rules of penalties and vetoes (domain.md 7.5): pure data."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from internal_clients.scoring import Veto

#: 有责越级投诉: so many points off for each, so many at the most.
BYPASS, BYPASS_POINTS, MOST_BYPASS = "P1", Decimal("1.5"), Decimal(6)
#: A 处罚单 takes 1 to 5 points; a bonus adds up to 3.
MANUAL_PENALTY, MANUAL_BONUS = "P2", "B1"
PENALTY_RANGE, BONUS_RANGE = (Decimal(1), Decimal(5)), (Decimal("0.5"), Decimal(3))
#: A launch without the service department's sign-off, found by the system.
UNSIGNED_LAUNCH = "V5"


def bypass_points(ruled: Sequence[Decimal | None]) -> list[Decimal]:
    """Return the points of each complaint over our head, in order, 6 at the most; `ruled` is what appeals left of each, or None."""
    found: list[Decimal] = []
    for left in ruled:
        whole = BYPASS_POINTS if left is None else min(left, BYPASS_POINTS)
        found.append(min(whole, MOST_BYPASS - sum(found, Decimal(0))))
    return found


@dataclass(frozen=True, slots=True)
class VetoRule:
    """What a veto does: caps the total, or sets a part to nothing."""

    code: str
    cap: Decimal | None = None
    part: str = ""

    @property
    def veto(self) -> Veto:
        """Return the veto as the arithmetic reads it."""
        return Veto(code=self.code, cap=self.cap, part=self.part)


VETOES: dict[str, VetoRule] = {
    rule.code: rule
    for rule in (
        VetoRule("V1", cap=Decimal("69.99")),
        VetoRule("V2", cap=Decimal("69.99")),
        VetoRule("V3", cap=Decimal("69.99")),
        VetoRule("V4", cap=Decimal("79.99")),
        VetoRule(UNSIGNED_LAUNCH, part="D"),
    )
}
