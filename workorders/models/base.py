"""Rows that know what was read of them."""

from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import models
from django.db.models import QuerySet


class Remembering(models.Model):
    """A row that remembers what the database has of it, so that an action writes what it changed and nothing else."""

    class Meta:
        abstract = True

    #: By column; None for a row that was neither read nor written yet.
    _stored: dict[str, object] | None = None

    def save(self, *, update_fields: Iterable[str] | None = None, **named: Any) -> None:
        """Write the row, or the named fields of it."""
        names = None if update_fields is None else set(update_fields)
        super().save(update_fields=names, **named)
        self.remember(names)

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **named: Any) -> Self:
        """Return the row as read."""
        row = super().from_db(db, field_names, values, **named)
        row.remember()
        return row

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: QuerySet[Self] | None = None
    ) -> None:
        """Read the row, or the named fields of it, again."""
        names = None if fields is None else set(fields)
        super().refresh_from_db(using, names, from_queryset)
        self.remember(names)

    def save_changes(self) -> None:
        """Write the fields that differ from what the database has: all of a new row, nothing where nothing differs."""
        stored = self._stored or {}
        if self._state.adding:
            self.save()
        elif changed := [name for name, value in self._held().items() if name not in stored or stored[name] != value]:
            self.save(update_fields=changed)

    def remember(self, names: set[str] | None = None) -> None:
        """Take the row as it is, or the named fields of it, for what the database has."""
        fields = [field for field in self._meta.concrete_fields if names is None or {field.name, field.attname} & names]
        held = self._held()
        self._stored = (self._stored or {}) | {field.attname: held[field.attname] for field in fields if field.attname in held}

    def _held(self) -> dict[str, object]:
        loaded = self.__dict__
        return {field.attname: loaded[field.attname] for field in self._meta.concrete_fields if field.attname in loaded}
