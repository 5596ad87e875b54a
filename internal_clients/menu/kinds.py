"""What a kind of record and a step are, and who takes most of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from internal_clients import forms, policies
from organization.models import Staff

type Rows = QuerySet[Any]

NOTHING = _("There is nothing here yet.")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that can be done to a record."""

    name: str
    label: Promise
    icon: str
    run: Callable[..., Any]
    #: Whether it is this person's to do, and whether the record is where it can be done.
    may: Callable[[Staff, Any], bool]
    fits: Callable[[Any], bool]
    form: type[forms.RecordForm] = forms.NoInput
    danger: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of record: its words, its columns, who adds it, and its steps."""

    #: Also the name of the actions' argument.
    name: str
    label: Promise
    icon: str
    model: type[Model]
    rows: Callable[[Staff], Rows]
    #: Field names in the list; of them and `more`, the page of one record.
    columns: tuple[str, ...]
    more: tuple[str, ...] = ()
    add_label: Promise
    add_form: type[forms.RecordForm]
    add: Callable[..., Any]
    may_add: Callable[[Staff], bool]
    steps: tuple[Step, ...] = ()
    #: Where the record is shown in full, if elsewhere.
    link: Callable[[Any], str] | None = None
    link_label: Promise | str = ""
    empty: Promise = NOTHING


def recorder(user: Staff, row: Any) -> bool:
    """Tell whether the person keeps the records of the row's department."""
    return policies.may_record_for(user, row.department_id)


def leader(user: Staff, row: Any) -> bool:
    """Tell whether the person answers for the row's department."""
    return policies.may_lead(user, row.department_id)


def own_department(user: Staff) -> bool:
    """Tell whether the person keeps the records of their own department."""
    return user.department_id is not None and policies.may_record_for(user, user.department_id)
