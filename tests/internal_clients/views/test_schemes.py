"""A draft is copied, edited, tried on last month's data and put in force, by who keeps the scheme."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from internal_clients.actions.schemes import draft_from
from internal_clients.enums import SchemeState
from internal_clients.models import Indicator, PartWeight, Scheme
from internal_clients.queries.previews import preview
from internal_clients.queries.schemes import with_rows
from organization.models import Staff
from tests.conftest import NOW, SHANGHAI
from workorders.models import WorkOrder

OCTOBER = dt.date(2026, 10, 1)
AFTER = dt.datetime(2026, 11, 3, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def draft(scheme: Scheme, scorer: Staff) -> Scheme:
    return draft_from(scheme=scheme, effective_from=dt.date(2026, 12, 1), by=scorer, now=NOW)


def address(name: str, *args: object) -> str:
    return reverse(f"internal_clients:{name}", args=args)


def typed(draft: Scheme, **changes: str) -> dict[str, str]:
    found = {}
    for indicator in Indicator.objects.filter(part__scheme=draft):
        for name in ("target", "limit", "weight", "minimum"):
            found[f"{name}-{indicator.pk}"] = str(getattr(indicator, name))
    a1 = Indicator.objects.get(part__scheme=draft, code="A1")
    return found | {f"{name}-{a1.pk}": value for name, value in changes.items()}


def test_the_preview_scores_a_real_month_under_both_schemes(legs: list[WorkOrder], scheme: Scheme, draft: Scheme) -> None:
    Indicator.objects.filter(part__scheme=draft, code="A1").update(limit=Decimal(80))
    changed = with_rows(Scheme.objects.filter(pk=draft.pk)).get()

    found = {each.department.code: each for each in preview(changed, OCTOBER, AFTER)}

    # 10 of 12 in time is 83.33 %: nothing with a floor of 90, 6.48 of 35 points with one of 80.
    assert found["NETWORK"].change > 0
    assert (found["FINANCE"].before, found["FINANCE"].after) == (None, None)
    assert Scheme.objects.get(pk=draft.pk).state == SchemeState.DRAFT


def test_a_draft_is_edited_in_its_table(client: Client, draft: Scheme, scorer: Staff) -> None:
    client.force_login(scorer)

    response = client.post(address("scheme", draft.pk), typed(draft, target="99", limit="91"))

    a1 = Indicator.objects.get(part__scheme=draft, code="A1")
    assert response.status_code == 302
    assert (a1.target, a1.limit) == (99, 91)


def test_a_floor_above_the_target_is_shown_and_changes_nothing(client: Client, draft: Scheme, scorer: Staff) -> None:
    client.force_login(scorer)

    response = client.post(address("scheme", draft.pk), typed(draft, target="90", limit="95"))

    assert response.status_code == 422
    assert Indicator.objects.get(part__scheme=draft, code="A1").target == 98


def test_a_draft_that_does_not_add_up_says_so_and_does_not_count(client: Client, draft: Scheme, scorer: Staff) -> None:
    PartWeight.objects.filter(part__scheme=draft, part__code="E", department__code="FINANCE").update(weight=31)
    client.force_login(scorer)

    page = client.get(address("scheme", draft.pk))
    client.post(address("put_in_force", draft.pk))

    assert "101" in page.content.decode()
    assert Scheme.objects.get(pk=draft.pk).state == SchemeState.DRAFT


def test_whoever_does_not_keep_the_scheme_reads_it_and_changes_nothing(
    client: Client, draft: Scheme, scheme: Scheme, head: Staff
) -> None:
    client.force_login(head)

    assert client.get(address("scheme", scheme.pk)).status_code == 200
    assert client.post(address("scheme", draft.pk), typed(draft, target="99")).status_code == 403
    assert client.post(address("put_in_force", draft.pk)).status_code == 403
    assert client.get(address("trial", draft.pk)).status_code == 403
    assert Indicator.objects.get(part__scheme=draft, code="A1").target == 98


def test_the_scorer_copies_tries_and_puts_in_force(client: Client, scheme: Scheme, scorer: Staff) -> None:
    client.force_login(scorer)
    wrong = client.post(address("schemes"), {"scheme": scheme.pk, "effective_from": "2026-12-02"})
    assert wrong.status_code == 422
    client.post(address("schemes"), {"scheme": scheme.pk, "effective_from": "2026-12-01"})
    draft = Scheme.objects.get(version=2)

    assert client.get(address("trial", draft.pk)).status_code == 200
    client.post(address("put_in_force", draft.pk))
    draft.refresh_from_db()
    assert (draft.state, draft.activated_by) == (SchemeState.ACTIVE, scorer)
    assert client.post(address("scheme", draft.pk), typed(draft, target="99")).status_code == 403
