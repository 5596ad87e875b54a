"""Addresses of the REST API."""

from django.urls import include, path
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from complaints.api import ComplaintViewSet
from organization.api import DepartmentViewSet, RegionViewSet, StaffViewSet
from workorders.api import CategoryViewSet, OrderViewSet, TicketViewSet

router = SimpleRouter()
router.register("tickets", TicketViewSet, "api-ticket")
router.register("orders", OrderViewSet, "api-order")
router.register("complaints", ComplaintViewSet, "api-complaint")
router.register("categories", CategoryViewSet, "api-category")
router.register("regions", RegionViewSet, "api-region")
router.register("departments", DepartmentViewSet, "api-department")
router.register("staff", StaffViewSet, "api-staff")

#: Swagger's page starts itself by an inline script and draws with inline styles; everything still comes from here.
SWAGGER_POLICY = {
    "default-src": ["'self'"], "script-src": ["'self'", "'unsafe-inline'"], "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
}

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", csp_override(SWAGGER_POLICY)(SpectacularSwaggerView.as_view(url_name="api-schema")), name="api-docs"),
]
