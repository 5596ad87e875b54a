"""Tickets, orders, their actions and their events over HTTP, under the same policies as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.api import as_form_data
from journal.models import Event
from workorders import policies
from workorders.filters import OrderFilter, TicketFilter
from workorders.menu import item_named, menu_for, perform
from workorders.models import Category, Ticket, WorkOrder
from workorders.serializers import (
    ActionInputSerializer,
    ActionSerializer,
    CategorySerializer,
    EventSerializer,
    OrderSerializer,
    TicketDetailSerializer,
    TicketSerializer,
)

NAME = OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, description="The action's name, as `actions` lists it.")


class ActsMixin:
    """Lists the actions that the caller may take now, and takes one."""

    @extend_schema(responses=ActionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def actions(self, request: Request, pk: str) -> Response:
        """List the actions that the caller may take now."""
        items = menu_for(request.user, self.get_object())
        return Response(ActionSerializer(items, many=True).data)

    @extend_schema(parameters=[NAME], request=ActionInputSerializer, filters=False)
    @action(detail=True, methods=["post"], url_path="actions/(?P<name>[a-z_]+)")
    def act(self, request: Request, pk: str, name: str) -> Response:
        """Take the action, with the fields that its form has on the page; a stale `seen` is answered with 409."""
        subject = self.get_object()
        if item_named(subject, name) is None:
            raise Http404
        body = ActionInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        entered = body.validated_data
        perform(
            request.user, subject, name, data=as_form_data(entered), files=request.FILES or None, seen=entered.get("seen"),
            now=timezone.now(),
        )
        fresh = self.get_queryset().filter(pk=subject.pk).first()
        return Response(self.get_serializer(fresh).data if fresh else None)


class TicketViewSet(ActsMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The tickets that the caller may see."""

    queryset = Ticket.objects.none()
    filterset_class = TicketFilter

    def get_queryset(self) -> QuerySet[Ticket]:
        """Start from what the policy lets the caller see."""
        visible = policies.visible_to(self.request.user).select_related("category", "region", "filed_by")
        if self.action == "list":
            return visible
        return visible.prefetch_related("orders__department", "orders__assignee", "orders__clocks")

    def get_serializer_class(self) -> type[TicketSerializer]:
        """Give a list fewer fields than one ticket."""
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """List what happened, in order."""
        events = Event.objects.filter(stream=self.get_object().stream).select_related("by").order_by("seq")
        return Response(EventSerializer(events, many=True).data)


class OrderViewSet(ActsMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The work orders of the tickets that the caller may see."""

    queryset = WorkOrder.objects.none()
    serializer_class = OrderSerializer
    filterset_class = OrderFilter

    def get_queryset(self) -> QuerySet[WorkOrder]:
        """Start from what the policy lets the caller see."""
        related = ("ticket__category", "ticket__region", "department", "assignee")
        return policies.orders_visible_to(self.request.user).select_related(*related).prefetch_related("clocks")


class CategoryViewSet(viewsets.ReadOnlyModelViewSet):
    """The category tree."""

    queryset = Category.objects.order_by("path")
    serializer_class = CategorySerializer
    lookup_field = "code"
    pagination_class: Any = None
