"""Template tags of complaints."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

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


#: The size of a small course, in its own units.
WIDE, HIGH, EDGE = 110, 24, 2


@register.simple_tag
def sparkline(numbers: Sequence[int], text: str) -> SafeString:
    """Draw a small course of numbers; the words beside it say the same."""
    most, steps = max(*numbers, 1), max(len(numbers) - 1, 1)
    at = [(EDGE + (WIDE - 2 * EDGE) * place / steps, HIGH - EDGE - (HIGH - 2 * EDGE) * n / most) for place, n in enumerate(numbers)]
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        WIDE,
        HIGH,
        text,
        " ".join(f"{x:.1f},{y:.1f}" for x, y in at),
        f"{at[-1][0]:.1f}",
        f"{at[-1][1]:.1f}",
    )
