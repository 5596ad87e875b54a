"""What tickets are found by: kept by triggers in the transaction that changes a text, read by `workorders.queries.search`."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from workorders.models.ticket import Ticket


class SearchEntry(models.Model):
    """A ticket's terms: its texts, and whose it is. Written by the database alone (`workorders.indexing`)."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, verbose_name=_("ticket"), related_name="search_entry")
    #: What a floor above adds: the place and the contact of a complaint.
    beside = models.TextField(_("beside"), blank=True, default="", db_default="")
    terms = SearchVectorField(_("terms"))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes: ClassVar = [GinIndex(fields=["terms"], name="searchentry_terms")]

    def __str__(self) -> str:
        return str(self.ticket_id)
