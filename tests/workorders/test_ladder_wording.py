"""Ladders and supervisions in words."""

import pytest
from django.utils.translation import override

from workorders.ladder_wording import rules_said, step_in_words


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        ("80%", "80% of the time used", "用时达 80%"),
        ("+0", "due", "到期"),
        ("+240", "4 h past due", "超时 4 小时"),
        ("-90", "1 h 30 min before it is due", "到期前 1 小时 30 分"),
    ],
)
def test_a_step_is_told_as_people_say_it(at: str, english: str, chinese: str) -> None:
    with override("en"):
        assert step_in_words(at) == english
    with override("zh-hans"):
        assert step_in_words(at) == chinese


def test_an_event_tells_the_step_and_whom_it_told_and_how_often_it_wants_to_hear() -> None:
    with override("en"):
        assert rules_said({"step": "50%", "told": "网络处理人"}) == ["50% of the time used", "told: 网络处理人"]
        assert rules_said({"every": 1}) == ["a report every hour"]
        assert rules_said({"every": 8}) == ["a report every 8 hours"]
        assert rules_said({"remark": "用户再次来电"}) == []
