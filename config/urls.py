"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz
from config.search import search, suggest
from workorders.views.queues import home

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("search/suggest/", suggest, name="suggest"),
    path("", include("workorders.urls")),
    path("", include("complaints.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("duties/", include("organization.urls")),
    path("", include("internal_clients.urls")),
    path("", include("journal.urls")),
    path("api/", include("config.api_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
