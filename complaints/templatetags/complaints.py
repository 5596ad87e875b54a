"""Template tags of complaints."""

from django import template

from complaints.queries.blocks import Block, customer_block, may_be_called
from organization.models import Staff
from workorders.models import Ticket

register = template.Library()


@register.simple_tag
def customer_of(user: Staff, ticket: Ticket) -> Block | None:
    """Return the customer's part of a ticket, which pages of the floor below do not know."""
    return customer_block(user, ticket)


@register.simple_tag
def may_call_back(user: Staff, ticket: Ticket) -> bool:
    """Tell whether the customer of this ticket waits for a call that `user` may make."""
    return may_be_called(user, ticket)
