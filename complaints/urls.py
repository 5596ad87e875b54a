"""Addresses of complaints."""

from django.urls import path

from complaints.views import alerts, bulletins, callbacks, customers, dashboard, desk, inspections, intake, overhead

app_name = "complaints"
urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/<slug:name>/", dashboard.rows, name="dashboard_rows"),
    path("triage/", desk.desk, name="desk"),
    path("triage/<int:pk>/", desk.case, name="desk_case"),
    path("triage/<int:pk>/suggested/", desk.suggested, name="desk_suggested"),
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
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/users/", bulletins.users, name="bulletin_users"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", bulletins.edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/pdf/", bulletins.export, {"kind": "pdf"}, name="bulletin_pdf"),
    path("bulletins/<int:pk>/xlsx/", bulletins.export, {"kind": "xlsx"}, name="bulletin_xlsx"),
    path("bulletins/<int:pk>/read/", bulletins.confirm, name="bulletin_read"),
    path("bulletins/<int:pk>/rows/<str:name>/", bulletins.rows, name="bulletin_rows"),
    path("bulletins/<int:pk>/do/<slug:name>/", bulletins.step, name="bulletin_step"),
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
    path("over-the-head/", overhead.register, name="overheads"),
    path("over-the-head/<int:pk>/", overhead.entry, name="overhead"),
    path("callbacks/", callbacks.queue, name="callbacks"),
    path("callbacks/<int:pk>/", callbacks.callback, name="callback"),
]
