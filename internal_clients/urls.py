"""Addresses of the internal-customer scheme."""

from django.urls import path

from internal_clients.views import records

app_name = "internal_clients"
urlpatterns = [
    path("records/", records.home, name="home"),
    path("records/<slug:kind>/", records.records, name="records"),
    path("records/<slug:kind>/new/", records.add, name="add"),
    path("records/<slug:kind>/<int:pk>/", records.record, name="record"),
    path("records/<slug:kind>/<int:pk>/<slug:name>/", records.step, name="step"),
]
