import hashlib
from decimal import Decimal

from complaints.inspecting import Answer, Marked, agreement, drawn, is_failed, score


def test_score_is_weight_met_of_weight_applicable():
    marks = [Marked(3, False, Answer.MET), Marked(1, False, Answer.MISSED), Marked(5, False, Answer.NOT_APPLICABLE)]

    assert score(marks) == Decimal("75.00")


def test_score_rounds_half_up():
    assert score([Marked(1, False, Answer.MET), Marked(2, False, Answer.MISSED)]) == Decimal("33.33")
    assert score([Marked(2, False, Answer.MET), Marked(1, False, Answer.MISSED)]) == Decimal("66.67")


def test_missing_a_fatal_item_leaves_nothing():
    marks = [Marked(9, False, Answer.MET), Marked(1, True, Answer.MISSED)]

    assert (score(marks), is_failed(marks)) == (Decimal("0.00"), True)


def test_nothing_applicable_has_no_score():
    assert score([Marked(1, True, Answer.NOT_APPLICABLE)]) is None


def test_kappa_of_the_worked_example():
    found = agreement({("met", "met"): 20, ("met", "missed"): 5, ("missed", "met"): 10, ("missed", "missed"): 15})

    assert found is not None
    assert (found.pairs, found.simple, found.kappa) == (50, Decimal("70.00"), Decimal("0.40"))


def test_kappa_is_undefined_where_all_answers_are_one():
    found = agreement({("met", "met"): 12})

    assert found is not None
    assert (found.simple, found.kappa) == (Decimal("100.00"), None)


def test_agreement_of_nothing_is_none():
    assert agreement({}) is None


def test_draw_can_be_repeated_by_hand():
    keys = [str(number) for number in range(20)]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"autumn:{key}".encode()).hexdigest()[:16])[:5]

    assert drawn("autumn", keys, 5) == by_hand
    assert drawn("autumn", reversed(keys), 5) == by_hand
    assert drawn("winter", keys, 5) != by_hand
