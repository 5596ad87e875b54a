"""Cells of a workbook: what could be a formula is text, a change with its sign is not touched."""

import pytest

from foundation.sheets import safe


@pytest.mark.parametrize("cell", ["+1.20", "-0.50", "+3", "-12%", "1.20", "济南"])
def test_numbers_with_their_sign_and_words_stay(cell: str) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-2+cmd|x", "@SUM(A1)", "+", "-", "\t=1"])
def test_what_a_spreadsheet_would_reckon_is_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
