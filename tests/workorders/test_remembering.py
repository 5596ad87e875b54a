"""Rows write what an action changed and nothing else."""

from typing import Any

import pytest

from organization.models import Region, Staff
from tests import factories
from tests.conftest import NOW
from workorders.models import Category, Ticket


@pytest.fixture
def ticket(limits: None, category: Category, jinan: Region, agent: Staff) -> Ticket:
    return Ticket.objects.get(pk=factories.ticket(category, jinan, agent, NOW).pk)


def test_a_save_leaves_alone_what_another_has_changed(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(subject="别人改的标题")

    ticket.description = "补充说明"
    ticket.save_changes()

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.description) == ("别人改的标题", "补充说明")


def test_a_row_without_changes_costs_no_query(ticket: Ticket, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        ticket.save_changes()


def test_a_value_set_back_after_reading_anew_is_written(ticket: Ticket) -> None:
    before = ticket.subject
    Ticket.objects.filter(pk=ticket.pk).update(subject="别人改的标题")
    ticket.refresh_from_db(fields=["subject"])

    ticket.subject = before
    ticket.save_changes()

    assert Ticket.objects.get(pk=ticket.pk).subject == before


def test_fields_that_were_not_saved_are_saved_later(ticket: Ticket) -> None:
    ticket.subject, ticket.description = "新标题", "新说明"
    ticket.save(update_fields=["subject"])
    ticket.save_changes()

    assert Ticket.objects.values_list("subject", "description").get() == ("新标题", "新说明")


def test_a_row_read_in_part_writes_what_was_read(ticket: Ticket) -> None:
    part = Ticket.objects.only("subject").get(pk=ticket.pk)

    part.subject = "新标题"
    part.save_changes()

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.description) == ("新标题", "家里没有信号")
