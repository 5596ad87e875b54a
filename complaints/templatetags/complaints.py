"""Template tags of complaints."""

from django import template

from complaints.queries.blocks import Block, customer_block
from organization.models import Staff

register = template.Library()


@register.simple_tag
def customer_of(user: Staff, ticket_pk: int) -> Block | None:
    """Return the customer's part of a ticket, which pages of the floor below do not know."""
    return customer_block(user, ticket_pk)
