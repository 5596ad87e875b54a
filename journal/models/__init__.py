"""The tables of the journal: what happened, and who is told of it."""

from journal.models.delivery import Delivery
from journal.models.event import Event, digest
from journal.models.gateway import Gateway
from journal.models.notice import Notice
from journal.models.preference import Preference, Reader
from journal.models.template import Template

__all__ = ["Delivery", "Event", "Gateway", "Notice", "Preference", "Reader", "Template", "digest"]
