"""What is asked for and what is kept have the same form, whatever the text."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.searching import Piece, name_query, pieces, query, runs, snippet

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.sampled_from("客户反映宽带断网〇々㐀𠀀长乐 ，。？!5G8aＫ２é'\\:&|*~/<>%\n\t"), max_size=40)


def fits(text: str, asked: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_terms(%s) @@ %s::tsquery", [text, asked])
        return cursor.fetchone()[0]


def is_called(name: str, typed: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_name(%s) @@ %s::tsquery", [name, name_query(typed)])
        return cursor.fetchone()[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_every_text_is_found_by_each_of_its_characters_pairs_and_words(text: str) -> None:
    for run in runs(text):
        assert fits(text, query(run))
        for place in range(len(run)):
            if run[place] > "一":
                assert fits(text, query(run[place : place + 2]))
                assert fits(text, query(run[place]))


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("断网", True),
        ("网", True),
        ("宽带断网", True),
        ("断网宽带", True),
        ("断网两", True),
        ("带两", False),
        ("5g", True),
        ("５Ｇ信号", True),
        ("iph", True),
        ("hone", False),
        ("138", True),
        ("8000", True),
        ("3800", False),
        ("k218 断网", True),
        ("218", True),
        ("断网 彩铃", False),
    ],
)
def test_terms_are_found_as_people_type_them(typed: str, is_found: bool) -> None:
    assert fits("宽带断网两天，断网宽带。5G信号在K218附近无，iPhone15，联系13800138000", query(typed)) is is_found


@pytest.mark.parametrize(
    ("name", "typed", "is_found"),
    [
        ("网络部", "wlb", True),
        ("省公司网络部", "WLB", True),
        ("张三", "zs", True),
        ("张三", "张", True),
        ("张三", "szs", False),
        ("长乐路", "clL", True),
        ("长乐路", "zyl", True),
        ("单国强", "sgq", True),
        ("网络部", "wb", False),
        ("网络部 Network", "netw", True),
    ],
)
def test_names_are_found_by_pinyin_initials_in_every_reading(name: str, typed: str, is_found: bool) -> None:
    assert is_called(name, typed) is is_found


def test_what_was_sought_is_marked_in_any_width_and_case() -> None:
    assert pieces("用５Ｇ上网，5g断", ["5g", "断"]) == [
        Piece("用", is_hit=False),
        Piece("５Ｇ", is_hit=True),
        Piece("上网，", is_hit=False),
        Piece("5g", is_hit=True),
        Piece("断", is_hit=True),
    ]
    assert snippet("前" * 50 + "断网" + "后" * 90, ["断网"]) == "…" + "前" * 28 + "断网" + "后" * 60 + "…"
    assert query("，。&|!'") == ""
