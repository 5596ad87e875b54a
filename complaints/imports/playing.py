"""A case, played in memory with the same steps, clocks and events as the actions write."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext_noop

from complaints.bulk.cast import Cast, Leaf
from complaints.bulk.memory.closing import Office
from complaints.bulk.rows import CustomerRow, TicketRow
from complaints.imports.cases import Case
from complaints.imports.mapping import FileMapping
from complaints.imports.names import Names
from workorders.enums import OrderState
from workorders.targets import Agreed

#: Reasons for closing, kept in the event in English and shown in the reader's language.
CLOSED = gettext_noop("Closed by the system it was imported from; that file tells of no callback.")
CLOSED_AS_OF = gettext_noop("Closed by the system it was imported from; that file does not say when, so its last day stands here.")
#: What stands for the department's result where the file has none.
UNTOLD = "—"


class Player:
    """Plays cases in an office; everything is done in the system's name, for the file names nobody."""

    def __init__(self, mapping: FileMapping, cast: Cast, names: Names, office: Office, customer_id: Callable[[], int]) -> None:
        self._mapping, self._cast, self._names = mapping, cast, names
        self._office, self._customer_id = office, customer_id

    def play(self, case: Case) -> TicketRow:
        """File the case, dispatch it, and close it where the file does."""
        office, system = self._office, self._cast.system
        leaf = self._names.leaves[case.category]
        agreed = None if self._mapping.own_targets else Agreed(case.due_at)
        ticket = office.file(
            customer=self._customer(case),
            leaf=leaf,
            channel=case.channel,
            urgency=case.urgency,
            subject=case.subject,
            description=case.description,
            wanted="",
            place=case.place,
            occurred_at=None,
            filing_key=case.key,
            agreed=agreed,
            by=system,
            at=case.received_at,
        )
        office.submit(ticket, by=system, at=case.received_at)
        office.prepare(ticket, by=system, at=case.received_at)
        self._dispatch(ticket, case, leaf, agreed)
        if case.closed_at:
            self._close(ticket, case, case.closed_at)
        return ticket

    def _customer(self, case: Case) -> CustomerRow:
        """Return a subscriber of this case's own: the files name none, and one for all would make repeats of all."""
        area = self._names.areas[case.region]
        return CustomerRow(pk=self._customer_id(), number=case.key, name="", region=area.pk, city=area.code)

    def _dispatch(self, ticket: TicketRow, case: Case, leaf: Leaf, agreed: Agreed | None) -> None:
        unit = self._names.units[case.department] if case.department else self._cast.units.get(leaf.lead)
        if unit:
            system = self._cast.system
            self._office.dispatch(ticket, lead=unit, question=case.question, agreed=agreed, by=system, at=case.received_at)

    def _close(self, ticket: TicketRow, case: Case, at: dt.datetime) -> None:
        office, system, leg, note = self._office, self._cast.system, ticket.legs[-1], case.note or UNTOLD
        office.accept_by_silence(leg, at=at)
        office.reply(leg, result=note, cause="", liability="", customer_contacted=False, by=system, at=at)
        if leg.state == OrderState.REPLIED:
            office.approve(leg, by=system, at=at)
        office.answer(ticket, text=note, by=system, at=at)
        office.close(ticket, reason=CLOSED_AS_OF if case.closed_as_of else CLOSED, by=system, at=at)
