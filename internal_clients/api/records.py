"""The scheme's records over HTTP: from the same rows as the pages, so that a system of the operator can do what a page can."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.api import as_form_data
from foundation.errors import Invalid, NotAllowed
from foundation.pagination import NewestFirst
from internal_clients.forms import RecordForm
from internal_clients.menu import KINDS, Kind, Step, step_of
from organization.models import Department
from workorders.serializers import form_body

ID = r"[0-9]{1,18}"
#: Internal requests are tickets, with an address of their own that shows more.
ELSEWHERE = frozenset({"request"})


class RecordViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The records of one kind that the caller sees, newest first."""

    kind: Kind
    pagination_class = NewestFirst
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Any]:
        """Start from what the kind's own list shows."""
        return self.kind.rows(self.request.user)

    def add(self, request: Request) -> Response:
        """Add a record, with the fields that its form has on the page."""
        if not self.kind.may_add(request.user):
            raise NotAllowed
        now = timezone.now()
        form = self.kind.add_form(as_form_data(request.data), user=request.user, now=now)
        return self._told(_run(form, self.kind.add, by=request.user, now=now), 201)

    def take(self, request: Request, name: str) -> Response:
        """Take a step, with the fields that its form has on the page; one that is no longer possible is answered with 409."""
        row, now = self.get_object(), timezone.now()
        step = step_of(self.kind, name, request.user, row)
        form = step.form(as_form_data(request.data), user=request.user, row=row, now=now)
        _run(form, step.run, **{self.kind.name: row}, by=request.user, now=now)
        return self._told(row, 200)

    def _told(self, row: Model, code: int) -> Response:
        fresh = self.get_queryset().filter(pk=row.pk).first()
        return Response(self.get_serializer(fresh).data, status=code) if fresh else Response(status=204)


def _run(form: RecordForm, act: Callable[..., Any], **given: Any) -> Any:
    if not form.is_valid():
        raise Invalid(**{name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
    return act(**given, **form.cleaned_data)


def record_viewsets() -> Iterator[tuple[str, type[RecordViewSet]]]:
    """Yield, for each kind of record, its name and its view set."""
    return ((kind.name, _viewset(kind)) for kind in KINDS.values() if kind.name not in ELSEWHERE)


def _viewset(kind: Kind) -> type[RecordViewSet]:
    shown = _serializer(kind)
    parts = {
        "kind": kind,
        "queryset": kind.model._default_manager.none(),  # noqa: SLF001 -- Django's documented way to a model's manager
        "serializer_class": shown,
        "create": _add(kind, shown),
        "__doc__": kind.add_form.__doc__,
        "__module__": __name__,
    }
    steps = {f"{kind.name}_{step.name}": _step(kind, step, shown) for step in kind.steps}
    return type(f"{kind.model.__name__}ViewSet", (RecordViewSet,), {**parts, **steps})


def _serializer(kind: Kind) -> type[serializers.ModelSerializer]:
    """Return how a record looks: the columns of its list and the rest of its page; people and other records by their ids."""
    fields = ("id", *kind.columns, *kind.more)
    meta = type("Meta", (), {"model": kind.model, "fields": fields, "read_only_fields": fields})
    parts: dict[str, Any] = {"Meta": meta, "__doc__": kind.model.__doc__, "__module__": __name__}
    for name in fields:
        if kind.model._meta.get_field(name).related_model is Department:  # noqa: SLF001 -- Django's documented way to fields
            parts[name] = serializers.SlugRelatedField("code", read_only=True)
    return type(f"{kind.model.__name__}Serializer", (serializers.ModelSerializer,), parts)


def _add(kind: Kind, shown: type[serializers.ModelSerializer]) -> Callable[..., Response]:
    def create(self: RecordViewSet, request: Request) -> Response:
        return self.add(request)

    name = f"{kind.name}_add"
    body = form_body(name, kind.add_form)
    return extend_schema(operation_id=name, description=kind.add_form.__doc__, request=body, responses={201: shown})(create)


def _step(kind: Kind, step: Step, shown: type[serializers.ModelSerializer]) -> Callable[..., Response]:
    def take(self: RecordViewSet, request: Request, pk: str) -> Response:
        return self.take(request, step.name)

    take.__name__ = name = f"{kind.name}_{step.name}"
    body = form_body(name, step.form)
    said = extend_schema(operation_id=name, description=step.form.__doc__, request=body, responses={200: shown})(take)
    return action(detail=True, methods=["post"], url_path=f"actions/{step.name}", url_name=step.name)(said)
