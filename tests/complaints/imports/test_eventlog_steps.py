"""What the rows of an event log come to, without a database."""

import datetime as dt

import pytest

from complaints.imports.eventlog import Case, Do, Impossible, State, Update, steps

MINUTE = dt.timedelta(minutes=1)
START = dt.datetime(2016, 3, 1, 8, 0, tzinfo=dt.UTC)


def case(*rows: tuple[int, State, str], opened: int = 0, ranks: tuple[int, ...] = (), **ends: dt.datetime) -> Case:
    ranks = ranks or (1,) * len(rows)
    updates = tuple(
        Update(line=line, at=START + minutes * MINUTE, state=state, group=group, rank=rank)
        for line, ((minutes, state, group), rank) in enumerate(zip(rows, ranks, strict=True), start=2)
    )
    return Case(number="A1", opened_at=START + opened * MINUTE, updates=updates, **ends)


def told(found: Case) -> list[tuple[int, str, str | None]]:
    return [((step.at - START) // MINUTE, str(step.do), step.group or step.reason or None) for step in steps(found)]


def test_steps_of_a_case_without_hand_offs() -> None:
    found = told(case((5, State.WAITING, "G1"), (60, State.WORKING, "G1"), (90, State.RESOLVED, "G1"), (200, State.CLOSED, "G1")))

    assert found == [
        (0, "file", None),
        (5, "dispatch", "G1"),
        (60, "accept", None),
        (90, "resolve", None),
        (200, "close", None),
    ]


def test_steps_end_a_wait_before_a_hand_off_and_begin_it_anew_after() -> None:
    found = told(case((5, State.WAIT_CUSTOMER, "G1"), (60, State.WAIT_CUSTOMER, "G2"), (90, State.WORKING, "G2")))

    assert found[1:] == [
        (5, "dispatch", "G1"),
        (5, "accept", None),
        (5, "hold", "wait_customer"),
        (60, "resume", None),
        (60, "transfer", "G2"),
        (60, "accept", None),
        (60, "hold", "wait_customer"),
        (90, "resume", None),
    ]


def test_steps_dispatch_only_when_a_group_appears() -> None:
    filed, *rest = steps(case((5, State.WAITING, ""), (60, State.WAITING, "G1"), (90, State.RESOLVED, "G1")))

    assert (filed.do, filed.known) == (Do.FILE, True)
    assert [step.do for step in rest] == [Do.DISPATCH, Do.ACCEPT, Do.RESOLVE]


def test_steps_without_any_group_say_so() -> None:
    filed, *rest = steps(case((5, State.WAITING, ""), (90, State.RESOLVED, "")))

    assert (filed.known, [step.do for step in rest]) == (False, [Do.RESOLVE])


def test_steps_reopen_with_the_new_group_after_the_old() -> None:
    found = told(case((5, State.RESOLVED, "G1"), (60, State.WORKING, "G2"), (90, State.CLOSED, "G2")))

    assert found[4:] == [
        (60, "again", "G1"),
        (60, "transfer", "G2"),
        (60, "accept", None),
        (90, "resolve", None),
        (90, "close", None),
    ]


def test_steps_resolve_and_close_at_the_instants_the_columns_name() -> None:
    rows = (
        (5, State.WORKING, "G1"),
        (60, State.RESOLVED, "G1"),
        (90, State.RESOLVED, "G2"),
        (200, State.CLOSED, "G2"),
        (300, State.CLOSED, "G2"),
    )

    found = told(case(*rows, resolved_at=START + 90 * MINUTE, closed_at=START + 300 * MINUTE))

    assert found[3:] == [(90, "transfer", "G2"), (90, "accept", None), (90, "resolve", None), (300, "close", None)]


def test_steps_ignore_a_resolution_column_outside_the_last_resolution() -> None:
    rows = ((5, State.RESOLVED, "G1"), (60, State.WORKING, "G1"), (90, State.RESOLVED, "G1"), (200, State.CLOSED, "G1"))

    assert told(case(*rows, resolved_at=START + 5 * MINUTE))[-2:] == [(90, "resolve", None), (200, "close", None)]


def test_steps_raise_the_urgency_and_never_lower_it() -> None:
    rows = ((5, State.WORKING, "G1"), (60, State.WORKING, "G1"), (90, State.WORKING, "G1"), (95, State.WORKING, "G1"))

    found = steps(case(*rows, ranks=(1, 2, 1, 2)))

    assert [(step.do, step.rank) for step in found if step.rank] == [(Do.FILE, 1), (Do.RAISE, 2)]


def test_steps_take_rows_by_time_and_equal_times_in_the_order_of_the_file() -> None:
    rows = ((60, State.WORKING, "G2"), (5, State.WAITING, "G1"), (60, State.WORKING, "G3"), (60, State.WORKING, "G3"))

    assert [step.group for step in steps(case(*rows)) if step.group] == ["G1", "G2", "G3"]


def test_steps_refuse_a_row_before_the_opening() -> None:
    with pytest.raises(Impossible) as refused:
        steps(case((5, State.WAITING, "G1"), (2, State.WAITING, "G1"), opened=3))

    assert refused.value.line == 3
