"""Addresses of complaints."""

from django.urls import path

from complaints.views import callbacks, customers, dashboard, intake

app_name = "complaints"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<slug:name>/", dashboard.rows, name="dashboard_rows"),
    path("complaints/new/", intake.intake, name="intake"),
    path("complaints/new/customer/", intake.customer, name="intake_customer"),
    path("complaints/new/proposal/", intake.proposal, name="proposal"),
    path("complaints/new/duplicates/", intake.duplicates, name="duplicates"),
    path("complaints/new/instead/<int:pk>/<str:name>/", intake.instead, name="instead"),
    path("customers/", customers.search, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("tickets/<int:pk>/reveal/", customers.reveal, name="reveal"),
    path("callbacks/", callbacks.queue, name="callbacks"),
    path("callbacks/<int:pk>/", callbacks.callback, name="callback"),
]
