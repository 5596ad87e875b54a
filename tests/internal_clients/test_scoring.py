"""The worked examples of domain.md, sections 7 and 16, to the last decimal."""

from decimal import Decimal

import pytest

from internal_clients.formulas import FORMULAS, Unit, line
from internal_clients.scoring import (
    Card,
    Counts,
    Direction,
    Line,
    Measure,
    Part,
    Standing,
    Value,
    Veto,
    base_score,
    card,
    gains,
    grade,
    part_score,
    points,
    ranks,
    rounded,
    standing,
)

#: domain.md 7.2: direction, target, floor or ceiling (points off for B5), points, least sample.
TABLE = {
    "A1": ("high", 98, 90, 35, 10),
    "A2": ("high", 98, 90, 15, 10),
    "A3": ("high", 97, 85, 20, 10),
    "A4": ("low", 3, 10, 15, 10),
    "A5": ("low", 0, 5, 15, 10),
    "B1": ("high", "99.90", "99.50", 30, 1),
    "B5": ("deduct", 0, 5, 10, 1),
    "C1": ("high", 90, 75, 40, 10),
    "C2": ("high", 92, 78, 25, 10),
    "C3": ("high", 85, 60, 25, 5),
    "C4": ("low", 5, 15, 10, 10),
    "D1": ("high", 95, 75, 25, 5),
    "D2": ("high", 90, 60, 35, 5),
    "D3": ("low", 5, 25, 20, 5),
    "D4": ("high", 100, 80, 20, 5),
}


def measure(code: str, **changes: object) -> Measure:
    direction, target, limit, full, minimum = TABLE[code]
    made = {
        "code": code,
        "direction": Direction(direction),
        "target": Decimal(target),
        "limit": Decimal(limit),
        "full": Decimal(full),
        "minimum": minimum,
    }
    return Measure(**{**made, **changes})


def counts(numerator: object, denominator: object, sample: int | None = None) -> Counts:
    return Counts(
        numerator=Decimal(numerator), denominator=Decimal(denominator), sample=int(denominator) if sample is None else sample
    )


def scored(code: str, *windows: Counts) -> Line:
    return line(measure(code), code, windows)


def test_there_are_22_indicators_and_the_centres_four() -> None:
    assert sorted(FORMULAS) == sorted(
        [*(f"{part}{n}" for part, many in {"A": 5, "B": 5, "C": 4, "D": 4, "E": 4}.items() for n in range(1, many + 1))]
        + ["Z1", "Z2", "Z3", "Z4"]
    )
    assert {key for key, known in FORMULAS.items() if known.unit is not Unit.PERCENT} == {"B5", "C3"}
    assert [key for key, known in FORMULAS.items() if f"7.2, {key}" not in (known.value.__doc__ or "")] == []


def test_e3_part_a_of_the_network_department() -> None:
    lines = [
        scored("A1", counts(241, 250)),
        scored("A2", counts(246, 250)),
        scored("A3", counts(74, 80)),
        scored("A4", counts(12, 240)),
        scored("A5", counts(4, 250)),
    ]

    assert [each.value for each in lines] == [Decimal("96.4"), Decimal("98.4"), Decimal("92.5"), Decimal(5), Decimal("1.6")]
    assert [each.points for each in lines] == [
        Decimal("28.00"),
        Decimal("15.00"),
        Decimal("12.50"),
        Decimal("10.71"),
        Decimal("10.20"),
    ]
    assert part_score(lines) == Decimal("76.41")


def test_e4_small_samples_are_pooled_and_what_does_not_apply_is_left_out() -> None:
    c1 = scored("C1", counts(5, 6), counts(8, 9), counts(12, 14))
    c2 = scored("C2", counts(6, 6), counts(9, 9), counts(13, 14))
    c3 = scored("C3", counts(Decimal("4.15") * 8, 8))
    c4 = scored("C4", counts(0, 3), counts(0, 6), counts(1, 9))

    assert (c1.months, rounded(c1.value), c1.points) == (3, Decimal("85.71"), Decimal("28.57"))
    assert (c2.months, rounded(c2.value), c2.points) == (3, Decimal("92.86"), Decimal("25.00"))
    assert (c3.months, c3.value, c3.points) == (1, Decimal("78.75"), Decimal("18.75"))
    assert (c4.months, c4.value, c4.points) == (3, None, None)
    assert part_score([c1, c2, c3, c4]) == Decimal("80.36")


def test_e5_months_and_appeals() -> None:
    assert scored("A1", counts(98, 103)).points == Decimal("22.51")
    assert scored("A1", counts(98, 102)).points == Decimal("26.59")
    assert scored("A1", counts(99, 103)).points == Decimal("26.76")


E6 = [
    Part(code=code, weight=Decimal(weight), score=score)
    for code, weight, score in (
        ("A", 35, Decimal("76.41")),
        ("B", 30, Decimal("92.40")),
        ("C", 20, Decimal("88.15")),
        ("D", 5, None),
        ("E", 10, Decimal("96.00")),
    )
]


def test_e6_the_total_divides_by_the_weights_that_apply() -> None:
    plain = card(E6, penalties=[Decimal("1.5"), Decimal("1.5"), Decimal(2)], bonuses=[Decimal(1)])
    struck = card(
        E6,
        penalties=[Decimal("1.5"), Decimal("1.5"), Decimal(2)],
        bonuses=[Decimal(1)],
        vetoes=[Veto(code="V1", cap=Decimal("69.99"))],
    )

    assert base_score(E6) == Decimal("85.99")
    assert (plain.total, plain.grade) == (Decimal("81.99"), "good")
    assert (struck.total, struck.grade) == (Decimal("69.99"), "failed")


def test_extra_availability_is_not_rounded_before_it_is_scored() -> None:
    down = Decimal(90) * Decimal("0.40") + Decimal(20)

    found = scored("B1", counts(down, 44640, 1))

    assert rounded(found.value * 1000) / 1000 == Decimal("99.87455")
    assert found.points == Decimal("28.09")
    assert points(measure("B1"), Value(Decimal("99.87"), Decimal(1))) == Decimal("27.75")


def test_extra_part_d() -> None:
    lines = [scored("D1", counts(18, 20)), scored("D2", counts(10, 14)), scored("D3", counts(2, 12)), scored("D4", counts(11, 12))]

    assert [each.points for each in lines] == [Decimal("18.75"), Decimal("13.33"), Decimal("8.33"), Decimal("11.67")]
    assert part_score(lines) == Decimal("52.08")


@pytest.mark.parametrize(("alerts", "expected"), [(0, "10.00"), (1, "5.00"), (2, "0.00"), (3, "0.00")])
def test_alerts_take_five_points_each(alerts: int, expected: str) -> None:
    assert scored("B5", counts(alerts, alerts)).points == Decimal(expected)


def test_only_old_overdue_orders_score_nothing_and_none_at_all_is_not_applicable() -> None:
    empty = counts(0, 0)

    assert scored("A5", counts(2, 0), counts(2, 40), counts(2, 80)).points == Decimal(0)
    assert scored("A5", empty, empty, empty).points is None


def test_a_part_without_any_indicator_does_not_apply() -> None:
    nothing = scored("C4", counts(0, 0), counts(0, 0), counts(0, 0))

    assert part_score([nothing]) is None
    assert card([Part(code="A", weight=Decimal(100), score=None)]).total is None
    assert card([Part(code="A", weight=Decimal(100), score=None)]).grade == ""


def test_a_launch_against_the_service_department_sets_part_d_to_nothing() -> None:
    found = card(E6, vetoes=[Veto(code="V5", part="D")])

    assert found.part("D") == Decimal(0)
    assert found.base == rounded(Decimal("8169.35") / 100)


def test_penalties_and_bonuses_are_capped_and_the_total_stays_within_its_bounds() -> None:
    full, low = Part(code="A", weight=Decimal(100), score=Decimal(100)), Part(code="A", weight=Decimal(100), score=Decimal(5))

    assert card([full], penalties=[Decimal(15), Decimal(15)]).total == Decimal(80)
    assert card([full], bonuses=[Decimal(2), Decimal(2)]).total == Decimal(100)
    assert card([low], penalties=[Decimal(15)]).total == Decimal(0)
    assert card([low], bonuses=[Decimal(2), Decimal(2)]).total == Decimal(8)


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("90", "excellent"),
        ("89.99", "good"),
        ("80", "good"),
        ("79.99", "fair"),
        ("70", "fair"),
        ("69.99", "failed"),
        ("0", "failed"),
    ],
)
def test_grades_begin_at_their_least_total(total: str, name: str) -> None:
    assert grade(Decimal(total)) == name


def test_equals_share_a_rank_and_the_next_is_left_out() -> None:
    found = ranks(
        {
            "best": Standing(total=Decimal(95)),
            "even": Standing(total=Decimal(90), part_a=Decimal(80), part_c=Decimal(70), penalty=Decimal(1)),
            "same": Standing(total=Decimal(90), part_a=Decimal(80), part_c=Decimal(70), penalty=Decimal(1)),
            "penalised": Standing(total=Decimal(90), part_a=Decimal(80), part_c=Decimal(70), penalty=Decimal(2)),
            "no part C": Standing(total=Decimal(90), part_a=Decimal(80)),
            "none": Standing(total=None),
        }
    )

    assert found == {"best": 1, "even": 2, "same": 2, "penalised": 4, "no part C": 5, "none": None}


def test_what_would_have_lifted_most_comes_first() -> None:
    lines = (scored("A1", counts(241, 250)), scored("A4", counts(12, 240)))
    part = Part(code="A", weight=Decimal(50), score=part_score(lines), lines=lines)
    other = Part(code="B", weight=Decimal(50), score=Decimal(80))

    found = gains([part, other])

    assert [(gain.code, gain.missing, gain.lift) for gain in found] == [
        ("A1", Decimal("7.00"), Decimal("7.00")),
        ("A4", Decimal("4.29"), Decimal("4.29")),
    ]


def test_standing_takes_the_tie_breakers_from_the_card() -> None:
    scored_card: Card = card(E6, penalties=[Decimal(2)])

    assert standing(scored_card) == Standing(
        total=Decimal("83.99"), part_a=Decimal("76.41"), part_c=Decimal("88.15"), penalty=Decimal(2)
    )
