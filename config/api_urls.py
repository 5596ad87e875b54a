"""Addresses of the REST API."""

from django.urls import include, path
from django.views.decorators.csp import csp_override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from complaints.api import ComplaintViewSet
from config.search import SearchView
from internal_clients.api.records import record_viewsets
from internal_clients.api.scores import InternalRequestViewSet, PeriodViewSet, RunViewSet, ScorecardViewSet, ScoreLineViewSet
from knowledge.api import ArticleViewSet
from organization.api import DepartmentViewSet, RegionViewSet, StaffViewSet
from workorders.api import AttachmentViewSet, CategoryViewSet, OrderViewSet, TicketViewSet

router = SimpleRouter()
router.register("tickets", TicketViewSet, "api-ticket")
router.register("orders", OrderViewSet, "api-order")
router.register("attachments", AttachmentViewSet, "api-attachment")
router.register("complaints", ComplaintViewSet, "api-complaint")
router.register("articles", ArticleViewSet, "api-article")
router.register("categories", CategoryViewSet, "api-category")
router.register("regions", RegionViewSet, "api-region")
router.register("departments", DepartmentViewSet, "api-department")
router.register("staff", StaffViewSet, "api-staff")
router.register("score-periods", PeriodViewSet, "api-score-period")
router.register("score-runs", RunViewSet, "api-score-run")
router.register("scorecards", ScorecardViewSet, "api-scorecard")
router.register("score-lines", ScoreLineViewSet, "api-score-line")
router.register("internal-requests", InternalRequestViewSet, "api-internal-request")
for name, viewset in record_viewsets():
    router.register(f"records/{name}", viewset, f"api-record-{name}")

#: Swagger draws with inline styles; its script comes from here like everything else.
SWAGGER_POLICY = {
    "default-src": ["'self'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
}


@extend_schema(exclude=True)
class NothingHere(APIView):
    """Answers an address that the API does not have as it answers everything."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Say so, whatever the method."""
        raise NotFound

    def get(self, request: Request, **kwargs: object) -> Response:
        """Never run; `initial` has answered."""
        return Response()


urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/search/", SearchView.as_view(), name="api-search"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", csp_override(SWAGGER_POLICY)(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
    path("v1/<path:rest>", NothingHere.as_view()),
]
