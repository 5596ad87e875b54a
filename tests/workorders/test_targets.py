"""Which limit applies: the most specific, whatever the order of the rules; ties are refused when saved; versions by date."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Invalid, NotAllowed
from organization.enums import Role
from organization.models import Calendar, Department, Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.actions.limits import set_limits
from workorders.models import Category, OlaRule, SlaRule
from workorders.queries.limits import leg_limits, sla_rule
from workorders.targets import ALWAYS, Case, Rule, Scope, choose, fits, specificity, ties

HOUR = dt.timedelta(hours=1)
SCOPES = st.builds(
    Scope,
    department_id=st.sampled_from([None, 1, 2]),
    category_path=st.sampled_from(["", "NET/", "NET/COVER/", "FEE/"]),
    urgency=st.sampled_from(["normal", "major"]),
    channel=st.sampled_from(["", "app", "regulator"]),
    tier=st.sampled_from(["", "vip"]),
    region_path=st.sampled_from(["", "sd/", "sd/jn/"]),
)
CASES = st.builds(
    Case,
    department_id=st.sampled_from([1, 2, 3]),
    category_path=st.sampled_from(["NET/COVER/INDOOR/", "FEE/PLAN/UNTOLD/"]),
    urgency=st.sampled_from(["normal", "major"]),
    channel=st.sampled_from(["app", "regulator", "hotline"]),
    tier=st.sampled_from(["standard", "vip"]),
    region_path=st.sampled_from(["sd/", "sd/jn/", "gd/"]),
)
DATES = st.integers(-2, 2).map(lambda hours: NOW + hours * HOUR)
RULES = st.lists(st.tuples(SCOPES, DATES, st.booleans()), max_size=14, unique_by=lambda row: row[:2]).map(
    lambda rows: [Rule(id=n, scope=scope, effective_from=at, withdrawn=gone) for n, (scope, at, gone) in enumerate(rows)]
)


@given(rules=RULES, case=CASES, seed=st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_rules(rules: list[Rule], case: Case, seed: object) -> None:
    shuffled = list(rules)
    seed.shuffle(shuffled)

    assert choose(shuffled, case, NOW) == choose(rules, case, NOW)


@given(rules=RULES, case=CASES)
def test_the_most_specific_rule_in_force_wins(rules: list[Rule], case: Case) -> None:
    chosen = choose(rules, case, NOW)

    def holds(rule: Rule) -> bool:
        later = [o for o in rules if o.scope == rule.scope and rule.effective_from < o.effective_from <= NOW]
        return rule.effective_from <= NOW and not rule.withdrawn and not later and fits(rule.scope, case)

    candidates = [rule for rule in rules if holds(rule)]
    if chosen is None:
        assert candidates == []
    else:
        assert [r.id for r in candidates if specificity(r.scope) >= specificity(chosen.scope)] == [chosen.id]


@given(rules=RULES, case=CASES)
def test_without_ties_the_winner_lies_within_every_other_rule_of_its_department_and_category(rules: list[Rule], case: Case) -> None:
    chosen = choose(rules, case, NOW)
    if chosen is None or ties(rules, NOW):
        return

    for rule in rules:
        same = (rule.scope.department_id, rule.scope.category_path) == (chosen.scope.department_id, chosen.scope.category_path)
        if same and rule.effective_from <= NOW and fits(rule.scope, case) and choose([rule], case, NOW):
            is_current = choose([r for r in rules if r.scope == rule.scope], case, NOW) == rule
            assert not is_current or rule.scope.channel in {"", chosen.scope.channel}
            assert not is_current or rule.scope.tier in {"", chosen.scope.tier}


def test_a_rule_for_where_two_meet_settles_their_tie() -> None:
    regulator = Rule(id=1, scope=Scope(urgency="major", channel="regulator"))
    vip = Rule(id=2, scope=Scope(urgency="major", tier="vip"))
    both = Rule(id=3, scope=Scope(urgency="major", channel="regulator", tier="vip"))

    assert ties([regulator, vip], NOW) == [(regulator, vip)]
    assert ties([regulator, vip, both], NOW) == []


@pytest.fixture
def administrator(centre: Department) -> Staff:
    return factories.staff("9001", "管理员", centre, [Role.ADMIN])


def ola(**changes: object) -> OlaRule:
    values = {"urgency": "normal", "acknowledge_minutes": 30, "resolve_minutes": 600, "effective_from": NOW, **changes}
    return OlaRule(**values)


def test_a_tie_is_refused_at_the_field_and_names_the_other_rule(limits: None, administrator: Staff, network: Department) -> None:
    set_limits(limits=[ola(department=network, channel="app")], by=administrator, now=NOW)
    before = OlaRule.objects.count()

    with pytest.raises(Invalid) as refused:
        set_limits(limits=[ola(department=network, tier="vip")], by=administrator, now=NOW)

    assert set(refused.value.errors) == {"tier"}
    assert "网络部" in str(refused.value.errors["tier"])
    assert OlaRule.objects.count() == before


def test_the_same_scope_from_the_same_instant_is_refused_by_action_and_database(limits: None, administrator: Staff) -> None:
    set_limits(limits=[ola()], by=administrator, now=NOW)

    with pytest.raises(Invalid) as refused:
        set_limits(limits=[ola(resolve_minutes=500)], by=administrator, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ola(version=7).save()
    assert set(refused.value.errors) == {"effective_from"}


def test_a_new_version_holds_from_its_date_and_the_old_one_until_then(
    limits: None, administrator: Staff, category: Category, jinan: Region, agent: Staff, network: Department
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    set_limits(limits=[ola(effective_from=NOW + HOUR)], by=administrator, now=NOW)

    assert leg_limits(ticket, network, NOW).resolve == 1440
    assert leg_limits(ticket, network, NOW + HOUR).resolve == 600
    assert leg_limits(ticket, network, NOW + HOUR).rule.version == 2


def test_a_withdrawn_limit_gives_way_to_the_less_specific_one(
    limits: None, administrator: Staff, category: Category, jinan: Region, agent: Staff, network: Department
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    set_limits(limits=[ola(department=network, region=jinan)], by=administrator, now=NOW)
    assert leg_limits(ticket, network, NOW).resolve == 600

    set_limits(limits=[ola(department=network, region=jinan, withdrawn=True)], by=administrator, now=NOW + HOUR)

    assert (leg_limits(ticket, network, NOW).resolve, leg_limits(ticket, network, NOW + HOUR).resolve) == (600, 1440)


def test_a_limit_for_vips_by_name_is_not_halved_again(
    limits: None, administrator: Staff, category: Category, jinan: Region, agent: Staff, network: Department
) -> None:
    vip = factories.ticket(category, jinan, agent, NOW, tier="vip")
    assert leg_limits(vip, network, NOW).resolve == 720

    set_limits(limits=[ola(tier="vip", resolve_minutes=700)], by=administrator, now=NOW)

    assert leg_limits(vip, network, NOW).resolve == 700


def test_customer_limits_are_chosen_by_category_channel_and_tier(
    limits: None, administrator: Staff, category: Category, jinan: Region, agent: Staff
) -> None:
    ticket = factories.ticket(category, jinan, agent, NOW)
    general = sla_rule(ticket, NOW)
    values = {f.attname: getattr(general, f.attname) for f in SlaRule._meta.fields if f.name not in {"id", "version"}}
    own = SlaRule(**{**values, "category_id": category.parent_id, "answer_minutes": 2400, "effective_from": NOW})

    set_limits(limits=[own], by=administrator, now=NOW)

    assert (general.answer_minutes, sla_rule(ticket, NOW).answer_minutes) == (2880, 2400)


def test_an_uncovered_limit_and_working_hours_are_refused_at_the_field(
    limits: None, administrator: Staff, office: Calendar
) -> None:
    for changes in ({"resolve_minutes": 2881}, {"hours": "working"}):
        with pytest.raises(Invalid) as refused:
            set_limits(limits=[ola(**changes)], by=administrator, now=NOW)
        assert set(refused.value.errors) == {"resolve_minutes"}


def test_only_administrators_change_limits(limits: None, manager: Staff) -> None:
    with pytest.raises(NotAllowed):
        set_limits(limits=[ola()], by=manager, now=NOW)


def test_pitfall_20_a_row_that_clocks_were_promised_under_cannot_be_changed_or_deleted(
    limits: None, category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)
    rule = order.clocks.get(kind="resolve").ola_rule

    with pytest.raises(ProgrammingError), transaction.atomic():
        OlaRule.objects.filter(pk=rule.pk).update(resolve_minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.delete()


def test_pitfall_46_a_ticket_under_way_keeps_the_version_it_was_promised_under(
    limits: None, administrator: Staff, category: Category, jinan: Region, agent: Staff, officer: Staff, network: Department
) -> None:
    order = factories.dispatched(factories.ticket(category, jinan, agent, NOW), network, by=officer, at=NOW)

    set_limits(limits=[ola()], by=administrator, now=NOW + HOUR)

    clock = order.clocks.get(kind="resolve")
    assert (clock.due_at, clock.ola_rule.version, clock.ola_rule.effective_from) == (NOW + 24 * HOUR, 1, ALWAYS)
