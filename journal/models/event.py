"""What happened: one append-only, hash-chained row for everything that anybody does."""

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from journal.types import Data


def digest(previous: str, *, stream: str, seq: int, kind: str, at: dt.datetime, by: int | None, data: "Data") -> str:
    """Return the SHA-256 hex digest that chains an event to the one before it.

    `at` is an aware datetime; the digest is over its UTC form, so the reader's time zone does not matter.
    """
    content = [previous, stream, seq, kind, at.astimezone(dt.UTC).isoformat(), by, data]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Event(models.Model):
    """One thing that happened in a stream (one ticket, one staff member, one calendar …), never changed afterwards."""

    #: What the event belongs to, e.g. ``ticket:4711``. Sequence and hash chain run within a stream.
    stream = models.CharField(_("stream"), max_length=40)
    seq = models.PositiveIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, related_name="+")
    data = models.JSONField(_("data"), default=dict)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [models.UniqueConstraint(fields=["stream", "seq"], name="event_stream_seq")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.kind}"

    def digest_after(self, previous: str) -> str:
        """Return the hash this event must carry when `previous` is the hash before it."""
        return digest(
            previous,
            stream=self.stream,
            seq=self.seq,
            kind=self.kind,
            at=self.at,
            by=self.by_id,
            data=self.data,
        )
