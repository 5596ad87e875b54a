"""Tickets, orders, their actions and their events over HTTP, under the same policies as the pages."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from foundation.api import as_form_data, checked
from foundation.schema import Schema
from journal.models import Event
from workorders import policies
from workorders.filters import ApiOrderFilter, ApiTicketFilter
from workorders.menu import Item, item_named, menu_for, menu_of, perform
from workorders.models import Attachment, Category, Ticket, WorkOrder
from workorders.queries.ledger import told_ledger
from workorders.serializers import (
    ActionSerializer,
    CategorySerializer,
    EventSerializer,
    LedgerSerializer,
    OrderDetailSerializer,
    OrderSerializer,
    SeenSerializer,
    TicketDetailSerializer,
    TicketSerializer,
    body_of,
)

type Endpoint = tuple[str, str, str, Callable[..., Any]]

ID = r"\d+"
CODE = r"[\w.-]+"
ACT = "/actions/{name}/"


class ActionSchema(Schema):
    """Describes one action by its form."""

    @property
    def _item(self) -> Item:
        return next(item for item in menu_of(self.view.model) if item.name == self.view.acting)

    def get_operation_id(self) -> str:
        """Name it after what it acts on and what it does."""
        return f"{self.view.kind}_{self._item.name}"

    def get_description(self) -> str:
        """Say it in the words of the button."""
        return f"{self._item.label}. {self._item.form.__doc__}"

    def get_request_serializer(self) -> type[Serializer]:
        """Return the form's fields."""
        return body_of(self.view.kind, self._item)

    def map_parsers(self) -> list[str]:
        """Send files as multipart, all else as JSON."""
        has_file = any(isinstance(field, forms.FileField) for field in self._item.form.base_fields.values())
        return ["multipart/form-data" if has_file else "application/json"]


def spell_actions_out(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Describe, in place of the one address of all actions, an address for each."""
    return [spelled for endpoint in endpoints for spelled in _spelled(*endpoint)]


def _spelled(path: str, regex: str, method: str, view: Callable[..., Any]) -> Iterable[Endpoint]:
    if not path.endswith(ACT):
        yield path, regex, method, view
        return
    for item in menu_of(view.cls.model):
        acting = partial(view)
        acting.__dict__.update(view.__dict__, initkwargs={**view.initkwargs, "acting": item.name})
        yield path.replace("{name}", item.name), regex, method, acting


class ActsMixin:
    """Lists the actions that the caller may take now, and takes one."""

    model: type[Ticket | WorkOrder]
    #: "ticket" or "order".
    kind = ""
    #: The action that the schema describes.
    acting = ""
    lookup_value_regex = ID

    def get_serializer_context(self) -> dict[str, Any]:
        """Add the instant for which the actions are told."""
        return {**super().get_serializer_context(), "now": timezone.now()}

    @extend_schema(responses=ActionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def actions(self, request: Request, pk: str) -> Response:
        """List the actions that the caller may take now."""
        items = menu_for(request.user, self.get_object(), timezone.now())
        return Response(ActionSerializer(items, many=True).data)

    @action(detail=True, methods=["post"], url_path="actions/(?P<name>[a-z_]+)", schema=ActionSchema())
    def act(self, request: Request, pk: str, name: str) -> Response:
        """Take the action, with the fields that its form has on the page; a stale `seen` is answered with 409."""
        subject = self.get_object()
        if item_named(subject, name) is None:
            raise Http404
        data = as_form_data(request.data)
        seen = checked(SeenSerializer(data={"seen": data.get("seen") or None}))["seen"]
        result = perform(request.user, subject, name, data=data, files=request.FILES or None, seen=seen, now=timezone.now())
        pk = result.pk if name == "reopen" else subject.pk
        fresh = self.get_queryset().filter(pk=pk).first()
        return Response(self.get_serializer(fresh).data) if fresh else Response(status=204)


class TicketViewSet(ActsMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The tickets that the caller may see."""

    model, kind = Ticket, "ticket"
    queryset = Ticket.objects.none()
    filterset_class = ApiTicketFilter

    def get_queryset(self) -> QuerySet[Ticket]:
        """Start from what the policy lets the caller see."""
        visible = policies.visible_to(self.request.user).select_related("category", "region", "filed_by")
        if self.action in {"list", "ledger"}:
            return visible
        return visible.prefetch_related(
            "clocks",
            "orders__department",
            "orders__assignee",
            "orders__clocks",
            "attachments__uploaded_by",
        )

    def get_serializer_class(self) -> type[TicketSerializer]:
        """Give a list fewer fields than one ticket."""
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """List what happened, in order."""
        events = Event.objects.filter(stream=self.get_object().stream).select_related("by").order_by("seq")
        return Response(EventSerializer(events, many=True).data)

    @extend_schema(responses=LedgerSerializer, filters=False)
    @action(detail=True, methods=["get"])
    def ledger(self, request: Request, pk: str) -> Response:
        """Tell who held the ticket for how long, up to now or its end."""
        told = told_ledger(self.get_object(), timezone.now())
        return Response(LedgerSerializer(told, context={"usernames": told.usernames}).data)


class OrderViewSet(ActsMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The work orders of the tickets that the caller may see."""

    model, kind = WorkOrder, "order"
    queryset = WorkOrder.objects.none()
    filterset_class = ApiOrderFilter

    def get_queryset(self) -> QuerySet[WorkOrder]:
        """Start from what the policy lets the caller see."""
        related = ("ticket__category", "ticket__region", "department", "assignee")
        return policies.orders_visible_to(self.request.user).select_related(*related).prefetch_related("clocks")

    def get_serializer_class(self) -> type[OrderSerializer]:
        """Give a list fewer fields than one order."""
        return OrderSerializer if self.action == "list" else OrderDetailSerializer


class AttachmentViewSet(viewsets.GenericViewSet):
    """The files of the tickets that the caller may see."""

    queryset = Attachment.objects.none()
    lookup_value_regex = ID

    def get_queryset(self) -> QuerySet[Attachment]:
        """Start from what the policy lets the caller see."""
        return Attachment.objects.filter(ticket__in=policies.visible_to(self.request.user))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:  # noqa: FBT001, FBT002 -- DRF's own
        """Send the file whatever the caller says to accept."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def retrieve(self, request: Request, pk: str) -> FileResponse:
        """Send the file, always as a download."""
        found = self.get_object()
        try:
            content = found.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)


class CategoryViewSet(viewsets.ReadOnlyModelViewSet):
    """The category tree."""

    queryset = Category.objects.select_related("parent").order_by("path")
    serializer_class = CategorySerializer
    lookup_field = "code"
    lookup_value_regex = CODE
    pagination_class: Any = None
