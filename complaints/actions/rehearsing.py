"""Previewing a rule: a job replays it over the last 12 months."""

import datetime as dt

from procrastinate.contrib.django import app

from complaints import policies
from complaints.models import AlertRule
from complaints.queries.rehearsing import rehearsed
from foundation import transaction
from foundation.errors import NotAllowed
from organization.models import Staff


@transaction.atomic
def ask_for_rehearsal(*, rule: AlertRule, by: Staff, now: dt.datetime) -> AlertRule:
    """Have a job say what the rule would have told. Raises NotAllowed."""
    if not policies.may_keep_rules(by, rule):
        raise NotAllowed
    rule.rehearsal_asked_at = now
    rule.save(update_fields=["rehearsal_asked_at"])
    app.configure_task("complaints.rehearse_rule", lock=f"complaints.rehearse:{rule.pk}").defer(rule=rule.pk)
    return rule


def rehearse(*, rule: AlertRule, now: dt.datetime) -> AlertRule:
    """Replay the rule and keep what came of it; nothing else changes, nobody is told."""
    try:
        rule.rehearsal = rehearsed(rule, now)
    finally:  # or the page would wait for ever
        AlertRule.objects.filter(pk=rule.pk).update(rehearsal=rule.rehearsal, rehearsal_asked_at=None)
    rule.refresh_from_db(fields=["rehearsal", "rehearsal_asked_at"])
    return rule
