"""Addresses of complaints."""

from django.urls import path

from complaints.views import alerts, callbacks, customers, dashboard, inspections, intake

app_name = "complaints"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<slug:name>/", dashboard.rows, name="dashboard_rows"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/count/", alerts.alert_count, name="alert_count"),
    path("alerts/rules/", alerts.rules, name="alert_rules"),
    path("alerts/rules/<int:pk>/", alerts.rule, name="alert_rule"),
    path("alerts/rules/<int:pk>/preview/", alerts.rehearse, name="rehearse_rule"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="acknowledge_alert"),
    path("alerts/<int:pk>/conclude/", alerts.conclude, name="conclude_alert"),
    path("alerts/<int:pk>/incident/", alerts.open_incident, name="open_incident"),
    path("alerts/<int:pk>/incident/end/", alerts.end_incident, name="end_incident"),
    path("alerts/<int:pk>/incident/detach/<int:complaint>/", alerts.detach_complaint, name="detach_complaint"),
    path("complaints/new/", intake.intake, name="intake"),
    path("complaints/new/customer/", intake.customer, name="intake_customer"),
    path("complaints/new/proposal/", intake.proposal, name="proposal"),
    path("complaints/new/duplicates/", intake.duplicates, name="duplicates"),
    path("complaints/new/instead/<int:pk>/<str:name>/", intake.instead, name="instead"),
    path("inspections/", inspections.queue, name="inspections"),
    path("inspections/results/", inspections.figures, name="inspection_results"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("customers/", customers.search, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("tickets/<int:pk>/reveal/", customers.reveal, name="reveal"),
    path("callbacks/", callbacks.queue, name="callbacks"),
    path("callbacks/<int:pk>/", callbacks.callback, name="callback"),
]
