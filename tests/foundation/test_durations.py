import datetime as dt

import pytest
from django.utils.translation import override

from foundation.durations import spoken


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (0, "0 分钟", "0 min"),
        (8, "8 分钟", "8 min"),
        (60, "1 小时", "1 h"),
        (135, "2 小时 15 分", "2 h 15 min"),
        (1440, "1 天", "1 d"),
        (1445, "1 天", "1 d"),
        (1500, "1 天 1 小时", "1 d 1 h"),
        (-90, "1 小时 30 分", "1 h 30 min"),
    ],
)
def test_duration_is_said_in_its_two_largest_parts(minutes: int, chinese: str, english: str) -> None:
    duration = dt.timedelta(minutes=minutes)

    with override("zh-hans"):
        assert spoken(duration) == chinese
    with override("en"):
        assert spoken(duration) == english
