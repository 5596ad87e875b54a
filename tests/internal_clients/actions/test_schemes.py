"""A scheme counts when its weights add up, and is never changed from then on."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from foundation.errors import Conflict, Invalid, NotAllowed
from internal_clients.actions.schemes import activate, draft_from
from internal_clients.enums import PeriodState, SchemeState
from internal_clients.models import Indicator, Part, PartWeight, Period, Scheme
from internal_clients.queries.schemes import faults, scheme_for, with_rows
from journal.models import Event
from organization.models import Department, Staff
from tests.conftest import NOW

NEXT = dt.date(2026, 12, 1)


def test_the_shipped_scheme_weighs_the_departments_as_domain_7_3_says(
    scheme: Scheme, network: Department, centre: Department
) -> None:
    weights = {
        (row.department.code, row.part.code): row.weight
        for row in PartWeight.objects.select_related("department", "part")
        if row.department in {network, centre}
    }

    assert weights == {
        ("NETWORK", "A"): 35,
        ("NETWORK", "B"): 30,
        ("NETWORK", "C"): 20,
        ("NETWORK", "D"): 5,
        ("NETWORK", "E"): 10,
        ("CENTRE", "Z"): 100,
    }
    assert faults(scheme) == []
    assert Indicator.objects.count() == 26


def test_loading_twice_changes_nothing(scheme: Scheme) -> None:
    call_command("load_scheme")

    assert Scheme.objects.count() == 1
    assert Indicator.objects.count() == 26


def test_a_draft_whose_weights_do_not_add_up_is_refused(scheme: Scheme, scorer: Staff) -> None:
    draft = draft_from(scheme=scheme, effective_from=NEXT, by=scorer, now=NOW)
    Indicator.objects.filter(part__scheme=draft, code="A1").update(weight=30)
    PartWeight.objects.filter(part__scheme=draft, part__code="E", department__code="FINANCE").update(weight=31)

    with pytest.raises(Invalid) as refused:
        activate(scheme=draft, by=scorer, now=NOW)

    assert "95" in str(refused.value.detail)
    assert "101" in str(refused.value.detail)
    assert Scheme.objects.get(pk=draft.pk).state == SchemeState.DRAFT


def test_a_new_version_counts_from_its_month_and_the_old_one_before(scheme: Scheme, scorer: Staff) -> None:
    draft = draft_from(scheme=scheme, effective_from=NEXT, by=scorer, now=NOW)
    Indicator.objects.filter(part__scheme=draft, code="A1").update(target=Decimal(99))
    activate(scheme=draft, by=scorer, now=NOW)

    assert scheme_for(dt.date(2026, 11, 1)) == scheme
    assert scheme_for(NEXT) == draft
    assert scheme_for(dt.date(2004, 9, 1)) is None
    assert [event.kind for event in Event.objects.filter(stream=f"scheme:{draft.pk}").order_by("seq")] == [
        "scheme.draft",
        "scheme.activate",
    ]


def test_only_the_scorer_puts_a_scheme_in_force_and_only_once(scheme: Scheme, scorer: Staff, head: Staff) -> None:
    draft = draft_from(scheme=scheme, effective_from=NEXT, by=scorer, now=NOW)

    with pytest.raises(NotAllowed):
        activate(scheme=draft, by=head, now=NOW)
    activate(scheme=draft, by=scorer, now=NOW)
    with pytest.raises(Conflict):
        activate(scheme=draft, by=scorer, now=NOW)


@pytest.mark.parametrize("from_day", [dt.date(2026, 9, 1), dt.date(2026, 10, 1)])
def test_a_version_does_not_reach_into_months_that_have_been_shown(scheme: Scheme, scorer: Staff, from_day: dt.date) -> None:
    draft = draft_from(scheme=scheme, effective_from=from_day, by=scorer, now=NOW)
    Period.objects.create(month=dt.date(2026, 10, 1), state=PeriodState.PROVISIONAL, provisional_at=NOW)

    with pytest.raises(Invalid, match="2026-10"):
        activate(scheme=draft, by=scorer, now=NOW)
    assert Scheme.objects.get(pk=draft.pk).state == SchemeState.DRAFT


def test_two_versions_do_not_begin_with_the_same_month(scheme: Scheme, scorer: Staff) -> None:
    one, two = (draft_from(scheme=scheme, effective_from=NEXT, by=scorer, now=NOW) for _each in range(2))
    activate(scheme=one, by=scorer, now=NOW)

    with pytest.raises(Invalid) as refused:
        activate(scheme=two, by=scorer, now=NOW)
    assert list(refused.value.errors) == ["effective_from"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Indicator.objects.filter(code="A1").update(target=50),
        lambda: PartWeight.objects.all().delete(),
        lambda: Part.objects.create(scheme=Scheme.objects.get(), code="Y", name="新"),
        lambda: Scheme.objects.update(effective_from=NEXT),
        lambda: Scheme.objects.all().delete(),
    ],
)
def test_the_database_keeps_a_scheme_in_force_as_it_is(scheme: Scheme, change: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        change()

    assert Indicator.objects.get(code="A1").target == 98
    assert PartWeight.objects.count() == 14


def test_a_floor_above_the_target_is_refused_by_the_database(scheme: Scheme, scorer: Staff) -> None:
    draft = with_rows(Scheme.objects.filter(pk=draft_from(scheme=scheme, effective_from=NEXT, by=scorer, now=NOW).pk)).get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(part__scheme=draft, code="A1").update(limit=99)
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(part__scheme=draft, code="A4").update(limit=2)
