"""Filing complaints and recording callbacks over HTTP."""

import re
import uuid

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import policies
from complaints.actions.taking import take_complaint
from complaints.menu import call_back
from complaints.models import Complaint
from complaints.queries.callbacks import awaiting
from complaints.serializers import AwaitingSerializer, CallbackInputSerializer, ComplaintSerializer, FilingSerializer
from foundation.api import as_form_data, checked
from foundation.errors import Invalid, NotAllowed
from foundation.pagination import NewestFirst
from workorders.filters import ApiTicketFilter
from workorders.policies import may_file

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Makes the filing count once: the same key again answers 200 with the first complaint. At most 60 letters, digits, "
    "points, hyphens, colons and underscores.",
)
KEY_FORM = re.compile(r"[\w.:-]{1,60}", re.ASCII)


class FirstDue(NewestFirst):
    """The callback queue's pages: the first due first."""

    ordering = ("due_at", "pk")


class ComplaintFilter(ApiTicketFilter):
    """As tickets are filtered, and by the customer's whole number."""

    prefix_to_ticket = "ticket__"

    customer_number = django_filters.CharFilter("customer__number", max_length=40)

    class Meta:
        model = Complaint
        fields = ()


class ComplaintViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The complaints whose tickets the caller may see; a complaint's id is its ticket's."""

    queryset = Complaint.objects.none()
    serializer_class = ComplaintSerializer
    filterset_class = ComplaintFilter
    lookup_value_regex = r"\d+"

    def get_queryset(self) -> QuerySet[Complaint]:
        """Start from what the policy lets the caller see."""
        return self._whole(policies.complaints_visible_to(self.request.user))

    def _whole(self, complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
        related = ("customer", "ticket__category", "ticket__region", "ticket__filed_by")
        return complaints.select_related(*related).prefetch_related("callbacks__by")

    @extend_schema(request=FilingSerializer, responses={201: ComplaintSerializer, 200: ComplaintSerializer}, parameters=[KEY])
    def create(self, request: Request) -> Response:
        """File a complaint once; it runs as far as it needs no human."""
        if not may_file(request.user):
            raise NotAllowed(_("Only the front line files complaints."))
        now, key = timezone.now(), _filing_key(request)
        as_form_data(request.data)
        body = FilingSerializer(data=request.data)
        checked(body)
        form = body.form(request.user, now)
        if not form.is_valid():
            raise Invalid(**{body.NAMES.get(name, name): " ".join(errors) for name, errors in form.errors.items()})
        data = form.cleaned_data
        is_known = Complaint.objects.filter(ticket__filing_key=key).exists()
        complaint = take_complaint(
            facts=form.facts(),
            then=data["then"],
            answer=data["answer"],
            filing_key=key,
            by=request.user,
            now=now,
        )
        return self._answer(complaint.pk, 200 if is_known else 201)

    @extend_schema(responses=AwaitingSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=FirstDue, filterset_class=None)
    def awaiting_callback(self, request: Request) -> Response:
        """List the complaints that wait for a callback by the caller, the first due first."""
        waiting = self.paginate_queryset(self._whole(awaiting(request.user, timezone.now())))
        return self.get_paginated_response(AwaitingSerializer(waiting, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=CallbackInputSerializer, responses={201: ComplaintSerializer})
    @action(detail=True, methods=["post"])
    def callbacks(self, request: Request, pk: str) -> Response:
        """Record an attempt; what follows from it happens at once, and the answer shows it."""
        complaint = self.get_object()
        as_form_data(request.data)
        body = CallbackInputSerializer(data=request.data)
        checked(body)
        call_back(request.user, complaint, data=body.as_form(), now=timezone.now())
        return self._answer(complaint.pk, 201)

    def _answer(self, pk: int, status: int) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=status)


def _filing_key(request: Request) -> str:
    """Return what makes this filing count once: the caller's key, or one of its own."""
    given = request.headers.get("Idempotency-Key", "")
    if given and not KEY_FORM.fullmatch(given):
        raise ParseError(_("The Idempotency-Key is too long or has characters that it may not have."))
    return f"api:{request.user.pk}:{given or uuid.uuid4().hex}"
