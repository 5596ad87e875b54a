"""The rows behind every indicator, by its formula's key: the number and the list behind it cannot differ."""

from collections.abc import Callable

from internal_clients.queries.evidence import customers, handling, supporting
from internal_clients.queries.evidence.base import Rows, Window

SOURCES: dict[str, Callable[[Window], list[Rows]]] = {
    "A1": handling.replied_on_time,
    "A2": handling.accepted_on_time,
    "A3": handling.passed_first_review,
    "A4": handling.dispatched_anew,
    "A5": handling.overdue_open,
    "B1": supporting.available,
    "B2": supporting.restored_in_time,
    "B3": supporting.told_of_faults,
    "B4": handling.supported_in_time,
    "B5": supporting.alerts_caused,
    "C1": customers.satisfied,
    "C2": customers.solved,
    "C3": customers.rated,
    "C4": customers.repeated,
    "D1": supporting.answered_requirements,
    "D2": supporting.launched_as_committed,
    "D3": supporting.troubled_releases,
    "D4": supporting.told_before_launch,
    "E1": supporting.published_early,
    "E2": supporting.accurate_knowledge,
    "E3": supporting.answered_questions,
    "E4": supporting.told_of_outages,
    "Z1": handling.dispatched_in_time,
    "Z2": handling.dispatched_rightly,
    "Z3": handling.reviewed_in_time,
    "Z4": handling.called_back,
}
