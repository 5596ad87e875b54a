"""What the floors above may take part in. Receivers run in the action's own transaction: what they raise undoes it."""

from django.dispatch import Signal

#: A closed ticket was filed anew. Sent by the class Ticket with `ticket` (the closed one) and `new` (its successor).
reopened = Signal()

#: A ticket came to its end: closed, cancelled, or merged into another. Sent by the class Ticket with `ticket` (as it is now),
#: and `by` and `now` of the action.
ended = Signal()

#: A department was merged into another. Sent by the class Department with `department`, `into`, and `by` and `now` of the action.
absorbed = Signal()

#: A ticket got another category or region. Sent by the class Ticket with `ticket` (as it is now) and, as
#: they were, `category` and `region`.
moved = Signal()
