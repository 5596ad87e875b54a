"""Filing complaints and recording callbacks over HTTP."""

import uuid

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import policies
from complaints.actions.callbacks import record_callback
from complaints.actions.filing import Facts, file_complaint
from complaints.models import Complaint
from complaints.serializers import CallbackInputSerializer, CallbackSerializer, ComplaintSerializer, FilingSerializer
from workorders.enums import TicketState

KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Makes the filing count once: the same key again answers with the first complaint.",
)
MAX_KEY = 70


class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The complaints whose tickets the caller may see."""

    queryset = Complaint.objects.none()
    serializer_class = ComplaintSerializer

    def get_queryset(self) -> QuerySet[Complaint]:
        """Start from what the policy lets the caller see."""
        related = ("customer", "ticket__category", "ticket__region", "ticket__filed_by")
        return policies.complaints_visible_to(self.request.user).select_related(*related).prefetch_related("callbacks__by")

    @extend_schema(request=FilingSerializer, responses={201: ComplaintSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """File a complaint once; it runs as far as it needs no human."""
        body = FilingSerializer(data=request.data, context={"customers": policies.customers_visible_to(request.user)})
        body.is_valid(raise_exception=True)
        entered = body.validated_data
        complaint = file_complaint(
            facts=Facts(**body.facts()), then=entered["then"], answer=entered.get("answer", ""),
            filing_key=f"api:{request.user.pk}:{(request.headers.get('Idempotency-Key') or uuid.uuid4().hex)[:MAX_KEY - 20]}",
            by=request.user, now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=complaint.pk)).data, status=201)

    @extend_schema(responses=ComplaintSerializer(many=True))
    @action(detail=False, methods=["get"])
    def awaiting_callback(self, request: Request) -> Response:
        """List the complaints that wait for a callback."""
        waiting = self.paginate_queryset(self.get_queryset().filter(ticket__state=TicketState.AWAITING_CALLBACK))
        return self.get_paginated_response(self.get_serializer(waiting, many=True).data)

    @extend_schema(request=CallbackInputSerializer, responses={201: CallbackSerializer})
    @action(detail=True, methods=["post"])
    def callbacks(self, request: Request, pk: str) -> Response:
        """Record an attempt; what follows from it happens at once."""
        body = CallbackInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        callback = record_callback(complaint=self.get_object(), by=request.user, now=timezone.now(), **body.validated_data)
        return Response(CallbackSerializer(callback).data, status=201)
